"""A file of movements is tried as a whole, written as a whole, and taken back as a whole. 中文：台账导入入账

Rows are posted by the services of the pages, in the order of days, and a row that rests on another row of the
file waits for it. A trial does the same and leaves nothing behind: what it refuses is what would be refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from land.ledgers import Ledger
from land.models import ConstructionQuota, LinkageProject, QuotaEntry, SurplusQuota
from land.models.quota import OUTGOING
from land.queries.ledger_rows import HELD
from registry.errors import RegistryError
from registry.models import Act, ImportBatch, User
from registry.rules.engine import deferred

from .filing import read_places
from .ledger_posting import POSTS, Row
from .linkage import refuse_oversold
from .quotas import refuse_below

PASSES = 6  # rows that wait for one another: an account for its allocation, a use for what was given back
SHOWN = 5
EARLY = dt.date(1900, 1, 1)
DAYS = ("day", "approved_on", "accepted_on")


class _Undone(Exception):
    """A trial is over; nothing of it stays."""


def trial(
    ledger: Ledger, rows: Sequence[Row], batch: ImportBatch, by: User | None
) -> dict[int, RegistryError]:
    """What would be refused, by the position of the row; nothing is written."""
    refused: dict[int, RegistryError] = {}
    try:
        with transaction.atomic():
            refused = _posted(ledger, rows, batch, by)
            raise _Undone
    except _Undone:
        return refused


@transaction.atomic
def post(ledger: Ledger, rows: Sequence[Row], batch: ImportBatch, by: User | None) -> None:
    """Write all rows, or none. Raises ``RegistryError`` where the register has changed since the trial."""
    for refusal in _posted(ledger, rows, batch, by).values():
        raise RegistryError(
            _("The register has changed since this file was read. Import it again. %(why)s")
            % {"why": refusal},
            "stale",
        )
    places = [place for row in rows for place in (row.place, row.other) if place is not None]
    read_places(places, [HELD[ledger.key][0], QuotaEntry])


def _posted(
    ledger: Ledger, rows: Sequence[Row], batch: ImportBatch, by: User | None
) -> dict[int, RegistryError]:
    waiting = sorted(range(len(rows)), key=lambda at: _order(rows[at]))
    refused: dict[int, RegistryError] = {}
    with deferred():
        for _pass in range(PASSES):
            refused = {}
            for at in waiting:
                try:
                    with transaction.atomic():
                        POSTS[ledger.key](rows[at], batch, by)
                except RegistryError as error:
                    refused[at] = error
            if not refused or len(refused) == len(waiting):
                break
            waiting = list(refused)
    if not refused:
        balanced()
    return refused


def _order(row: Row) -> tuple[dt.date, bool]:
    """By days; on one day what comes in goes first."""
    day = next((row.values[name] for name in DAYS if row.values.get(name)), EARLY)
    return day, row.values.get("movement") in OUTGOING


def balanced() -> None:
    """Ask the database now whether every balance holds on every day. Raises ``RegistryError``."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise RegistryError(
            _("The balances do not hold on every day: %(what)s") % {"what": str(error).splitlines()[0]},
            "balance",
        ) from error


@transaction.atomic
def take_back_file(ledger: Ledger, batch: ImportBatch, act: Act) -> None:
    """Take back what a file brought. Raises ``RegistryError`` where something rests on it."""
    model = HELD[ledger.key][0]
    rows = list(model.objects.in_force().filter(batch=batch))
    _refuse_rests(rows, batch)
    places = []
    for row in rows:
        places.append(_place_of(row))
        row.annulled = act
    model.objects.bulk_update(rows, ["annulled"], batch_size=500)
    entries = QuotaEntry.objects.in_force().filter(batch=batch)
    accounts = list(
        ConstructionQuota.objects.filter(entries__batch=batch).distinct().select_related("division")
    )
    entries.update(annulled=act)
    refuse_below(accounts, act.at.date())
    if model is SurplusQuota:
        for project in LinkageProject.objects.filter(surplus__batch=batch).distinct():
            refuse_oversold(project)
    balanced()
    read_places([*places, *(account.division for account in accounts)], [model, QuotaEntry])


def _place_of(row: Any) -> Any:
    for name in ("division", "account", "occupation", "project"):
        if hasattr(row, name):
            found = getattr(row, name)
            return found if name == "division" else found.division
    raise TypeError(f"{type(row).__name__} lies nowhere")


def _refuse_rests(rows: Sequence[Any], batch: ImportBatch) -> None:
    """What was hung on these rows by others than the file must be taken back first."""
    held: set[str] = set()
    for relation in type(rows[0])._meta.related_objects if rows else ():
        names = {field.name for field in relation.related_model._meta.fields}
        if not relation.one_to_many or not {"annulled", "batch"} <= names or "pgh_id" in names:
            continue
        key = relation.field.name
        resting = relation.related_model._default_manager.filter(annulled=None, **{f"{key}__in": rows})
        held |= {str(one) for one in resting.exclude(Q(batch=batch) & Q(batch__isnull=False))[:SHOWN]}
    if held:
        raise RegistryError(
            _("Later facts rest on the rows of this file: %(rows)s. Take them back first.")
            % {"rows": "、".join(sorted(held))},
            "later_facts",
        )
