"""The only place that reads the clock: today's date and the present instant, in the register's time zone."""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The present instant, aware."""
    return timezone.now()


def today() -> dt.date:
    """Today's date where the register is kept (settings.TIME_ZONE)."""
    return timezone.localdate()
