"""What quotas, approvals and balances hang on the registry when they load. 中文：指标与平衡"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from land import desk_quotas  # noqa: F401 (it registers where findings are put right)
from land.importers.balances import IMPORTERS
from land.parameters_quotas import DEFAULTS
from land.rules import approvals, compensation, linkage, quotas
from registry import acts, directory, importers, navigation, rules
from registry.rules import parameters

parameters.register(*DEFAULTS)
directory.register(
    directory.Tile(
        label=_("Quotas and balances"),
        url_name="quotas",
        icon="field",
        note=_("what may be built on, and what is owed for it"),
        verb="see_quotas",
        order=30,
    ),  # 指标与平衡
    directory.Tile(
        label=_("Land approvals"),
        url_name="land_approvals",
        icon="seal",
        note=_("conversion and expropriation, by class of land"),
        verb="see_quotas",
        order=31,
    ),  # 用地批复
    directory.Tile(
        label=_("Compensation of farmland"),
        url_name="compensation",
        icon="half",
        note=_("what was occupied, and what makes it good"),
        verb="see_quotas",
        order=32,
    ),  # 占补平衡
    directory.Tile(
        label=_("Linkage projects"),
        url_name="linkage",
        icon="building",
        note=_("reclaimed building ground and its surplus"),
        verb="see_quotas",
        order=33,
    ),  # 增减挂钩
)
navigation.register(
    navigation.NavItem(
        label=_("Quotas and balances"), url_name="quotas", icon="field", verb="see_quotas", order=65
    )
)
for _importer in IMPORTERS:
    importers.register(_importer)
rules.register(*quotas.RULES, *approvals.RULES, *compensation.RULES, *linkage.RULES)

for verb, sentence in {
    "quota_opened": _("quota account opened"),  # 开立指标账户
    "quota_moved": _("quota moved"),  # 登记指标变动
    "quota_charged": _("quota charged with an approval"),  # 批文使用指标
    "land_approved": _("land approval registered"),  # 登记用地批复
    "farmland_occupied": _("occupation of farmland registered"),  # 登记占用耕地
    "supplement_planned": _("supplement project registered"),  # 登记补充耕地项目
    "supplement_accepted": _("supplement project accepted"),  # 补充耕地验收
    "supplement_used": _("supplement answers for an occupation"),  # 补充耕地挂钩
    "exemption_recorded": _("exemption from compensation recorded"),  # 登记免予补充
    "supplement_capped": _("cap on occupation set"),  # 设定年度可占用规模
    "in_out_recorded": _("historic in-out balance recorded"),  # 登记进出平衡（历史）
    "pbf_designated": _("basic farmland designated"),  # 永久基本农田补划
    "linkage_registered": _("linkage project registered"),  # 登记增减挂钩项目区
    "linkage_plot_added": _("plot added to a linkage project"),  # 登记挂钩地块
    "linkage_accepted": _("reclaimed ground accepted"),  # 复垦验收
    "surplus_sold": _("surplus sold"),  # 节余指标交易
    "surplus_kept": _("surplus kept as quota"),  # 节余指标转入
    "land_taken_back": pgettext_lazy("a registration", "taken back"),  # 撤回登记
}.items():
    acts.register(verb, sentence)
