"""The encoding of a shapefile's attributes: what is declared, what the bytes say, and who is right.

中文：属性表编码。Order: the user's declaration, the .cpg file, the LDID byte of the .dbf, trial (UTF-8 and
GB18030 strictly, whichever reads as Chinese). A declaration that contradicts the bytes never wins silently.
"""

from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from registry.readers import text

from .dbf import LDID_CODECS, Dbf
from .errors import WrongEncoding


@dataclass(frozen=True)
class Encoding:
    """``codec`` for Python; ``found``: option, cpg, ldid, trial, ascii or format; ``notes`` are sentences."""

    codec: str
    found: str
    notes: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """The name as people know it."""
        return text.display_name(self.codec)


def detect_encoding(dbf: Dbf, declared: str | None = None) -> Encoding:
    """Decide the encoding of an attribute table.

    :raises WrongEncoding: when the declared encoding does not fit, or nothing does.
    """
    sample = text.non_ascii(dbf.text_sample())
    if declared:
        return _declared(sample, declared)
    hints = _hints(dbf)
    if not sample:
        return Encoding(hints[0][0] if hints else "utf-8", hints[0][1] if hints else "ascii")
    best = text.trial(sample)
    for codec, found in hints:
        if text.fits(sample, codec) and (best in (codec, None) or text.quality_as(sample, codec) >= 0.5):
            return Encoding(codec, found, _contradicted(hints, codec))
    if best is None:
        raise WrongEncoding(
            _("The text of the attribute table reads neither as GB18030 nor as UTF-8. State its encoding.")
        )
    return Encoding(best, "trial", _contradicted(hints, best))


def _declared(sample: list[bytes], declared: str) -> Encoding:
    codec = text.codec_name(declared)
    if codec is None:
        raise WrongEncoding(
            _("The encoding %(name)s is not known. Use GB18030 or UTF-8.") % {"name": declared},
            proposals=["GB18030", "UTF-8"],
        )
    best = text.trial(sample) if sample else codec
    reads = text.fits(sample, codec) and (best in (codec, None) or text.quality_as(sample, codec) >= 0.5)
    if not reads:
        raise WrongEncoding(
            _("The text does not read as %(declared)s; it reads as %(found)s, for instance “%(example)s”.")
            % {
                "declared": text.display_name(codec),
                "found": text.display_name(best) if best else _("no known encoding"),
                "example": text.decode(sample[-1], best)[0] if best else "",
            },
            proposals=[text.display_name(best)] if best else [],
        )
    return Encoding(codec, "option")


def _hints(dbf: Dbf) -> list[tuple[str, str]]:
    hints: list[tuple[str, str]] = []
    cpg = _sidecar(dbf.path, ".cpg")
    if cpg is not None:
        codec = text.codec_name(
            cpg.read_bytes()[:64].decode("ascii", errors="ignore").strip("\ufeff \r\n\t\0")
        )
        if codec:
            hints.append((codec, "cpg"))
    ldid = LDID_CODECS.get(dbf.ldid)
    if ldid:
        hints.append((ldid, "ldid"))
    return hints


def _sidecar(path: Path, suffix: str) -> Path | None:
    wanted = (path.stem + suffix).lower()
    return next((p for p in path.parent.iterdir() if p.name.lower() == wanted), None)


def _contradicted(hints: list[tuple[str, str]], codec: str) -> tuple[str, ...]:
    names = {"cpg": _("the .cpg file"), "ldid": _("the language byte of the .dbf")}
    return tuple(
        _("%(where)s says %(declared)s, but the text is %(found)s; it was read as %(found)s.")
        % {"where": names[where], "declared": text.display_name(said), "found": text.display_name(codec)}
        for said, where in hints
        if said != codec
    )
