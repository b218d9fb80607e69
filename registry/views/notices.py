"""``/notices/``: public notices, the objections to them, and the sheet that hangs. 中文：公告公示"""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, badges, clock, display, notice_texts
from registry.codes import NoticeKind
from registry.exports import Column
from registry.forms_decisions import AnswerForm, NoticeForm, ObjectionForm
from registry.models import Act, Notice, Objection
from registry.notice_sheets import lists_of
from registry.queries.decisions import findings_of
from registry.queries.notices import HANGING, OVER, WAITING, days_left, standing_of
from registry.rules import parameters
from registry.rules.notices import NOTICE_DAYS
from registry.rules.secrets import masked_text
from registry.services.notices import answer_objection, raise_objection, register_notice
from registry.tables import DAY, NUM, cell, link
from registry.templatetags.ui import render_badge
from registry.unit_panels import spoken, title_of

from .generic import FIRST, ActionPage, ListPage, Page, PageMixin, RegisterPage

NOTICES = (gettext_lazy("Public notices"), "/notices/")
# 公示状态
STANDING = {
    WAITING: badges.Badge(gettext_lazy("Not up yet"), "clock", "calm"),
    HANGING: badges.Badge(gettext_lazy("Hanging"), "eye", "info"),
    OVER: badges.Badge(gettext_lazy("Over"), "done", "calm"),
}


class NoticeTable(tables.Table):
    """One row a notice."""

    title = tables.Column(verbose_name=gettext_lazy("notice"))
    kind = tables.Column(verbose_name=gettext_lazy("kind"))
    opened_on = tables.Column(verbose_name=gettext_lazy("first and last day"), attrs=DAY)
    days = tables.Column(verbose_name=gettext_lazy("days"), attrs=NUM, orderable=False)
    standing = tables.Column(verbose_name=gettext_lazy("standing"), empty_values=(), orderable=False)

    class Meta:
        model = Notice
        fields = ("title", "kind", "opened_on", "days", "standing")
        empty_text = gettext_lazy("No public notice is registered here")

    def render_title(self, record: Notice) -> Any:
        return cell(link(reverse("notice", args=[record.pk]), record.title), record.division.name)

    def render_opened_on(self, record: Notice) -> Any:
        return cell(display.day(record.opened_on), display.day(record.closed_on))

    def render_standing(self, record: Notice) -> Any:
        return render_badge(STANDING[standing_of(record, clock.today())])


class NoticeFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(
        label=gettext_lazy("kind"), choices=NoticeKind.choices, empty_label=gettext_lazy("all")
    )
    standing = filters.ChoiceFilter(
        label=gettext_lazy("standing"),
        choices=[(key, badge.word) for key, badge in STANDING.items()],
        method="by_standing",
        empty_label=gettext_lazy("all"),
    )
    q = filters.CharFilter(
        label=gettext_lazy("words of the title"), field_name="title", lookup_expr="icontains"
    )

    class Meta:
        model = Notice
        fields: list[str] = []

    def by_standing(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        today = clock.today()
        if value == WAITING:
            return rows.filter(opened_on__gt=today)
        if value == OVER:
            return rows.filter(closed_on__lt=today)
        return rows.filter(opened_on__lte=today, closed_on__gte=today)


class NoticeListView(ListPage):
    title = gettext_lazy("Public notices")
    lead = gettext_lazy("What hangs for all to read, from when to when, and what was said against it.")
    model = Notice
    table_class = NoticeTable
    filterset_class = NoticeFilter
    noun = "notice"
    template_name = "registry/notices/list.html"
    export_columns = (
        Column(gettext_lazy("notice"), lambda row: row.title),
        Column(gettext_lazy("kind"), lambda row: row.get_kind_display()),
        Column(gettext_lazy("place"), lambda row: row.division.name),
        Column(gettext_lazy("first day"), lambda row: row.opened_on, kind="date"),
        Column(gettext_lazy("last day"), lambda row: row.closed_on, kind="date"),
        Column(gettext_lazy("days"), lambda row: row.days, kind="count"),
        Column(gettext_lazy("where it hangs"), lambda row: row.place),
        Column(gettext_lazy("matter number"), lambda row: row.matter, kind="code"),
    )

    def get_queryset(self) -> QuerySet:
        return self.scoped(Notice.objects.in_force()).select_related("division")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = access.may(self.request.user, "publish_notice")
        return super().get_context_data(may_publish=may, texts=notice_texts.kinds() if may else [], **kwargs)


ASKED = ("decision", "kind", "matter", "division", "title")  # what a page that leads here knows already


class NoticeNewView(RegisterPage):
    """``/notices/new/``: register a notice; private numbers in its text are refused (NOT-04)."""

    verb = "publish_notice"
    title = gettext_lazy("Register a public notice")
    crumbs = (NOTICES,)
    template_name = "registry/notices/form.html"
    form_class = NoticeForm
    submit = gettext_lazy("Register the notice")
    done = gettext_lazy("The notice is registered.")

    one, many = "notice", "notices"

    def get_initial(self) -> dict[str, Any]:
        asked = {name: self.request.GET.get(name, "")[:120] for name in ASKED}
        initial = {**super().get_initial(), **{name: value for name, value in asked.items() if value}}
        return initial | self.from_the_facts()

    def from_the_facts(self) -> dict[str, Any]:
        """``?made=<kind>``: title, text and days of a notice of that kind, made from the register."""
        kind = self.request.GET.get("made", "")[:24]
        found = notice_texts.made(kind, self.division)
        if found is None:
            return {}
        days = parameters.resolver([NOTICE_DAYS], clock.today())(NOTICE_DAYS, self.division.path)
        last = clock.today() + dt.timedelta(days=max(int(days.get(kind, days["default"])), 1) - 1)
        return {
            "division": self.division.pk,
            "kind": kind,
            "title": found.title,
            "text": found.text,
            "units": " ".join(found.units),
            "opened_on": clock.today(),
            "closed_on": last,
        }

    def register(self, form: forms.Form) -> Any:
        division = form.cleaned_data["division"]
        return register_notice(division=division, posting=form.posting(), by=self.request.user)  # type: ignore[attr-defined]


class NoticeMixin(PageMixin):
    """The notice of the address, where the user may see it."""

    kwargs: dict[str, Any]

    @cached_property
    def notice(self) -> Notice:
        rows = Notice.objects.in_force().visible_to(self.request.user)
        rows = rows.select_related("division__parent", "decision", "source")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return self.notice.title


class NoticeView(NoticeMixin, Page):
    """One notice: how long it hangs, what the rules say of it, the objections."""

    template_name = "registry/notices/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notice, user, today = self.notice, self.request.user, clock.today()
        acts = Act.objects.filter(subject=f"notice:{notice.pk}").select_related("source")
        return super().get_context_data(
            notice=notice,
            standing=STANDING[standing_of(notice, today)],
            left=days_left(notice, today),
            findings=[spoken(finding, user) for finding in findings_of("notice", notice.pk, user)],
            facts=facts_of(notice),
            text=public_text(notice),
            objections=list(notice.objections.all()),
            units=list(notice.units.visible_to(user)[:200]),
            events=[
                {
                    "on": act.at,
                    "title": title_of(act),
                    "note": act.reason,
                    "by": act.user_name,
                    "source": act.source,
                }
                for act in acts
            ],
            may_publish=access.may(user, "publish_notice", notice.division),
            crumbs=[FIRST, NOTICES, (notice.title, "")],
            **kwargs,
        )


class NoticePrintView(NoticeMixin, Page):
    """``/notices/<id>/print/``: the sheet that is hung up; no personal data, no objections."""

    template_name = "registry/notices/print.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [
            FIRST,
            NOTICES,
            (self.notice.title, reverse("notice", args=[self.notice.pk])),
            (_("Sheet"), ""),
        ]
        return super().get_context_data(
            notice=self.notice,
            text=public_text(self.notice),
            lists=lists_of(self.notice),
            crumbs=crumbs,
            **kwargs,
        )


def public_text(notice: Notice) -> str:
    """The text of a notice as it may be shown: private numbers that an import brought are masked."""
    return masked_text(notice.text)


def facts_of(notice: Notice) -> list[tuple[Any, Any]]:
    """What is registered of a notice."""
    return [
        (_("kind"), notice.get_kind_display()),
        (_("place"), notice.division.name),
        (_("where it hangs"), notice.place or None),
        (_("channel"), notice.channel or None),
        (_("first day"), display.day(notice.opened_on)),
        (_("last day"), display.day(notice.closed_on)),
        (_("days"), notice.days),
        (_("the act takes effect on"), display.day(notice.takes_effect_on)),
        (_("period covered"), display.period(notice.covers) if notice.covers else None),
        (_("matter number"), notice.matter or None),
        (_("paper"), notice.source),
    ]


class ObjectionNewView(NoticeMixin, ActionPage):
    """``/notices/<id>/objections/new/``: write down an objection."""

    verb = "publish_notice"
    form_class = ObjectionForm
    lead = gettext_lazy("Write down what was objected; the name of who objected is not needed.")
    submit = gettext_lazy("Write down the objection")
    done = gettext_lazy("The objection is written down. Answer it before the notice ends.")

    def get_title(self) -> str:
        return _("Objection to: %(notice)s") % {"notice": self.notice.title}

    def get_initial(self) -> dict[str, Any]:
        return {"raised_on": clock.today()}

    def act(self, form: forms.Form) -> None:
        raise_objection(notice=self.notice, by=self.request.user, **form.cleaned_data)

    def fallback_url(self) -> str:
        return reverse("notice", args=[self.kwargs["pk"]])


class ObjectionAnswerView(ActionPage):
    """``/objections/<id>/answer/``: answer an objection, once."""

    verb = "publish_notice"
    form_class = AnswerForm
    title = gettext_lazy("Answer the objection")
    crumbs = (NOTICES,)
    submit = gettext_lazy("Answer")
    done = gettext_lazy("The answer is written down.")
    kwargs: dict[str, Any]

    @cached_property
    def objection(self) -> Objection:
        mine = Notice.objects.in_force().visible_to(self.request.user)
        rows = Objection.objects.filter(notice__in=mine).select_related("notice")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return {"answered_on": clock.today()}

    def act(self, form: forms.Form) -> None:
        answer_objection(objection=self.objection, by=self.request.user, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"lead": self.objection.text}

    def fallback_url(self) -> str:
        return reverse("notice", args=[self.objection.notice_id])
