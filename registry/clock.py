"""The only place that reads the clock: today's date and the present instant, in the register's time zone."""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The present instant, aware."""
    return timezone.now()


def today() -> dt.date:
    """Today's date where the register is kept (settings.TIME_ZONE)."""
    return timezone.localdate()


def instant(text: str) -> dt.datetime:
    """A day (its last moment) or a day and time, aware; without a zone it is that of the register.

    Raises ``ValueError`` for anything else.
    """
    if len(text) == 10:
        last = dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max)
        return timezone.make_aware(last)
    found = dt.datetime.fromisoformat(text)
    return found if timezone.is_aware(found) else timezone.make_aware(found)
