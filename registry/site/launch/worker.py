"""A child process, the application's: imports and evaluations in the background; dies with its parent."""

import os

from .server import die_with_parent

if __name__ == "__main__":
    parent = os.getppid()
    die_with_parent()
    import django
    from django.core.management import call_command

    django.setup()
    if os.getppid() == parent:
        call_command("db_worker", queue_name="*", startup_delay=False, verbosity=0)
