"""Scans 扫描件: pages of pictures and PDF files as images, and the paper codes that stand on them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import zxingcpp
from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence

from registry.errors import BadInput

from .images import Preview, make_preview, opened
from .papers import codes_in
from .sniffing import PDF, FileType

DPI = 200
MAX_SIDE = 5000  # points of a page that is looked through for codes; more shows nothing new
QR_CODE = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_pdfium = threading.Lock()  # the library serves one caller at a time


def pages(path: Path, kind: FileType, name: str, dpi: int = DPI) -> Iterator[Image.Image]:
    """The pages of a scan, one at a time. Raises ``BadInput`` for a damaged or locked file."""
    if kind == PDF:
        yield from _pdf_pages(path, name, dpi)
    elif kind.is_image:
        with opened(path, kind.media_type, name) as image:
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                if number == settings.SCAN_MAX_PAGES:
                    break
                yield ImageOps.exif_transpose(frame)


def _pdf_pages(path: Path, name: str, dpi: int) -> Iterator[Image.Image]:
    with _pdfium:
        document = _open_pdf(path, name)
        try:
            for number in range(min(len(document), settings.SCAN_MAX_PAGES)):
                page = document[number]
                longest = max(*page.get_size(), 1.0)  # in points of 1/72 inch
                yield page.render(scale=min(dpi / 72, MAX_SIDE / longest)).to_pil()
        except pypdfium2.PdfiumError as error:
            raise _damaged(name) from error
        finally:
            document.close()


def _open_pdf(path: Path, name: str) -> Any:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise BadInput(
                _("“%(name)s” is protected by a password. Save it without one and bring it again.")
                % {"name": name},
                "encrypted",
            ) from error
        raise _damaged(name) from error


def _damaged(name: str) -> BadInput:
    return BadInput(
        _("The PDF “%(name)s” is damaged and cannot be opened. Scan or save it again.") % {"name": name},
        "broken_pdf",
    )


def first_page(path: Path, name: str) -> Preview | None:
    """The first page of a PDF as a picture; None where it has none."""
    turning = pages(path, PDF, name, dpi=110)
    try:
        page = next(turning, None)
        return None if page is None else make_preview(page)
    finally:
        turning.close()  # type: ignore[attr-defined]


def codes_on(path: Path, kind: FileType, name: str) -> list[str]:
    """Codes of papers on any page of a scan, in whatever direction it lies. Each code once."""
    found: dict[str, None] = {}
    for page in pages(path, kind, name):
        found |= dict.fromkeys(_codes_of(page))
    return list(found)


def _codes_of(page: Image.Image) -> list[str]:
    gray = page.convert("L")
    gray.thumbnail((MAX_SIDE, MAX_SIDE))
    for image in (gray, ImageOps.autocontrast(gray, cutoff=2)):
        read = zxingcpp.read_barcodes(image, formats=QR_CODE)
        codes = [code for mark in read for code in codes_in(mark.text)]
        if codes:
            return codes
    return []
