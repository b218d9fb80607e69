"""Every address of the site, for every role: who gets in, who is refused, who is sent to the sign-in page."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as site_settings
from django.db import transaction
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registry.models import Act
from tests.access.lines import HIDDEN, LINES, OPEN
from tests.access.roles import ASSETS, AUDITOR, IMPORTERS, ROLES, Line
from tests.access.things import things_of
from tests.conftest import cast_of_two_townships, road_of, settings_of, sign_in

EVERYBODY = [*sorted(ROLES), "elsewhere", "nobody", "public", "anonymous"]


@pytest.fixture(scope="module")
def stage(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[SimpleNamespace]:
    """The cast and the things of the table, made once; nothing of it is committed."""
    settings = settings_of(tmp_path_factory.mktemp("access"))
    with django_db_blocker.unblock(), override_settings(**settings), transaction.atomic():
        cast = cast_of_two_townships()
        yield SimpleNamespace(cast=cast, things=things_of(cast, road_of(cast)))
        transaction.set_rollback(True)


@pytest.fixture
def things(stage: SimpleNamespace) -> Iterator[dict[str, Any]]:
    """What the addresses speak of; what a test does to it is taken back."""
    with transaction.atomic():
        yield stage.things
        transaction.set_rollback(True)


class Visitor:
    """One who asks for addresses as ``who``; signed in again where an address signed him out."""

    def __init__(self, stage: SimpleNamespace, who: str) -> None:
        self.stage, self.who = stage, who
        self.sign_in()

    def sign_in(self) -> None:
        self.client = sign_in(self.stage.cast, self.who)
        self.client.raise_request_exception = False  # a fault is told with all the others

    def ask(self, method: str, name: str, data: dict[str, Any]) -> tuple[str, int]:
        """The address, and the status of its answer."""
        line = LINES[name]
        url = reverse(name, args=[self.stage.things.get(key, key) for key in line.args]) + line.query
        answer = getattr(self.client, method)(url, data)
        if site_settings.SESSION_COOKIE_NAME in answer.cookies:  # he changed or ended his session
            self.sign_in()
        return url, answer.status_code


def addresses(patterns: list[Any] | None = None) -> list[str]:
    """Names of every address of the site."""
    found = []
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            found.append(pattern.name or str(pattern.pattern))
    return found


def test_every_address_has_a_line():
    assert sorted(set(addresses())) == sorted(LINES)


def expected(name: str, line: Line, who: str) -> int:
    if who == "anonymous":
        return line.anonymous
    if who in ("nobody", "public"):  # the public sees nothing of the inner site
        return line.nobody
    role = ASSETS if who == "elsewhere" else who
    if role not in line.roles:
        return 404 if name in HIDDEN and role in IMPORTERS else line.bad
    return line.elsewhere if who == "elsewhere" and line.elsewhere is not None else line.good


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_role_gets_what_the_table_says(stage, things, who):
    wrong, visitor = [], Visitor(stage, who)
    for name, line in LINES.items():
        data = {"division": things["division"], "language": "en"} if line.method == "post" else {}
        url, status = visitor.ask(line.method, name, data)
        if status != expected(name, line, who):
            wrong.append(f"{line.method} {url} as {who}: {status}, expected {expected(name, line, who)}")
    assert wrong == []


def other_methods(name, line):
    """Methods that the view of an address answers, beside the one of its line."""
    url = resolve_pattern(name)
    view = getattr(url.callback, "view_class", None)
    if view is None:
        return []
    offered = [word for word in view.http_method_names if hasattr(view, word)]
    return [word for word in offered if word not in ("head", "options", line.method)]


def resolve_pattern(name, patterns=None):
    """The pattern of an address, by its name."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            found = resolve_pattern(name, pattern.url_patterns)
            if found is not None:
                return found
        elif pattern.name == name:
            return pattern
    return None


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_other_method_opens_what_is_refused(stage, things, who):
    """Whoever is refused by one method is refused by all; whoever is let in never meets a fault."""
    wrong, visitor = [], Visitor(stage, who)
    for name, line in LINES.items():
        wanted = expected(name, line, who)
        for method in other_methods(name, line):
            url, status = visitor.ask(method, name, {})
            refused = wanted in (403, 404) or (who == "anonymous" and name not in OPEN)
            if status >= 500 or (refused and status not in (wanted, 403, 405)):
                wrong.append(f"{method} {url} as {who}: {status}, {line.method} gives {wanted}")
    assert wrong == []


def test_the_auditor_writes_nothing_by_any_address(stage, things):
    """Every POST of the site as auditor: the book, the facts and their history stay as they are."""
    tables = [Act, *(model for model in apps.get_models() if model.__name__.endswith("Event"))]
    before = [model.objects.count() for model in tables]
    visitor = Visitor(stage, AUDITOR)
    for name, line in LINES.items():
        if line.method == "post" or "post" in other_methods(name, line):
            visitor.ask("post", name, {})
    assert [model.objects.count() for model in tables] == before
