"""What the kernel hangs up for parties: tiles of their lists, the handover list as a paper."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import directory, display
from registry.models import Act, Entry, Party
from registry.queries.parties import handover_list
from registry.services import papers
from registry.services.papers import PaperKind, named


def handover_paper(act: Act) -> dict[str, Any]:
    """The list of what went over, as both sign it. 中文：交接清单"""
    listed = handover_list(act, None)
    people = Party.objects.in_bulk([act.after["from"], act.after["to"]])
    holders = Entry.objects.select_related("party").in_bulk([line["new"] for line in act.after["entries"]])
    return {
        "facts": [
            [_("hands over"), named(people[act.after["from"]])],
            [_("takes over"), named(people[act.after["to"]])],
            [_("from"), display.day(listed["on"])],
            [_("reason"), act.reason],
        ],
        "sections": [
            {
                "title": _("Duties and rights"),
                "heads": [_("unit code"), _("name"), _("matter"), _("as"), _("party"), _("share")],
                "rows": [
                    [
                        line["unit"].code,
                        line["unit"].name,
                        str(line["what"]),
                        line["as"],
                        named(holders[line["key"]].party),
                        line["share"],
                    ]
                    for line in listed["entries"]
                ],
            },
            {
                "title": _("Open findings"),
                "heads": [_("rule"), _("thing and place"), _("since")],
                "rows": [
                    [
                        row.rule or str(row.get_origin_display()),
                        row.unit.name if row.unit else row.division.name,
                        display.day(row.since),
                    ]
                    for row in listed["findings"]
                ],
            },
            {
                "title": _("Roles"),
                "heads": [_("role"), _("division")],
                "rows": [[str(line["role"]), line["division"].name] for line in listed["grants"]],
            },
        ],
    }


papers.register(
    PaperKind(
        key="handover_list",
        title=gettext_lazy("Handover list"),
        build=handover_paper,
        of="act",
        verb="hand_over",
        fits=lambda act: act.verb == "handed_over",
        seals=(gettext_lazy("hands over"), gettext_lazy("takes over"), gettext_lazy("witness")),
        note=gettext_lazy("All duties, findings and roles that one act passed on."),
    )
)
directory.register(
    directory.Tile(
        label=gettext_lazy("Parties"),
        url_name="parties",
        icon="people",
        note=gettext_lazy("who owns, keeps, operates, supervises"),
        order=20,
    ),  # 主体
    directory.Tile(
        label=gettext_lazy("Divisions"),
        url_name="divisions",
        icon="layers",
        note=gettext_lazy("places with their codes, and what became of them"),
        order=21,
    ),  # 行政区划
)
