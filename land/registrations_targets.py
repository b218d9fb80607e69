"""What targets, chiefs and pledges hang on the registry when the app loads."""

from django.utils.translation import gettext_lazy as _

from land import parameters_targets
from land.importers.targets import IMPORTER
from land.rules.targets import RULES
from land.services import pledges  # noqa: F401 (it registers the paper)
from registry import acts, directory, importers, rules
from registry.rules import parameters

acts.register("target_set", _("farmland target set"))  # 设定耕地保护目标
acts.register("pledge_made", _("farmland pledge drawn up"))  # 制发责任书
acts.register("pledge_withdrawn", _("farmland pledge taken back"))  # 撤回责任书
rules.register(*RULES)
parameters.register(*parameters_targets.DEFAULTS)
importers.register(IMPORTER)
directory.register(
    directory.Tile(
        label=_("Farmland targets"),
        url_name="targets",
        icon="field",
        note=_("What every place must keep, what it has, and who answers for it."),
        order=32,
    )
)
