"""The second guard on what collectives are to earn, on policies and on loans (see 0002)."""

from importlib import import_module

from django.db import migrations

known = import_module("assets.migrations.0002_row_security")
GUARDED = {
    "assets_collectivetarget": known.HERE,
    "assets_outsideincome": known.HERE,
    "assets_insurancepolicy": known.UNIT.format("assets_insurancepolicy"),
    "assets_assetloan": known.UNIT.format("assets_assetloan"),
}
HISTORIES = {
    "assets_collectivetargetevent": known.HERE,
    "assets_outsideincomeevent": known.HERE,
    "assets_insurancepolicyevent": known.UNIT.format("assets_insurancepolicyevent"),
    "assets_assetloanevent": known.UNIT.format("assets_assetloanevent"),
}


class Migration(migrations.Migration):
    dependencies = [("assets", "0003_income_more")]
    operations = known.operations_for(GUARDED, HISTORIES)
