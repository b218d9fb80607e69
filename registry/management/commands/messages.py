"""Bring the Chinese catalogue up to the sources."""

import csv
from pathlib import Path
from typing import Any

from django.conf import settings

from registry.management.base import JsonCommand
from registry.site.messages import update


class Command(JsonCommand):
    help = "Collect the messages of the sources into the catalogue; list what is untranslated (exit 1)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--words", nargs="*", default=[], metavar="FILE.tsv", help="english TAB 中文, a line each"
        )

    def answer(self, **options: Any) -> tuple[Any, int]:
        words: dict[str, str] = {}
        for name in options["words"]:
            with Path(name).open(encoding="utf-8", newline="") as file:
                for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                    if len(row) >= 2 and row[0]:
                        words[row[0]] = row[1]
        po = settings.BASE_DIR / "registry" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
        missing = update(settings.BASE_DIR, po, words)
        return {"untranslated": missing}, int(bool(missing))
