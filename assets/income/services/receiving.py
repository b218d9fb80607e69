"""Which account a contract is paid into. 中文：合同收款账户"""

from __future__ import annotations

from django.utils.translation import gettext as _

from assets.income.bank_codes import PRIVATE_HOLDERS
from assets.income.models.bank import BankAccount
from assets.income.models.contract import Contract
from registry import clock
from registry.errors import BadInput, RuleBroken
from registry.queries.divisions import go_live_by_division

from .accounts import digits


def take_account(contract: Contract, *, imported: bool = False) -> None:
    """Tie a contract to the registered account it names, and write number and holder as that has them.

    Raises ``BadInput`` for an account of another place or one that was given up, ``RuleBroken`` (INC-03) for
    a natural person's from the go-live day on.
    """
    contract.account_number = digits(contract.account_number or "")
    if contract.account is None and contract.account_number:
        known = BankAccount.objects.in_force().filter(number=contract.account_number)
        contract.account = known.select_related("division", "holder").first()
    account = contract.account
    if account is not None:
        _refuse_stranger(contract, account)
        contract.account_number, contract.account_holder = account.number, account.holder
    holder = contract.account_holder
    private = account is not None and account.private
    private = private or (holder is not None and holder.kind in PRIVATE_HOLDERS)
    start = go_live_by_division({contract.division_id}).get(contract.division_id)
    if private and not imported and start is not None and clock.today() >= start:
        raise RuleBroken(
            _("INC-03: income of a collective is not received on the account of a natural person "
              "(农村集体经济组织法第四十四条). Use the account of the collective or of the township."),
            "INC-03",
        )  # fmt: skip


def _refuse_stranger(contract: Contract, account: BankAccount) -> None:
    own = account.holder_id == contract.owner_id
    if not own and not contract.division.path.startswith(account.division.path):
        raise BadInput(
            _("%(account)s is neither the owner's account nor one of this place or above it.")
            % {"account": account},
            "account",
        )
    if account.closed_on is not None and contract.term.upper and contract.term.upper > account.closed_on:
        raise BadInput(
            _("%(account)s was given up on %(day)s; choose the one that receives now.")
            % {"account": account, "day": account.closed_on},
            "account",
        )
