"""A child process, the application's: imports and evaluations in the background; dies with its parent."""

import sys

from .parent import die_with_parent

if __name__ == "__main__":
    if not die_with_parent():
        sys.exit(1)
    import django
    from django.core.management import call_command

    from registry import row_security

    django.setup()
    row_security.whole_register()
    from registry.services import watch

    watch.start()
    call_command("db_worker", queue_name="*", startup_delay=False, verbosity=0)
