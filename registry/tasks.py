"""Work done by the background worker: reading and applying files."""

from django.utils import translation
from django_tasks import task

from registry.errors import RegistryError
from registry.models import ImportBatch, User
from registry.services.imports import apply_batch, stage_batch


@task()
def stage(batch_id: int, language: str = "zh-hans") -> None:
    """Read a batch's file into staged rows."""
    with translation.override(language):
        stage_batch(ImportBatch.objects.get(pk=batch_id))


@task()
def apply(batch_id: int, user_id: int | None, language: str = "zh-hans") -> None:
    """Apply a staged batch; a refusal is kept on the batch for the page to show."""
    with translation.override(language):
        batch = ImportBatch.objects.get(pk=batch_id)
        try:
            apply_batch(batch, by=User.objects.filter(pk=user_id).first())
        except RegistryError as error:
            ImportBatch.objects.filter(pk=batch_id).update(
                errors=[
                    {"row": None, "column": None, "value": None, "code": error.code, "message": str(error)}
                ]
            )
