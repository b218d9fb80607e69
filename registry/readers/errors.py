"""Why a file could not be read, as sentences with codes. 中文：读取失败原因"""

from typing import Any

from registry.errors import BadInput


class ReadError(BadInput):
    """A file that cannot be taken.

    ``code`` is a stable word (or the rule id, such as L01), ``details`` holds what a page offers next:
    the layers found, the coordinate systems or encodings proposed.
    """

    code = "unreadable"

    def __init__(self, message: Any, code: str | None = None, **details: Any) -> None:
        super().__init__(message, code)
        self.details = details

    @property
    def proposals(self) -> list[Any]:
        """What the user may choose from to go on."""
        return list(self.details.get("proposals", []))
