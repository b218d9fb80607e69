"""What the land registers hang on the registry when the land app loads."""

from django.utils.translation import gettext_lazy as _

from land.importers.registers import IMPORTERS
from land.registers import REGISTERS
from registry import acts, directory, importers

acts.register("land_row_entered", _("row of a land register entered"))  # 登记用地台账
acts.register("land_row_changed", _("row of a land register changed"))  # 变更用地台账
acts.register("land_row_struck", _("row of a land register struck"))  # 撤销用地台账
for _importer in IMPORTERS:
    importers.register(_importer)
directory.register(
    *(
        directory.Tile(
            label=one.title, url_name=one.url_name, icon=one.icon, note=one.lead, order=60 + number
        )
        for number, one in enumerate(REGISTERS)
    )
)
