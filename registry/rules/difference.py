"""What a reading changes in the findings: opened, kept, closed, opened again. 中文：问题比对"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from registry.codes import LIVE_STATES, FindingState, Severity
from registry.models import Finding
from registry.models.filling import insert_rows

from .base import SUBJECTS, Context, Row, Rule, Scope, fingerprint

UPDATED = ["reading", "severity", "read_on", "details", "parameters", "fingerprint", "place", "since",
           "division_id", "unit_id", "rule_version", "baseline", "state", "waived_until", "closed_on",
           "closing"]  # fmt: skip
DUE_DAYS = "finding_due_days"  # 整改时限（天），按严重程度


def of_scope(rows: Any, rules: Sequence[Rule], scope: Scope) -> Any:
    """Findings of rules in a scope: by where their unit lies now, by unit, or by the key of the subject."""
    if not scope.partial:
        rows = rows.filter(rule__in=[rule.id for rule in rules])
        here = scope.limit(rows.filter(unit=None), division="division__path")
        return scope.limit(rows.exclude(unit=None), division="unit__division__path") | here
    condition = Q(pk__in=[])
    for kind in SUBJECTS:
        ids = [rule.id for rule in rules if rule.subject == kind]
        if ids:
            condition |= Q(rule__in=ids) & _those(kind, scope)
    return rows.filter(condition)


def _those(kind: str, scope: Scope) -> Q:
    keys = scope.keys(kind)
    if kind in ("unit", "division"):
        return Q(**{f"{kind}__in": keys})
    return Q(subject_key__in=[str(key) for key in keys])


def live_findings(rules: Sequence[Rule], scope: Scope) -> Iterable[Finding]:
    """Findings of the rules that are open or waived, locked. One query."""
    rows = Finding.objects.filter(state__in=LIVE_STATES).select_for_update(of=("self",))
    return of_scope(rows, rules, scope).order_by("id")


def dismissed(rules: Sequence[Rule], scope: Scope) -> Iterable[Finding]:
    """Findings that an officer did not uphold: the same facts do not open them again. One query."""
    rows = Finding.objects.filter(state=FindingState.DISMISSED).order_by()
    return of_scope(rows, rules, scope).only("rule", "subject_type", "subject_key", "fingerprint")


def by_rule(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings sorted by their rule."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.rule].append(finding)
    return found


def returning(rule: Rule, rows: list[Row]) -> dict[tuple[str, str], Finding]:
    """The latest finding of each subject, where an officer closed it: the facts say otherwise. One query."""
    closed = Finding.objects.filter(
        rule=rule.id,
        state=FindingState.CLOSED,
        closing__by="officer",
        subject_key__in=[r.subject_key for r in rows],
    )
    latest: dict[tuple[str, str], Finding] = {}
    for finding in closed.select_for_update(of=("self",)).order_by("id"):
        latest[finding.subject_type, finding.subject_key] = finding
    newer = Finding.objects.filter(rule=rule.id, subject_key__in=[key for _type, key in latest])
    last = {
        (f.subject_type, f.subject_key): f.pk
        for f in newer.only("subject_type", "subject_key").order_by("id")
    }
    return {subject: finding for subject, finding in latest.items() if last[subject] == finding.pk}


@dataclass(kw_only=True)
class Difference:
    """Rows of a reading beside the findings that are there."""

    rule: Rule
    context: Context
    values: dict[str, Any]
    rows: dict[tuple[str, str], Row]
    fresh: list[Row]
    kept: list[tuple[Finding, Row]]
    gone: list[Finding]
    returning: dict[tuple[str, str], Finding]
    go_live: dict[int, dt.date] = field(default_factory=dict)

    def write(self) -> None:
        """Bring the findings up to the reading."""
        again = [(self.returning[row.subject], row) for row in self.fresh if row.subject in self.returning]
        self._open([row for row in self.fresh if row.subject not in self.returning])
        self._keep([*self.kept, *again])
        self._close()

    def _reading(self, row: Row, known_since: dt.date | None = None) -> dict[str, Any]:
        start = self.go_live.get(row.division_id)
        since = row.since or known_since or self.context.as_of
        baseline = bool(start and since < start)
        severity = self.rule.severity
        return {
            "rule_version": self.rule.version,
            "division_id": row.division_id,
            "unit_id": row.unit_id,
            "reading": row.reading,
            # severity E refuses acts; what is true from before the start, or came another way, is a finding
            "severity": Severity.F if severity == Severity.E and baseline else severity,
            "since": since,
            "details": row.details,
            "parameters": self.values,
            "fingerprint": fingerprint(self.rule, self.values, row),
            "place": row.place,
            "baseline": baseline,
        }

    def _open(self, rows: list[Row]) -> None:
        day = self.context.as_of
        days = self.context.value(DUE_DAYS) if rows else {}
        made = [
            Finding(
                rule=self.rule.id,
                subject_type=row.subject_type,
                subject_key=row.subject_key,
                opened_on=day,
                read_on=day,
                office=self.rule.office,
                **self._reading(row),
            )
            for row in rows
        ]
        for finding in made:  # the baseline is worked off by the plan of its rule
            if not finding.baseline:
                finding.due_on = day + dt.timedelta(days=int(days[finding.severity]))
        insert_rows(made)

    def _keep(self, pairs: list[tuple[Finding, Row]]) -> None:
        changed, same = [], []
        for finding, row in pairs:
            reading = {**self._reading(row, finding.since), **self._state(finding)}
            if all(getattr(finding, name) == value for name, value in reading.items()):
                if finding.read_on != self.context.as_of:
                    same.append(finding.pk)
                continue
            for name, value in reading.items():
                setattr(finding, name, value)
            finding.read_on = self.context.as_of
            changed.append(finding)
        Finding.objects.bulk_update(changed, UPDATED, batch_size=500)
        Finding.objects.filter(pk__in=same).update(read_on=self.context.as_of)

    def _state(self, finding: Finding) -> dict[str, Any]:
        """A waiver that has run out, and a closure that the facts belie, open the finding again."""
        waived = finding.state == FindingState.WAIVED and finding.waived_until is not None
        over = waived and finding.waived_until <= self.context.as_of  # type: ignore[operator]
        if not over and finding.state != FindingState.CLOSED:
            return {}
        return {"state": FindingState.REOPENED, "waived_until": None, "closed_on": None, "closing": None}

    def _close(self) -> None:
        for finding in self.gone:
            finding.state = FindingState.CLOSED
            finding.waived_until = None
            finding.closed_on = max(self.context.as_of, finding.opened_on)
            finding.closing = {
                "by": "evaluation",
                "read_on": self.context.as_of.isoformat(),
                "last": finding.details,
            }
        Finding.objects.bulk_update(
            self.gone, ["state", "waived_until", "closed_on", "closing"], batch_size=500
        )
