"""Forms of pools and distributions. 中文：收益池与分配表单"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assets.income.codes import IncomeUse, LineBasis, PoolFigure
from assets.income.services.distributions import Plan, Share, income_shares, member_shares
from assets.models import IncomePool
from registry import clock
from registry.codes import PRIVATE_KINDS, Level, PartyKind
from registry.forms import day_field, not_later_than_today
from registry.forms_decisions import PlacedForm, UnitsField
from registry.models import Decision, Division, Party

from .forms_contracts import money, words

MEMBERS, RIGHTS, LISTED = "members", "rights", "listed"
BASES = {"岗位": LineBasis.POST, "劳务": LineBasis.LABOUR, "奖补": LineBasis.REWARD, "村": LineBasis.VILLAGE}


class PoolForm(PlacedForm):
    """Whose income of which assets in which year."""

    name = words(gettext_lazy("name"), 120, required=True)  # 名称
    owner = forms.ModelChoiceField(Party.objects.none(), label=gettext_lazy("whose income"))  # 收益主体
    year = forms.IntegerField(label=gettext_lazy("year"), min_value=2000, max_value=2100)  # 年度
    units = UnitsField(
        label=gettext_lazy("assets"), help_text=gettext_lazy("Their codes, one after the other.")
    )  # 所含资产

    def __init__(self, *args: Any, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, user=user, division=division, **kwargs)
        owners = Party.objects.standing().visible_to(user).within(division)
        self.fields["owner"].queryset = owners.exclude(kind__in=[*PRIVATE_KINDS, PartyKind.GROUP])  # type: ignore[attr-defined]
        self.fields["year"].initial = clock.today().year - 1


class EntryForm(forms.Form):
    figure = forms.ChoiceField(label=gettext_lazy("figure"), choices=PoolFigure.choices)  # 科目
    day = day_field(gettext_lazy("day"), validators=[not_later_than_today])  # 日期
    amount = money(gettext_lazy("amount (yuan)"), required=True)  # 金额
    note = words(gettext_lazy("what it is"), required=True)  # 说明


class SettleForm(forms.Form):
    settled_on = day_field(gettext_lazy("settled on"), validators=[not_later_than_today])  # 结算日期


class DecidedForm(forms.Form):
    """The day of the approval and the decision that carries it."""

    approved_on = day_field(gettext_lazy("approved on"), validators=[not_later_than_today])  # 批准日期
    decision = forms.ModelChoiceField(Decision.objects.none(), label=gettext_lazy("decision"))  # 议决记录

    def __init__(self, *args: Any, decisions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].queryset = decisions  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """What is distributed of a pool: fixed amounts first, the rest by shares, to the fen."""

    number = words(
        gettext_lazy("matter number"), 80, required=True,
        help_text=gettext_lazy("Give plan notice and result notice the same number."),
    )  # 事项编号  # fmt: skip
    title = words(gettext_lazy("title"), 200, required=True)  # 名称
    level = forms.ChoiceField(
        label=pgettext_lazy("of a distribution", "decided by"), initial=Level.VILLAGE,
        choices=[c for c in Level.choices if c[0] in (Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY)],
    )  # 决定层级  # fmt: skip
    reserve = money(gettext_lazy("reserve and welfare fund (yuan)"), required=True)  # 公积公益金
    reserve_waived = words(gettext_lazy("article of the charter that waives the reserve"), 120)  # 免提依据
    total = money(gettext_lazy("distributed beside the reserve (yuan)"), required=True)  # 分配总额
    upkeep = money(gettext_lazy("of it for operation and upkeep (yuan)"))  # 项目运行管护
    welfare = money(gettext_lazy("of it for public works of the village (yuan)"))  # 村级公益事业
    rest = forms.ChoiceField(
        label=gettext_lazy("the rest goes"),
        choices=[
            (LISTED, gettext_lazy("to the list below alone")),
            (MEMBERS, gettext_lazy("to the members by quantified share")),
            (RIGHTS, gettext_lazy("to those who hold the income rights")),
        ],
    )  # 其余分配方式
    listed = forms.CharField(
        label=gettext_lazy("list"), required=False, max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "One payee a line: name, 岗位 or 劳务 or 奖补 or 村, amount, reason. No amount: he shares alike."
        ),
    )  # 名单  # fmt: skip

    def __init__(self, *args: Any, pool: IncomePool, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pool, self.user = pool, user

    def clean_listed(self) -> list[Share]:
        lines = [line.strip() for line in self.cleaned_data["listed"].splitlines() if line.strip()]
        cells = [[cell.strip() for cell in re.split(r"[,，\t]", line)] for line in lines]
        named = Party.objects.standing().visible_to(self.user).filter(name__in=[c[0] for c in cells])
        parties: dict[str, list[Party]] = {}
        for party in named.within(self.pool.division):
            parties.setdefault(party.name, []).append(party)
        shares = []
        for nth, line in enumerate(cells, start=1):
            try:
                shares.append(self._share(line, parties))
            except ValueError as error:
                self.add_error("listed", _("Line %(nth)d: %(why)s") % {"nth": nth, "why": error})
        return shares

    @staticmethod
    def _share(cells: list[str], parties: dict[str, list[Party]]) -> Share:
        found = parties.get(cells[0], [])
        if len(found) != 1:
            problem = _("%(n)d parties are called %(name)s; register or tell them apart first.")
            raise ValueError(problem % {"n": len(found), "name": cells[0]})
        basis = BASES.get(cells[1] if len(cells) > 1 else "")
        if basis is None:
            raise ValueError(_("the second cell is one of %(words)s") % {"words": "、".join(BASES)})
        try:
            amount = Decimal(cells[2]).quantize(Decimal("0.01")) if len(cells) > 2 and cells[2] else None
        except InvalidOperation as error:
            raise ValueError(_("“%(value)s” is no amount") % {"value": cells[2]}) from error
        return Share(
            use=IncomeUse.CONSOLIDATION, basis=basis, payee=found[0], amount=amount,
            reason=cells[3] if len(cells) > 3 else "",
        )  # fmt: skip

    def plan(self) -> Plan:
        values = self.cleaned_data
        shares = [
            Share(use=use, basis=LineBasis.WORKS, amount=values[name], reason=str(use.label))
            for name, use in (("upkeep", IncomeUse.UPKEEP), ("welfare", IncomeUse.VILLAGE_WELFARE))
            if values[name]
        ]
        shares += values["listed"]
        if values["rest"] == MEMBERS:
            shares += member_shares(self.pool.owner, clock.today())
        elif values["rest"] == RIGHTS:
            shares += income_shares(self.pool, clock.today())
        facts = {
            name: values[name] for name in ("number", "title", "level", "reserve", "reserve_waived", "total")
        }
        return Plan(shares=shares, **facts)
