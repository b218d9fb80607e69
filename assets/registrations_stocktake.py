"""What stocktakes, book values and inspection packs hang on the registry. 中文：清查盘点"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from assets import pack_parts, panels_stocktake  # noqa: F401 (they register what they have)
from assets.importers.book_values import BookValuesImporter
from assets.importers.counting import CountsImporter
from assets.parameters_stocktake import PARAMETERS
from assets.rules import stocktake
from registry import acts, bench, importers, rules
from registry.rules import parameters

rules.register(*stocktake.RULES)
parameters.register(*PARAMETERS)

acts.register("stocktake_opened", _("stocktake opened"))  # 启动清查
acts.register("stocktake_counted", _("count of a stocktake ended"))  # 清点完成
acts.register("stocktake_closed", _("stocktake closed"))  # 结束清查
acts.register("stocktake_taken_back", _("stocktake taken back"))  # 撤销清查
acts.register("stock_counted", _("counted in a stocktake"))  # 清点登记
acts.register("stock_difference_settled", _("difference of a stocktake settled"))  # 处理清查差异
acts.register("book_value_entered", _("book value entered"))  # 登记账面价值
acts.register("book_value_taken_back", _("book value taken back"))  # 撤销账面价值

importers.register(CountsImporter())
importers.register(BookValuesImporter())

acts.register("pack_asked_for", _("inspection pack asked for"))  # 申请迎检资料包
acts.register("pack_taken", _("inspection pack taken away"))  # 下载迎检资料包


def _bench(options: Any) -> Any:
    """`./run bench assets`; what it measures with is loaded then."""
    from assets.bench.measure import measure

    return measure(options)


bench.register("assets", _bench)
