"""Take an applied import back."""

from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from registry.management.base import JsonCommand
from registry.models import ImportBatch
from registry.services.imports import document, reverse_batch


class Command(JsonCommand):
    help = "Reverse an applied batch as a whole: facts are marked, vintages dropped."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("batch", type=int, metavar="ID")

    def answer(self, **options: Any) -> tuple[Any, int]:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(_("There is no batch %(id)d.") % {"id": options["batch"]})
        return document(reverse_batch(batch, by=None)), 0
