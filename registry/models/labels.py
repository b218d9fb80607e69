"""Labels of choices, looked up rather than listed anew. 中文：选项名称"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models


@cache
def _labels(field: models.Field) -> dict[Any, Any]:
    return dict(field.flatchoices)


class Labelled(models.Model):
    """What a list shows by the hundred: ``get_<field>_display`` keeps the list of labels of each field.

    Django makes a dictionary of all choices, each translated, every time one label is asked for: a quarter of
    the time in which a page of the ledger was drawn.
    """

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: models.Field) -> Any:  # noqa: N802 - Django's name
        value = getattr(self, field.attname)
        label = _labels(field).get(value, value)
        return label if label is None else str(label)
