"""Message catalogues from the sources, without xgettext: every string of Python and templates, by Babel.

``collect`` reads the sources; ``update`` writes the catalogue, keeping what is translated.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po

APPS = ("registry", "land", "projects", "assets", "maps")
KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_lazy": None, "gettext_noop": None, "ngettext_lazy": (1, 2),
            "pgettext_lazy": ((1, "c"), 2), "npgettext_lazy": ((1, "c"), 2, 3)}  # fmt: skip
UNICODE_PREFIX = re.compile(r"(?<=[(\s,])u(['\"])")
SKIPPED = {"migrations", "static", "locale"}


def sources(root: Path) -> Iterator[Path]:
    """Python files and templates of the apps, in order."""
    for app in APPS:
        for path in sorted((root / app).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and not SKIPPED & set(path.relative_to(root).parts):
                yield path


def collect(root: Path) -> Catalog:
    """Every message of the sources, with the files it stands in."""
    from django.utils.translation.template import templatize

    catalog = Catalog(locale="zh_Hans", domain="django", fuzzy=False)
    for path in sources(root):
        text, language = path.read_text(encoding="utf-8"), "python"
        if path.suffix != ".py":  # what Django makes of a template reads as JavaScript once the u'' are gone
            text, language = UNICODE_PREFIX.sub(r"\1", templatize(text, origin=str(path))), "javascript"
        found = extract(language, io.BytesIO(text.encode()), KEYWORDS, options={"encoding": "utf-8"})
        for _line, message, comments, context in found:
            name = path.relative_to(root).as_posix()
            catalog.add(message, locations=[(name, None)], auto_comments=comments, context=context)
    return catalog


def read(po: Path) -> Catalog:
    with po.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django")


def update(root: Path, po: Path, translations: dict[str, str] | None = None) -> list[str]:
    """Bring a catalogue up to the sources; fill in given translations; give what is still untranslated."""
    fresh = collect(root)
    known = read(po) if po.exists() else Catalog(locale="zh_Hans")
    words = translations or {}
    missing = []
    for message in fresh:
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        key = message.id if isinstance(message.id, str) else message.id[0]
        if old is not None and old.string and any(old.string):
            message.string = old.string
        elif key in words:
            message.string = words[key] if isinstance(message.id, str) else (words[key],)
        if not message.string or not all(message.string):
            missing.append(key)
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, fresh, width=110, sort_output=True, omit_header=False)
    return missing
