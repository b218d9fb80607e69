"""Find or register parties, many at once or by a form; record that one has left. 中文：主体登记"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from registry import access, clock, display
from registry.codes import PRIVATE_KINDS, PartyKind
from registry.errors import BadInput, RegistryError
from registry.models import Act, Division, Entry, ImportBatch, Party, PersonalData, User
from registry.models.filling import insert_rows
from registry.queries.places import plain
from registry.rules.engine import evaluate_units

from .acts import ActLine, record_act, record_acts
from .identity import checked_id_number, checked_uscc, refuse_taken_uscc, safe_name
from .personal import lock_party, set_personal


@dataclass(frozen=True)
class PartyAsk:
    """A party that a file names: found by its credit code, else by kind and name in its division."""

    kind: str
    name: str
    division_id: int
    uscc: str = ""
    phone: str = ""
    id_number: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        return self.kind, plain(self.name), self.division_id


class PartyBook:
    """The parties that a file asks for, found with two queries; ``new`` are those not yet registered."""

    def __init__(self, asks: Iterable[PartyAsk]) -> None:
        self.asks: dict[tuple[str, str, int], PartyAsk] = {}
        for ask in asks:
            self.asks[ask.key] = _richer(self.asks.get(ask.key), ask)
        divisions = {ask.division_id for ask in self.asks.values()}
        self._paths = dict(Division.objects.filter(pk__in=divisions).values_list("pk", "path"))
        codes = {ask.uscc for ask in self.asks.values() if ask.uscc}
        names = {ask.name for ask in self.asks.values() if ask.kind not in PRIVATE_KINDS}
        known = Party.objects.filter(
            Q(division__in=divisions) | Q(uscc__in=codes) | (Q(name__in=names) & ~Q(kind__in=PRIVATE_KINDS))
        ).order_by(F("merged_into").asc(nulls_last=True), "-pk")
        self._by_key: dict[tuple[str, str, int], Party] = {}
        self._by_code: dict[str, Party] = {}
        self.secrets: dict[int, PersonalData] = {}
        self._by_name: dict[str, set[Party]] = defaultdict(set)
        kept: set[int] = set()
        for row in known.select_related("personal", "division", "merged_into__division"):
            party = row.merged_into or row  # a merged record stands for the one that was kept
            if row.merged_into_id:
                kept.add(row.merged_into_id)
            if row.kind not in PRIVATE_KINDS:
                self._by_name[plain(row.name)].add(party)
            self._by_key[row.kind, plain(row.name), row.division_id] = party
            if row.uscc:
                self._by_code[row.uscc] = party
            if hasattr(row, "personal"):
                self.secrets[row.pk] = row.personal
        if kept:
            for held in PersonalData.objects.filter(party__in=kept):
                self.secrets[held.party_id] = held

    @property
    def new(self) -> list[PartyAsk]:
        """Asks that no registered party answers."""
        return [ask for ask in self.asks.values() if self.find(ask) is None]

    def find(self, ask: PartyAsk) -> Party | None:
        """The party of an ask, by credit code first."""
        if ask.uscc and ask.uscc in self._by_code:
            return self._by_code[ask.uscc]
        found = self._by_key.get(ask.key) or self._namesake(ask)
        if found is not None and ask.uscc and found.uscc and found.uscc != ask.uscc:
            return None
        return found

    def _namesake(self, ask: PartyAsk) -> Party | None:
        """The only body of this name above or below the division, registered there under another kind."""
        if ask.kind in PRIVATE_KINDS:
            return None
        path = self._paths[ask.division_id]
        near = [
            party
            for party in self._by_name.get(plain(ask.name), ())
            if party.division.path.startswith(path) or path.startswith(party.division.path)
        ]
        return near[0] if len(near) == 1 else None

    def __getitem__(self, ask: PartyAsk) -> Party:
        found = self.find(ask)
        if found is None:
            raise KeyError(ask)
        return found

    @transaction.atomic
    def register(self, *, by: User | None, batch: ImportBatch | None) -> list[Party]:
        """Register what is not there yet, and the secrets that were not known; four statements.

        Whoever may open entries somewhere may name a body of another division: a township's ledger names the
        county's bureaus and the companies of its neighbours.
        """
        access.require(by, "open_entry")
        fresh = [
            Party(
                kind=ask.kind,
                name=ask.name,
                uscc=checked_uscc(ask.uscc),
                division_id=ask.division_id,
                batch=batch,
            )
            for ask in self.new
        ]
        insert_rows(fresh)
        for party in fresh:
            self._by_key[party.kind, plain(party.name), party.division_id] = party
            if party.uscc:
                self._by_code[party.uscc] = party
        self._write_secrets()
        return fresh

    def _write_secrets(self) -> None:
        fresh, filled = [], []
        for ask in self.asks.values():
            if not (ask.phone or ask.id_number) or ask.kind not in PRIVATE_KINDS:
                continue
            party = self[ask]
            held = self.secrets.get(party.pk)
            number = checked_id_number(ask.id_number)
            if held is None:
                fresh.append(PersonalData(party=party, phone=ask.phone, id_number=number))
            elif (ask.phone and not held.phone) or (number and not held.id_number):
                held.phone, held.id_number = held.phone or ask.phone, held.id_number or number
                filled.append(held)
        _refuse_taken_numbers([*fresh, *filled])
        PersonalData.objects.bulk_create(fresh, batch_size=1000)
        PersonalData.objects.bulk_update(filled, ["phone", "id_number"])


def _refuse_taken_numbers(rows: Iterable[PersonalData]) -> None:
    """Raise ``BadInput`` where two persons would have one id number; one query, none without numbers."""
    owners: dict[str, Party] = {}
    mine = {row.id_number: row.party for row in rows if row.id_number}
    if not mine:
        return
    for held in PersonalData.objects.filter(id_number__in=mine).select_related("party__division"):
        owners[held.id_number] = held.party
    for row in rows:
        owner = owners.setdefault(row.id_number, row.party)
        if row.id_number and owner.pk != row.party_id:
            raise BadInput(
                _("%(party)s and %(other)s have the same resident id number %(number)s. Correct one of them.")
                % {
                    "party": safe_name(row.party),
                    "other": safe_name(owner),
                    "number": display.masked_id(row.id_number),
                },
                "id_taken",
            )


def _richer(known: PartyAsk | None, ask: PartyAsk) -> PartyAsk:
    if known is None:
        return ask
    return PartyAsk(
        known.kind,
        known.name,
        known.division_id,
        known.uscc or ask.uscc,
        known.phone or ask.phone,
        known.id_number or ask.id_number,
    )


@transaction.atomic
def party_left(*, party: Party, on: dt.date, by: User | None, reason: str = "") -> Party:
    """Record that a person has left, or a body was dissolved, on a day (离任、注销).

    Its entries stay as they are: who must be replaced is what the rules then find on the touched units.
    """
    locked = lock_party(party)
    access.require(by, "open_entry", locked.division)
    before = {"active_until": locked.active_until.isoformat() if locked.active_until else None}
    locked.active_until = on
    locked.save(update_fields=["active_until"])
    record_act(
        by=by,
        verb="party_left",
        division=locked.division,
        subject=f"party:{locked.pk}",
        reason=reason,
        effective_on=on,
        before=before,
        after={"active_until": on.isoformat()},
    )
    _read_again(locked)
    return locked


@transaction.atomic
def register_party(
    *,
    kind: str,
    name: str,
    division: Division,
    by: User | None,
    uscc: str = "",
    reason: str = "",
    **secrets: str,
) -> Party:
    """Register a party that a form describes; ``secrets`` are phone, id_number, bank_account of a person.

    Raises ``NotAllowed``, or ``BadInput`` for no name, a wrong number, or one that another party has.
    """
    access.require(by, "edit_party", division)
    party = Party(kind=kind, name=_name(name), uscc=checked_uscc(uscc), division=division)
    _refuse_code_of_person(party)
    refuse_taken_uscc(party.uscc)
    party.save()
    record_act(
        by=by,
        verb="party_registered",
        division=division,
        subject=f"party:{party.pk}",
        reason=reason,
        effective_on=clock.today(),
        after={"kind": kind, "uscc": party.uscc},
    )
    given = {field: value for field, value in secrets.items() if (value or "").strip()}
    if given:
        set_personal(party=party, by=by, reason=reason, **given)
    return party


@transaction.atomic
def change_party(
    *, party: Party, by: User | None, reason: str, name: str, kind: str, uscc: str = ""
) -> Party:
    """Change name, kind or credit code of a party; an earlier name stays among the former names (曾用名).

    A person does not become a body, nor a body a person. Raises ``NotAllowed``, ``BadInput``.
    """
    locked = lock_party(party)
    access.require(by, "edit_party", locked.division)
    values = {"name": _name(name), "kind": kind, "uscc": checked_uscc(uscc)}
    if (kind in PRIVATE_KINDS) != (locked.kind in PRIVATE_KINDS):
        raise BadInput(
            _("%(old)s cannot become %(new)s: a person is no body. Register a party of its own.")
            % {"old": PartyKind(locked.kind).label, "new": PartyKind(kind).label},
            "kind_changed",
        )
    refuse_taken_uscc(values["uscc"], but=locked)
    before = {key: getattr(locked, key) for key, value in values.items() if getattr(locked, key) != value}
    if not before:
        return locked
    if "name" in before:
        locked.former_names = [*[old for old in locked.former_names if old != locked.name], locked.name]
    for key, value in values.items():
        setattr(locked, key, value)
    _refuse_code_of_person(locked)
    locked.save()
    record_act(
        by=by,
        verb="party_changed",
        division=locked.division,
        subject=f"party:{locked.pk}",
        reason=reason,
        before=before,
        after={key: values[key] for key in before},
    )
    _read_again(locked)
    return locked


def _name(text: str) -> str:
    name = " ".join((text or "").split())
    if not name:
        raise BadInput(_("Enter the name of the party."), "no_name")
    return name


def _refuse_code_of_person(party: Party) -> None:
    if party.uscc and party.kind in PRIVATE_KINDS:
        raise BadInput(
            _(
                "A credit code belongs to a body; %(code)s was given for a person. "
                "Correct the kind or the code."
            )
            % {"code": party.uscc},
            "code_of_person",
        )


def _read_again(party: Party) -> None:
    touched = Entry.objects.in_force().filter(Q(party=party) | Q(agent=party))
    evaluate_units(touched.values_list("unit_id", flat=True), as_of=clock.today())


@transaction.atomic
def register_person(
    *, name: str, division: Division, by: User | None, phone: str = "", id_number: str = ""
) -> Party:
    """A natural person of a division, found by name or registered. Raises ``RegistryError`` for no name."""
    if not name.strip():
        raise RegistryError(_("Enter the name of the person."), "no_name")
    ask = PartyAsk(PartyKind.PERSON, name.strip(), division.pk, phone=phone, id_number=id_number)
    book = PartyBook([ask])
    book.register(by=by, batch=None)
    return book[ask]


@transaction.atomic
def fill_parties(
    pairs: Iterable[tuple[Party | None, PartyAsk]], *, by: User | None, batch: ImportBatch | None = None
) -> None:
    """Give registered parties the credit code that a list states and the register lacks."""
    changed = [(party, ask) for party, ask in pairs if party is not None and ask.uscc and not party.uscc]
    divisions = Division.objects.in_bulk({party.division_id for party, _ask in changed})
    for division in divisions.values():
        access.require(by, "open_entry", division)
    for party, ask in changed:
        party.uscc = checked_uscc(ask.uscc)
    Party.objects.bulk_update([party for party, _ask in changed], ["uscc"], batch_size=500)
    record_acts(
        [
            ActLine(
                verb="party_changed",
                division=party.division_id,
                subject=f"party:{party.pk}",
                before={"uscc": ""},
                after={"uscc": ask.uscc},
            )
            for party, ask in changed
        ],
        by=by,
        batch=batch,
    )


@transaction.atomic
def take_back_parties(*, batch: ImportBatch) -> None:
    """Take a list of parties back: filled codes are emptied, and parties that nothing ever named vanish.

    Those that only facts taken back name stay, for the book. Raises ``RegistryError`` where entries in force
    rest on a party of the list.
    """
    parties = Party.objects.filter(batch=batch)
    held = (
        Entry.objects.in_force().filter(Q(party__in=parties) | Q(agent__in=parties)).select_related("party")
    )
    if (used := held.first()) is not None:
        raise RegistryError(
            _("%(party)s holds entries in the register, so this list cannot be reversed.")
            % {"party": used.party.name},
            "later_facts",
        )
    parties.filter(entries=None, agencies=None, members=None, memberships=None).delete()
    filled = Act.objects.filter(batch=batch, verb="party_changed").values_list("subject", flat=True)
    keys = [int(subject.partition(":")[2]) for subject in filled]
    Party.objects.filter(pk__in=keys).update(uscc="")
