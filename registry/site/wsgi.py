"""WSGI entry."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.site.settings")
application = get_wsgi_application()

from registry import row_security  # noqa: E402 (settings first)

row_security.nothing()  # until a request has said whose divisions it works for
