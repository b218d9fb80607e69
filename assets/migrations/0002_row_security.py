"""The second guard on money: terms of upkeep, repairs, contracts, dues, pools, payments, accounts and lines.

A match is in scope with its line, and with the contract whose due it settles: an account of the county may
receive for a village, and the sums of a due must not depend on who asks. Histories follow (registry 0003).
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


def here(name: str, rows: str) -> str:
    """A function that gives the keys of the rows of a guarded table that are in scope.

    It works with the rights of the owner: the guards of other tables ask it, and are then not asked of each
    other's tables in turn.
    """
    return (
        f"CREATE FUNCTION {name}() RETURNS SETOF bigint LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $$ {rows} $$;"
    )


KEYS = {
    "assets_accounts_here": f"SELECT b.id FROM assets_bankaccount b WHERE b.division_id IN ({PLACES})",
    "assets_contracts_here": f"SELECT c.id FROM assets_contract c WHERE c.division_id IN ({PLACES})",
    "assets_pools_here": f"SELECT o.id FROM assets_incomepool o WHERE o.division_id IN ({PLACES})",
    "assets_dues_here": "SELECT u.id FROM assets_due u"
    " WHERE u.contract_id IN (SELECT assets_contracts_here())",
    "assets_lines_here": "SELECT l.id FROM assets_bankline l"
    " WHERE l.account_id IN (SELECT assets_accounts_here())",
    "assets_distributions_here": "SELECT t.id FROM assets_distribution t"
    " WHERE t.pool_id IN (SELECT assets_pools_here())",
}
ACCOUNTS, CONTRACTS, POOLS, DUES, LINES, DISTRIBUTIONS = (f"SELECT {name}()" for name in KEYS)
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
    operations = [
        *(migrations.RunSQL(here(name, rows), f"DROP FUNCTION {name}();") for name, rows in KEYS.items()),
        *operations_for(GUARDED, HISTORIES, free="registry_everywhere"),
    ]
