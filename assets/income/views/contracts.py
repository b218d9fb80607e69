"""``/contracts/``: contracts, their dues, and what is done with them. 中文：合同管理"""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.income.codes import ContractMode
from assets.income.exporters.contracts import COLUMNS
from assets.income.forms_contracts import AmendForm, ContractForm, SignForm, TerminateForm, WriteOffForm
from assets.income.queries.received import ZERO, with_received
from assets.income.services.amendments import amend_contract, terminate_contract, write_off
from assets.income.services.contracts import draft_contract, sign_contract
from assets.models import Contract, Due
from registry import access, acts, badges, clock, display
from registry.codes import PRIVATE_KINDS
from registry.models import Act, Finding
from registry.qr import square
from registry.queries.findings import sentence
from registry.tables import DAY, NUM, cell, link
from registry.templatetags.ui import render_badge
from registry.views.generic import FIRST, ActionPage, ListPage, Page, RegisterPage

CONTRACTS = (gettext_lazy("Contracts"), "/contracts/")
KEEP = "keep_contract"
DRAFT, RUNNING, ENDED, COMING = "draft", "running", "ended", "coming"
STANDING = {
    DRAFT: badges.Badge(gettext_lazy("Draft"), "clock", "act"),
    COMING: badges.Badge(gettext_lazy("Not begun"), "clock", "calm"),
    RUNNING: badges.Badge(gettext_lazy("Running"), "done", "good"),
    ENDED: badges.Badge(gettext_lazy("Ended"), "lock", "unknown"),
}  # 合同状态


def standing_of(contract: Contract) -> str:
    today = clock.today()
    if contract.signed_on is None:
        return DRAFT
    if contract.term.lower > today:
        return COMING
    return ENDED if contract.term.upper and contract.term.upper <= today else RUNNING


def shown(party: Any, names: bool) -> str:
    """The name of a party; a private person masked unless the reader may see it."""
    if party is None:
        return display.DASH
    return display.masked(party.name) if party.kind in PRIVATE_KINDS and not names else party.name


class ContractTable(tables.Table):
    """One row a contract."""

    title = tables.Column(verbose_name=gettext_lazy("contract"))
    operator = tables.Column(verbose_name=gettext_lazy("operator"), empty_values=())
    term = tables.Column(verbose_name=gettext_lazy("from when to when"), attrs=DAY)
    amount = tables.Column(verbose_name=gettext_lazy("a year (yuan)"), attrs=NUM)
    standing = tables.Column(
        verbose_name=gettext_lazy("standing of the contract"), empty_values=(), orderable=False
    )

    class Meta:
        model = Contract
        fields = ("title", "operator", "term", "amount", "standing")
        empty_text = gettext_lazy("No contract is registered here")

    def __init__(self, *args: Any, names: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names

    def render_title(self, record: Contract) -> Any:
        return cell(link(reverse("contract", args=[record.pk]), record.title), record.number)

    def render_operator(self, record: Contract) -> Any:
        return cell(shown(record.operator, self.names), record.get_mode_display())

    def render_term(self, record: Contract) -> Any:
        return cell(display.day(record.term.lower), display.day(record.last_day))

    def render_amount(self, value: Any) -> str:
        return display.grouped(value)

    def render_standing(self, record: Contract) -> Any:
        return render_badge(STANDING[standing_of(record)])


class ContractFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("number or title of the contract"), method="by_words")
    mode = filters.ChoiceFilter(
        label=gettext_lazy("mode of operation"), choices=ContractMode.choices, empty_label=gettext_lazy("all")
    )
    standing = filters.ChoiceFilter(
        label=gettext_lazy("standing of the contract"), method="by_standing", empty_label=gettext_lazy("all"),
        choices=[(key, badge.word) for key, badge in STANDING.items()],
    )  # fmt: skip

    class Meta:
        model = Contract
        fields: list[str] = []

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(Q(number__icontains=value.strip()) | Q(title__icontains=value.strip()))

    def by_standing(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        today = clock.today()
        if value == DRAFT:
            return rows.filter(signed_on=None)
        signed = rows.filter(signed_on__isnull=False)
        if value == COMING:
            return signed.filter(term__startswith__gt=today)
        return (
            signed.filter(term__contains=today)
            if value == RUNNING
            else signed.filter(term__endswith__lte=today)
        )


class ContractListView(ListPage):
    verb = "see_income"
    title = gettext_lazy("Contracts")
    lead = gettext_lazy("Who operates what, from when to when, and for how much.")
    model = Contract
    table_class = ContractTable
    filterset_class = ContractFilter
    noun = "contract"
    template_name = "assets/income/contracts.html"
    export_columns = COLUMNS

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(Contract.objects.in_force())
        beside = ("division", "owner", "operator", "decision", "account_holder")
        return rows.select_related(*beside).prefetch_related("parts__unit")

    def get_table_kwargs(self) -> dict[str, Any]:
        return {**super().get_table_kwargs(), "names": access.may(self.request.user, "see_personal")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_keep=access.may(self.request.user, KEEP), **kwargs)


class ContractNewView(RegisterPage):
    """``/contracts/new/``: a draft; signing it makes the dues."""

    verb = KEEP
    title = gettext_lazy("Register a contract")
    crumbs = (CONTRACTS,)
    template_name = "assets/income/contract_form.html"
    form_class = ContractForm
    submit = gettext_lazy("Register the draft")
    done = gettext_lazy("The draft is registered. Look at it, then sign it.")
    one, many = "contract", "contracts"

    def register(self, form: Any) -> Contract:
        return draft_contract(
            division=form.cleaned_data["division"], agreement=form.agreement(), by=self.request.user  # type: ignore[arg-type]
        )  # fmt: skip


class ContractPart:
    """Pages on one contract."""

    request: Any
    kwargs: dict[str, Any]
    verb = "see_income"

    @cached_property
    def contract(self) -> Contract:
        rows = Contract.objects.visible_to(self.request.user).in_force()
        rows = rows.select_related("division", "owner", "operator", "decision", "source", "sublet_to")
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, self.verb, found.division)
        return found

    def dues(self) -> list[Any]:
        rows = with_received(self.contract.dues.in_force()).order_by("due_on", "pk")
        today = clock.today()
        found = list(rows)
        for due in found:
            due.late = due.open > 0 and due.due_on < today
            due.days_late = (today - due.due_on).days if due.late else 0
        return found


class ContractView(ContractPart, Page):
    """``/contracts/<id>/``"""

    template_name = "assets/income/contract.html"

    def get_title(self) -> Any:
        return self.contract.title

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, CONTRACTS, (self.contract.number, "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contract, user = self.contract, self.request.user
        dues = self.dues()
        return super().get_context_data(
            contract=contract,
            dues=dues,
            badge=STANDING[standing_of(contract)],
            sums={
                "due": sum((due.amount - due.written_off for due in dues), ZERO),
                "received": sum((due.received for due in dues), ZERO),
                "late": sum((due.open for due in dues if due.late), ZERO),
            },
            parts=contract.parts.select_related("unit").order_by("pk"),
            facts=self.facts(),
            amendments=contract.amendments.in_force(),
            findings=[
                {"finding": finding, "sentence": sentence(finding)}
                for finding in Finding.objects.visible_to(user).open().filter(
                    subject_type="unit", subject_key__endswith=f"/{contract.number}"
                )
            ],
            events=[
                {"on": act.effective_on or act.at.date(), "title": acts.sentence(act.verb),
                 "by": act.user_name, "note": act.reason}
                for act in Act.objects.filter(subject=f"contract:{contract.pk}").order_by("-at")[:20]
            ],
            may_keep=access.may(user, KEEP, contract.division),
            may_write_off=access.may(user, "write_off_due", contract.division),
            draft=contract.signed_on is None,
            running=standing_of(contract) in (RUNNING, COMING),
            **kwargs,
        )  # fmt: skip

    def facts(self) -> list[tuple[Any, ...]]:
        """What the contract says, without what it leaves open."""
        contract, names = self.contract, access.may(self.request.user, "see_personal")
        skipped = {
            "number",
            "title",
            "rhythm",
            "timing",
            "account_holder",
            "decision",
            "source",
            "owner",
            "operator",
        }
        lines: list[tuple[Any, ...]] = [
            (_("mode of operation"), contract.get_mode_display()),
            (_("owner's side"), shown(contract.owner, names)),
            (_("operator"), shown(contract.operator, names)),
            (
                _("from when to when"),
                f"{display.day(contract.term.lower)} – {display.day(contract.last_day)}",
            ),
            (_("signed on"), display.day(contract.signed_on)),
            (_("months of a due"), f"{contract.get_rhythm_display()} · {contract.get_timing_display()}"),
            (_("decision"), contract.decision.title if contract.decision else display.DASH),
        ]
        for field in Contract._meta.fields[9:]:
            value = getattr(contract, field.name)
            if (
                field.name in skipped
                or value in (None, "", 0)
                or field.name in ("batch", "annulled", "term", "signed_on")
            ):
                continue
            word = contract.get_repayment_display() if field.name == "repayment" else value
            word = display.day(value) if hasattr(value, "isoformat") else word
            word = shown(value, names) if field.name == "sublet_to" else word
            lines.append((field.verbose_name, display.grouped(value) if field.name == "amount" else word))
        return lines


class ContractAct(ContractPart, ActionPage):
    """A form on one contract."""

    verb = KEEP

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, CONTRACTS, (self.contract.number, self.fallback_url()), (self.get_title(), "")]

    def fallback_url(self) -> str:
        return reverse("contract", args=[self.contract.pk])


class SignView(ContractAct):
    title = gettext_lazy("Sign the contract")
    lead = gettext_lazy("Its dues fall as the terms say; afterwards only an amendment changes them.")
    form_class = SignForm
    submit = gettext_lazy("Sign it")
    done = gettext_lazy("The contract is signed, and its dues are planned.")

    def act(self, form: Any) -> None:
        sign_contract(contract=self.contract, by=self.request.user, **form.cleaned_data)


class AmendView(ContractAct):
    title = gettext_lazy("Amend the contract")
    lead = gettext_lazy("Only the future is planned anew; what has begun stays.")
    form_class = AmendForm
    submit = gettext_lazy("Amend it")
    done = gettext_lazy("The contract is amended, and its dues are planned anew.")

    def act(self, form: Any) -> None:
        amend_contract(contract=self.contract, change=form.change(), by=self.request.user)


class TerminateView(ContractAct):
    title = gettext_lazy("End the contract early")
    form_class = TerminateForm
    submit = gettext_lazy("End it")
    done = gettext_lazy("The contract is ended.")

    def act(self, form: Any) -> None:
        terminate_contract(contract=self.contract, by=self.request.user, **form.cleaned_data)


class WriteOffView(ContractAct):
    """``/contracts/<id>/dues/<due>/write-off/``"""

    verb = "write_off_due"
    title = gettext_lazy("Write off a due")
    form_class = WriteOffForm
    submit = gettext_lazy("Write it off")
    done = gettext_lazy("The amount is written off.")

    def act(self, form: Any) -> None:
        due = get_object_or_404(Due.objects.in_force().filter(contract=self.contract), pk=self.kwargs["due"])
        write_off(due=due, by=self.request.user, **form.cleaned_data)


class DunningView(ContractPart, Page):
    """``/contracts/<id>/dunning/``: a dunning letter with the code of the contract's page. 中文：催缴单"""

    template_name = "assets/income/dunning.html"

    def get_title(self) -> Any:
        return _("Dunning letter")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        page = reverse("contract", args=[self.contract.pk])
        return [FIRST, CONTRACTS, (self.contract.number, page), (self.get_title(), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        late = [due for due in self.dues() if due.late]
        page = self.request.build_absolute_uri(reverse("contract", args=[self.contract.pk]))
        return super().get_context_data(
            contract=self.contract,
            late=late,
            total=sum((due.open for due in late), ZERO),
            code=square(page),
            today=clock.today(),
            **kwargs,
        )
