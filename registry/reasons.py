"""How much a reason says at least: it stands in the book and is read by who was not there. 中文：理由"""

MIN_REASON = 4  # characters


def too_short(text: str | None) -> bool:
    """Whether what was given as a reason says nothing."""
    return len((text or "").strip()) < MIN_REASON
