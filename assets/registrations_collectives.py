"""What income over years hangs on the registry when it loads. 中文：分年度收入登记"""

from django.utils.translation import gettext_lazy as _

from assets import panels_burdens  # noqa: F401 (the panel of the unit page, tasks)
from registry import acts, directory

directory.register(
    directory.Tile(
        label=_("Income of collectives"), url_name="collectives", icon="people", verb="see_income", order=42,
        note=_("income of villages by year against their targets"),
    ),
    directory.Tile(
        label=_("Yields of assets"), url_name="yields", icon="sheet", verb="see_income", order=43,
        note=_("what assets bring beside what they cost"),
    ),
    directory.Tile(
        label=_("Register and account books"), url_name="books", icon="ledger", verb="see_income", order=45,
        note=_("31 December: what the register and the books of the collectives say"),
    ),
)  # 村集体收入、资产收益率  # fmt: skip
for verb, sentence in {
    "income_target_set": _("income target set"),  # 下达收入目标
    "outside_income_stated": _("income stated"),  # 补录收入
    "outside_income_taken_back": _("stated income taken back"),  # 撤回补录收入
    "policy_recorded": _("insurance recorded"),  # 登记保险
    "loan_recorded": _("loan recorded"),  # 登记贷款
    "loan_repaid": _("loan paid back"),  # 贷款还清
    "burden_taken_back": _("insurance or loan taken back"),  # 撤回保险、贷款
}.items():
    acts.register(verb, sentence)
