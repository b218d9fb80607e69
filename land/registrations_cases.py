"""What enforcement cases hang on the registry when the land app loads."""

from django.utils.translation import gettext_lazy as _

from land import case_desk, case_papers, parameters_cases  # noqa: F401 (they register what pages show)
from land.models import Case
from land.rules import cases
from registry import acts, rules
from registry.queries import timeline
from registry.rules import parameters, system

rules.register(*cases.RULES)
parameters.register(*parameters_cases.DEFAULTS)
timeline.track(Case)
system.watch(system.Watched("land.Case", _("case")))
acts.register("case_opened", _("case opened"))  # 立案
acts.register("case_accepted", _("case accepted"))  # 受理
acts.register("case_reviewed_in_office", _("case checked in the office"))  # 内业核查
acts.register("case_verified", _("case verified in the field"))  # 实地核查
acts.register("case_evidence_added", _("pictures added to a case"))  # 补充举证
acts.register("case_evidence_described", _("picture of a case described"))  # 补录拍摄信息
acts.register("case_judged", _("outcome of a case"))  # 核查结论
acts.register("case_confirmed", _("case confirmed"))  # 认定
acts.register("case_rectified", _("case being rectified"))  # 整改处置
acts.register("case_rectification_changed", _("rectification of a case changed"))  # 变更整改处置
acts.register("case_reviewed", _("rectification of a case reviewed"))  # 复核
acts.register("case_closed", _("case closed"))  # 销号
acts.register("case_withdrawn", _("case taken back"))  # 撤销立案
acts.register("case_reopened", _("case taken up again"))  # 重新办理
acts.register("case_paused", _("clock of a case stopped"))  # 中止计时
acts.register("case_resumed", _("clock of a case goes on"))  # 恢复计时
