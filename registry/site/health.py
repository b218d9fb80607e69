"""Whether the site can do its work: `/healthz` for monitors and for the start-up tools."""

import os

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 `{"status": "ok"}` when the database and the files answer, else 503 with one sentence."""
    trouble = _database_trouble() or _files_trouble()
    if trouble:
        return JsonResponse(
            {"status": "error", "message": trouble},
            status=503,
            json_dumps_params={"ensure_ascii": False},
        )
    return JsonResponse({"status": "ok"})


def _database_trouble() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            return None if cursor.fetchone() else _("The database is empty; run ./run manage migrate.")
    except DatabaseError:
        return _("The database does not answer; check that it runs and that DATABASE_URL is right.")


def _files_trouble() -> str | None:
    folder = settings.FILES_DIR
    if not folder.is_dir():
        return _("The folder of the files, %(folder)s, is missing.") % {"folder": folder}
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return _("The folder of the files, %(folder)s, cannot be read and written.") % {"folder": folder}
    return None
