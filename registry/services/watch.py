"""The rules are read again by themselves 自动判读: soon after a change, and on every new day."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, close_old_connections, connection

from registry import clock
from registry.errors import RegistryError
from registry.rules.changed import evaluate_changed

from .findings import end_waivers

log = logging.getLogger(__name__)
SECONDS = 20.0


def watch(stop: threading.Event, seconds: float = SECONDS) -> None:
    """Bring the findings up to today until ``stop``; a failure is logged and tried again."""
    while not stop.wait(seconds):
        try:
            close_old_connections()
            today = clock.today()
            end_waivers(as_of=today)
            evaluate_changed(as_of=today)
        except (DatabaseError, RegistryError):
            log.exception("the rules could not be read; they are tried again")
    connection.close()


def start() -> threading.Event:
    """Watch in a thread of this process; the event given ends it."""
    stop = threading.Event()
    threading.Thread(target=watch, args=(stop,), name="rules", daemon=True).start()
    return stop
