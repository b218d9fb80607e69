"""Receivables, bank lines and the truth between them, from a seed. 中文：对账基准数据

The payer's day is played through by the law the matching follows: what he names is what he pays, what he does
not name settles his oldest open due of the contract (民法典第五百六十条). Every line keeps its class and the
dues that it settles, so that a match is right or wrong without argument.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from assets.income.matching.book import Due, Line

START = 739252  # ordinal of 2025-01-01
FIRST_MONTH = 2025 * 12
# Lines of a class, of 1,000 (the mix).
MIX = {"exact": 780, "part": 80, "several": 40, "wrong": 30, "name": 30, "duplicate": 20, "stranger": 20}
WITHOUT_MEMO = 0.30
SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "文华明建国秀英丽强军平芳娟敏静伟磊洋勇艳杰涛超霞刚桂玲辉鹏飞红波宁亮俊峰琴云莲真环雪荣爱妹香月莺媛"
PLACES = "屏边 新华 湾塘 玉屏 白河 白云 和平 新现 滴水层 小寨 大围山 阿季伍 期咱迷 马马冲".split()
TRADES = "草果 荔枝 枇杷 猕猴桃 生态茶 林下中药 肉牛 土鸡 蔬菜 竹编 水电 光伏 农机 食用菌 冷链物流".split()
FORMS = (("农业科技有限公司", "农业科技有限责任公司"), ("种植专业合作社", "种植农民专业合作社"),
         ("发展有限公司", "发展股份有限公司"))  # fmt: skip


@dataclass
class World:
    """Everything made: ``truth`` gives for the key of a line the dues it settles and how much of each."""

    dues: list[Due] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    kinds: dict[int, str] = field(default_factory=dict)
    truth: dict[int, dict[int, int]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    copies: dict[int, int] = field(default_factory=dict)  # a duplicate and the line whose content it has


@dataclass
class _Contract:
    key: int
    number: str
    payer: int
    dues: list[Due]
    plan: list[str] = field(default_factory=list)


def make(dues: int, lines: int, seed: int) -> World:
    """A world of that many dues and bank lines."""
    rng, world = random.Random(seed), World()  # noqa: S311 (a benchmark, no secret)
    contracts = _contracts(rng, world, dues)
    _plan(rng, contracts, dues, lines)
    raw: list[tuple[int, str, str, str, dict[int, int], int]] = []
    for contract in contracts:
        raw += _paid(rng, world, contract)
    wanted = _wanted(lines)
    raw += [_stranger(rng) for _ in range(wanted["stranger"])]
    rng.shuffle(raw)
    raw.sort(key=lambda row: row[0])
    for key, (day, kind, name, memo, truth, fen) in enumerate(raw, start=1):
        year = 2025 if day < START + 365 else 2026
        world.lines.append(Line(key, day, year, fen, name, "", memo))
        world.kinds[key], world.truth[key] = kind, truth
    _duplicates(rng, world, wanted["duplicate"])
    return world


def _wanted(lines: int) -> dict[str, int]:
    return {kind: lines * parts // 1000 for kind, parts in MIX.items()}


def _contracts(rng: random.Random, world: World, dues: int) -> list[_Contract]:
    """Contracts with 1, 2, 4 or 12 dues a year; some payers have two, some bear the name of another."""
    made: list[_Contract] = []
    used: set[str] = set()
    payer = key = 0
    while key < dues:
        number = len(made) + 1
        if not made or rng.random() > 0.12:
            payer += 1
            world.names[payer] = _name(rng, used)
        times = min(rng.choices((1, 2, 4, 12), (30, 35, 25, 10))[0], dues - key)
        fen = rng.randrange(300, 60_000) * 100 + rng.choice((0, 0, 0, 50, 25))
        contract = _Contract(number, f"HT2024-{number:05d}", payer, [])
        for nth in range(times):
            key += 1
            size = 12 // (times if times in (1, 2, 4, 12) else 12)
            first = FIRST_MONTH + nth * size
            due_on = START + (nth * size * 365) // 12 + 14
            contract.dues.append(Due(key, number, payer, due_on, first, first + size - 1, fen))
        world.numbers[contract.number] = number
        world.dues += contract.dues
        made.append(contract)
    return made


def _name(rng: random.Random, used: set[str]) -> str:
    while True:
        if rng.random() < 0.55:
            name = rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
            if name in used and rng.random() > 0.02:  # two of one name are rare, not unknown
                continue
        else:
            name = rng.choice(PLACES) + rng.choice(GIVEN) + rng.choice(GIVEN) + rng.choice(TRADES) + rng.choice(FORMS)[0]
            if name in used:
                continue
        used.add(name)
        return name


def _plan(rng: random.Random, contracts: list[_Contract], dues: int, lines: int) -> None:
    """What happens to each due, so that the classes of lines come out as wanted."""
    wanted = _wanted(lines)
    several = set()
    for contract in rng.sample(contracts, len(contracts)):
        contract.plan = [""] * len(contract.dues)
        at = 0
        while at + 1 < len(contract.dues) and len(several) < wanted["several"] and rng.random() < 0.35:
            contract.plan[at], contract.plan[at + 1] = "several", "with"
            several.add((contract.key, at))
            at += 2
    free = [(contract, at) for contract in contracts for at, what in enumerate(contract.plan) if not what]
    rng.shuffle(free)
    exact = wanted["exact"] - wanted["wrong"]  # the rest of what was paid wrong comes as an exact line
    parts = max(1, len(free) - exact - wanted["wrong"] - wanted["name"])
    sizes = [wanted["part"] // parts + (nth < wanted["part"] % parts) for nth in range(parts)]
    plans = [f"part{size}" for size in sizes if size > 1] + ["wrong"] * wanted["wrong"] + ["name"] * wanted["name"]
    for (contract, at), what in zip(free, plans, strict=False):
        contract.plan[at] = what
    for contract, at in free[len(plans) :]:
        contract.plan[at] = "exact"


def _paid(rng: random.Random, world: World, contract: _Contract) -> list[tuple[int, str, str, str, dict[int, int], int]]:
    """The payments of a contract in the order of their days, with what each settles by the law."""
    rows: list[tuple[int, str, str, str, dict[int, int], int]] = []
    open_ = {due.key: due.fen for due in contract.dues}
    day = contract.dues[0].due_on - 18
    name = world.names[contract.payer]
    for at, (due, what) in enumerate(zip(contract.dues, contract.plan, strict=True)):
        if what == "with":
            continue
        day = max(day + 1, due.due_on + rng.randrange(-14, 21))
        group = [due, contract.dues[at + 1]] if what == "several" else [due]
        for fen, kind, said in _payments(rng, what, group):
            memo = _memo(rng, contract, group, said)
            rows.append((day, kind, _slipped(rng, name) if kind == "name" else name, memo, _settle(open_, group, fen), fen))
            day += rng.randrange(1, 9)
    return rows


def _payments(rng: random.Random, what: str, group: list[Due]) -> list[tuple[int, str, str]]:
    """Amount, class and what the memo says of each payment for a due (or two)."""
    total = sum(due.fen for due in group)
    if what.startswith("part"):
        many = int(what[4:])
        cuts = sorted(rng.sample(range(1, 40), many - 1))
        bounds = [0, *(total * cut // 40 for cut in cuts), total]
        return [(b - a, "part", "第一笔部分" if not n else "部分") for n, (a, b) in enumerate(zip(bounds, bounds[1:], strict=False))]
    if what == "wrong":
        paid = _mistyped(rng, total)
        return [(paid, "wrong", ""), (total - paid, "exact", "补差额")]
    return [(total, what, "")]


def _mistyped(rng: random.Random, fen: int) -> int:
    """A smaller amount, as a slip of the hand gives: two figures changed places, one lower, one left out."""
    text = str(fen // 100)
    slips = [int(text[:n] + text[n + 1] + text[n] + text[n + 2 :]) for n in range(len(text) - 1)]
    slips += [int(text[:n] + str(int(text[n]) - 1) + text[n + 1 :]) for n in range(len(text)) if text[n] > "0"]
    slips = [slip * 100 + fen % 100 for slip in slips if 0 < slip * 100 + fen % 100 < fen]
    return rng.choice(slips)


def _settle(open_: dict[int, int], group: list[Due], fen: int) -> dict[int, int]:
    """What the money settles: all older dues are paid by then, so that named and oldest are the same ones."""
    settled: dict[int, int] = {}
    for due in group:
        part = min(fen, open_[due.key])
        if part:
            settled[due.key] = part
            open_[due.key] -= part
            fen -= part
    return settled


def _memo(rng: random.Random, contract: _Contract, group: list[Due], said: str) -> str:
    if len(group) > 1:  # half of those who pay for several dues name them
        if rng.random() >= 0.5:
            return rng.choice(("", "", "租金", contract.number))
        return f"{contract.number} {_period(group[0].first, group[-1].last)}租金"
    if rng.random() < WITHOUT_MEMO:
        return ""
    due = group[0]
    form = rng.random()
    number = contract.number if rng.random() < 0.8 else contract.number.replace("-", rng.choice((" ", "", "－")))
    if form < 0.72:
        return f"{number} {_period(due.first, due.last)}{said}租金"
    if form < 0.90:
        return f"{said}承包款 合同{number}"
    return f"{_period(due.first, due.last)}{said}租金"


def _period(first: int, last: int) -> str:
    year, begin, end = first // 12, first % 12 + 1, last % 12 + 1
    if first == last:
        return f"{year}年{begin}月"
    if end - begin == 11:
        return f"{year}年度"
    if end - begin == 2:
        return f"{year}年第{'一二三四'[begin // 3]}季度"
    return f"{year}年{begin}-{end}月"


def _slipped(rng: random.Random, name: str) -> str:
    """A name as another bank writes it, or with one wrong sign."""
    for long, other in FORMS:
        if name.endswith(long) and rng.random() < 0.6:
            return name.removesuffix(long) + rng.choice((other, f"（{long}）", long.replace("有限", "有限 ")))
    if len(name) > 4 and rng.random() < 0.3:
        return f"{name[:2]}（{name[2:4]}）{name[4:]}"
    at = rng.randrange(1, min(len(name), 4))
    wrong = rng.choice([sign for sign in GIVEN if sign != name[at]])
    return name[:at] + wrong + name[at + 1 :]


def _stranger(rng: random.Random) -> tuple[int, str, str, str, dict[int, int], int]:
    name = f"昆明{rng.choice(GIVEN)}{rng.choice(TRADES)}{rng.choice(('贸易行', '超市', '运输队', '建材店'))}"
    memo = rng.choice(("", "货款", "往来款", "转账", "2025年3月货款"))
    return START + rng.randrange(0, 400), "stranger", name, memo, {}, rng.randrange(1, 90_000) * 100


def _duplicates(rng: random.Random, world: World, many: int) -> None:
    """Lines that were delivered before, as an overlapping statement brings them again."""
    sources = rng.sample(world.lines, many)
    for key, line in enumerate(sources, start=len(world.lines) + 1):
        world.lines.append(Line(key, line.day, line.year, line.fen, line.name, line.account, line.memo))
        world.kinds[key], world.truth[key], world.copies[key] = "duplicate", {}, line.key


def counted(world: World) -> Counter[str]:
    return Counter(world.kinds.values())
