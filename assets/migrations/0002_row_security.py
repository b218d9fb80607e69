"""The second guard on money: terms of upkeep, repairs, contracts and dues, pools and payments, accounts and lines.

A match is in scope with its line, and with the contract whose due it settles: an account of the county may
receive for a village, and the sums of a due must not depend on who asks. Histories follow (see registry 0003).
"""

from importlib import import_module

from django.db import migrations

ENTRY = """
EXISTS (SELECT FROM registry_entry e JOIN registry_unit u ON u.id = e.unit_id
          JOIN registry_division d ON d.id = u.division_id
         WHERE e.id = {0}.entry_id AND registry_in_scope(d.path))
"""
UNIT = """
EXISTS (SELECT FROM registry_unit u JOIN registry_division d ON d.id = u.division_id
         WHERE u.id = {0}.unit_id AND registry_in_scope(d.path))
"""
PLACES = "SELECT d.id FROM registry_division d WHERE registry_in_scope(d.path)"
HERE = f"division_id IN ({PLACES})"
ACCOUNTS = f"SELECT b.id FROM assets_bankaccount b WHERE b.division_id IN ({PLACES})"
CONTRACTS = f"SELECT c.id FROM assets_contract c WHERE c.division_id IN ({PLACES})"
DUES = f"SELECT u.id FROM assets_due u WHERE u.contract_id IN ({CONTRACTS})"
LINES = f"SELECT l.id FROM assets_bankline l WHERE l.account_id IN ({ACCOUNTS})"
POOLS = f"SELECT o.id FROM assets_incomepool o WHERE o.division_id IN ({PLACES})"
DISTRIBUTIONS = f"SELECT t.id FROM assets_distribution t WHERE t.pool_id IN ({POOLS})"
# What a party of this place gets of a pool elsewhere is known here.
PAYEES = f"SELECT y.id FROM registry_party y WHERE y.division_id IN ({PLACES})"
SHARES = f"distribution_id IN ({DISTRIBUTIONS}) OR payee_id IN ({PAYEES})"
ORDERS = f"line_id IN (SELECT n.id FROM assets_distributionline n WHERE {SHARES})"
GUARDED = {
    "assets_collectivetarget": HERE,
    "assets_outsideincome": HERE,
    "assets_insurancepolicy": UNIT.format("assets_insurancepolicy"),
    "assets_assetloan": UNIT.format("assets_assetloan"),
    "assets_upkeepterms": ENTRY.format("assets_upkeepterms"),
    "assets_repair": UNIT.format("assets_repair"),
    "assets_contract": HERE,
    "assets_due": f"contract_id IN ({CONTRACTS})",
    "assets_incomepool": HERE,
    "assets_poolentry": f"pool_id IN ({POOLS})",
    "assets_distribution": f"pool_id IN ({POOLS})",
    "assets_distributionline": SHARES,
    "assets_payment": ORDERS,
    "assets_bankaccount": HERE,
    "assets_statement": f"account_id IN ({ACCOUNTS})",
    "assets_bankline": f"account_id IN ({ACCOUNTS})",
    "assets_match": f"due_id IN ({DUES}) OR line_id IN ({LINES})",
    "assets_monthclose": f"account_id IN ({ACCOUNTS})",
    "assets_voucher": f"account_id IN ({ACCOUNTS})",
    "assets_knownpayer": HERE,
    "assets_cashreceipt": f"contract_id IN ({CONTRACTS})",
}
HISTORIES = {
    "assets_collectivetargetevent": HERE,
    "assets_outsideincomeevent": HERE,
    "assets_insurancepolicyevent": UNIT.format("assets_insurancepolicyevent"),
    "assets_assetloanevent": UNIT.format("assets_assetloanevent"),
    "assets_upkeeptermsevent": ENTRY.format("assets_upkeeptermsevent"),
    "assets_repairevent": UNIT.format("assets_repairevent"),
    "assets_contractevent": HERE,
    "assets_dueevent": f"contract_id IN ({CONTRACTS})",
    "assets_incomepoolevent": HERE,
    "assets_poolentryevent": f"pool_id IN ({POOLS})",
    "assets_distributionevent": f"pool_id IN ({POOLS})",
    "assets_distributionlineevent": SHARES,
    "assets_paymentevent": ORDERS,
    "assets_bankaccountevent": HERE,
    "assets_monthcloseevent": f"account_id IN ({ACCOUNTS})",
    "assets_cashreceiptevent": f"contract_id IN ({CONTRACTS})",
}
operations_for = import_module("registry.migrations.0003_row_security").operations


class Migration(migrations.Migration):
    dependencies = [("assets", "0001_tables"), ("registry", "0003_row_security")]
    operations = operations_for(GUARDED, HISTORIES)
