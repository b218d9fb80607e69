"""What pages are made of: a strict CSP, a closed network, Chromium 86, and colours for every pair of eyes."""

import re
from pathlib import Path

import pytest

from registry import badges

ROOT = Path(__file__).resolve().parents[2]
APPS = ("registry", "land", "projects", "assets", "maps")
TEMPLATES = sorted(path for app in APPS for path in (ROOT / app).glob("templates/**/*.html"))
SHEETS = sorted(path for app in APPS for path in (ROOT / app).glob("static/**/*.css"))
SCRIPTS = sorted(path for app in APPS for path in (ROOT / app).glob("static/**/*.js"))
PICTURES = sorted(path for app in APPS for path in (ROOT / app).glob("static/**/*.svg"))
TOKENS = ROOT / "registry" / "static" / "registry" / "css" / "tokens.css"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_ask_no_other_host_and_need_no_unsafe_inline(path):
    text = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}", "", path.read_text(), flags=re.S)
    assert not re.search(r"""(?:src|href|action|hx-\w+)\s*=\s*["'](?:https?:)?//""", text)
    assert not re.search(r"\sstyle\s*=", text), "style attributes are refused by the CSP: use a class"
    assert not re.search(r"<[^>]+\son[a-z]+\s*=\s*[\"']", text), "inline handlers are refused by the CSP"
    assert not re.search(r"javascript:|hx-on|hx-vals\s*=\s*['\"]js:", text)
    taken_away = path.parent.name == "pack"  # files of a ZIP: read from a folder, under no policy
    assert not (taken_away and re.search("<script|<link", text))
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", text):
        assert taken_away or "src=" in tag or 'nonce="{{ request.csp_nonce }}"' in tag, tag


@pytest.mark.parametrize("path", [*SHEETS, *SCRIPTS, *PICTURES], ids=lambda path: path.name)
def test_static_files_ask_no_other_host(path):
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|url\(\s*[\"']?//|@import", text)


NEWER_CSS = {
    r":has\(": 105, r":is\(": 88, r":where\(": 88, r"\binset\s*:": 87, r"aspect-ratio\s*:": 88,
    r"@container": 105, r"@layer": 99, r"color-mix\(": 111, r"\d(?:dvh|svh|lvh)\b": 108,
    r"(?:margin|padding)-(?:inline|block)\s*:": 87, r"@media[^{]*[<>]=": 104, r"^\s+&": 112, r"oklch\(": 111,
    r"text-wrap": 114, r"^\s*(?:rotate|scale|translate)\s*:": 104,
}  # fmt: skip


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_css_is_understood_by_chromium_86(path):
    text = path.read_text()
    assert [f"{p} needs {v}" for p, v in NEWER_CSS.items() if re.search(p, text, re.M)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_js_is_understood_by_chromium_86(path):
    newer = r"\.at\(|Object\.hasOwn|structuredClone|\.findLast\(|randomUUID|\beval\(|new Function"
    assert not re.search(newer, path.read_text())


def variables() -> dict[str, str]:
    """Hexadecimal colours of tokens.css by name."""
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", TOKENS.read_text()))


COLOURS = variables()


def linear(colour: str) -> tuple[float, float, float]:
    """Linear-light red, green, blue of a hexadecimal colour."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio."""
    light = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


TEXT_ON = [
    *((ink, on) for ink in ("ink", "ink-2", "ink-3") for on in ("ground", "sheet", "card", "green-50")),
    *((f"{tone}-fg", f"{tone}-bg") for tone in badges.TONES),
    *(("green-700", ground) for ground in ("sheet", "card", "green-50", "green-100", "accent-wash")),
    *(("green-900", ground) for ground in ("sheet", "card", "green-50", "green-100", "ground")),
    *(("on-green", ground) for ground in ("green-900", "green-800", "green-700")),
    *(("ink-3", ground) for ground in ("accent-wash", "act-bg")),
    ("accent", "card"), ("accent", "sheet"), ("accent", "accent-wash"), ("on-accent", "accent"),
    ("alarm-bg", "card"), ("alarm-bg", "sheet"), ("ink-2", "accent-wash"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_has_a_contrast_of_at_least_four_and_a_half(text, ground):
    assert contrast(COLOURS[text], COLOURS[ground]) >= 4.5


@pytest.mark.parametrize("ground", ["card", "sheet", "green-50"])
def test_edges_of_fields_have_a_contrast_of_at_least_three(ground):
    assert contrast(COLOURS["rule-strong"], COLOURS[ground]) >= 3
    assert contrast(COLOURS["focus"], COLOURS[ground]) >= 3


SEEN_BY = {
    # Machado, Oliveira, Fernandes 2009, full severity, on linear light
    "everybody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "red-blind": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "green-blind": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


def lab(rgb: tuple[float, float, float]) -> tuple[float, float, float]:
    """CIE Lab (D65) of linear-light rgb."""
    r, g, b = (min(max(c, 0.0), 1.0) for c in rgb)
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def seen(colour: str, eyes: str) -> tuple[float, float, float]:
    rgb = linear(colour)
    return lab(tuple(sum(m * c for m, c in zip(row, rgb, strict=True)) for row in SEEN_BY[eyes]))  # type: ignore[arg-type]


VERDICT_FILLS = [
    "map-occupies",
    "map-invalid",
    "map-no-data",
    "map-review",
    "map-noise",
    "map-touch",
    "map-none",
]
UPKEEP_FILLS = ["map-in-order", "map-due", "map-overdue", "map-no-keeper"]


@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize("fills", [VERDICT_FILLS, UPKEEP_FILLS], ids=["verdicts", "upkeep"])
def test_fills_on_the_map_stay_apart_for_colour_blind_eyes(fills, eyes):
    close = []
    for i, one in enumerate(fills):
        for other in fills[i + 1 :]:
            a, b = seen(COLOURS[one], eyes), seen(COLOURS[other], eyes)
            apart = sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5
            if apart < 15:
                close.append((one, other, round(apart, 1)))
    assert close == []
