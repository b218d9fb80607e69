"""Every piece of the visual language on one page, for whoever builds or checks a page. 中文：界面规范"""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from registry import badges

from .generic import Page


class SampleForm(forms.Form):
    """One field of every sort."""

    name = forms.CharField(label=_("name"), help_text=_("As it stands in the ledger."))  # 名称
    kind = forms.ChoiceField(label=_("kind"), choices=[("road", _("road")), ("water", _("water supply"))])
    since = forms.DateField(
        label=_("in force since"), widget=forms.DateInput(attrs={"type": "date"})
    )  # 生效日期
    way = forms.ChoiceField(
        label=_("how it was taken"),
        widget=forms.RadioSelect,
        choices=[("gps", _("phone position")), ("drawn", _("drawn on screen"))],
    )
    remark = forms.CharField(label=_("remark"), widget=forms.Textarea, required=False)  # 备注
    sure = forms.BooleanField(label=_("I have seen it on the spot"), required=False)


class StyleguideView(Page):
    """``/styleguide/``: the partials with sample values. For administrators."""

    verb = "administer"
    title = _("Visual language")
    template_name = "registry/ui/styleguide.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            kinds=badges.KINDS.items(),
            tones=badges.TONES,
            form=SampleForm({"name": "", "kind": "road", "since": "2026-02-30", "way": "gps"}),
            **_samples(),
            **kwargs,
        )


def _samples() -> dict[str, Any]:
    """Values as pages will give them."""
    return {
        "tabs": [
            {"label": _("Overview"), "url": "#", "active": True, "count": None},
            {"label": _("Findings"), "url": "#", "active": False, "count": 3},
            {"label": _("History"), "url": "#", "active": False, "count": None},
        ],
        "steps": [_("Choose the file"), _("Check"), _("Preview"), _("Done")],
        "tasks": _tasks(),
        "heads": [
            {"label": _("name")},
            {"label": _("village")},
            {"label": _("original value"), "kind": "num"},
            {"label": _("state")},
        ],
        "facts": [
            (_("unit code"), "532523205201-W03-2019-0007"),
            (_("township"), "新华乡"),
            (_("address"), None),
        ],
        "entries": [_entry("甲村集体经济组织", 3, 5), _entry("乙村集体经济组织", 2, 5)],
        "page": Paginator(range(1204), 50).page(7),
        "events": [
            {
                "on": dt.date(2026, 10, 3),
                "title": _("Inspected"),
                "note": _("In good condition"),
                "by": "王*明",
            },
            {"on": dt.date(2021, 3, 1), "title": _("Rights confirmed"), "source": "新发〔2021〕14号"},
        ],
        "legend": [
            ("map-occupies", badges.VERDICTS["OCCUPIES"].word),
            ("map-review", badges.VERDICTS["REVIEW"].word),
            ("map-none", badges.VERDICTS["NONE"].word),
            ("map-no-data", badges.VERDICTS["NO_DATA"].word),
        ],
    }


def _entry(name: str, num: int, den: int) -> SimpleNamespace:
    """Something like an Entry."""
    party = SimpleNamespace(name=name)
    return SimpleNamespace(party=party, agent=None, share_num=num, share_den=den, valid=None, source=None)


def _tasks() -> list[dict[str, Any]]:
    """Three tasks of an asset manager."""
    upkeep = badges.UPKEEP_STATES
    return [
        {
            "title": "马卡村饮水管网",
            "note": _("Nobody keeps it up."),
            "url": "#",
            "sign": "water",
            "badge": upkeep["no_keeper"],
            "act": _("Name a keeper"),
        },
        {
            "title": "新华至倮维公路",
            "note": _("Last looked at 104 days ago."),
            "url": "#",
            "sign": "road",
            "badge": upkeep["overdue"],
            "act": _("Record an inspection"),
        },
        {
            "title": "羊街光伏电站",
            "note": _("It has no place on the map yet."),
            "url": "#",
            "sign": "sun",
            "badge": badges.UNIT_STATES["in_use"],
            "act": _("Place it"),
        },
    ]
