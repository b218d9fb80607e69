"""The roles, and what an address answers to them."""

from __future__ import annotations

from dataclasses import dataclass

from registry.codes import Role

ADMIN, COUNTY, ASSETS, LAND, FINANCE, CLERK, AUDITOR = (
    str(Role.ADMIN), str(Role.COUNTY), str(Role.ASSET_MANAGER), str(Role.LAND_OFFICER),
    str(Role.FINANCE_OFFICER), str(Role.CLERK), str(Role.AUDITOR),
)  # fmt: skip
ROLES = frozenset({ADMIN, COUNTY, ASSETS, LAND, FINANCE, CLERK, AUDITOR})
GROUND = frozenset({ADMIN, COUNTY, LAND, ASSETS, AUDITOR})
PLACERS = frozenset({ADMIN, ASSETS, LAND})
IMPORTERS = frozenset({ADMIN, ASSETS, LAND, FINANCE, CLERK})
LEDGERS = frozenset({ADMIN, ASSETS})
MANAGERS = frozenset({ADMIN, COUNTY})
TARGETS = frozenset({ADMIN, COUNTY, LAND})
DRAFTERS = frozenset({ADMIN, ASSETS, CLERK})
DECIDERS = frozenset({ADMIN, ASSETS, LAND, FINANCE})
FORMS = frozenset({ADMIN, COUNTY, ASSETS})
DOCUMENTS = frozenset({ADMIN, COUNTY, ASSETS, LAND, FINANCE})
PUBLISHERS = frozenset({ADMIN, ASSETS, FINANCE})
QUOTAS = frozenset({ADMIN, COUNTY, LAND, FINANCE, AUDITOR})
KEEPERS = frozenset({ADMIN, LAND})
ACCEPTORS = frozenset({ADMIN, COUNTY})


@dataclass(frozen=True)
class Line:
    """What an address answers. ``roles`` get ``good``, other roles ``bad``, people without a role ``nobody``.

    ``elsewhere`` is the asset manager of another township: 404 for things that lie outside his divisions.
    """

    roles: frozenset[str] = ROLES
    args: tuple[str, ...] = ()
    query: str = ""
    method: str = "get"
    good: int = 200
    bad: int = 403
    elsewhere: int | None = None
    nobody: int = 403
    anonymous: int = 302
