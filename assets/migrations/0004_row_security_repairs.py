"""The second guard on money: repairs with their costs, and their history (see registry 0003)."""

from importlib import import_module

from django.db import migrations

UNIT = """
EXISTS (SELECT FROM registry_unit u JOIN registry_division d ON d.id = u.division_id
         WHERE u.id = {0}.unit_id AND registry_in_scope(d.path))
"""
operations_for = import_module("registry.migrations.0003_row_security").operations


class Migration(migrations.Migration):
    dependencies = [("assets", "0003_h3"), ("registry", "0003_row_security")]
    operations = operations_for(
        {"assets_repair": UNIT.format("assets_repair")},
        {"assets_repairevent": UNIT.format("assets_repairevent")},
    )
