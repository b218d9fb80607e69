"""Officers at once: runs, matches by hand, undoing, distributing, for a while. 中文：并发测量"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from decimal import Decimal

from django.db import DatabaseError, connection

from assets.income.models.bank import BankAccount, BankLine
from assets.income.models.due import Due
from assets.income.models.match import Match
from assets.income.services.matching import match_account, retried
from assets.income.services.settling import Part, open_of_due, open_of_line, settle_dues, undo
from registry.errors import RegistryError

from .distributing import Nothing, Scene, acts, set_scene

FEW = 40  # lines and dues that all of them fight for


def fight(account: BankAccount, seconds: float, writers: int, seed: int) -> Counter[str]:
    """What was done, refused with a sentence, and failed; by all writers together."""
    lines = list(BankLine.objects.in_force().filter(account=account, amount__gt=0).order_by("id")[:FEW])
    dues = list(Due.objects.in_force().order_by("id")[:FEW])
    scene = set_scene(account)
    counts: Counter[str] = Counter()
    lock = threading.Lock()
    until = time.monotonic() + seconds

    def officer(number: int) -> None:
        rng = random.Random(seed + number)  # noqa: S311 (a benchmark, no secret)
        mine: Counter[str] = Counter()
        try:
            while time.monotonic() < until:
                mine[_one(rng, account, lines, dues, scene)] += 1
        finally:
            connection.close()
            with lock:
                counts.update(mine)

    threads = [threading.Thread(target=officer, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counts


def _one(
    rng: random.Random, account: BankAccount, lines: list[BankLine], dues: list[Due], scene: Scene
) -> str:
    """One random act: done, refused with a sentence, or failed for good."""
    what = rng.choices(("settle", "undo", "run", "distribute"), (45, 29, 1, 25))[0]
    try:
        if what == "distribute":
            doing = acts(scene, rng)
            retried(doing[rng.choice(sorted(doing))])
        elif what == "run":
            match_account(account=account, by=None)
        elif what == "undo":
            found = Match.objects.in_force().filter(line__in=lines).order_by("?").first()
            if found is None:
                return "refused"
            retried(lambda: undo(match=found, reason="并发测量撤销", by=None))
        else:
            line, due = rng.choice(lines), rng.choice(dues)
            amount = min(abs(open_of_line(line)), open_of_due(due), Decimal(rng.randrange(1, 90_000)) / 100)
            if amount <= 0:
                return "refused"
            retried(lambda: settle_dues(line=line, parts=[Part(due=due, amount=amount)], by=None))
    except (RegistryError, Nothing):
        return "refused"
    except DatabaseError as error:
        return f"failed: {type(error).__name__}"
    return what
