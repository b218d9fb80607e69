"""What must hold of every page in a browser: nothing that axe finds, no sideways scroll, room for thumbs."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.demo.conftest import SIZES

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
AUDITED: set[str] = set()  # a page that many roles open is searched for faults once; each role opens it
THUMB_PX = 43.5  # 44 of the layout, less what rounding takes
TOO_SMALL = """least => [...document.querySelectorAll(
  'main a.button, main button, main summary, main select, main textarea, main input:not([type=hidden])')]
  .filter(part => {
    const box = part.getBoundingClientRect(), look = getComputedStyle(part);
    const drawn = box.width > 0 && box.height > 0 && look.visibility !== 'hidden';
    const boxed = ['checkbox', 'radio'].includes(part.type) || look.position === 'absolute';
    return drawn && !boxed && box.height < least && !part.closest('.leaflet-container');
  }).map(part => part.outerHTML.slice(0, 90))"""
LINKS = """() => [...document.querySelectorAll('main a[href^="/"], main a[href^="?"]')]
  .filter(a => !a.hasAttribute('download')).map(a => new URL(a.href).pathname)"""
# Pages of assets and their upkeep, of what hangs on them, and none of what is taken away as a file.
WALKED = re.compile(
    r"/(work|u|units|life|assets|placing|inspections|repairs|upkeep|stocktakes|packs|summary|book-values|roads"
    r"|water-works|relocation-sites|notices|objections|decisions|public)/"
)
FILES = re.compile(r"\.\w{2,4}$|/file/$|/phone/|/entries/|/points")


def sideways(page: Any) -> int:
    """Pixels that the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def accessibility(page: Any) -> list[str]:
    """Serious and critical faults that axe finds on the page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa'], resultTypes: ['violations']})"
        ".then(result => result.violations)"
    )
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:120]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def faults(page: Any, address: str) -> list[str]:
    """Everything that is wrong with the open page, at the width of a desk and at that of a phone."""
    found = [f"{address}: {fault}" for fault in accessibility(page)]
    for name in ("desktop", "phone"):
        page.set_viewport_size(SIZES[name])
        if (pixels := sideways(page)) > 1:
            found.append(f"{address} scrolls sideways by {pixels} at the width of a {name}")
    found += [f"{address}: too small for a thumb: {part}" for part in page.evaluate(TOO_SMALL, THUMB_PX)]
    page.set_viewport_size(SIZES["desktop"])
    return found


def kind_of(address: str) -> str:
    """An address without what makes it this thing's: one page of a kind stands for the others."""
    return re.sub(r"/\d[\w-]*(?=/|$)", "/#", address)


def walk(page: Any, base: str, begin: Iterable[str]) -> tuple[list[str], list[str]]:
    """Open the pages given and one of every kind that they lead to; give what was opened, and its faults.

    A kind that another role has shown already is not opened again, unless it was asked for.
    """
    waiting, opened, found = deque(begin), [], []
    known = {kind_of(address) for address in waiting}
    while waiting:
        address = waiting.popleft()
        answer = page.goto(base.rstrip("/") + address)
        if answer.status != 200:
            found.append(f"{address}: {answer.status}")
            continue
        opened.append(address)
        for link in page.evaluate(LINKS):
            kind = kind_of(link)
            if WALKED.match(link) and not FILES.search(link) and kind not in known | AUDITED:
                known.add(kind)
                waiting.append(link)
        if kind_of(address) not in AUDITED or address in begin:
            AUDITED.add(kind_of(address))
            found += faults(page, address)
    return opened, found
