"""What was seen on the spot, and the pictures of it: where, facing where, when. 中文：实地核查与举证"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext as _

from land.case_codes import Stage
from land.models import Case, Evidence, Verification
from land.queries.cases import verification_of
from registry import clock, geo
from registry.errors import BadInput, RegistryError
from registry.models import Source, SourceFile, SourceKind, User
from registry.reasons import too_short
from registry.services.files import path_of
from registry.services.images import facing
from registry.services.sources import add_files, register_source

from .case_steps import lock, refuse_words, step, write

Files = Sequence[tuple[str, Iterable[bytes]]]
TENTH = Decimal("0.1")


@transaction.atomic
def verify_in_field(
    *, case: Case, on: dt.date, by: User | None, report: str, files: Files = (), note: str = ""
) -> Verification:
    """Record a field verification with its pictures. 中文：实地核查

    The verifier is the officer who records it; the record is a document of the place. Pictures may follow.
    """
    held = lock(case, by, "work_case")
    refuse_words(held, report, note)
    if by is None:
        raise BadInput(_("A field verification has a verifier: sign in as the officer who was there."), "by")
    if too_short(report):
        raise BadInput(_("Say what was seen on the spot."), "report")
    title = _("Field verification of %(name)s on %(day)s") % {"name": held.unit.name, "day": on}
    source = register_source(kind=SourceKind.OTHER, division=held.unit.division, by=by, title=title[:255],
                             issued_on=on)  # fmt: skip
    made = Verification.objects.create(case=held, day=on, by=by, report=report.strip(), source=source)
    if files:
        _keep(made, source, files, by)
    step(held, Stage.FIELD_VERIFIED, on=on, by=by, note=note, source=source, verb="case_verified",
         after={"pictures": made.evidence.count()})  # fmt: skip
    return made


@transaction.atomic
def add_evidence(*, case: Case, files: Files, by: User | None) -> list[Evidence]:
    """More pictures of the verification in force, until the case is confirmed. 中文：补充举证"""
    held = lock(case, by, "work_case")
    verification = _open_for_evidence(held)
    if not files:
        raise BadInput(_("Choose the pictures."), "files")
    source = verification.source
    if source is None:
        raise RegistryError(_("The verification has no document to keep pictures with."), "no_source")
    made = _keep(verification, source, files, by)
    write(held, "case_evidence_added", on=clock.today(), by=by, source=source, after={"pictures": len(made)})
    return made


@transaction.atomic
def describe_evidence(
    *, evidence: Evidence, by: User | None, taken_at: dt.datetime | None, lon: Decimal | None,
    lat: Decimal | None, azimuth: Decimal | None,
) -> Evidence:  # fmt: skip
    """Fill in what the camera did not write; the book keeps what was there before. 中文：补录拍摄信息"""
    held = lock(evidence.verification.case, by, "work_case")
    _open_for_evidence(held)
    one = Evidence.objects.select_for_update(of=("self",)).select_related("file").get(pk=evidence.pk)
    before = said_of(one)
    if (lon is None) != (lat is None):
        raise BadInput(_("Give longitude and latitude, or neither."), "lon")
    if lon is not None and lat is not None:
        if not geo.check_bounds((float(lon), float(lat), float(lon), float(lat))):
            raise BadInput(_("The position lies outside the county; were the numbers swapped?"), "lon")
        one.taken_where = Point(float(lon), float(lat), srid=geo.RECORD_SRID)
    if taken_at is not None:
        if taken_at > clock.now():
            raise BadInput(_("The picture was not taken in the future."), "taken_at")
        one.taken_at = taken_at
    if azimuth is not None:
        one.azimuth = azimuth % 360
    one.save(update_fields=["taken_at", "taken_where", "azimuth"])
    write(held, "case_evidence_described", on=clock.today(), by=by, before=before, after=said_of(one))
    return one


def said_of(one: Evidence) -> dict[str, Any]:
    """What is known of a picture, for the book."""
    where = one.taken_where
    return {
        "picture": one.file.name,
        "taken_at": one.taken_at.isoformat() if one.taken_at else None,
        "where": [where.x, where.y] if where else None,
        "azimuth": str(one.azimuth) if one.azimuth is not None else None,
    }


def _open_for_evidence(case: Case) -> Verification:
    verification = verification_of(case)
    if verification is None or case.stage not in (Stage.FIELD_VERIFIED, Stage.SUSPECTED):
        raise RegistryError(
            _("Pictures are added from the field verification until the case is confirmed."),
            "no_verification",
        )
    return verification


def _keep(verification: Verification, source: Source, files: Files, by: User | None) -> list[Evidence]:
    """Keep the pictures with the document; each becomes evidence once."""
    rows = {row.pk: row for row in add_files(source=source, files=files, by=by)}
    known = set(Evidence.objects.filter(file__in=list(rows)).values_list("file", flat=True))
    fresh = [row for row in rows.values() if row.pk not in known and row.media_type.startswith("image/")]
    return Evidence.objects.bulk_create([_evidence(verification, row) for row in fresh])


def _evidence(verification: Verification, row: SourceFile) -> Evidence:
    turned = facing(path_of(row.file), row.media_type, row.name)
    return Evidence(
        verification=verification,
        file=row,
        taken_at=row.taken_at,
        taken_where=row.taken_where,
        azimuth=None if turned is None else (Decimal(str(turned)) % 360).quantize(TENTH) % 360,
    )
