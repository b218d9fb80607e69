"""The villages' meetings and public notices of this year, a few of them at fault on purpose."""

import datetime as dt
import json
from pathlib import Path

from registry.demo.people import People
from registry.demo.places import XINHUA

QUARTER, GRACE = 3, 20  # months of a publication; days within which it is published


def write_assemblies(folder: Path, people: People, today: dt.date, findings: dict[str, list[str]]) -> None:
    """Write `assemblies.json`; what is at fault is noted in `findings` by rule and village."""
    villages = sorted(people.villages)
    own = [code for code in villages if code.startswith(XINHUA)]
    facts = {
        "decisions": _decisions(own, people, today, findings),
        "notices": _accounts(villages, own, people, today, findings) + _distributions(own, today, findings),
    }
    text = json.dumps(facts, ensure_ascii=False, indent=1, default=str)
    (folder / "assemblies.json").write_text(text + "\n", encoding="utf-8")


def last_quarter(day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the last quarter that was over on the day."""
    month = day.year * 12 + day.month - 1
    end = month - month % QUARTER
    first, after = (dt.date(n // 12, n % 12 + 1, 1) for n in (end - QUARTER, end))
    return first, after - dt.timedelta(days=1)


def _decisions(own: list[str], people: People, today: dt.date, findings: dict) -> list[dict]:
    """An assembly a village; one without enough votes, one that the Party organisation had not discussed."""
    rows = []
    for number, code in enumerate(own):
        held = today - dt.timedelta(days=40 + 3 * number)
        total = 240 + 12 * number
        present = total * 5 // 6
        row = {
            "village": code, "body": "members", "title": f"{people.villages[code].short}{held.year}年收益分配方案",
            "collective": people.collective(code), "held_on": held, "matters": [7], "members_total": total,
            "present": present, "in_favour": present - 4, "notice_on": held - dt.timedelta(days=14),
            "accounts_on": held - dt.timedelta(days=12), "party_on": held - dt.timedelta(days=20),
            "outcome": "同意", "minutes_number": f"{people.villages[code].short}会〔{held.year}〕2号",
        }  # fmt: skip
        if number == 1:
            row["in_favour"] = total * 2 // 3 - 1
            findings.setdefault("DEC-01", []).append(code)
        if number == 2:
            row["party_on"] = None
            findings.setdefault("DEC-05", []).append(code)
        if number == 4:
            row["notice_on"] = held - dt.timedelta(days=6)
            findings.setdefault("DEC-02", []).append(code)
        if number == 5:
            row["accounts_on"] = held - dt.timedelta(days=4)
            findings.setdefault("DEC-03", []).append(code)
        if number == 6:
            row |= {"body": "member_representatives", "matters": [8], "members_total": 45, "present": 41,
                    "in_favour": 40, "title": f"{people.villages[code].short}收益权份额量化方案"}  # fmt: skip
            findings.setdefault("DEC-04", []).append(code)
        rows.append(row)
    return rows


def _accounts(
    villages: list[str], own: list[str], people: People, today: dt.date, findings: dict
) -> list[dict]:
    """The accounts of the last quarter, published by all villages but two."""
    first, last = last_quarter(today - dt.timedelta(days=GRACE))
    silent = own[3:5]
    findings.setdefault("NOT-03", []).extend(silent)
    opened = last + dt.timedelta(days=8)
    return [
        {
            "village": code, "kind": "finance", "title": f"{people.villages[code].short}{first.year}年第{first.month // 3 + 1}季度财务公开",
            "opened_on": opened, "closed_on": opened + dt.timedelta(days=9), "covers_from": first, "covers_to": last,
            "place": "村务公开栏", "channel": "张贴", "text": "本季度收入、支出、结余及固定资产变动情况详见公开表。",
        }
        for code in villages
        if code not in silent
    ]  # fmt: skip


def _distributions(own: list[str], today: dt.date, findings: dict) -> list[dict]:
    """Plan and result of two distributions; one plan without its result, one notice cut short."""
    rows = []
    for number, code in enumerate(own[:4]):
        opened = today - dt.timedelta(days=75)
        days = 5 if number == 3 else 10
        plan = {
            "village": code, "kind": "distribution_plan", "title": f"{opened.year}年度收益分配方案公示",
            "opened_on": opened, "closed_on": opened + dt.timedelta(days=days - 1), "matter": f"FP-{opened.year}-{code[-3:]}",
            "place": "村务公开栏", "channel": "张贴", "text": "按成员收益权份额分配，名单附后（证件号、账号已遮挡）。",
        }  # fmt: skip
        rows.append(plan)
        if number == 2:
            findings.setdefault("NOT-02", []).append(code)
            continue
        told = today - dt.timedelta(days=50)
        end = {"opened_on": told, "closed_on": told + dt.timedelta(days=9)}
        rows.append(
            plan | end | {"kind": "distribution_result", "title": f"{opened.year}年度收益分配结果公示"}
        )
        if number == 3:
            findings.setdefault("NOT-01", []).append(code)
    return rows
