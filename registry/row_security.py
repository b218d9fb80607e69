"""For whose divisions this process works: the session variable that row-level security reads. 行级安全

Fail-closed: a connection on which nothing was said shows no row of people and money to the serving role. A
web request says its user's divisions (``limited``), commands and the background worker say everything
(``whole_register``). Rules read everything, whoever asks for them (``everything``): a finding must not depend
on who looked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created

SETTING = "tianzhang.scope"
EVERYTHING = "*"
_OF_REQUEST: ContextVar[str | None] = ContextVar("row_scope", default=None)
_process = {"scope": ""}


def say(scope: str) -> None:
    """Tell the database of this thread's connection what is worked for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, scope])


def written(paths: Sequence[str]) -> str:
    """Division paths as the setting holds them."""
    return ",".join(path for path in paths if path.strip("/"))


@contextmanager
def limited(paths: Sequence[str]) -> Iterator[None]:
    """A web request: these divisions and nothing else, said again for every request of a connection."""
    scope = written(paths)
    token = _OF_REQUEST.set(scope)
    try:
        say(scope)
        yield
    finally:
        _OF_REQUEST.reset(token)


@contextmanager
def everything() -> Iterator[None]:
    """Inside a request: the program's own reading, over all divisions. Outside of one it is so already."""
    scope = _OF_REQUEST.get()
    if scope is None:
        yield
        return
    token = _OF_REQUEST.set(None)
    say(EVERYTHING)
    try:
        yield
    finally:
        _OF_REQUEST.reset(token)
        if not _aborted():  # a rollback takes the setting back with everything else
            say(scope)


def _aborted() -> bool:
    """Whether the transaction is broken and takes no more statements until it is rolled back."""
    raw = connection.connection
    return raw is None or raw.get_transaction_status() == 3  # libpq: PQTRANS_INERROR


def whole_register() -> None:
    """This process is a command or the worker: every connection it opens works for everything."""
    _process["scope"] = EVERYTHING


def nothing() -> None:
    """This process serves: a connection shows nothing until a request has said whose it is."""
    _process["scope"] = ""


def _said_on_connection(connection: Any, **_more: Any) -> None:
    if _process["scope"]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, _process["scope"]])


connection_created.connect(_said_on_connection, dispatch_uid="row_security")
