"""The second guard on money: terms of upkeep, with their budgets, and their history (see registry 0003)."""

from importlib import import_module

from django.db import migrations

ENTRY = """
EXISTS (SELECT FROM registry_entry e JOIN registry_unit u ON u.id = e.unit_id
          JOIN registry_division d ON d.id = u.division_id
         WHERE e.id = {0}.entry_id AND registry_in_scope(d.path))
"""
operations_for = import_module("registry.migrations.0003_row_security").operations


class Migration(migrations.Migration):
    dependencies = [("assets", "0001_tables"), ("registry", "0003_row_security")]
    operations = operations_for(
        {"assets_upkeepterms": ENTRY.format("assets_upkeepterms")},
        {"assets_upkeeptermsevent": ENTRY.format("assets_upkeeptermsevent")},
    )
