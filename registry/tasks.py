"""Work done by the background worker: reading and applying files."""

from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from registry.codes import BatchState
from registry.errors import RegistryError
from registry.models import ImportBatch, User
from registry.services.imports import apply_batch, stage_batch


@task()
def stage(batch_id: int, language: str = "zh-hans") -> None:
    """Read a batch's file into staged rows; a fault of the program leaves a refused batch."""
    with translation.override(language):
        try:
            stage_batch(ImportBatch.objects.get(pk=batch_id))
        except Exception:
            _leave(
                batch_id,
                "broken",
                _("The file could not be read: a fault of the program. Tell the administrator."),
            )
            ImportBatch.objects.filter(pk=batch_id).update(state=BatchState.REFUSED)
            raise


@task()
def apply(batch_id: int, user_id: int | None, language: str = "zh-hans") -> None:
    """Apply a staged batch; a refusal is kept on the batch for the page to show."""
    with translation.override(language):
        batch = ImportBatch.objects.get(pk=batch_id)
        try:
            apply_batch(batch, by=User.objects.filter(pk=user_id).first())
        except RegistryError as error:
            _leave(batch_id, error.code, str(error))
        except Exception:
            _leave(
                batch_id,
                "broken",
                _("The file could not be applied: a fault of the program. Nothing was changed."),
            )
            raise
        else:
            ImportBatch.objects.filter(pk=batch_id).update(progress=100)


def _leave(batch_id: int, code: str, message: str) -> None:
    """End the waiting with a sentence on the batch."""
    problem = {"row": None, "column": None, "value": None, "code": code, "message": message}
    ImportBatch.objects.filter(pk=batch_id).update(errors=[problem], progress=100)
