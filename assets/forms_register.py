"""The form of one asset: what every ledger asks, what its kind has of its own. 中文：资产登记表单"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.codes import AssetClass
from assets.forms_own import REASON, OwnForm
from assets.kinds import ROADS, Kind
from assets.services.registering import BEGINNINGS, NewAsset, class_of
from assets.services.roads import RouteAsk
from projects.models import FundingSource
from registry.codes import PartyKind, UnitState
from registry.forms import day_field, not_later_than_today
from registry.forms_sources import PlaceField
from registry.models import SourceKind
from registry.services.entry_papers import Paper, Said

LEDGER = ("spec", "quantity", "measure", "address", "original_value", "settled_value", "completed_on",
          "accepted_on", "handed_over_on", "real_estate_code")  # fmt: skip
HOUSEHOLD_KINDS = (PartyKind.HOUSEHOLD, PartyKind.PERSON, PartyKind.GROUP)


def money(label: Any, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=14, decimal_places=2, min_value=0, required=False, **kwargs
    )


class AssetForm(OwnForm):
    """A new asset of a sub-type; the fields of its kind come last."""

    def __init__(self, *args: Any, subtype: str, kind: Kind | None, places: Any, **kwargs: Any) -> None:
        self.subtype = subtype
        if kind is None:
            user = kwargs.pop("user", None)
            forms.Form.__init__(self, *args, **kwargs)
            self.kind, self.unit, self.user = None, None, user  # type: ignore[assignment]
        else:
            super().__init__(*args, kind=kind, **kwargs)
        own = dict(self.fields)
        self.fields.clear()
        self._add_what(places)
        self._add_money()
        self._add_owner()
        self.fields.update({name: field for name, field in own.items() if name not in self.fields})
        self.fields["reason"] = forms.CharField(label=_("reason"), max_length=255, **REASON)

    def _add_what(self, places: Any) -> None:
        add = self.fields
        add["name"] = forms.CharField(label=_("asset name"), max_length=200)  # 资产名称
        add["division"] = PlaceField(places, label=pgettext_lazy("of an asset", "place"))  # 所在地
        add["address"] = forms.CharField(label=_("address"), max_length=200, required=False)  # 地点
        add["spec"] = forms.CharField(label=_("specification"), max_length=200, required=False)  # 规格型号
        add["quantity"] = forms.DecimalField(
            label=_("quantity"), max_digits=14, decimal_places=3, min_value=0, required=False
        )  # 数量
        add["measure"] = forms.CharField(
            label=_("unit of measure"), max_length=20, required=False
        )  # 计量单位
        add["state"] = forms.ChoiceField(
            label=_("state"),
            choices=[(state, UnitState(state).label) for state in BEGINNINGS],
            initial=UnitState.ACCEPTED,
            help_text=_("Where its life begins in the register; later states follow from acts."),
        )  # 资产状态
        for name, label in (
            ("completed_on", _("completed on")), ("accepted_on", _("accepted on")),
            ("handed_over_on", _("handed over on")),
        ):  # fmt: skip
            add[name] = day_field(label, required=False, validators=[not_later_than_today])
        if class_of(self.subtype) != AssetClass.HOUSEHOLD:
            add["real_estate_code"] = forms.RegexField(
                r"^[0-9A-Z]{28}$", label=_("real-estate unit code"), required=False,
                help_text=_("28 digits and capital letters, where it is real estate."),
            )  # fmt: skip

    def _add_money(self) -> None:
        add = self.fields
        add["project_name"] = forms.CharField(label=_("project"), max_length=200, required=False)  # 项目名称
        add["project_year"] = forms.IntegerField(
            label=_("year of the project"), min_value=2000, max_value=2100, required=False
        )  # 项目年度
        add["original_value"] = money(
            _("original value (yuan)"), help_text=_("Leave it empty where nobody knows it.")
        )  # 资产原值
        add["settled_value"] = money(_("settled amount (yuan)"))  # 决算金额
        for source, label in FundingSource.choices:
            add[f"funding_{source}"] = money(_("%(source)s (yuan)") % {"source": label})

    def _add_owner(self) -> None:
        add, household = self.fields, class_of(self.subtype) == AssetClass.HOUSEHOLD
        kinds = [pair for pair in PartyKind.choices if not household or pair[0] in HOUSEHOLD_KINDS]
        first = PartyKind.HOUSEHOLD if household else PartyKind.VILLAGE_COLLECTIVE
        add["owner_name"] = forms.CharField(label=_("owner"), max_length=160, required=False)  # 产权归属
        add["owner_kind"] = forms.ChoiceField(
            label=_("kind of the owner"), choices=kinds, initial=first,
            help_text=_("Only for an owner who is not in the register yet."),
        )  # fmt: skip
        add["paper_number"] = forms.CharField(
            label=_("document that confirms it"), max_length=120, required=False
        )  # 确权文号
        add["paper_date"] = day_field(
            _("date of the document"), required=False, validators=[not_later_than_today]
        )  # 确权日期

    def clean(self) -> dict[str, Any]:
        values = super().clean() if self.kind is not None else forms.Form.clean(self)
        values = values or {}
        if values.get("owner_name") and not values.get("paper_number"):
            self.add_error("paper_number", _("Give the number of the document that confirms the right."))
        if values.get("paper_number") and not values.get("paper_date"):
            self.add_error("paper_date", _("Give the date of the document."))
        paid, value = self.paid(values), values.get("original_value")
        if paid and value is not None and sum(amount for _source, amount in paid) != value:
            self.add_error(
                "original_value",
                _("REG-04: the sources paid %(paid)s yuan together. Correct one of them.")
                % {"paid": sum(amount for _source, amount in paid)},
            )
        return values

    @staticmethod
    def paid(values: dict[str, Any]) -> list[tuple[str, Decimal]]:
        """The funding lines that were filled in."""
        said = [(source, values.get(f"funding_{source}")) for source in FundingSource.values]
        return [(str(source), amount) for source, amount in said if amount]

    def values(self) -> dict[str, Any]:
        return super().values() if self.kind is not None else {}

    def asset(self) -> NewAsset:
        """What was said, as the service takes it."""
        said = self.cleaned_data
        owner = Said(said["owner_name"], said["owner_kind"]) if said["owner_name"] else None
        paper = Paper()
        if said["paper_number"]:
            paper = Paper(kind=SourceKind.DECISION, number=said["paper_number"], issued_on=said["paper_date"])
        route = None
        if self.kind is ROADS and said.get("route_code"):
            route = RouteAsk(said["route_code"], said["route_name"], said["level"])
        paid = self.paid(said)
        fields = {name: said[name] for name in LEDGER if name in said}
        if fields.get("original_value") is None and paid:
            fields["original_value"] = sum((amount for _source, amount in paid), Decimal(0))
        return NewAsset(
            name=said["name"], division=said["division"], subtype=self.subtype, state=said["state"],
            fields=fields, funding=paid, project_name=said["project_name"], project_year=said["project_year"],
            owner=owner, paper=paper, owned_from=said["paper_date"] or said["handed_over_on"],
            kind=self.kind, own=self.values(), route=route,
        )  # fmt: skip
