"""What a stranger may read of a thing whose label he scans: facts that apps declare public. 中文：公开卡片

Nothing is public unless an app says so. No natural person, no phone, no household's money ever stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from registry import clock, row_security
from registry.models import Unit
from registry.rules.secrets import find_secrets

# A reader gives the facts (label, value) of a unit of its kind on a day, or None where it is not public.
Reader = Callable[[Unit, Any], list[tuple[Any, Any]] | None]
_READERS: dict[str, Reader] = {}


def register(kind: str, reader: Reader) -> None:
    """Declare units of a kind public, with the facts strangers read; the same kind twice is a mistake."""
    if kind in _READERS:
        raise ValueError(f"kind declared public twice: {kind}")
    _READERS[kind] = reader


@row_security.everything()
def card(code: str) -> dict[str, Any] | None:
    """The public card of the thing with a code (or a code it once had); None where there is none."""
    rows = Unit.objects.on(clock.today()).select_related("division__parent")
    unit = rows.filter(code=code).first() or rows.filter(former_codes__contains=[code]).first()
    reader = _READERS.get(unit.kind) if unit else None
    if unit is None or reader is None or find_secrets(unit.name):
        return None
    facts = reader(unit, clock.today())
    return None if facts is None else {"unit": unit, "facts": facts}
