"""Commands that answer programs: one JSON document on standard output, words on standard error.

Exit status: 0 done and nothing wrong, 1 done and something is wrong with the data, 2 could not be done.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from registry import clock
from registry.errors import RegistryError
from registry.models import Division
from registry.queries.divisions import division_by_code


def iso_date(text: str) -> dt.date:
    """A day as argparse type; a wrong one ends with a sentence."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        sentence = _("“%(text)s” is not a date like 2026-03-31.")
        raise argparse.ArgumentTypeError(sentence % {"text": text[:40]}) from error


def iso_instant(text: str) -> dt.datetime:
    """A day (its end) or a day and time, as argparse type; without a zone it is the office's."""
    try:
        return clock.instant(text)
    except ValueError as error:
        sentence = _("“%(text)s” is not a date or time like 2026-03-31 or 2026-03-31T17:30.")
        raise argparse.ArgumentTypeError(sentence % {"text": text[:40]}) from error


class JsonCommand(BaseCommand):
    """Base of the commands of the surface: ``answer`` gives the document and the exit status."""

    requires_system_checks: list[str] = []

    def answer(self, **options: Any) -> tuple[Any, int]:
        raise CommandError("This command gives no answer.", returncode=2)

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(translation.get_language() or "zh-hans"):
            try:
                document, status = self.answer(**options)
            except RegistryError as error:
                raise CommandError(str(error), returncode=2) from error
            except CommandError as error:
                error.returncode = 2
                raise
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str))
        if status:
            self.stdout.flush()
            sys.exit(status)

    @staticmethod
    def add_scope(parser: argparse.ArgumentParser) -> None:
        """--division CODE [--system], --as-of DATE."""
        parser.add_argument("--division", metavar="CODE", help="a division and everything below it")
        parser.add_argument("--system", default="nbs", choices=["nbs", "mca", "survey"], help="code system")
        parser.add_argument("--as-of", type=iso_date, metavar="DATE", help="the day (default: today)")

    @staticmethod
    def scope(options: dict[str, Any]) -> tuple[dt.date, Division | None]:
        day = options.get("as_of") or clock.today()
        code = options.get("division")
        return day, division_by_code(code, options.get("system") or "nbs") if code else None
