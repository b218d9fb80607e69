"""What can be wrong with one cell, as a coded sentence. 中文：单元格错误"""

from typing import Any

from registry.errors import RegistryError


class CellProblem(RegistryError):
    """A value that cannot be taken; ``code`` is stable, the message says what was found and what to write."""

    code = "value"

    def __init__(self, message: Any, code: str | None = None) -> None:
        super().__init__(message, code)
