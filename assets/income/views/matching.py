"""``/money/accounts/<id>/matching/``: one line after the other, settled with one key. 中文：对账页面"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from assets.income.bank_codes import MatchKind
from assets.income.forms_money import OtherForm, ReasonForm
from assets.income.matching import memo, names
from assets.income.matching.suggest import Ranking, Suggestion
from assets.income.models.bank import BankLine
from assets.income.models.due import Due
from assets.income.models.match import Match
from assets.income.queries import month_end
from assets.income.queries.open_money import book_of, open_lines
from assets.income.services.settling import Part, settle_dues, settle_other, undo
from assets.income.services.settling_payments import settle_payments_of_line
from registry import access
from registry.errors import NotAllowed, RegistryError
from registry.views.generic import ActionPage, Page, PageMixin

from .matching_payments import chosen_payments, payments_for
from .money import MATCH, MONEY, SEE, AccountMixin, seen_paths

WAITING, RECENT = 12, 8
COMMON = {
    True: (MatchKind.GRANT, MatchKind.INTEREST, MatchKind.TRANSFER),
    False: (MatchKind.COST, MatchKind.FEE, MatchKind.TAX, MatchKind.TRANSFER),
}  # what money is most often for that came in or went out
REASONS = {
    "contract": gettext_lazy("the memo names the contract"),
    "payer": gettext_lazy("payer of the contract"),
    "alike": gettext_lazy("payer's name one sign apart"),
    "period": gettext_lazy("the memo names the period"),
    "amount": gettext_lazy("same amount"),
    "sum": gettext_lazy("sum of several dues"),
    "oldest": gettext_lazy("oldest open due"),
    "near": gettext_lazy("due about then"),
}

SAID = "settling"  # in the session: what was said of a line and refused


class MatchingView(AccountMixin, Page):
    """The line that comes next, the suggestions for it by rank, and what was just settled."""

    title = gettext_lazy("Matching")
    template_name = "assets/money/matching.html"

    @cached_property
    def waiting(self) -> Any:
        return month_end.unmatched(self.account).order_by(F("booked_on"), "id")

    @cached_property
    def line(self) -> BankLine | None:
        wanted = self.request.GET.get("line", "")
        chosen = self.waiting.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
        return chosen or self.waiting.first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line = self.line
        queue = list(self.waiting[:WAITING])
        at = next((n for n, one in enumerate(queue) if line and one.pk == line.pk), 0)
        recent = Match.objects.in_force().filter(line__account=self.account).exclude(made_by=None)
        return super().get_context_data(
            account=self.account,
            line=line,
            count=self.waiting.count(),
            queue=queue,
            following=queue[at + 1] if at + 1 < len(queue) else None,
            before=queue[at - 1] if at else None,
            offers=self.offers(line) if line and line.amount > 0 else [],
            payments=payments_for(line) if line else [],
            guesses=guesses(line) if line else [],
            form=self.form(line) if line else None,
            recent=recent.select_related("line", "due__contract", "made_by").order_by("-id")[:RECENT],
            may_match=access.may(self.request.user, MATCH, self.account.division),
            **kwargs,
        )

    def form(self, line: BankLine) -> OtherForm:
        """What was said of the line and refused stands in the form again, once."""
        said = self.request.session.pop(SAID, {})
        initial = said if said.get("line") == line.pk else {}
        return OtherForm(user=self.request.user, account=self.account, initial=initial)

    def offers(self, line: BankLine) -> list[dict[str, Any]]:
        """Suggestions as the page shows them; at most nine, one key each. Six queries."""
        found = open_lines(self.account, [line.pk])
        if not found:
            return []
        book = book_of(self.account)
        ranked = Ranking(book).suggestions(found[0], 9)
        keys = [due for one in ranked for due, _fen in one.parts]
        dues = Due.objects.select_related("contract", "payer").in_bulk(keys)
        return [offer(number, one, dues, line) for number, one in enumerate(ranked, start=1)]


def offer(number: int, one: Suggestion, dues: dict[int, Due], line: BankLine) -> dict[str, Any]:
    parts = [(dues[due], Decimal(fen) / 100) for due, fen in one.parts]
    payer = parts[0][0].payer
    return {
        "number": number,
        "contract": parts[0][0].contract,
        "payer": payer,
        "parts": parts,
        "rest": Decimal(one.rest) / 100,
        "reasons": [REASONS[reason] for reason in one.reasons],
        "value": ",".join(f"{due}:{fen}" for due, fen in one.parts),
        "new_payer": names.key(line.name) != names.key(payer.name) and bool(line.name),
    }


def guesses(line: BankLine) -> list[tuple[str, str, Any]]:
    """Key, kind and word of what a line may be that settles no due: first what its memo says."""
    text = memo.plain(f"{line.memo} {line.name}")
    found = []
    for words, kind, incoming in (
        (("利息", "结息"), MatchKind.INTEREST, True),
        (("手续费", "工本费", "管理费", "年费"), MatchKind.FEE, False),
        (("补助", "专项", "财政"), MatchKind.GRANT, True),
        (("税",), MatchKind.TAX, False),
    ):
        if (line.amount > 0) == incoming and any(word in text for word in words):
            found.append(kind)
    common = COMMON[line.amount > 0]
    kinds = dict.fromkeys([*found, *common])
    return [(key, kind, kind.label) for key, kind in zip("qwert", kinds, strict=False)]


class LineMixin(PageMixin):
    """A line of an account that the user may see."""

    verb = SEE
    kwargs: dict[str, Any]

    @cached_property
    def line(self) -> BankLine:
        rows = BankLine.objects.within_paths(seen_paths(self.request.user))
        return get_object_or_404(
            rows.select_related("account__division", "account__holder", "statement"), pk=self.kwargs["pk"]
        )

    @property
    def page(self) -> str:
        return reverse("matching", args=[self.line.account_id])


class SettleView(LineMixin, View):
    """``/money/lines/<id>/settle/``: take a suggestion, or say what the money is for."""

    verb = MATCH
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            self.settle(request)
        except NotAllowed:
            raise
        except RegistryError as error:
            messages.error(request, str(error))
            said = {name: request.POST.get(name, "") for name in OtherForm.base_fields}
            request.session[SAID] = {"line": self.line.pk, **said}
            return HttpResponseRedirect(f"{self.page}?line={self.line.pk}")
        messages.success(request, _("Settled. The next line waits; U takes it back."))
        return HttpResponseRedirect(self.page)

    def settle(self, request: HttpRequest) -> None:
        user: Any = request.user
        if parts := request.POST.get("parts"):
            settle_dues(
                line=self.line, parts=self.parts(parts), by=user, advance=bool(request.POST.get("advance")),
                remember=bool(request.POST.get("remember")),
            )  # fmt: skip
            return
        if chosen := request.POST.get("payments"):
            found = chosen_payments(chosen, user)
            settle_payments_of_line(line=self.line, payments=found, by=user)
            return
        form = OtherForm(request.POST, user=user, account=self.line.account)
        if not form.is_valid():
            raise RegistryError(
                " ".join(str(one) for errors in form.errors.values() for one in errors), "bad_input"
            )
        data = form.cleaned_data
        settle_other(line=self.line, kind=data["kind"], contract=data["contract"], note=data["note"], by=user)

    def parts(self, text: str) -> list[Part]:
        pairs = [pair.split(":") for pair in text.split(",")[:60]]
        if not all(len(pair) == 2 and all(one.isdecimal() for one in pair) for pair in pairs):
            raise RegistryError(_("This suggestion cannot be read; open the line again."), "bad_input")
        dues = Due.objects.visible_to(self.request.user).in_bulk([int(due) for due, _fen in pairs])
        if len(dues) < len({due for due, _fen in pairs}):
            raise RegistryError(
                _("A receivable of this suggestion lies outside your divisions."), "bad_input"
            )
        return [Part(due=dues[int(due)], amount=Decimal(fen) / 100) for due, fen in pairs]


class LineView(LineMixin, Page):
    """``/money/lines/<id>/``: what the bank wrote, and every match of it, undone ones too."""

    template_name = "assets/money/line.html"

    def get_title(self) -> Any:
        return _("Bank line of %(day)s") % {"day": self.line.booked_on}

    def get_crumbs(self) -> list[tuple[Any, str]]:
        account = self.line.account
        here = (self.get_title(), "")
        return [
            *super().get_crumbs()[:1],
            MONEY,
            (str(account), reverse("bank_account", args=[account.pk])),
            here,
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        matches = self.line.matches.select_related(
            "due__contract", "contract", "act", "undone", "voucher_entry__voucher"
        )
        return super().get_context_data(
            line=self.line,
            matches=matches.order_by("id"),
            may_match=access.may(self.request.user, MATCH, self.line.account.division),
            **kwargs,
        )


class UndoView(ActionPage):
    """``/money/matches/<id>/undo/``: with the reason; in a closed month by a counter-entry."""

    verb = MATCH
    form_class = ReasonForm
    title = gettext_lazy("Undo a match")
    lead = gettext_lazy("In a month that is closed, a counter-entry in the open month takes it back.")
    submit = gettext_lazy("Undo the match")
    done = gettext_lazy("The match is undone; line and receivable are open again.")
    crumbs = (MONEY,)

    @cached_property
    def match(self) -> Match:
        rows = Match.objects.within_paths(access.scope_paths(self.request.user, SEE))
        return get_object_or_404(rows.select_related("line__account__division", "due"), pk=self.kwargs["pk"])

    def act(self, form: Any) -> None:
        undo(match=self.match, reason=form.cleaned_data["reason"], by=self.request.user)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(match=self.match, **kwargs)

    def fallback_url(self) -> str:
        return reverse("bank_line", args=[self.match.line_id])
