"""``/assets/new/``: register an asset: choose what it is, then say what is known. 中文：资产登记"""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from assets.codes import SUBTYPES_OF_CLASS, AssetClass, Subtype
from assets.forms_correct import CorrectForm
from assets.forms_own import site_places
from assets.forms_register import AssetForm
from assets.kinds import Kind
from assets.kinds_more import KINDS
from assets.models import Asset
from assets.services.correcting import correct_asset
from assets.services.own import PERMISSION
from assets.services.registering import class_of, register_asset
from projects.models import FundingLine
from registry.codes import UnitKind
from registry.models import Unit
from registry.views.generic import PageMixin, RegisterPage

from .own import OnUnit, Placing

LEDGER = (gettext_lazy("Asset ledger"), "/assets/")


def own_kinds(subtype: str) -> list[Kind]:
    """What is asked of an asset of the sub-type when it is registered."""
    asked = [kind for kind in KINDS if kind.unit_kind == UnitKind.ASSET and kind.at_once]
    return [kind for kind in asked if subtype in kind.subtypes]


class AssetKindsView(PageMixin, TemplateView):
    """``/assets/new/``: which kind of asset it is, by class."""

    verb = PERMISSION
    template_name = "assets/register_kinds.html"
    title = gettext_lazy("Register an asset")
    lead = gettext_lazy("Choose what it is: the class and the fields of the form follow from it.")
    crumbs = (LEDGER,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = [
            (AssetClass(of).label, [self._tile(subtype) for subtype in subtypes])
            for of, subtypes in SUBTYPES_OF_CLASS.items()
        ]
        return super().get_context_data(groups=groups, lead=self.lead, **kwargs)

    @staticmethod
    def _tile(subtype: str) -> dict[str, Any]:
        kinds = own_kinds(subtype)
        return {
            "url": reverse("asset_new_of", args=[subtype]),
            "label": Subtype(subtype).label,
            "icon": kinds[0].icon if kinds else "ledger",
            "note": "、".join(str(kind.title) for kind in kinds),
        }


class AssetNewView(Placing, RegisterPage):
    """``/assets/new/<sub-type>/``: the asset, and what its kind has of its own."""

    verb = PERMISSION
    form_class = AssetForm
    submit = gettext_lazy("Register the asset")
    done = gettext_lazy("The asset is registered. Put it on the map, and name who keeps it up.")
    crumbs = (LEDGER, (gettext_lazy("Register an asset"), "/assets/new/"))
    many = "assets"

    @cached_property
    def subtype(self) -> str:
        if self.kwargs["subtype"] not in Subtype.values:
            raise Http404(self.kwargs["subtype"])
        return str(self.kwargs["subtype"])

    def get_title(self) -> Any:
        return _("Register: %(what)s") % {"what": Subtype(self.subtype).label}

    @property
    def lead(self) -> Any:  # type: ignore[override]
        return AssetClass(class_of(self.subtype)).label

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        within = kwargs.pop("division")
        kind = next((kind for kind in own_kinds(self.subtype) if not kind.series), None)
        places = site_places(self.request.user, within)
        return {**kwargs, "places": places, "subtype": self.subtype, "kind": kind}

    def get_initial(self) -> dict[str, Any]:
        return {}

    def register(self, form: Any) -> Unit:
        user: Any = self.request.user
        return register_asset(new=form.asset(), by=user, reason=form.cleaned_data["reason"])

    def get_success_url(self) -> str:
        """The page of the asset; what is counted year by year is asked for at once."""
        series = next((kind for kind in own_kinds(self.subtype) if kind.series), None)
        if series is not None and not [kind for kind in own_kinds(self.subtype) if not kind.series]:
            return reverse("own_facts", args=[self.made.pk, series.key])
        return reverse("unit", args=[self.made.code])


class AssetCorrectView(OnUnit):
    """``/units/<id>/facts/``: correct what the ledger says of an asset."""

    form_class = CorrectForm
    title = gettext_lazy("Correct the ledger's facts")
    submit = gettext_lazy("Save")
    done = gettext_lazy("It is corrected; the book keeps what stood there before.")

    @cached_property
    def asset(self) -> Asset:
        return get_object_or_404(Asset.objects.select_related("unit"), unit=self.unit)

    def get_form_kwargs(self) -> dict[str, Any]:
        paid: dict[str, Any] = {}
        lines = FundingLine.objects.in_force().filter(unit=self.unit).values_list("source", "amount")
        for source, amount in lines:
            paid[source] = paid.get(source, 0) + amount
        return {**super().get_form_kwargs(), "asset": self.asset, "paid": paid}

    def act(self, form: Any) -> None:
        said, user = form.cleaned_data, self.request.user
        correct_asset(
            unit=self.unit, name=said["name"], fields=form.ledger(), funding=form.paid(),
            by=user, reason=said["reason"],  # type: ignore[arg-type]
        )  # fmt: skip
