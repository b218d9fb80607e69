"""Meetings and notices about the income of the demo's villages, three meetings at fault. 中文：演示收益议决与公示"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from registry.demo.people import People


@dataclass
class Meetings:
    """Collects decisions by their titles and notices, as ``assemblies.json`` writes them."""

    people: People
    decisions: list[dict[str, Any]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)

    def hold(
        self, village: str, title: str, held: dt.date, matters: tuple[int, ...] = (11,), **other: Any
    ) -> str:
        """An assembly of all members, in order; gives the title by which it is found again."""
        short, total = self.people.villages[village].short, 236 + 4 * (int(village[-1]) % 7)
        title = f"{short}{title}"
        self.decisions.append({
            "village": village, "body": "members", "title": title, "collective": self.people.collective(village),
            "held_on": held, "matters": list(matters), "members_total": total, "present": total - 31,
            "in_favour": total - 36, "notice_on": held - dt.timedelta(days=16), "accounts_on": held - dt.timedelta(days=14),
            "party_on": held - dt.timedelta(days=21), "outcome": "同意",
            "minutes_number": f"{short}会〔{held.year}〕{len(self.decisions) + 11}号", **other,
        })  # fmt: skip
        return title

    def office(self, place: str, title: str, held: dt.date) -> str:
        """A decision of the township government."""
        self.decisions.append({
            "village": place, "body": "township", "title": title, "collective": "", "held_on": held, "matters": [],
            "outcome": "同意", "minutes_number": f"新政发〔{held.year}〕{len(self.decisions) + 11}号",
        })  # fmt: skip
        return title

    def notice(self, village: str, plan: dict[str, Any], opened: dt.date, told: dt.date | None) -> None:
        """The plan of a distribution for ten days, and its result where it was told."""
        row = {
            "village": village, "kind": "distribution_plan", "title": f"{plan['title']}方案公示", "opened_on": opened,
            "closed_on": opened + dt.timedelta(days=9), "matter": plan["number"], "place": "村务公开栏", "channel": "张贴",
            "text": "分配用途、份额及名单附后（证件号、账号已遮挡），公示期内可提出异议。",
        }  # fmt: skip
        self.notices.append(row)
        if told is not None:
            end = {"opened_on": told, "closed_on": told + dt.timedelta(days=9)}
            self.notices.append(
                row | end | {"kind": "distribution_result", "title": f"{plan['title']}结果公示"}
            )

    def faults(self, villages: list[str], truth, today: dt.date) -> None:
        """Announced too late, accounts shown too late, decided by representatives who may not."""
        held = today - dt.timedelta(days=33)
        ago = lambda days: held - dt.timedelta(days=days)  # noqa: E731
        self.hold(villages[3], "集体资产对外出租方案", held, notice_on=ago(5))
        self.hold(villages[4], "年度财务收支预算", held, (7,), accounts_on=ago(4))
        self.hold(villages[5], "份额量化调整方案", held, (8,), body="member_representatives", members_total=48,
                  present=45, in_favour=44)  # fmt: skip
        for rule, village in (("DEC-02", villages[3]), ("DEC-03", villages[4]), ("DEC-04", villages[5])):
            truth.findings.setdefault(rule, []).append(village)
