"""Read the rules and bring the findings up to a day."""

import time
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from registry.management.base import JsonCommand
from registry.rules import Scope, all_rules
from registry.rules.changed import evaluate_changed
from registry.rules.engine import evaluate
from registry.services.findings import end_waivers


class Command(JsonCommand):
    help = "Evaluate the rules in force on a day; findings are opened, kept and closed by difference."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--rule", action="append", metavar="ID", help="only this rule (may be repeated)")
        parser.add_argument(
            "--changed", action="store_true", help="read only what changed since the last evaluation"
        )
        self.add_scope(parser)

    def answer(self, **options: Any) -> tuple[Any, int]:
        day, division = self.scope(options)
        known = {rule.id for rule in all_rules()}
        unknown = sorted(set(options["rule"] or []) - known)
        if unknown:
            raise CommandError(
                _("There is no rule %(ids)s. Known rules: %(known)s.")
                % {"ids": ", ".join(unknown), "known": ", ".join(sorted(known))}
            )
        start = time.monotonic()
        end_waivers(as_of=day)
        if options["changed"]:
            read = evaluate_changed(as_of=day)
            return {"as_of": day.isoformat(), "read": read, "seconds": round(time.monotonic() - start, 3)}, 0
        scope = Scope(paths=(division.path,)) if division else Scope()
        rules = evaluate(as_of=day, scope=scope, rule_ids=options["rule"])
        return {"as_of": day.isoformat(), "rules": rules, "seconds": round(time.monotonic() - start, 3)}, 0
