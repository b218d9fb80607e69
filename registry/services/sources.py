"""Register the documents that facts rest on, and keep their files. 中文：依据登记"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from registry import access, clock
from registry.errors import BadInput
from registry.models import Division, ImportBatch, Source, SourceFile, SourceKind, User

from . import files as keeping
from .acts import record_act
from .images import Picture, read_picture
from .scans import first_page
from .sniffing import PDF, FileType, sniff, with_extension


def register_source(
    *,
    kind: str,
    division: Division,
    by: User | None,
    number: str = "",
    title: str = "",
    issuer: str = "",
    issued_on: dt.date | None = None,
    batch: ImportBatch | None = None,
    verb: str = "register_source",
) -> Source:
    """A document of a division: the registered one of the same kind, number and date, else a new one.

    A statement on historic facts (历史遗留认定) needs no number; every other paper needs a number or a title.
    ``verb``: the permission on whose strength it comes (who counts may file the pictures of his count).
    """
    access.require(by, verb, division)
    number, title = number.strip(), title.strip()
    if kind != SourceKind.LEGACY and not number and not title:
        raise BadInput(
            _("Give the number or the title of the document; where no paper is left, choose %(legacy)s.")
            % {"legacy": SourceKind.LEGACY.label},
            "no_source",
        )
    if issued_on and issued_on > clock.today():
        raise BadInput(_("The document is dated in the future; check the date."), "future_date")
    values = {
        "kind": kind,
        "number": number,
        "title": title or str(SourceKind(kind).label),
        "issuer": issuer.strip(),
        "issued_on": issued_on,
        "division": division,
    }
    known = Source.objects.filter(**values).first() if number else None
    return known or Source.objects.create(**values, batch=batch)


@transaction.atomic
def file_source(
    *,
    kind: str,
    division: Division,
    by: User | None,
    files: Sequence[tuple[str, Iterable[bytes]]] = (),
    number: str = "",
    title: str = "",
    issuer: str = "",
    issued_on: dt.date | None = None,
) -> Source:
    """A document that an officer files by itself, with its files; all or nothing, and in the book.

    A statement on historic facts stands in for a paper that is lost, so it must say who states it (the owner
    and the township), when, and come with the statement itself. 中文：历史遗留认定
    """
    if kind == SourceKind.LEGACY and not (issuer.strip() and issued_on and files):
        raise BadInput(
            _(
                "A statement on historic facts is made by the owner and the township: give who states it, "
                "the date, and the signed statement as a file."
            ),
            "legacy_incomplete",
        )
    source = register_source(
        kind=kind, division=division, by=by, number=number, title=title, issuer=issuer, issued_on=issued_on
    )
    record_act(
        by=by,
        verb="source_registered",
        division=division,
        subject=f"source:{source.pk}",
        source=source,
        effective_on=issued_on,
        after={"kind": str(SourceKind(kind).label), "number": source.number, "name": source.title},
    )
    if files:
        add_files(source=source, files=files, by=by)
    return source


@transaction.atomic
def add_files(
    *,
    source: Source,
    files: Sequence[tuple[str, Iterable[bytes]]],
    by: User | None,
    verb: str = "register_source",
) -> list[SourceFile]:
    """Keep files with a document: the original byte for byte, a preview without what the camera wrote.

    What a file is, is told by its bytes. All files are taken or none; ``BadInput`` says of every one what is
    wrong. A file that the document has already is not kept twice.
    """
    source = Source.objects.select_for_update(of=("self",)).select_related("division").get(pk=source.pk)
    access.require(by, verb, source.division)
    _refuse_too_many(source, len(files))
    kept, problems = [], []
    for name, chunks in files:
        try:
            kept.append(_add(source, keeping.clean_name(name), chunks, by))
        except BadInput as error:
            problems.append(error)
    if problems:
        raise BadInput(" ".join(str(problem) for problem in problems), problems[0].code)
    fresh = [row.name for row, new in kept if new]
    if fresh:
        record_act(
            by=by,
            verb="source_files_added",
            division=source.division_id,
            subject=f"source:{source.pk}",
            source=source,
            after={"files": fresh},
        )
    return [row for row, _new in kept]


def _refuse_too_many(source: Source, coming: int) -> None:
    there = source.files.count()
    if there + coming > settings.EVIDENCE_MAX_FILES:
        raise BadInput(
            _(
                "The document has %(there)d files and %(coming)d more came; at most %(limit)d are kept. "
                "Put the pages into one PDF."
            )
            % {"there": there, "coming": coming, "limit": settings.EVIDENCE_MAX_FILES},
            "too_many_files",
        )


def _add(source: Source, name: str, chunks: Iterable[bytes], by: User | None) -> tuple[SourceFile, bool]:
    """One file of a document, and whether it is new there."""
    with keeping.receive(chunks, limit=settings.EVIDENCE_MAX_BYTES) as received:
        known = source.files.filter(file__sha256=received.sha256).first()
        if known is not None:
            return known, False
        kind = sniff(received.path, name)
        picture = _look(received, kind, name)
        file = keeping.keep(received, name=with_extension(name, kind), media_type=kind.media_type)
    preview = picture.preview and keeping.store_chunks(
        [picture.preview.data],
        name="preview.png" if picture.preview.media_type == "image/png" else "preview.jpg",
        media_type=picture.preview.media_type,
    )
    return SourceFile.objects.create(
        source=source,
        file=file,
        name=with_extension(name, kind),
        media_type=kind.media_type,
        preview=preview or None,
        taken_at=picture.taken_at,
        taken_where=picture.taken_where,
        added_by=by,
    ), True


def _look(received: keeping.Received, kind: FileType, name: str) -> Picture:
    """What can be shown of a file, and what a picture carries."""
    if kind.is_image:
        return read_picture(received.path, kind.media_type, name)
    return Picture(first_page(received.path, name) if kind == PDF else None, None, None)
