"""What contracts and distributions hang on the registry when they load. 中文：合同与分配"""

from django.utils.translation import gettext_lazy as _

from assets import panels_income  # noqa: F401 (the panel of the unit page)
from assets.income import notice_lists  # noqa: F401 (what hangs below notices on distributions)
from assets.income.importers.contracts import ContractsImporter
from assets.income.parameters import DEFAULTS
from assets.income.rules import contracts, distributions, leased_land, operation
from registry import acts, directory, importers, navigation, rules
from registry.rules import parameters

importers.register(ContractsImporter())
rules.register(*contracts.RULES, *leased_land.RULES, *operation.RULES, *distributions.RULES)
parameters.register(*DEFAULTS)

directory.register(
    directory.Tile(
        label=_("Contracts"), url_name="contracts", icon="seal", verb="see_income", order=40,
        note=_("who operates what, and what is due"),
    ),
    directory.Tile(
        label=_("Income pools"), url_name="pools", icon="money", verb="see_income", order=41,
        note=_("what the assets brought, and who got it"),
    ),
)  # 合同、收益分配  # fmt: skip
navigation.register(
    navigation.NavItem(label=_("Contracts"), url_name="contracts", icon="seal", verb="see_income", order=70)
)

for verb, sentence in {
    "contract_drafted": _("contract drafted"),  # 登记合同草案
    "contract_changed": _("draft of a contract changed"),  # 修改合同草案
    "contract_signed": _("contract signed"),  # 签订合同
    "contract_amended": _("contract amended"),  # 变更合同
    "contract_terminated": _("contract terminated"),  # 提前终止合同
    "contract_noted": _("facts of a contract completed"),  # 补充合同信息
    "due_declared": _("due declared"),  # 登记应收收益
    "due_written_off": _("due written off"),  # 核销应收款
    "pool_opened": _("income pool opened"),  # 开立收益池
    "pool_entry": _("entry of an income pool"),  # 登记收益池明细
    "pool_settled": _("income pool settled"),  # 结算收益池
    "distribution_planned": _("distribution planned"),  # 编制分配方案
    "distribution_approved": _("distribution approved"),  # 批准分配方案
    "distribution_taken_back": _("distribution taken back"),  # 撤回分配
    "payments_ordered": _("payments ordered from the bank"),  # 生成付款批次
    "payments_paid": _("payments paid"),  # 付款成功
    "payments_failed": _("payments came back"),  # 付款退票
    "link_recorded": _("benefit link recorded"),  # 登记利益联结
}.items():
    acts.register(verb, sentence)
