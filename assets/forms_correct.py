"""The form that corrects the ledger's facts of one asset. 中文：台账更正表单"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.forms_register import money
from assets.models import Asset
from assets.services.correcting import FIELDS
from projects.models import FundingSource
from registry.forms import day_field, not_later_than_today

DAYS = ("completed_on", "accepted_on", "handed_over_on")


class CorrectForm(forms.Form):
    """Name, measure, days and money of an asset, as they stand; the reason is asked for."""

    def __init__(self, *args: Any, asset: Asset, paid: dict[str, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("asset name"), max_length=200, initial=asset.unit.name
        )  # 资产名称
        for name in FIELDS:
            column: Any = Asset._meta.get_field(name)
            if name in DAYS:
                field: Any = day_field(column.verbose_name, required=False, validators=[not_later_than_today])
            else:
                field = column.formfield()
                field.required = False
            field.initial = getattr(asset, name)
            self.fields[name] = field
        for source, label in FundingSource.choices:
            self.fields[f"funding_{source}"] = money(
                _("%(source)s (yuan)") % {"source": label}, initial=paid.get(str(source))
            )
        self.fields["reason"] = forms.CharField(
            label=_("reason"), max_length=255, widget=forms.Textarea(attrs={"rows": 2})
        )  # 更正原因

    def ledger(self) -> dict[str, Any]:
        """The columns of the ledger as they should stand."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    def paid(self) -> list[tuple[str, Decimal]]:
        """The funding lines that were filled in."""
        said = [(source, self.cleaned_data[f"funding_{source}"]) for source in FundingSource.values]
        return [(str(source), amount) for source, amount in said if amount]
