"""The findings of a scope."""

from typing import Any

from registry.management.base import JsonCommand
from registry.models import Finding
from registry.queries.divisions import codes_by_division
from registry.queries.findings import sentence


class Command(JsonCommand):
    help = "The findings, with the rule, the unit, the division and the sentence."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--rule", action="append", metavar="ID", help="only this rule (may be repeated)")
        parser.add_argument("--open", action="store_true", help="only findings that are open")
        parser.add_argument("--division", metavar="CODE", help="a division and everything below it")
        parser.add_argument("--system", default="nbs", choices=["nbs", "mca", "survey"], help="code system")

    def answer(self, **options: Any) -> tuple[Any, int]:
        _day, division = self.scope(options)
        rows = Finding.objects.select_related("unit").order_by("rule", "division__path", "subject_key", "id")
        if division is not None:
            rows = rows.within(division)
        if options["rule"]:
            rows = rows.filter(rule__in=options["rule"])
        if options["open"]:
            rows = rows.open()
        found = list(rows)
        codes = codes_by_division({finding.division_id for finding in found})
        return [self.line(finding, codes) for finding in found], 0

    @staticmethod
    def line(finding: Finding, codes: dict[int, str]) -> dict[str, Any]:
        return {
            "rule": finding.rule,
            "subject": f"{finding.subject_type}:{finding.subject_key}",
            "unit": finding.unit.code if finding.unit else None,
            "division": codes.get(finding.division_id),
            "state": finding.state,
            "reading": finding.reading,
            "severity": finding.severity,
            "since": finding.since.isoformat(),
            "opened": finding.opened_on.isoformat(),
            "closed": finding.closed_on.isoformat() if finding.closed_on else None,
            "message": sentence(finding),
            "baseline": finding.baseline,
            "details": finding.details,
            "parameters": finding.parameters,
            "fingerprint": finding.fingerprint,
        }
