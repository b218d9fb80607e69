"""The tags and filters every page is written with. docs/ui.md lists them with their examples.

Numbers are formatted here and nowhere else: mu first with square metres beside, money in yuan and fen, shares as
n/d with the percentage, dates as ISO days. Values that are missing are shown as a dash, never as zero.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from registry import badges, clock
from registry.geo import mu as to_mu

register = template.Library()

DASH = "—"
CENT = Decimal("0.01")
THIN_SPACE = "\u202f"

# What is counted on the pages: one place, so that plurals are right in every language.
COUNTED: dict[str, Any] = {
    "unit": ngettext_lazy("%(n)s registered thing", "%(n)s registered things", "n"),  # 登记单元
    "asset": ngettext_lazy("%(n)s asset", "%(n)s assets", "n"),  # 资产
    "parcel": ngettext_lazy("%(n)s parcel", "%(n)s parcels", "n"),  # 图斑
    "piece": ngettext_lazy("%(n)s piece", "%(n)s pieces", "n"),  # 地块
    "finding": ngettext_lazy("%(n)s finding", "%(n)s findings", "n"),  # 问题
    "row": ngettext_lazy("%(n)s row", "%(n)s rows", "n"),  # 行
    "error": ngettext_lazy("%(n)s error", "%(n)s errors", "n"),  # 错误
    "file": ngettext_lazy("%(n)s file", "%(n)s files", "n"),  # 文件
    "village": ngettext_lazy("%(n)s village", "%(n)s villages", "n"),  # 村
    "day": ngettext_lazy("%(n)s day", "%(n)s days", "n"),  # 天
    "task": ngettext_lazy("%(n)s task", "%(n)s tasks", "n"),  # 事项
    "person": ngettext_lazy("%(n)s person", "%(n)s people", "n"),  # 人
    "entry": ngettext_lazy("%(n)s entry", "%(n)s entries", "n"),  # 登记事项
    "inspection": ngettext_lazy("%(n)s inspection", "%(n)s inspections", "n"),  # 巡查
    "result": ngettext_lazy("%(n)s result", "%(n)s results", "n"),  # 条
}


# --- numbers -------------------------------------------------------------------------------------------------------


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


@register.filter
def mu(m2: Any) -> str:
    """Square metres as mu, 2 places, plain text: 18.53 亩. 中文：亩。"""
    number = as_decimal(m2)
    return DASH if number is None else _("%(area)s mu") % {"area": grouped(to_mu(number))}


@register.filter
def m2(value: Any) -> str:
    """Square metres, 2 places, plain text: 12,353.33 m²."""
    number = as_decimal(value)
    return DASH if number is None else _("%(area)s m²") % {"area": grouped(number)}


@register.filter
def area(value: Any) -> SafeString | str:
    """Mu first with square metres beside, as on every page: 18.53 亩 (12,353.33 m²)."""
    if as_decimal(value) is None:
        return DASH
    return format_html('<span class="area"><b>{}</b> <small>{}</small></span>', mu(value), m2(value))


@register.filter
def metres(value: Any) -> str:
    """Metres below one kilometre, kilometres with 3 places above: 860 m, 4.215 km."""
    number = as_decimal(value)
    if number is None:
        return DASH
    if abs(number) < 1000:
        return _("%(length)s m") % {"length": grouped(number, 0)}
    return _("%(length)s km") % {"length": grouped(number / 1000, 3)}


@register.filter
def money(yuan: Any) -> str:
    """Yuan and fen: 1,234,567.80 元."""
    number = as_decimal(yuan)
    return DASH if number is None else _("%(amount)s yuan") % {"amount": grouped(number)}


@register.filter
def wan(yuan: Any) -> str:
    """Ten thousand yuan with 4 places at most as offices write totals: 123.4568 万元."""
    number = as_decimal(yuan)
    if number is None:
        return DASH
    text = grouped(number / 10000, 4).rstrip("0").rstrip(".")
    return _("%(amount)s ten thousand yuan") % {"amount": text}


@register.filter
def number(value: Any, places: int = 0) -> str:
    """A plain number with thousands separators."""
    figure = as_decimal(value)
    return DASH if figure is None else grouped(figure, int(places))


@register.filter
def percent(value: Any) -> str:
    """A ratio (0.4) as a percentage without needless zeros: 40%."""
    figure = as_decimal(value)
    if figure is None:
        return DASH
    return grouped(figure * 100, 2).rstrip("0").rstrip(".") + "%"


def _fraction(value: Any) -> tuple[int, int] | None:
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


@register.filter
def share(value: Any) -> str:
    """A share as n/d with its percentage: 3/5 (60%); a whole share is said in a word. 中文：份额。"""
    pair = _fraction(value)
    if pair is None:
        return DASH
    num, den = pair
    if num == den:
        return _("whole")
    exact = Decimal(num) / Decimal(den)
    sign = "" if (exact * 10000) % 1 == 0 else "≈"
    return f"{num}/{den} ({sign}{percent(exact)})"


@register.simple_tag
def counted(n: Any, noun: str) -> str:
    """A count with its noun in the right number: {% counted 1 "finding" %} -> 1 finding / 1 个问题."""
    total = int(n or 0)
    return str(COUNTED[noun] % {"n": total}) if total < 1000 else _large(total, noun)


def _large(total: int, noun: str) -> str:
    """The plural form with thousands separators in the figure."""
    return str(COUNTED[noun] % {"n": total}).replace(str(total), f"{total:,}", 1)


# --- days and periods ----------------------------------------------------------------------------------------------


@register.filter
def day(value: Any) -> str:
    """A day as ISO 2026-03-01; times lose their clock."""
    if isinstance(value, dt.datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, dt.date) else (str(value) if value else DASH)


@register.filter
def moment(value: Any) -> str:
    """Date and time to the minute: 2026-03-01 09:30, in the time zone of the office."""
    if not isinstance(value, dt.datetime):
        return day(value)
    return (localtime(value) if is_aware(value) else value).strftime("%Y-%m-%d %H:%M")


@register.filter
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


@register.filter
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


# --- people --------------------------------------------------------------------------------------------------------


@register.filter
def masked(name: Any) -> str:
    """A person's name with the middle hidden: 李*华, 王*. Offices and companies are not persons: do not mask them."""
    text = str(name or "").strip()
    if len(text) < 2:
        return text or DASH
    return text[0] + "*" if len(text) == 2 else text[0] + "*" * (len(text) - 2) + text[-1]


@register.filter
def masked_phone(value: Any) -> str:
    """138****5678; shorter numbers keep their last two digits."""
    text = str(value or "").strip()
    if not text:
        return DASH
    return text[:3] + "****" + text[-4:] if len(text) >= 11 else "*" * max(len(text) - 2, 1) + text[-2:]


@register.filter
def masked_id(value: Any) -> str:
    """An ID number by its first three and last two signs: 532*************1X."""
    text = str(value or "").strip()
    if not text:
        return DASH
    return text[:3] + "*" * (len(text) - 5) + text[-2:] if len(text) > 8 else "*" * len(text)


# --- terms ---------------------------------------------------------------------------------------------------------


@register.filter
def term(label: Any) -> str:
    """The Chinese term of office of a lazily translated label, for readers of another language; else empty."""
    if translation.get_language() in (None, "zh-hans"):
        return ""
    shown = str(label)
    with translation.override("zh-hans"):
        chinese = str(label)
    return chinese if chinese != shown else ""


# --- signs ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: int = 20, label: Any = "") -> SafeString:
    """A symbol of img/icons.svg. Decorative unless `label` is given."""
    href = static("registry/img/icons.svg") + "#" + name
    if label:
        return format_html(
            '<svg class="icon" width="{0}" height="{0}" role="img" aria-label="{2}"><use href="{1}"></use></svg>',
            size, href, label,
        )  # fmt: skip
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" aria-hidden="true"><use href="{1}"></use></svg>',
        size,
        href,
    )


def render_badge(badge: badges.Badge, word: Any = "") -> SafeString:
    """The HTML of one badge: tone, sign, word, and the hint on hover."""
    hint = format_html(' title="{}"', badge.hint) if badge.hint else mark_safe("")
    return format_html(
        '<span class="badge tone-{}"{}>{}<span>{}</span></span>',
        badge.tone, hint, icon(badge.icon, 16), word or badge.word,
    )  # fmt: skip


@register.simple_tag
def badge(kind: str, code: Any, word: Any = "") -> SafeString:
    """{% badge "verdict" "OCCUPIES" %}. Kinds: verdict severity finding unit upkeep condition batch row."""
    return render_badge(badges.badge_of(kind, str(code)), word)


@register.filter
def verdict_badge(code: Any) -> SafeString:
    """Filter form for table cells: {{ feature.verdict|verdict_badge }}. 中文：判定。"""
    return render_badge(badges.badge_of("verdict", str(code)))


@register.filter
def severity_badge(code: Any) -> SafeString:
    """{{ finding.severity|severity_badge }}. 中文：严重程度。"""
    return render_badge(badges.badge_of("severity", str(code)))


@register.filter
def unit_state_badge(code: Any) -> SafeString:
    """{{ unit.state|unit_state_badge }}. 中文：资产状态。"""
    return render_badge(badges.badge_of("unit", str(code)))


@register.filter
def upkeep_badge(code: Any) -> SafeString:
    """{{ row.upkeep|upkeep_badge }}. 中文：管护状态。"""
    return render_badge(badges.badge_of("upkeep", str(code)))


@register.filter
def finding_state_badge(code: Any) -> SafeString:
    """{{ finding.state|finding_state_badge }}. 中文：问题状态。"""
    return render_badge(badges.badge_of("finding", str(code)))


@register.simple_tag
def share_bar(entries: Any) -> SafeString:
    """The shares of one right as a bar of 100 units with one segment per entry; SVG, because style attributes are
    not allowed. `entries`: Entry objects, pairs (n, d) or texts 'n/d'. The rest that nobody holds stays hatched."""
    x, parts = Decimal(0), []
    for index, entry in enumerate(entries):
        pair = _fraction(entry)
        if pair is None:
            continue
        width = Decimal(pair[0] * 200) / Decimal(pair[1])
        parts.append(f'<rect class="seg seg-{index % 5}" x="{x:.2f}" y="0" width="{width:.2f}" height="10"/>')
        x += width
    body = "".join(parts)
    return mark_safe(  # noqa: S308 (numbers only)
        '<svg class="share-bar" viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="seg-rest" width="200" height="10"/>{body}</svg>'
    )


# --- pieces with content -------------------------------------------------------------------------------------------


def _piece(context: template.Context, name: str, values: dict[str, Any]) -> SafeString:
    """Render ui/<name>.html with `values` and the little of the page's context that pieces may read."""
    inner = context.new(values)
    for key in ("csrf_token", "request", "user"):
        if key in context:
            inner[key] = context[key]
    return context.template.engine.get_template(f"registry/ui/{name}.html").render(inner)


@register.simple_block_tag(takes_context=True)
def pagehead(context: template.Context, content: str, title: Any, **values: Any) -> SafeString:
    """Page head: title, optional term, lead, crumbs [(label, url)], badges; the content is the row of actions."""
    return _piece(context, "page_head", {"title": title, "actions": content.strip(), **values})


@register.simple_block_tag(takes_context=True)
def card(context: template.Context, content: str, **values: Any) -> SafeString:
    """A card: title, term, icon, note, link (url) with link_label, id, tone (todo), flush (table without padding)."""
    return _piece(context, "card", {"content": content, **values})


@register.simple_block_tag(takes_context=True)
def answer(context: template.Context, content: str, question: Any, **values: Any) -> SafeString:
    """One cell of the four-field answer: question, state (good|todo|act|alarm|unknown|...), sign word, url, link."""
    return _piece(context, "answer", {"content": content, "question": question, **values})


@register.simple_block_tag(takes_context=True)
def filterbar(context: template.Context, content: str, **values: Any) -> SafeString:
    """A GET form around filter fields: count, noun, reset (url), more (text of the fold), active (number in use)."""
    return _piece(context, "filter_bar", {"content": content, **values})


@register.simple_block_tag(takes_context=True)
def dialog(context: template.Context, content: str, id: str, title: Any, **values: Any) -> SafeString:
    """A confirmation: id, title, action (url), confirm (label), tone (danger). Opened by data-dialog-open="id"."""
    return _piece(context, "dialog", {"content": content, "id": id, "title": title, **values})


@register.inclusion_tag("registry/ui/filter_fields.html")
def filterfields(form: Any) -> dict[str, Any]:
    """The fields of a filter form side by side, inside {% filterbar %}."""
    return {"form": form}


@register.inclusion_tag("registry/ui/figure.html")
def figure(label: Any, value: Any, **values: Any) -> dict[str, Any]:
    """A big number: label, value, unit, note, url, tone, icon, kind ('area', 'money', 'count')."""
    kind = values.pop("kind", "")
    if kind == "area":
        values.update(unit=_("mu"), note=values.get("note") or m2(value))
        value = grouped(to_mu(as_decimal(value) or Decimal(0))) if as_decimal(value) is not None else DASH
    elif kind == "money":
        values.setdefault("unit", _("yuan"))
        value = DASH if as_decimal(value) is None else grouped(as_decimal(value) or Decimal(0))
    elif kind == "count":
        value = number(value)
    return {"label": label, "value": value, **values}


@register.filter
def verdict_look(code: Any) -> badges.Badge:
    """The Badge of a verdict, for ui/verdict.html."""
    return badges.badge_of("verdict", str(code))


@register.filter
def words(text: str) -> list[str]:
    """A text split at its spaces, for loops over fixed names."""
    return text.split()


@register.filter
def beside(row: Any, heads: Any) -> list[tuple[Any, Any]]:
    """Each cell with its column head: {% for head, cell in row|beside:heads %}."""
    return list(zip(heads, row, strict=True))


@register.filter
def page_numbers(page: Page) -> list[int | None]:
    """First, last and near pages; None stands for the gap."""
    last = page.paginator.num_pages
    near = sorted({1, last, *range(max(1, page.number - 2), min(last, page.number + 2) + 1)})
    shown: list[int | None] = []
    for number in near:
        if shown and shown[-1] is not None and number > shown[-1] + 1:
            shown.append(None)
        shown.append(number)
    return shown


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, key: str, number: int) -> str:
    """The address of another page of the same list, filters kept."""
    return query(context, **{key: number})


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The query string of this page with some keys changed ('' removes): href="{% query page=2 %}"."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value in ("", None):
            params.pop(key, None)
        else:
            params[key] = value
    return "?" + params.urlencode()
