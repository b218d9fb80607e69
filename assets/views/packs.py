"""``/packs/``: inspection packs, asking for one, and taking it away. 中文：迎检资料包（一资一档）"""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django_filters import ChoiceFilter, FilterSet

from assets.models import InspectionPack, PackState
from assets.services.pack_building import KEPT_DAYS
from assets.services.packs import MOST, VERB, ask_for_pack, open_pack
from registry import access, badges, display
from registry.exports import Column
from registry.tables import NUM, cell, link
from registry.templatetags.ui import render_badge
from registry.views.generic import FIRST, BulkPage, ListPage, Page, PageMixin

PACKS = (gettext_lazy("Inspection packs"), "/packs/")
LEDGER = (gettext_lazy("Asset ledger"), "/assets/")
STATES = {
    PackState.WAITING: badges.Badge(PackState.WAITING.label, "clock", "unknown"),
    PackState.BUILDING: badges.Badge(PackState.BUILDING.label, "clock", "act"),
    PackState.READY: badges.Badge(PackState.READY.label, "done", "good"),
    PackState.FAILED: badges.Badge(PackState.FAILED.label, "warning", "alarm"),
    PackState.CLEARED: badges.Badge(PackState.CLEARED.label, "history", "faint"),
}
WORKING = (PackState.WAITING, PackState.BUILDING)


class PackForm(forms.Form):
    """Whole selection or a random sample of it."""

    title = forms.CharField(label=gettext_lazy("title"), max_length=200, required=False)  # 名称
    sample = forms.IntegerField(
        label=gettext_lazy("random sample of"),
        min_value=1,
        max_value=MOST,
        required=False,
        help_text=gettext_lazy("Empty: all that match."),
    )  # 随机抽样数
    seed = forms.IntegerField(
        label=gettext_lazy("seed of the sample"),
        min_value=0,
        max_value=10**12,
        required=False,
        help_text=gettext_lazy(
            "The same number draws the same sample again. Empty: drawn now and printed on the contents."
        ),
    )  # 抽样种子
    names = forms.BooleanField(
        label=gettext_lazy("with names of persons (is recorded)"), required=False
    )  # 含个人姓名

    def __init__(self, *args: Any, personal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not personal:
            del self.fields["names"]


class PackNewView(BulkPage):
    """``/assets/pack/``: a pack of the assets that the filter of the ledger leaves."""

    verb = VERB
    list_name = "assets"
    noun = "asset"
    most = MOST
    template_name = "registry/lists/bulk.html"
    title = gettext_lazy("Make an inspection pack")
    form_class = PackForm
    submit = gettext_lazy("Have it put together")
    done = gettext_lazy("The pack is being put together; you may leave this page.")
    crumbs = (LEDGER,)
    made: Any = None

    def get_form_kwargs(self) -> dict[str, Any]:
        personal = access.may(self.request.user, "see_personal", self.division)
        return {**super().get_form_kwargs(), "personal": personal}

    def act(self, form: forms.Form) -> None:
        units = [asset.unit_id for asset in self.chosen()]
        query = self.request.GET.urlencode()
        self.made = ask_for_pack(
            units=units,
            division=self.division,
            query=query,
            by=self.request.user,  # type: ignore[arg-type]
            **form.cleaned_data,
        )

    def get_success_url(self) -> str:
        return reverse("pack", args=[self.made.pk])


class PackTable(tables.Table):
    title = tables.Column(verbose_name=gettext_lazy("pack"))
    assets = tables.Column(verbose_name=gettext_lazy("assets"), attrs=NUM, empty_values=(), orderable=False)
    lacking = tables.Column(verbose_name=gettext_lazy("with something missing"), attrs=NUM)
    asked_at = tables.Column(verbose_name=gettext_lazy("asked for at"))
    state = tables.Column(verbose_name=gettext_lazy("state"))

    class Meta:
        model = InspectionPack
        fields = ("title", "assets", "lacking", "asked_at", "state")
        empty_text = gettext_lazy("No inspection pack yet")
        empty_help = gettext_lazy(
            "Filter the ledger, then choose “Inspection pack”: all that match, or a sample."
        )
        empty_url, empty_link = "/assets/", gettext_lazy("Asset ledger")

    def render_title(self, record: InspectionPack) -> Any:
        return cell(link(reverse("pack", args=[record.pk]), record.title), record.division.name)

    def render_assets(self, record: InspectionPack) -> Any:
        return len(record.units)

    def render_asked_at(self, record: InspectionPack) -> Any:
        return cell(display.moment(record.asked_at), record.made_by.get_full_name() if record.made_by else "")

    def render_state(self, record: InspectionPack) -> Any:
        return render_badge(STATES[PackState(record.state)])


class PackFilter(FilterSet):
    state = ChoiceFilter(
        label=gettext_lazy("state"), choices=PackState.choices, empty_label=gettext_lazy("all")
    )

    class Meta:
        model = InspectionPack
        fields: list[str] = []


class PackListView(ListPage):
    verb = VERB
    title = gettext_lazy("Inspection packs")
    lead = gettext_lazy("One folder an asset: card, map, pictures, papers, notices, and what is missing.")
    model = InspectionPack
    table_class = PackTable
    filterset_class = PackFilter
    noun = "pack"
    export_columns = (
        Column("资料包", lambda row: row.title, width=30),
        Column("行政区划", lambda row: row.division.name, width=20),
        Column("资产数", lambda row: len(row.units), "count"),
        Column("状态", lambda row: str(row.get_state_display())),
        Column("申请时间", lambda row: row.asked_at, "moment"),
        Column("申请人", lambda row: row.made_by.get_full_name() if row.made_by else "", person=True),
    )

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(InspectionPack.objects).select_related("division", "made_by")
        return rows.order_by("-pk")


class PackMixin(PageMixin):
    verb = VERB
    kwargs: dict[str, Any]

    @cached_property
    def pack(self) -> InspectionPack:
        rows = InspectionPack.objects.visible_to(self.request.user).select_related("division", "made_by")
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, VERB, found.division)
        return found


class PackView(PackMixin, Page):
    """``/packs/<id>/``: how far it is, what is in it, and the file."""

    template_name = "assets/pack/pack.html"

    def get_title(self) -> Any:
        return self.pack.title

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, PACKS, (self.pack.title, "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pack = self.pack
        facts = [
            (_("division"), pack.division.name),
            (_("assets"), _("%(n)d of %(all)d that match") % {"n": len(pack.units), "all": pack.matched}),
            (_("filter"), pack.query or _("none: everything")),
            (_("seed of the sample"), pack.seed),
            (_("names of persons"), _("written out") if pack.names else _("masked")),
            (_("files"), pack.files),
            (_("assets with something missing"), pack.lacking),
            (_("size"), None if pack.size is None else f"{pack.size / 2**20:,.1f} MB"),
            ("SHA-256", pack.sha256 or None),
        ]
        return super().get_context_data(
            pack=pack,
            facts=facts,
            badge=STATES[PackState(pack.state)],
            working=pack.state in WORKING,
            kept_days=KEPT_DAYS,
            total=len(pack.units),
            **kwargs,
        )


class PackProgressView(PackMixin, View):
    """``/packs/<id>/progress/``: asked every second while it is put together."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        pack = self.pack
        context = {"pack": pack, "total": len(pack.units), "finished": pack.state not in WORKING}
        return render(request, "assets/pack/progress.html", context)


class PackDownloadView(PackMixin, View):
    """``/packs/<id>/file/``: the ZIP; that it was taken stands in the book."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> FileResponse:
        opened = open_pack(pack=self.pack, by=request.user)  # type: ignore[arg-type]
        return FileResponse(
            opened, as_attachment=True, filename=f"{self.pack.title}.zip", content_type="application/zip"
        )
