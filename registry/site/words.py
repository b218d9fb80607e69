"""Words of the start-up tools, before any catalogue of translations can be loaded (standard library only)."""

import os
import sys
import time

_STARTED = float(os.environ.get("TIANZHANG_STARTED") or time.time())


def chinese() -> bool:
    """Whether the person at the terminal reads Chinese (LC_ALL, LC_MESSAGES, LANG; the first that is set)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].lower().startswith("zh")
    return False


def words(english: str, zh: str) -> str:
    """The sentence in the language of the terminal."""
    return zh if chinese() else english


def elapsed() -> float:
    """Seconds since `./run` was called."""
    return max(0.0, time.time() - _STARTED)


def tell(english: str, zh: str) -> None:
    """Print one step with its elapsed seconds on standard error."""
    sys.stderr.write(f"[{elapsed():6.1f} s] {words(english, zh)}\n")
    sys.stderr.flush()


class Trouble(Exception):
    """A told trouble: a sentence for the person, and the exit status (1 trouble, 2 usage, 69 machine)."""

    def __init__(self, english: str, zh: str, status: int = 1) -> None:
        super().__init__(words(english, zh))
        self.status = status
