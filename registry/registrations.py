"""What the kernel itself hangs on the registry when it loads: its rules, parameters and navigation."""

from django.utils.translation import gettext_lazy as _

from registry import (  # noqa: F401 (pages)
    desk,
    directory,
    draft_desk,
    evidence,
    form_acts,
    importers,
    navigation,
    people,
    rules,
    unit_panels,
)
from registry.importers.divisions import DivisionsImporter
from registry.importers.findings import FindingsImporter
from registry.rules import collective, decisions, geometry, notices, parameters, rights, system
from registry.rules.difference import DUE_DAYS

rules.register(*rights.RULES, *geometry.RULES, *collective.RULES)
rules.register(*decisions.RULES, *notices.RULES, *system.RULES)
parameters.register(
    *decisions.PARAMETERS,
    *notices.PARAMETERS,
    parameters.Default(
        key=DUE_DAYS,
        label=_("days for putting a finding right, by severity"),
        unit=_("days"),
        value={"E": 15, "F": 30, "W": 60, "I": 90},
        source="产品默认值；整改时限由县级按问题严重程度确定",
    ),
)
importers.register(DivisionsImporter())
importers.register(FindingsImporter())
directory.register(
    directory.Tile(
        label=_("Decisions"),
        url_name="decisions",
        icon="people",
        note=_("meetings, their counts, whether they were carried"),
        order=60,
    ),  # 议决记录
    directory.Tile(
        label=_("Public notices"),
        url_name="notices",
        icon="eye",
        note=_("what hangs for all to read, and the objections"),
        order=61,
    ),  # 公告公示
    directory.Tile(
        label=_("Rules"),
        url_name="rules",
        icon="redline",
        note=_("what the facts are held against"),
        order=80,
    ),  # 规则
    directory.Tile(
        label=_("Parameters"),
        url_name="parameters",
        icon="gear",
        note=_("the numbers the rules go by"),
        order=81,
    ),  # 参数
)
