"""Sealed papers come back as scans: each finds its paper by the code on it. 中文：盖章件归档"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access
from registry.errors import BadInput, RegistryError
from registry.models import Paper, Source, User

from . import files as keeping
from .papers import clean_code, kind_of, seal_paper
from .scans import codes_on
from .sniffing import PDF, sniff
from .sources import add_files, register_source


@dataclass
class Filed:
    """What became of one file: the papers it was filed with, or what is wrong with it."""

    name: str
    papers: list[Paper] = field(default_factory=list)
    problem: str = ""
    code: str = ""  # of the problem: "no_code" asks for the code by hand


def file_scans(
    *, files: Iterable[tuple[str, Iterable[bytes]]], by: User | None, code: str = "", reason: str = ""
) -> list[Filed]:
    """File scans, each for itself: one that is refused does not hold up the others.

    ``code`` is what was typed where the sign on the paper cannot be read; it fits one file only.
    """
    files = list(files)
    access.require(by, "seal_paper")
    if code.strip() and len(files) != 1:
        raise BadInput(
            _("A code typed by hand belongs to one scan. Bring that scan alone."), "code_for_several"
        )
    answers = []
    for name, chunks in files:
        clean = keeping.clean_name(name)
        try:
            papers = _file_scan(clean, chunks, by, code, reason)
            answers.append(Filed(clean, papers))
        except RegistryError as error:
            answers.append(Filed(clean, problem=str(error), code=error.code))
    return answers


def _file_scan(name: str, chunks: Iterable[bytes], by: User | None, code: str, reason: str) -> list[Paper]:
    with keeping.receive(chunks) as received:
        kind = sniff(received.path, name)
        if kind != PDF and not kind.is_image:
            raise BadInput(
                _("“%(name)s” is %(found)s. Bring the sealed paper as a scan: a picture or a PDF.")
                % {"name": name, "found": kind.words},
                "no_scan",
            )
        papers = _papers_of(codes_on(received.path, kind, name), code, name, by)
        with transaction.atomic():
            return [_file(paper, name, received, by, reason) for paper in papers]


def _papers_of(read: list[str], typed: str, name: str, by: User | None) -> list[Paper]:
    """The papers that a scan shows. Raises ``BadInput`` where the code is missing, wrong or contradicted."""
    asked = clean_code(typed) if typed.strip() else ""
    if asked and read and asked not in read:
        raise BadInput(
            _("“%(name)s” shows the code %(read)s, but %(typed)s was typed. Check which paper it is.")
            % {"name": name, "read": "、".join(read), "typed": asked},
            "other_code",
        )
    codes = [asked] if asked else read
    if not codes:
        raise BadInput(
            _("No paper code can be read on “%(name)s”. Type the code that stands under the square sign.")
            % {"name": name},
            "no_code",
        )
    rows = Paper.objects.filter(code__in=codes).select_related("division", "unit", "scan")
    papers = list(rows if by is None else rows.visible_to(by))
    missing = [code for code in codes if code not in {paper.code for paper in papers}]
    if missing:
        raise BadInput(
            _("There is no paper %(code)s in your divisions. Compare the code with the paper.")
            % {"code": "、".join(missing)},
            "no_paper",
        )
    return papers


def _file(paper: Paper, name: str, received: keeping.Received, by: User | None, reason: str) -> Paper:
    """File a scan with its paper; the very same scan once more changes nothing."""
    access.require(by, kind_of(paper.kind).verb, paper.division)
    if paper.scan and paper.scan.files.filter(file__sha256=received.sha256).exists():
        return paper
    source = _source_of(paper, by)
    add_files(source=source, files=[(name, _bytes_of(received.path))], by=by)
    return seal_paper(paper=paper, scan=source, by=by, reason=reason)


def _source_of(paper: Paper, by: User | None) -> Source:
    """The sealed paper as a document; one that replaces another is a document of its own."""
    again = Source.objects.filter(number__startswith=paper.code, division=paper.division_id).count()
    return register_source(
        kind=kind_of(paper.kind).source_kind,
        division=paper.division,
        by=by,
        number=f"{paper.code}-{again + 1}" if again else paper.code,
        title=f"{paper.title} {paper.unit.name if paper.unit else paper.division.name}",
    )


def _bytes_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        yield from iter(lambda: source.read(1 << 20), b"")
