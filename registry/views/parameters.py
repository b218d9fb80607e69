"""``/parameters/``: the thresholds of the rules, whose value holds where, and since when. 中文：参数"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, clock, display
from registry.forms_decisions import ParameterForm
from registry.models import Parameter
from registry.queries.parameters import Setting, history_of, nearest, rules_by_parameter, settings_of
from registry.rules.parameters import Default, known
from registry.services.parameters import set_parameter
from registry.tables import cell, link

from .generic import FIRST, ActionPage, Page

PARAMETERS = (gettext_lazy("Parameters"), "/parameters/")
SHORT = 60


def written(value: Any, short: bool = False) -> str:
    """A value as people read it; long ones are cut in lists."""
    if isinstance(value, dict) and not any(isinstance(item, dict | list) for item in value.values()):
        text = "；".join(f"{key} {item}" for key, item in value.items())
    elif isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        text = "、".join(map(str, value))
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"{text[:SHORT]}…" if short and len(text) > SHORT else text


def whose(row: Parameter | None) -> str:
    """The place whose value it is."""
    if row is None:
        return display.DASH
    return row.division.name if row.division else _("everywhere (shipped)")


class ParameterListView(Page):
    """Every parameter with the value that holds in the division looked at."""

    title = gettext_lazy("Parameters")
    template_name = "registry/parameters/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [listed(setting) for setting in settings_of(self.division, clock.today())]
        heads = [_("parameter"), _("value"), _("whose, and since when"), _("source"), _("rules")]
        return super().get_context_data(heads=[{"label": head} for head in heads], rows=rows, **kwargs)


def listed(setting: Setting) -> list[Any]:
    """The cells of a parameter in the list."""
    default, row = setting.default, setting.current
    name = link(reverse("parameter", args=[default.key]), default.label or default.key)
    rules = "、".join(setting.rules) or display.DASH
    if row is None:
        return [cell(name, default.key), display.DASH, display.DASH, display.DASH, rules]
    value = cell(written(row.value, short=True), default.unit)
    return [cell(name, default.key), value, cell(whose(row), display.period(row.valid)), row.source, rules]


class ParameterMixin:
    kwargs: dict[str, Any]

    @cached_property
    def default(self) -> Default:
        found = known().get(self.kwargs["key"])
        if found is None:
            raise Http404(self.kwargs["key"])
        return found

    def name(self) -> str:
        return str(self.default.label or self.default.key)


class ParameterView(ParameterMixin, Page):
    """One parameter: the value in force here, and all values there were."""

    template_name = "registry/parameters/detail.html"

    def get_title(self) -> str:
        return self.name()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows, today = history_of(self.default.key), clock.today()
        current = nearest(rows, self.division, today)
        table = [
            [
                whose(row),
                display.period(row.valid),
                written(row.value),
                row.source,
                _("in force here") if row is current else "",
            ]
            for row in rows
        ]
        heads = [_("place"), _("validity"), _("value"), _("source"), _("state")]
        return super().get_context_data(
            default=self.default,
            current=current,
            value=written(current.value) if current else display.DASH,
            whose=whose(current),
            rules=rules_by_parameter().get(self.default.key, ()),
            heads=[{"label": head} for head in heads],
            rows=table,
            may_set=access.may(self.request.user, "set_parameter"),
            crumbs=[FIRST, PARAMETERS, (self.name(), "")],
            **kwargs,
        )


class ParameterSetView(ParameterMixin, ActionPage):
    """``/parameters/<key>/set/``: a new value from a day on; the earlier one ends that day."""

    verb = "set_parameter"
    crumbs = (PARAMETERS,)
    form_class = ParameterForm
    submit = gettext_lazy("Set the value")
    lead = gettext_lazy(
        "The earlier value ends on the day before; what was judged by it stays as it was judged."
    )
    done = gettext_lazy("The value is set. The findings follow with the next reading of the rules.")

    def get_title(self) -> str:
        return _("Set: %(parameter)s") % {"parameter": self.name()}

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"default": self.default, "user": self.request.user, "division": self.division}
        return {**super().get_form_kwargs(), **own}

    def get_initial(self) -> dict[str, Any]:
        current = nearest(history_of(self.default.key), self.division, clock.today())
        value = current.value if current else self.default.value
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
        return {"value": text, "begin": clock.today()}

    def act(self, form: forms.Form) -> None:
        set_parameter(key=self.default.key, by=self.request.user, **form.cleaned_data)

    def fallback_url(self) -> str:
        return reverse("parameter", args=[self.default.key])
