"""Import the statement of a bank account."""

from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from assets.income.models.bank import BankAccount
from registry.management.base import JsonCommand
from registry.management.importing import run_import

from .import_ledger import Command as LedgerCommand


class Command(JsonCommand):
    help = "Import a bank statement (.xlsx, .xls, .csv) of an account; a dry run without --apply."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--account", required=True, metavar="NO", help="number of the account")
        parser.add_argument("--bank", help="the bank, where the account must be one of it")
        parser.add_argument("--mapping", metavar="M.json", help="head row and columns of the file")
        parser.add_argument("--opening", help="opening balance, where the file shows no balances")
        parser.add_argument("--apply", action="store_true", help="book the lines")

    def answer(self, **options: Any) -> tuple[Any, int]:
        found = BankAccount.objects.in_force().filter(number="".join(options["account"].split()))
        account = found.select_related("division").first()
        if account is None or (options["bank"] and options["bank"] not in account.bank):
            raise CommandError(_("No account with this number is registered. Register the account first."))
        given: dict[str, Any] = {"account": account.pk}
        if options["mapping"]:
            given["mapping"] = LedgerCommand.mapping(options["mapping"])
        if options["opening"]:
            given["opening"] = options["opening"]
        return run_import(
            kind="statement",
            path=options["file"],
            options=given,
            apply=options["apply"],
            division=account.division,
        )
