"""What the addresses of contracts and distributions answer to each role."""

from __future__ import annotations

from typing import Any

from registry.codes import Role

from . import earning

INCOME = frozenset(
    str(r) for r in (Role.ADMIN, Role.COUNTY, Role.FINANCE_OFFICER, Role.ASSET_MANAGER, Role.AUDITOR)
)
CONTRACTS = frozenset(str(r) for r in (Role.ADMIN, Role.FINANCE_OFFICER, Role.ASSET_MANAGER))
FINANCE = frozenset(str(r) for r in (Role.ADMIN, Role.FINANCE_OFFICER))
SUPERVISORS = frozenset(str(r) for r in (Role.ADMIN, Role.COUNTY))
# address: roles that get in, and the things in it
ADDRESSES: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "contracts": (INCOME, ()),
    "contract_new": (CONTRACTS, ()),
    "contract": (INCOME, ("contract",)),
    "contract_sign": (CONTRACTS, ("contract_draft",)),
    "contract_amend": (CONTRACTS, ("contract",)),
    "contract_terminate": (CONTRACTS, ("contract",)),
    "contract_complete": (CONTRACTS, ("contract",)),
    "benefit_link": (CONTRACTS, ("operating_unit",)),
    "contract_declare": (CONTRACTS, ("contract",)),
    "distribution_pay": (FINANCE, ("distribution",)),
    "distribution_result": (FINANCE, ("distribution",)),
    "distribution_bank_file": (FINANCE, ("distribution",)),
    "contract_dunning": (INCOME, ("contract",)),
    "due_write_off": (SUPERVISORS, ("contract", "due")),
    "pools": (INCOME, ()),
    "pool_new": (FINANCE, ()),
    "pool": (INCOME, ("pool",)),
    "pool_entry": (FINANCE, ("pool",)),
    "pool_settle": (FINANCE, ("pool",)),
    "distribution_new": (FINANCE, ("pool",)),
    "distribution": (INCOME, ("distribution",)),
    "distribution_approve": (FINANCE, ("distribution_plan",)),
}


def things(village: Any) -> dict[str, int]:
    """A contract of the village with its dues, a draft, a pool, a plan and an approved distribution."""
    asset = earning.workshop(of=village)
    contract = earning.contract(asset)
    pool = earning.pool(of=asset)
    return {
        "operating_unit": asset.unit_id,
        "contract": contract.pk,
        "due": contract.dues.order_by("pk")[0].pk,
        "contract_draft": earning.contract(asset, signed_on=None).pk,
        "pool": pool.pk,
        "distribution": earning.distribution(pool).pk,
        "distribution_plan": earning.distribution(pool, total="1000", reserve="100", approved_on=None).pk,
    }
