"""Errors as sentences: what was found, what is expected, what to do."""

from typing import Any


class RegistryError(Exception):
    """Base of every refusal of the register.

    ``message`` is a (lazily translated) sentence for the user, ``code`` a stable word for programs.
    """

    code = "refused"

    def __init__(self, message: Any, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(RegistryError):
    """The user may not do this here. 中文：无权办理"""

    code = "not_allowed"


class RuleBroken(RegistryError):
    """A rule of severity E refuses the write."""

    code = "rule_broken"


class BadInput(RegistryError):
    """A file or a form holds something that cannot be taken."""

    code = "bad_input"


class RowsRefused(RegistryError):
    """An act on many rows is refused as a whole; ``rows`` are those that refuse it, with their sentences."""

    code = "rows_refused"

    def __init__(self, message: Any, rows: list[tuple[str, str]]) -> None:
        super().__init__(message)
        self.rows = rows
