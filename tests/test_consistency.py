"""The catalogue is complete: every string of the sources has its Chinese, none is fuzzy or stale."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

from registry.site import messages

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "registry" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]", re.IGNORECASE)


@pytest.fixture(scope="module")
def catalogue():
    return messages.read(PO)


@pytest.fixture(scope="module")
def collected():
    return [message for message in messages.collect(ROOT) if message.id]


def _texts(value):
    return [value] if isinstance(value, str) else list(value)


def test_every_string_of_the_sources_is_translated(catalogue, collected):
    missing = []
    for message in collected:
        known = catalogue.get(message.id, message.context)
        if known is None or not all(_texts(known.string)) or known.fuzzy:
            missing.append(message.id)
    assert missing == []


def test_no_translation_is_left_over(catalogue, collected):
    wanted = {(str(message.id), message.context) for message in collected}
    assert [m.id for m in catalogue if m.id and (str(m.id), m.context) not in wanted] == []


def test_translations_keep_their_placeholders(catalogue):
    wrong = []
    for message in catalogue:
        for source, target in zip(_texts(message.id)[-1:], _texts(message.string)[-1:], strict=True):
            if message.id and set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(target)):
                wrong.append(source)
    assert wrong == []


def test_chinese_is_the_default_language_and_english_the_second(settings):
    assert settings.LANGUAGE_CODE == "zh-hans"
    with translation.override("zh-hans"):
        assert gettext("upkeep duty") == "管护责任"
    with translation.override("en"):
        assert gettext("upkeep duty") == "upkeep duty"


def test_templates_hold_no_inline_style_or_handler():
    pattern = re.compile(r"<[^>]+\s(?:style|on[a-z]+)\s*=\s*[\"']", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)[:80]}"
        for app in messages.APPS
        for path in sorted((ROOT / app).rglob("*.html"))
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
