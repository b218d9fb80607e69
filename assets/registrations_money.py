"""What bank lines, matching and month-end hang on the registry when they load. 中文：对账与结账"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from assets import desk_money  # noqa: F401 (it registers what the pages show)
from assets.income import integrity  # noqa: F401 (it registers a check)
from assets.income.importers.statements import IMPORTER
from assets.income.parameters_money import DEFAULTS
from assets.income.rules import accounts, received
from registry import acts, bench, importers, rules
from registry.rules import parameters


def _bench(options: Any) -> Any:
    """`./run bench income`; what it measures with is loaded then."""
    from assets.income.bench.measure import measure

    return measure(options)


bench.register("income", _bench)
importers.register(IMPORTER)
rules.register(*accounts.RULES, *received.RULES)
parameters.register(*DEFAULTS)

for verb, sentence in {
    "account_registered": _("bank account registered"),  # 登记银行账户
    "account_stopped": _("bank account given up"),  # 停用银行账户
    "money_matched": _("bank lines matched"),  # 对账
    "match_undone": _("match undone"),  # 撤销对账
    "payer_remembered": _("payer remembered"),  # 记住代付关系
    "payer_forgotten": _("payer forgotten"),  # 取消代付关系
    "month_closed": _("month closed"),  # 月末结账
    "month_reopened": _("month opened again"),  # 反结账
    "cash_received": _("cash received"),  # 登记现金收款
    "vouchers_made": _("vouchers exported"),  # 导出凭证
}.items():
    acts.register(verb, sentence)
