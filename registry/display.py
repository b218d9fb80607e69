"""How values are written for people: pages, prints, messages and exports use these and no others.

Mu first with square metres beside, money in yuan and fen, shares as n/d with the percentage, ISO days.
A value that is missing is a dash, never a zero. Template filters of the same names: templatetags/ui.py.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from registry import clock
from registry.geo import mu as to_mu

DASH = "—"

# What is counted on the pages: one place, so that plurals are right in every language.
COUNTED: dict[str, Any] = {
    "unit": ngettext_lazy("%(n)s registered thing", "%(n)s registered things", "n"),  # 登记单元
    "asset": ngettext_lazy("%(n)s asset", "%(n)s assets", "n"),  # 资产
    "repair": ngettext_lazy("%(n)s repair", "%(n)s repairs", "n"),  # 维修
    "standard": ngettext_lazy("%(n)s standard", "%(n)s standards", "n"),  # 标准
    "plan": ngettext_lazy("%(n)s plan", "%(n)s plans", "n"),  # 计划
    "road_section": ngettext_lazy("%(n)s road section", "%(n)s road sections", "n"),  # 路段
    "water_works": ngettext_lazy("%(n)s water work", "%(n)s water works", "n"),  # 供水工程
    "relocation_site": ngettext_lazy("%(n)s relocation site", "%(n)s relocation sites", "n"),  # 安置点
    "natural_village": ngettext_lazy("%(n)s natural village", "%(n)s natural villages", "n"),  # 自然村
    "parcel": ngettext_lazy("%(n)s parcel", "%(n)s parcels", "n"),  # 图斑
    "piece": ngettext_lazy("%(n)s piece", "%(n)s pieces", "n"),  # 地块
    "finding": ngettext_lazy("%(n)s finding", "%(n)s findings", "n"),  # 问题
    "row": ngettext_lazy("%(n)s row", "%(n)s rows", "n"),  # 行
    "error": ngettext_lazy("%(n)s error", "%(n)s errors", "n"),  # 错误
    "file": ngettext_lazy("%(n)s file", "%(n)s files", "n"),  # 文件
    "village": ngettext_lazy("%(n)s village", "%(n)s villages", "n"),  # 村
    "day": ngettext_lazy("%(n)s day", "%(n)s days", "n"),  # 天
    "contract": ngettext_lazy("%(n)s contract", "%(n)s contracts", "n"),  # 合同
    "pool": ngettext_lazy("%(n)s pool", "%(n)s pools", "n"),  # 收益池
    "task": ngettext_lazy("%(n)s task", "%(n)s tasks", "n"),  # 事项
    "person": ngettext_lazy("%(n)s person", "%(n)s people", "n"),  # 人
    "entry": ngettext_lazy("%(n)s entry", "%(n)s entries", "n"),  # 登记事项
    "draft": ngettext_lazy("%(n)s draft", "%(n)s drafts", "n"),  # 草拟事项
    "inspection": ngettext_lazy("%(n)s inspection", "%(n)s inspections", "n"),  # 巡查
    "account": ngettext_lazy("%(n)s account", "%(n)s accounts", "n"),  # 账号
    "act": ngettext_lazy("%(n)s act", "%(n)s acts", "n"),  # 条记录
    "decision": ngettext_lazy("%(n)s decision", "%(n)s decisions", "n"),  # 议决
    "notice": ngettext_lazy("%(n)s notice", "%(n)s notices", "n"),  # 公告公示
    "source": ngettext_lazy("%(n)s document", "%(n)s documents", "n"),  # 依据
    "paper": ngettext_lazy("%(n)s paper", "%(n)s papers", "n"),  # 文书
    "party": ngettext_lazy("%(n)s party", "%(n)s parties", "n"),  # 主体
    "quota_account": ngettext_lazy("%(n)s quota account", "%(n)s quota accounts", "n"),  # 指标账户
    "land_approval": ngettext_lazy("%(n)s land approval", "%(n)s land approvals", "n"),  # 用地批复
    "occupation": ngettext_lazy("%(n)s occupation", "%(n)s occupations", "n"),  # 占用项目
    "supplement": ngettext_lazy("%(n)s supplement project", "%(n)s supplement projects", "n"),  # 补充耕地项目
    "designation": ngettext_lazy("%(n)s designated area", "%(n)s designated areas", "n"),  # 补划地块
    "linkage_project": ngettext_lazy("%(n)s linkage project", "%(n)s linkage projects", "n"),  # 挂钩项目区
    "stocktake": ngettext_lazy("%(n)s stocktake", "%(n)s stocktakes", "n"),  # 清查
    "pack": ngettext_lazy("%(n)s inspection pack", "%(n)s inspection packs", "n"),  # 迎检资料包
    "result": ngettext_lazy("%(n)s result", "%(n)s results", "n"),  # 条
}


def as_decimal(value: Any) -> Decimal | None:
    """The value as Decimal, or None when there is none (None, empty, not a number, not finite)."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def grouped(number: Decimal, places: int = 2) -> str:
    """Thousands separated by commas, rounded half up: 12,353.33."""
    step = Decimal(1).scaleb(-places)
    return f"{number.quantize(step, rounding=ROUND_HALF_UP):,.{places}f}"


def mu(m2: Any) -> str:
    """Square metres as mu, 2 places, plain text: 18.53 亩. 中文：亩。"""
    number = as_decimal(m2)
    return DASH if number is None else _("%(area)s mu") % {"area": grouped(to_mu(number))}


def m2(value: Any) -> str:
    """Square metres, 2 places, plain text: 12,353.33 m²."""
    number = as_decimal(value)
    return DASH if number is None else _("%(area)s m²") % {"area": grouped(number)}


def area(value: Any) -> SafeString | str:
    """Mu first with square metres beside, as on every page: 18.53 亩 (12,353.33 m²)."""
    if as_decimal(value) is None:
        return DASH
    return format_html('<span class="area"><b>{}</b> <small>{}</small></span>', mu(value), m2(value))


def metres(value: Any) -> str:
    """Metres below one kilometre, kilometres with 3 places above: 860 m, 4.215 km."""
    number = as_decimal(value)
    if number is None:
        return DASH
    if abs(number) < 1000:
        return _("%(length)s m") % {"length": grouped(number, 0)}
    return _("%(length)s km") % {"length": grouped(number / 1000, 3)}


def money(yuan: Any) -> str:
    """Yuan and fen: 1,234,567.80 元."""
    number = as_decimal(yuan)
    return DASH if number is None else _("%(amount)s yuan") % {"amount": grouped(number)}


def wan(yuan: Any) -> str:
    """Ten thousand yuan with 4 places at most as offices write totals: 123.4568 万元."""
    number = as_decimal(yuan)
    if number is None:
        return DASH
    text = grouped(number / 10000, 4).rstrip("0").rstrip(".")
    return _("%(amount)s wan yuan") % {"amount": text}


def number(value: Any, places: int = 0) -> str:
    """A plain number with thousands separators."""
    figure = as_decimal(value)
    return DASH if figure is None else grouped(figure, int(places))


def quantity(value: Any) -> str:
    """A measured quantity as it was given, without needless zeros: 0.78, 1,200."""
    figure = as_decimal(value)
    return DASH if figure is None else f"{figure.normalize():,f}"


def yuan(value: Any) -> str:
    """An amount below a head that names the unit: 1,234,567.80."""
    figure = as_decimal(value)
    return DASH if figure is None else grouped(figure)


def percent(value: Any) -> str:
    """A ratio (0.4) as a percentage without needless zeros: 40%."""
    figure = as_decimal(value)
    if figure is None:
        return DASH
    return grouped(figure * 100, 2).rstrip("0").rstrip(".") + "%"


def fraction(value: Any) -> tuple[int, int] | None:
    """(n, d) of an Entry, a pair or a text 'n/d'; None without a share."""
    if isinstance(value, str) and "/" in value:
        value = value.split("/", 1)
    if not isinstance(value, (tuple, list)):
        value = (getattr(value, "share_num", None), getattr(value, "share_den", None))
    try:
        num, den = (int(part) for part in value)
    except (TypeError, ValueError):
        return None
    return (num, den) if den > 0 else None


def share(value: Any) -> str:
    """A share as n/d with its percentage: 3/5 (60%); a whole share is said in a word. 中文：份额。"""
    pair = fraction(value)
    if pair is None:
        return DASH
    num, den = pair
    if num == den:
        return _("whole")
    exact = Decimal(num) / Decimal(den)
    sign = "" if (exact * 10000) % 1 == 0 else "≈"
    return f"{num}/{den} ({sign}{percent(exact)})"


def day(value: Any) -> str:
    """A day as ISO 2026-03-01; times lose their clock."""
    if isinstance(value, dt.datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, dt.date) else (str(value) if value else DASH)


def moment(value: Any) -> str:
    """Date and time to the minute: 2026-03-01 09:30, in the time zone of the office."""
    if not isinstance(value, dt.datetime):
        return day(value)
    return (localtime(value) if is_aware(value) else value).strftime("%Y-%m-%d %H:%M")


def period(value: Any) -> str:
    """A half-open period [from, to) as people say it: the last day belongs to it. 中文：起止日期。"""
    lower, upper = getattr(value, "lower", None), getattr(value, "upper", None)
    if isinstance(value, (tuple, list)) and len(value) == 2:
        lower, upper = value
    if lower is None and upper is None:
        return DASH
    if upper is None:
        return _("since %(day)s") % {"day": day(lower)}
    last = day(upper - dt.timedelta(days=1))
    if lower is None:
        return _("until %(day)s") % {"day": last}
    return _("%(first)s to %(last)s") % {"first": day(lower), "last": last}


def days_ago(value: Any, today: dt.date | None = None) -> str:
    """How far a day lies from today, in words: 12 days ago, in 3 days, today."""
    if not isinstance(value, dt.date):
        return DASH
    if today is None:
        today = clock.today()
    value = value.date() if isinstance(value, dt.datetime) else value
    gap = (value - today).days
    if gap == 0:
        return _("today")
    if gap < 0:
        return ngettext("%(n)s day ago", "%(n)s days ago", -gap) % {"n": -gap}
    return ngettext("in %(n)s day", "in %(n)s days", gap) % {"n": gap}


def masked(name: Any) -> str:
    """A person's name with the middle hidden: 李*华, 王*. For persons only: offices are not masked."""
    text = str(name or "").strip()
    if len(text) < 2:
        return text or DASH
    return text[0] + "*" if len(text) == 2 else text[0] + "*" * (len(text) - 2) + text[-1]


def masked_phone(value: Any) -> str:
    """138****5678; shorter numbers keep their last two digits."""
    text = str(value or "").strip()
    if not text:
        return DASH
    return text[:3] + "****" + text[-4:] if len(text) >= 11 else "*" * max(len(text) - 2, 1) + text[-2:]


def masked_id(value: Any) -> str:
    """An ID number by its first three and last two signs: 532*************1X."""
    text = str(value or "").strip()
    if not text:
        return DASH
    return text[:3] + "*" * (len(text) - 5) + text[-2:] if len(text) > 8 else "*" * len(text)


def term(label: Any) -> str:
    """The Chinese term of office of a lazy label, for readers of another language; else empty."""
    if translation.get_language() in (None, "zh-hans"):
        return ""
    shown = str(label)
    with translation.override("zh-hans"):
        chinese = str(label)
    return chinese if chinese != shown else ""


def counted(n: Any, noun: str) -> str:
    """A count with its noun in the right number: 1 finding, 1,204 findings, 1,204 个问题."""
    total = int(n or 0)
    text = str(COUNTED[noun] % {"n": total})
    return text if total < 1000 else text.replace(str(total), f"{total:,}", 1)
