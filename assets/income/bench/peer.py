"""The same rules as a pandas script of an analyst; imports nothing of the product. 中文：对照脚本

`python peer.py FOLDER`: reads dues.csv, lines.csv, payers.csv, contracts.csv; writes matches.csv; says the
seconds of all of it as JSON.
"""

from __future__ import annotations

import json
import re
import sys
import time
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

import pandas as pd

EARLY = 45
PART = "部分|首付|首期|先付|第[一二三四五1-5]笔|余款|尾款|分期|差额|补缴|补交|补齐"
MONTH = re.compile(r"(?:(\d{4})年)?(\d{1,2})(?:月?[-~至到](\d{1,2}))?月")
QUARTER = re.compile(r"(?:(\d{4})年)?第?([一二三四])季")
YEAR = re.compile(r"(\d{4})年度")


def plain(text: str) -> str:
    text = re.sub(r"[\s\W_]+", "", unicodedata.normalize("NFKC", text)).upper()
    text = re.sub(r"(股份)?有限(责任)?公司$", "公司", text)
    return re.sub(r"(农民)?专业合作社$", "合作社", text)


def months_of(memo: str, year: int) -> frozenset[int]:
    found: set[int] = set()
    for of, quarter in QUARTER.findall(memo):
        begin = int(of or year) * 12 + "一二三四".index(quarter) * 3
        found.update(range(begin, begin + 3))
    for of, first, last in MONTH.findall(memo):
        begin, end = int(first), int(last or first)
        if 1 <= begin <= end <= 12:
            found.update(range(int(of or year) * 12 + begin - 1, int(of or year) * 12 + end))
    for of in YEAR.findall(memo):
        found.update(range(int(of) * 12, int(of) * 12 + 12))
    return frozenset(found)


def slips(name: str) -> set[str]:
    return {name, *(name[:n] + name[n + 1 :] for n in range(len(name)))}


def one_slip(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    n = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    if len(one) == len(other):
        swapped = one[n : n + 2] == other[n : n + 2][::-1] and one[n + 2 :] == other[n + 2 :]
        return one[n + 1 :] == other[n + 1 :] or swapped
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[n + 1 :] == shorter[n:]


def main(folder: Path) -> None:
    begun = time.perf_counter()
    dues = pd.read_csv(folder / "dues.csv").sort_values(["due_on", "key"]).reset_index(drop=True)
    lines = pd.read_csv(folder / "lines.csv", keep_default_na=False)
    payers = pd.read_csv(folder / "payers.csv")
    contracts = pd.read_csv(folder / "contracts.csv")
    lines = lines.drop_duplicates(["day", "fen", "name", "memo", "nth"]).sort_values(["day", "key"])
    memo = lines["memo"].map(lambda text: unicodedata.normalize("NFKC", text).upper())
    found = memo.str.extract(r"HT(\d{4})[^0-9A-Z]?(\d{5})(?!\d)")
    number = ("HT" + found[0] + "-" + found[1]).map(
        dict(zip(contracts["number"], contracts["key"], strict=True))
    )
    rest = memo.str.replace(r"HT\d{4}[^0-9A-Z]?\d{5}", " ", regex=True)
    lines = lines.assign(
        contract=number.fillna(0).astype(int), part=memo.str.contains(PART, regex=True),
        months=[months_of(text, year) for text, year in zip(rest, lines["year"], strict=True)],
        plain=lines["name"].map(plain),
    )  # fmt: skip
    by_name: dict[str, set[int]] = defaultdict(set)
    for name, key in zip(payers["name"].map(plain), payers["key"], strict=True):
        by_name[name].add(key)
    matches = Script(dues, by_name).settle(lines)
    pd.DataFrame(matches, columns=["line", "due", "fen", "rule"]).to_csv(folder / "matches.csv", index=False)
    sys.stdout.write(json.dumps({"seconds": time.perf_counter() - begun, "matches": len(matches)}) + "\n")


class Script:
    """The receivables as plain lists, and what waits."""

    def __init__(self, dues: pd.DataFrame, by_name: dict[str, set[int]]) -> None:
        self.open, self.due_on = dues["fen"].tolist(), dues["due_on"].tolist()
        self.keys, self.contract = dues["key"].tolist(), dues["contract"].tolist()
        self.first, self.last = dues["first"].tolist(), dues["last"].tolist()
        self.of_contract = {int(k): list(v) for k, v in dues.groupby("contract").indices.items()}
        self.contracts_of = {int(k): sorted(set(v)) for k, v in dues.groupby("payer")["contract"]}
        self.payer_of = dict(zip(dues["contract"], dues["payer"], strict=True))
        self.by_name, self.parts = by_name, defaultdict(list)
        for name in by_name:
            for slip in slips(name):
                self.parts[slip].append(name)
        self.waiting_contracts: set[int] = set()
        self.waiting_payers: set[int] = set()

    def oldest(self, contract: int) -> int | None:
        return next((at for at in self.of_contract.get(contract, ()) if self.open[at] > 0), None)

    def named(self, contract: int, months: frozenset[int]) -> list[int]:
        places = [at for at in self.of_contract.get(contract, ()) if self.open[at] > 0]
        inside = [at for at in places if all(m in months for m in range(self.first[at], self.last[at] + 1))]
        around = [at for at in places if all(self.first[at] <= m <= self.last[at] for m in months)]
        return inside or (around if len(around) == 1 else [])

    def exact(self, places: list[int], fen: int, part: bool, one: str) -> tuple[list[int], str] | None:
        total = sum(self.open[at] for at in places)
        if places and total == fen:
            return places, one if len(places) == 1 else "memo_several"
        return (places, "memo_part") if len(places) == 1 and part and fen < total else None

    def by_contract(self, row: Any) -> tuple[list[int], str] | None:
        if row.months:
            return self.exact(self.named(row.contract, row.months), row.fen, row.part, "memo_period")
        at = self.oldest(row.contract)
        waits = (
            row.contract in self.waiting_contracts or self.payer_of.get(row.contract) in self.waiting_payers
        )
        if waits or at is None or self.due_on[at] - row.day > EARLY:
            return None
        return self.exact([at], row.fen, row.part, "memo_contract")

    def by_payer(self, row: Any) -> tuple[list[int], str] | None:
        found = self.by_name.get(row.plain, set())
        if len(found) != 1:
            return None
        payer = next(iter(found))
        mine = self.contracts_of.get(payer, [])
        if row.months:
            named = [self.exact(self.named(c, row.months), row.fen, False, "payer_amount") for c in mine]
            fits = [one for one in named if one]
            return fits[0] if len(fits) == 1 else None
        if row.part or payer in self.waiting_payers:
            return None
        places = [at for c in mine if (at := self.oldest(c)) is not None and self.open[at] == row.fen]
        places = [at for at in places if self.due_on[at] - row.day <= EARLY]
        if len(places) != 1 or self.contract[places[0]] in self.waiting_contracts:
            return None
        return places, "payer_amount"

    def wait(self, row: Any) -> None:
        if row.contract:
            self.waiting_contracts.add(row.contract)
            return
        near = {n for slip in slips(row.plain) for n in self.parts.get(slip, ()) if one_slip(row.plain, n)}
        self.waiting_payers |= self.by_name.get(row.plain) or {
            party
            for name in near
            for party in self.by_name[name]
            if any(
                self.open[at] == row.fen
                for c in self.contracts_of.get(party, ())
                for at in self.of_contract[c]
            )
        }

    def settle(self, lines: pd.DataFrame) -> list[tuple[int, int, int, str]]:
        matches = []
        for row in lines.itertuples(index=False):
            decided = self.by_contract(row) if row.contract else self.by_payer(row)
            if decided is None:
                self.wait(row)
                continue
            left = row.fen
            for at in decided[0]:
                fen = min(left, self.open[at])
                self.open[at] -= fen
                left -= fen
                matches.append((row.key, self.keys[at], fen, decided[1]))
        return matches


if __name__ == "__main__":
    main(Path(sys.argv[1]))
