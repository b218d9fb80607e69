"""The second guard on money: accounts, statements, lines, matches, closed months (see registry 0003).

A match is in scope with its line, and with the contract whose due it settles: an account of the county may
receive for a village, and the sums of a due must not depend on who asks.
"""

from importlib import import_module

from django.db import migrations

PLACES = "SELECT d.id FROM registry_division d WHERE registry_in_scope(d.path)"
ACCOUNTS = f"SELECT b.id FROM assets_bankaccount b WHERE b.division_id IN ({PLACES})"
CONTRACTS = f"SELECT c.id FROM assets_contract c WHERE c.division_id IN ({PLACES})"
DUES = f"SELECT u.id FROM assets_due u WHERE u.contract_id IN ({CONTRACTS})"
GUARDED = {
    "assets_bankaccount": f"division_id IN ({PLACES})",
    "assets_statement": f"account_id IN ({ACCOUNTS})",
    "assets_bankline": f"account_id IN ({ACCOUNTS})",
    "assets_match": (
        f"due_id IN ({DUES}) OR line_id IN (SELECT l.id FROM assets_bankline l WHERE l.account_id IN ({ACCOUNTS}))"
    ),
    "assets_monthclose": f"account_id IN ({ACCOUNTS})",
    "assets_voucher": f"account_id IN ({ACCOUNTS})",
    "assets_knownpayer": f"division_id IN ({PLACES})",
    "assets_cashreceipt": f"contract_id IN ({CONTRACTS})",
}
HISTORIES = {
    "assets_bankaccountevent": f"division_id IN ({PLACES})",
    "assets_monthcloseevent": f"account_id IN ({ACCOUNTS})",
    "assets_cashreceiptevent": f"contract_id IN ({CONTRACTS})",
}
operations_for = import_module("registry.migrations.0003_row_security").operations


class Migration(migrations.Migration):
    dependencies = [("assets", "0004_h6"), ("registry", "0003_row_security")]
    operations = operations_for(GUARDED, HISTORIES)
