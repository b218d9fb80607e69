"""Match what is unique and explained, and say how the accounts stand."""

import datetime as dt
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from assets.income.models.bank import BankAccount
from assets.income.queries.reconciling import reconciliation
from assets.income.services.matching import match_account
from registry import clock
from registry.management.base import JsonCommand


class Command(JsonCommand):
    help = (
        "Match open bank lines where the answer is unique; figures by account and month, and the identities."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--account", metavar="NO", help="number of one account")
        parser.add_argument("--month", metavar="YYYY-MM", help="one month")
        parser.add_argument(
            "--read-only", action="store_true", help="say how the accounts stand, match nothing"
        )

    def answer(self, **options: Any) -> tuple[Any, int]:
        accounts = BankAccount.objects.in_force()
        if options["account"]:
            accounts = accounts.filter(number="".join(options["account"].split()))
            if not accounts.exists():
                raise CommandError(
                    _("No account with this number is registered. Register the account first.")
                )
        month = self.month(options["month"]) if options["month"] else None
        if not options["read_only"]:
            for account in accounts.select_related("division"):
                match_account(account=account, by=None)
        document = reconciliation(accounts, month, clock.today())
        return document, int(not all(document["identities"].values()))

    @staticmethod
    def month(text: str) -> dt.date:
        try:
            return dt.date.fromisoformat(f"{text}-01")
        except ValueError as error:
            sentence = _("“%(text)s” is not a month like 2026-03.")
            raise CommandError(sentence % {"text": text[:20]}) from error
