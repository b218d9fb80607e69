"""The tags and filters every page is written with; docs/ui.md lists them with their examples."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.template.base import render_value_in_context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django_tables2.utils import signature

from registry import acts, badges, display
from registry.geo import mu as to_mu

register = template.Library()

for _filter in (
    display.mu,
    display.m2,
    display.area,
    display.metres,
    display.money,
    display.wan,
    display.number,
    display.percent,
    display.share,
    display.day,
    display.moment,
    display.quantity,
    display.yuan,
    display.period,
    display.days_ago,
    display.masked,
    display.masked_phone,
    display.masked_id,
    display.term,
):
    register.filter(_filter.__name__, _filter)

register.simple_tag(display.counted)


@register.simple_tag
def product_name() -> str:
    """The name of this installation (settings.SITE_NAME); sign-in views put a `site_name` of their own."""
    return str(settings.SITE_NAME)


@register.simple_tag
def icon(name: str, size: int = 20, label: Any = "") -> SafeString:
    """A symbol of img/icons.svg. Decorative unless `label` is given."""
    if not label:
        return _decorative(name, size)
    return _symbol(name, size, format_html('role="img" aria-label="{}"', label))


@lru_cache(maxsize=512)
def _decorative(name: str, size: int) -> SafeString:
    return _symbol(name, size, mark_safe('aria-hidden="true"'))


def _symbol(name: str, size: int, named: SafeString) -> SafeString:
    href = static("registry/img/icons.svg") + "#" + name
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" {2}><use href="{1}"></use></svg>', size, href, named
    )


def render_badge(badge: badges.Badge, word: Any = "") -> SafeString:
    """The HTML of one badge: tone, sign, word, and the hint on hover."""
    hint = format_html(' title="{}"', badge.hint) if badge.hint else mark_safe("")
    return format_html(
        '<span class="badge tone-{}"{}>{}<span>{}</span></span>',
        badge.tone, hint, icon(badge.icon, 16), word or badge.word,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def table_rows(context: template.Context, table: Any) -> SafeString:
    """The body of a table of django-tables2. What is one for a column (its opening tag, what its renderer
    wants to be told) is found once, not once a row."""
    columns = [
        (
            format_html('<td data-label="{}" {}>', column.header, column.attrs["td"].as_html()),
            column,
            _wanted(column.render),
        )
        for column in table.columns
    ]
    rows = []
    for row in table.paginated_rows:
        inner = "".join(
            f"{start}{render_value_in_context(_cell(row, column, wanted), context)}</td>"
            for start, column, wanted in columns
        )
        rows.append(f"<tr {row.attrs.as_html()}>{inner}</tr>")
    return mark_safe("\n".join(rows))  # noqa: S308 - every cell was escaped by render_value_in_context


def _wanted(renderer: Any) -> list[str] | None:
    """Names of the arguments of a column's renderer; None: all there are."""
    names, takes_all = signature(renderer)
    return None if takes_all else names


def _cell(row: Any, column: Any, wanted: list[str] | None) -> Any:
    """A cell as ``BoundRow.get_cell`` gives it."""

    def rendered(bound: Any, value: Any = None) -> Any:
        told = row._optional_cell_arguments(bound, value)
        content = bound.render(**(told if wanted is None else {name: told[name] for name in wanted}))
        return bound.link(content, **told) if bound.link else content

    return row._get_and_render_with(column, render_func=rendered, default=column.default)


@register.simple_tag
def badge(kind: str, code: Any, word: Any = "") -> SafeString:
    """{% badge "verdict" "OCCUPIES" %}. Kinds: verdict severity finding unit upkeep condition batch row."""
    return render_badge(badges.badge_of(kind, str(code)), word)


@register.filter
def act_sentence(verb: Any) -> str:
    """What an act of the book is called."""
    return acts.sentence(str(verb))


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
    """The shares of one right as a bar, one segment an entry; what nobody holds stays pale.

    `entries`: Entry objects, pairs (n, d) or texts 'n/d'. SVG, because style attributes are not allowed."""
    x, parts = Decimal(0), []
    for index, entry in enumerate(entries):
        pair = display.fraction(entry)
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


def _piece(context: template.Context, name: str, values: dict[str, Any]) -> SafeString:
    """Render ui/<name>.html with `values` and the little of the page's context that pieces may read."""
    inner = context.new(values)
    for key in ("csrf_token", "request", "user"):
        if key in context:
            inner[key] = context[key]
    engine = context.template.engine  # type: ignore[union-attr]
    return engine.get_template(f"registry/ui/{name}.html").render(inner)


@register.simple_block_tag(takes_context=True)
def pagehead(context: template.Context, content: str, title: Any, **values: Any) -> SafeString:
    """Page head: title, term, lead, crumbs [(label, url)], badges; the content is the row of actions."""
    return _piece(
        context, "page_head", {"title": title, "actions": content if content.strip() else "", **values}
    )


@register.simple_block_tag(takes_context=True)
def card(context: template.Context, content: str, **values: Any) -> SafeString:
    """A card: title, term, icon_name, count, note, url with link, id, tone ("todo"), flush (no padding)."""
    return _piece(context, "card", {"content": content, **values})


@register.simple_block_tag(takes_context=True)
def answer(context: template.Context, content: str, question: Any, **values: Any) -> SafeString:
    """One field of the 田 of answers: question, term, tone, sign, word, badge, main, url with link."""
    return _piece(context, "answer", {"content": content, "question": question, **values})


@register.simple_block_tag(takes_context=True)
def filterbar(context: template.Context, content: str, **values: Any) -> SafeString:
    """A GET form around filter fields: count with noun, reset (url), extra (end of the result line)."""
    return _piece(context, "filter_bar", {"content": content, **values})


@register.simple_block_tag(takes_context=True)
def dialog(context: template.Context, content: str, id: str, title: Any, **values: Any) -> SafeString:
    """A confirmation: id, title, action (url), confirm (label), tone ("danger"), method."""
    return _piece(context, "dialog", {"content": content, "id": id, "title": title, **values})


@register.inclusion_tag("registry/ui/filter_fields.html")
def filterfields(form: Any) -> dict[str, Any]:
    """The fields of a filter form side by side, inside {% filterbar %}."""
    return {"form": form}


@register.inclusion_tag("registry/ui/figure.html")
def figure(label: Any, value: Any, **values: Any) -> dict[str, Any]:
    """A big number: label, value, unit, note, url, tone, icon_name, kind ("area", "money", "count")."""
    kind = values.pop("kind", "")
    figure = display.as_decimal(value)
    if kind and figure is None:
        value = display.DASH
    elif figure is not None and kind == "area":
        value = display.grouped(to_mu(figure))
        values = {"unit": _("mu"), "note": display.m2(figure), **values}
    elif figure is not None and kind == "money":
        value, values = _big_money(figure, values)
    elif kind == "count":
        value = display.number(figure)
    return {"label": label, "value": value, **values}


@register.filter
def look(value: Any) -> Any:
    """A Badge as HTML; anything else as it is. Lets a list of tasks carry badges as values."""
    return render_badge(value) if isinstance(value, badges.Badge) else value


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


def _big_money(yuan: Decimal, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """From a million on, the big figure is in ten thousand yuan (万元) and the exact amount stands below."""
    if abs(yuan) < 1_000_000:
        return display.grouped(yuan), {"unit": _("yuan"), **values}
    return display.grouped(yuan / 10_000), {
        "unit": _("wan yuan"),
        "note": display.money(yuan),
        **values,
    }


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
