"""Forms of payments and of dues that are declared. 中文：付款与应收登记表单"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.codes import DueKind
from assets.income.services.payments import Account
from registry.forms import day_field, not_later_than_today

from .forms_contracts import money, words

PAID, FAILED = "paid", "failed"


class DeclareForm(forms.Form):
    """A dividend or a profit that was earned beside the plan."""

    kind = forms.ChoiceField(
        label=_("kind"), choices=[c for c in DueKind.choices if c[0] in (DueKind.DIVIDEND, DueKind.PROFIT)]
    )  # 款项类型
    begin = day_field(pgettext_lazy("what a payment is for", "first day"))  # 所属期间起
    end = day_field(pgettext_lazy("what a payment is for", "last day"))  # 所属期间止
    due_on = day_field(_("due on"))  # 应收日期
    amount = money(_("amount (yuan)"), required=True)  # 金额
    note = words(_("remark"), 120)  # 说明


def _shown(number: str) -> str:
    """An account number by its last four digits; given back like this it is the one known."""
    return f"****{number[-4:]}" if number else ""


class OrderForm(forms.Form):
    """The accounts of the payees, one a line: its place in the list, the name, the account number.

    ``lines``: what is to be paid, with their payees, in order; ``known``: account numbers by payee. The list
    stands in the form already; the place may be left out where nobody else has the name.
    """

    ordered_on = day_field(_("ordered on"), validators=[not_later_than_today])  # 提交日期
    accounts = forms.CharField(
        label=_("accounts"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "One payee a line: place in the list, name, account number. With **** stands the account that was"
            " paid last. A line without an account number is not paid in this batch."
        ),
    )  # 收款账户

    def __init__(self, *args: Any, lines: Sequence[Any], known: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.known = list(lines), known
        self.fields["accounts"].initial = "\n".join(
            f"{place}，{line.payee.name}，{_shown(known.get(line.payee_id, ''))}"
            for place, line in enumerate(self.lines, start=1)
        )
        self.fields["accounts"].widget.attrs["rows"] = min(max(4, len(self.lines) + 1), 20)

    def clean_accounts(self) -> dict[int, Account]:
        """Accounts by the key of the line that they pay."""
        found: dict[int, Account] = {}
        for text in self.cleaned_data["accounts"].splitlines():
            cells = [cell.strip() for cell in re.split(r"[,，\t]", text)]
            if not any(cells):
                continue
            number = cells[-1] if len(cells) > 1 else ""
            for line in self._lines(cells):
                last = self.known.get(line.payee_id, "")
                if number:
                    same = last and number == _shown(last)
                    found[line.pk] = Account(line.payee.name, last if same else number)
        if not found:
            raise forms.ValidationError(_("No account number was given; nobody would be paid."))
        return found

    def _lines(self, cells: list[str]) -> list[Any]:
        """The lines that a row of the list speaks of: one, or all of a payee where no place is named."""
        if len(cells) > 2 or cells[0].isdecimal():
            place, name = cells[0], cells[1] if len(cells) > 2 else ""
            at = int(place) - 1 if place.isdecimal() else -1
            if not 0 <= at < len(self.lines) or (name and self.lines[at].payee.name != name):
                raise forms.ValidationError(
                    _("Place %(place)s of the list is not %(name)s. Open the page for the list as it is."),
                    params={"place": place, "name": name},
                )
            return [self.lines[at]]
        same = [line for line in self.lines if line.payee.name == cells[0]]
        if not same:
            raise forms.ValidationError(
                _("%(name)s is not among those who are to be paid."), params={"name": cells[0]}
            )
        if len({line.payee_id for line in same}) > 1:
            raise forms.ValidationError(
                _("%(count)d payees are called %(name)s. Keep the place in the list before the name."),
                params={"count": len(same), "name": cells[0]},
            )
        return same


class ResultForm(forms.Form):
    """What the bank did with payments that were ordered."""

    payments = forms.ModelMultipleChoiceField(
        None, label=_("payments"), widget=forms.CheckboxSelectMultiple
    )  # 付款
    result = forms.ChoiceField(
        label=_("result"), choices=[(PAID, _("paid")), (FAILED, _("came back"))]
    )  # 结果
    on = day_field(_("day"), validators=[not_later_than_today])  # 日期
    failure = words(_("why it came back"), 160)  # 退票原因

    def __init__(self, *args: Any, waiting: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["payments"]
        field.queryset = waiting
        field.label_from_instance = lambda payment: f"{payment.run} · {payment.line.payee} · {payment.amount}"
