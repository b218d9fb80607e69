#!/usr/bin/env python
"""Django's command line, in the project's settings."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.site.settings")
    from django.core.management import execute_from_command_line

    from registry import row_security

    row_security.whole_register()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
