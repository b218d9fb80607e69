"""Texts of a CSV that a spreadsheet would run as a formula, and how they are kept from it. 中文：公式注入防护

Exports put an apostrophe before a text that begins with = + - @, a tab or a line break, and before one that
begins with an apostrophe; the reader takes exactly that one away again.
"""

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def guarded(text: str) -> str:
    """The text as a spreadsheet will not run it."""
    return f"'{text}" if text.startswith(RISKY) else text


def unguarded(text: str) -> str:
    """What ``guarded`` was given."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(RISKY) else text
