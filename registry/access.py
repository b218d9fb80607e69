"""Who may do what where 权限: roles, verbs, and the divisions that a user's grants reach.

Fail-closed: a user without a current grant sees nothing and may do nothing.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from registry import clock
from registry.codes import Role
from registry.errors import NotAllowed
from registry.queries.prepared import Prepared

VERBS: dict[str, frozenset[str]] = {
    # verb: roles that may
    "view": frozenset(Role.values) - {Role.PUBLIC},
    "register_unit": frozenset({Role.ADMIN, Role.ASSET_MANAGER}),
    "open_entry": frozenset({Role.ADMIN, Role.ASSET_MANAGER}),
    "open_income": frozenset({Role.ADMIN, Role.FINANCE_OFFICER, Role.ASSET_MANAGER}),
    "place_unit": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.LAND_OFFICER}),
    "record_inspection": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.CLERK}),
    "plan_upkeep": frozenset({Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER}),
    "order_repair": frozenset({Role.ADMIN, Role.ASSET_MANAGER}),
    "report_repair": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.CLERK}),
    "check_repair": frozenset({Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER}),
    "take_stock": frozenset({Role.ADMIN, Role.ASSET_MANAGER}),
    "count_stock": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.CLERK}),
    "keep_book_value": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.FINANCE_OFFICER}),
    "make_pack": frozenset({Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER, Role.AUDITOR}),
    "import_ledger": frozenset({Role.ADMIN, Role.ASSET_MANAGER}),
    "import_layer": frozenset({Role.ADMIN, Role.LAND_OFFICER}),
    "import_divisions": frozenset({Role.ADMIN}),
    "import_targets": frozenset({Role.ADMIN, Role.LAND_OFFICER}),
    "set_target": frozenset({Role.ADMIN, Role.COUNTY, Role.LAND_OFFICER}),
    "appoint_chief": frozenset({Role.ADMIN, Role.COUNTY, Role.LAND_OFFICER}),
    "read_pledge": frozenset({Role.ADMIN, Role.COUNTY, Role.LAND_OFFICER, Role.AUDITOR}),
    "check_red_line": frozenset(
        {Role.ADMIN, Role.COUNTY, Role.LAND_OFFICER, Role.ASSET_MANAGER, Role.AUDITOR}
    ),
    "see_parcels": frozenset({Role.ADMIN, Role.COUNTY, Role.LAND_OFFICER, Role.ASSET_MANAGER, Role.AUDITOR}),
    "see_quotas": frozenset({Role.ADMIN, Role.COUNTY, Role.LAND_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR}),
    "keep_quotas": frozenset({Role.ADMIN, Role.LAND_OFFICER}),
    "accept_land": frozenset({Role.ADMIN, Role.COUNTY}),
    "see_income": frozenset(
        {Role.ADMIN, Role.COUNTY, Role.FINANCE_OFFICER, Role.ASSET_MANAGER, Role.AUDITOR}
    ),
    "keep_contract": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.FINANCE_OFFICER}),
    "write_off_due": frozenset({Role.ADMIN, Role.COUNTY}),
    "keep_pool": frozenset({Role.ADMIN, Role.FINANCE_OFFICER}),
    "distribute_income": frozenset({Role.ADMIN, Role.FINANCE_OFFICER}),
    "set_income_target": frozenset({Role.ADMIN, Role.COUNTY, Role.FINANCE_OFFICER}),
    "state_income": frozenset({Role.ADMIN, Role.FINANCE_OFFICER}),
    "keep_burden": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.FINANCE_OFFICER}),
    "pay_distribution": frozenset({Role.ADMIN, Role.FINANCE_OFFICER}),
    "keep_account": frozenset({Role.ADMIN, Role.FINANCE_OFFICER}),
    "import_statement": frozenset({Role.ADMIN, Role.FINANCE_OFFICER}),
    "match_money": frozenset({Role.ADMIN, Role.FINANCE_OFFICER}),
    "close_month": frozenset({Role.ADMIN, Role.FINANCE_OFFICER}),
    "reopen_month": frozenset({Role.ADMIN, Role.COUNTY}),
    "see_personal": frozenset({Role.ADMIN, Role.ASSET_MANAGER}),
    "work_finding": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER}),
    "evaluate": frozenset(
        {Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER}
    ),
    "register_source": frozenset(
        {Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER}
    ),
    "open_source": frozenset(Role.values) - {Role.PUBLIC, Role.CLERK},  # originals carry positions and names
    "print_paper": frozenset({Role.ADMIN, Role.ASSET_MANAGER}),
    "print_verdict": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.LAND_OFFICER}),
    "seal_paper": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.LAND_OFFICER}),
    "note_finding": frozenset(Role.values) - {Role.PUBLIC, Role.AUDITOR},
    "direct_finding": frozenset(
        {Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER}
    ),
    "waive_finding": frozenset(
        {Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER}
    ),
    "enter_finding": frozenset(
        {Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER}
    ),
    "set_baseline_plan": frozenset(
        {Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER}
    ),
    "edit_division": frozenset({Role.ADMIN, Role.COUNTY}),
    "count_people": frozenset({Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER}),
    "edit_party": frozenset({Role.ADMIN, Role.ASSET_MANAGER}),
    "hand_over": frozenset({Role.ADMIN, Role.ASSET_MANAGER}),
    "erase_personal": frozenset({Role.ADMIN}),
    "see_drafts": frozenset(
        {Role.ADMIN, Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER, Role.CLERK, Role.AUDITOR}
    ),
    "draft_act": frozenset({Role.CLERK}),
    "decide_draft": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER}),
    "manage_forms": frozenset({Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER}),
    "approve_disposal": frozenset({Role.ADMIN, Role.COUNTY, Role.ASSET_MANAGER, Role.FINANCE_OFFICER}),
    "record_decision": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.FINANCE_OFFICER}),
    "publish_notice": frozenset({Role.ADMIN, Role.ASSET_MANAGER, Role.FINANCE_OFFICER}),
    "work_case": frozenset({Role.ADMIN, Role.LAND_OFFICER}),
    "confirm_case": frozenset({Role.ADMIN, Role.COUNTY}),
    "name_case_party": frozenset({Role.ADMIN, Role.COUNTY, Role.LAND_OFFICER}),  # on its papers, ADR 0014
    "close_case": frozenset({Role.ADMIN, Role.COUNTY, Role.LAND_OFFICER}),
    "keep_land_register": frozenset({Role.ADMIN, Role.LAND_OFFICER}),
    "set_parameter": frozenset({Role.ADMIN, Role.COUNTY}),
    "administer": frozenset({Role.ADMIN}),
    "manage_users": frozenset({Role.ADMIN, Role.COUNTY}),
}
# Who may give which roles, in the divisions of the grant by which he gives them.
GIVES: dict[str, frozenset[str]] = {
    Role.ADMIN: frozenset(Role.values),
    Role.COUNTY: frozenset(
        {Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER, Role.CLERK, Role.PUBLIC}
    ),
}


def _grants_of(user: int, day: Any) -> Any:
    grants = apps.get_model("registry", "Grant").objects.on(day).filter(user=user)
    return grants.select_related("division").order_by("division__path", "role")


_GRANTS = Prepared(_grants_of)


def current_grants(user: Any) -> list[Any]:
    """The user's grants of today, divisions included; read once per request (kept on the user object)."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    cached = getattr(user, "_grants_today", None)
    today = clock.today()
    if cached is None or cached[0] != today:
        user._grants_today = cached = (today, _GRANTS(user.pk, today))
    return cached[1]


def scope_paths(user: Any, verb: str = "view") -> list[str]:
    """Paths of the divisions where the user may ``verb``; paths below another one are left out."""
    roles = VERBS[verb]
    paths = sorted({grant.division.path for grant in current_grants(user) if grant.role in roles})
    kept: list[str] = []
    for path in paths:
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept


def may_give(user: Any, role: str, division: Any) -> bool:
    """Whether the user may give a role in a division: by a grant of his own that covers it. None may all."""
    return user is None or any(
        role in GIVES.get(grant.role, ()) and division.path.startswith(grant.division.path)
        for grant in current_grants(user)
    )


def forget(user: Any) -> None:
    """Read the user's grants again when they are asked for next."""
    user._grants_today = None


def roles_of(user: Any) -> set[str]:
    """Roles the user holds anywhere today."""
    return {grant.role for grant in current_grants(user)}


def may(user: Any, verb: str, division: Any = None) -> bool:
    """Whether the user may ``verb`` (in a division; anywhere, when none is given)."""
    paths = scope_paths(user, verb)
    if division is None:
        return bool(paths)
    return any(division.path.startswith(path) for path in paths)


def require(user: Any, verb: str, division: Any = None) -> None:
    """Raise ``NotAllowed`` unless the user may. ``None`` stands for the command line, which may all."""
    if user is None or may(user, verb, division):
        return
    if division is None:
        raise NotAllowed(_("Your role does not include this. Ask the administrator for the role it needs."))
    raise NotAllowed(
        _("Your role does not include this in %(division)s. Ask the administrator for the role it needs.")
        % {"division": division.name}
    )
