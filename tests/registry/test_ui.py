"""The visual language: numbers as people read them, signs that do not speak by colour alone, a strict CSP."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Engine, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext_lazy

from registry import badges, display
from registry.renderer import FormRenderer

ROOT = Path(__file__).resolve().parents[2]
APPS = ("registry", "land", "projects", "assets", "maps")
STATIC = ROOT / "registry" / "static" / "registry"
TEMPLATES = sorted(
    path
    for app in APPS
    if (ROOT / app / "templates").is_dir()
    for path in (ROOT / app / "templates").rglob("*.html")
)
SHEETS = sorted((STATIC / "css").glob("*.css"))


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def show(source: str, **context: object) -> str:
    """A piece of template with the tags of the register."""
    request = RequestFactory().get("/ledger/?q=a&page=2")
    return Template(source, engine=Engine.get_default()).render(Context({"request": request, **context}))


# --- numbers


def test_area_is_mu_first_with_square_metres_beside():
    html = show("{{ a|area }}", a=Decimal("12353.33"))
    assert html == '<span class="area"><b>18.53 mu</b> <small>12,353.33 m²</small></span>'


def test_areas_are_rounded_half_up_and_converted_from_square_metres():
    assert display.m2(Decimal("0.005")) == "0.01 m²"
    assert display.mu(Decimal("3.3334")) == "0.01 mu"


@pytest.mark.parametrize("value", [None, "", "not a number", Decimal("NaN"), float("inf"), True])
@pytest.mark.parametrize(
    "write", [display.mu, display.m2, display.area, display.money, display.wan, display.percent]
)
def test_what_is_missing_is_a_dash_and_never_a_zero(write, value):
    assert write(value) == "—"


def test_money_keeps_the_fen():
    assert display.money("1234567.8") == "1,234,567.80 yuan"
    assert display.money(-5) == "-5.00 yuan"


def test_ten_thousand_yuan_drop_needless_zeros():
    assert display.wan("1234567") == "123.4567 wan yuan"
    assert display.wan(50000) == "5 wan yuan"


def test_lengths_change_to_kilometres_at_one_thousand_metres():
    assert display.metres(999) == "999 m"
    assert display.metres(4215) == "4.215 km"


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ((3, 5), "3/5 (60%)"),
        ("1/3", "1/3 (≈33.33%)"),
        ((7, 7), "whole"),
        (SimpleNamespace(share_num=1, share_den=8), "1/8 (12.5%)"),
        ("3/0", "—"),
        ("x/y", "—"),
        (None, "—"),
    ],
)
def test_shares_are_fractions_with_their_percentage(given, written):
    assert display.share(given) == written


def test_counts_have_the_right_number_of_the_noun():
    assert [display.counted(n, "finding") for n in (0, 1, 2)] == ["0 findings", "1 finding", "2 findings"]
    assert display.counted(1204, "asset") == "1,204 assets"
    assert show('{% counted 1 "village" %}') == "1 village"


def test_the_last_day_of_a_half_open_period_belongs_to_it():
    assert display.period((dt.date(2021, 3, 1), dt.date(2026, 1, 1))) == "2021-03-01 to 2025-12-31"
    assert display.period(SimpleNamespace(lower=dt.date(2021, 3, 1), upper=None)) == "since 2021-03-01"
    assert display.period((None, dt.date(2026, 1, 1))) == "until 2025-12-31"
    assert display.period(None) == "—"


def test_days_are_told_from_today():
    today = dt.date(2026, 3, 1)
    told = [display.days_ago(today + dt.timedelta(days=n), today) for n in (-12, -1, 0, 1)]
    assert told == ["12 days ago", "1 day ago", "today", "in 1 day"]


def test_moments_are_written_in_the_time_zone_of_the_office():
    assert display.moment(dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)) == "2026-03-02 07:30"


# --- people


@pytest.mark.parametrize(
    ("name", "shown"), [("李建华", "李*华"), ("王五", "王*"), ("欧阳建国", "欧**国"), ("李", "李"), ("", "—")]
)
def test_names_of_persons_are_masked(name, shown):
    assert display.masked(name) == shown


def test_numbers_of_persons_are_masked():
    assert display.masked_phone("13812345678") == "138****5678"
    assert display.masked_phone("8765") == "**65"
    assert display.masked_id("53252319800101001X") == "532*************1X"
    assert display.masked_id("12345678") == "********"


# --- terms and signs


def test_the_term_of_office_stands_beside_a_label_only_for_readers_of_another_language():
    label = gettext_lazy("Enter a valid date.")
    assert display.term(label) == "输入一个有效的日期。"
    with translation.override("zh-hans"):
        assert display.term(label) == ""
    assert display.term("a text that nobody translates") == ""


def test_every_badge_has_word_sign_and_tone():
    symbols = set(re.findall(r'symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()))
    css = (STATIC / "css" / "parts.css").read_text()
    for kind, codes in badges.KINDS.items():
        for code, look in codes.items():
            assert str(look.word), (kind, code)
            assert look.icon in symbols, (kind, code)
            assert f".tone-{look.tone} " in css, (kind, code)


def test_no_two_codes_of_a_kind_look_and_read_the_same():
    for kind, codes in badges.KINDS.items():
        looks = [(str(look.word), look.icon, look.tone) for look in codes.values()]
        assert len(set(looks)) == len(looks), kind


def test_an_unknown_code_is_shown_and_not_hidden():
    html = show('{% badge "verdict" code %}', code="<b>")
    assert "tone-unknown" in html
    assert "&lt;b&gt;" in html


def test_verdicts_are_ordered_worst_first():
    assert badges.VERDICT_ORDER == ("OCCUPIES", "INVALID", "NO_DATA", "REVIEW", "NOISE", "TOUCH", "NONE")


def test_the_share_bar_draws_each_share_to_scale():
    html = show("{% share_bar e %}", e=["3/5", "1/5"])
    assert re.findall(r'seg-\d" x="([\d.]+)" y="0" width="([\d.]+)"', html) == [
        ("0.00", "120.00"),
        ("120.00", "40.00"),
    ]


def test_icons_of_templates_exist():
    symbols = set(re.findall(r'symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()))
    asked = {
        (name, path.name)
        for path in TEMPLATES
        for name in re.findall(r'{%-? ?icon "([\w-]+)"|(?:sign|icon_name)="([\w-]+)"', path.read_text())
        for name in name
        if name
    }
    assert {(name, where) for name, where in asked if name not in symbols} == set()


# --- pieces


def test_block_pieces_escape_their_values_and_keep_their_content():
    html = show("{% card title=t %}<p>{{ t }}</p>{% endcard %}", t="<script>")
    assert "<p>&lt;script&gt;</p>" in html
    assert "<script>" not in html


def test_a_dialog_posts_with_a_token_and_can_be_left():
    html = show(
        '{% dialog id="d" title="Sure?" action="/x/" %}<p>Really.</p>{% enddialog %}', csrf_token="abc"
    )
    assert 'name="csrfmiddlewaretoken" value="abc"' in html
    assert "data-dialog-close" in html
    assert 'aria-labelledby="d-title"' in html


def test_figures_of_money_change_to_ten_thousand_yuan_with_the_exact_amount_below():
    html = show('{% figure "Value" 31426700.5 kind="money" %}')
    assert "3,142.67" in html
    assert "31,426,700.50 yuan" in html
    assert "999,999.99" in show('{% figure "Value" 999999.99 kind="money" %}')


def test_a_figure_without_a_value_is_a_dash():
    assert "—" in show('{% figure "Area" v kind="area" %}', v=None)


def test_page_numbers_name_first_last_and_near_pages():
    page = Paginator(range(1000), 50).page(7)
    assert show("{% for n in page|page_numbers %}[{{ n }}]{% endfor %}", page=page) == (
        "[1][None][5][6][7][8][9][None][20]"
    )


def test_page_links_keep_the_filters():
    html = render_to_string(
        "registry/ui/pages.html",
        {"page": Paginator(range(1000), 50).page(2), "request": RequestFactory().get("/l/?q=a&page=2")},
    )
    assert 'href="?q=a&amp;page=3"' in html


def test_progress_asks_again_only_while_the_work_runs():
    running = {"title": "Reading", "done": 5, "total": 10, "url": "/jobs/1/"}
    assert 'hx-get="/jobs/1/"' in render_to_string("registry/ui/progress.html", running)
    assert 'value="5"' in render_to_string("registry/ui/progress.html", running)
    for over in ({"finished": True}, {"error": "The file is damaged."}):
        assert "hx-get" not in render_to_string("registry/ui/progress.html", running | over)


class _Form(forms.Form):
    default_renderer = FormRenderer
    name = forms.CharField(label="Name", help_text="As in the ledger.")
    sure = forms.BooleanField(label="Sure", required=False)
    way = forms.ChoiceField(label="Way", widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])


def test_form_errors_stand_in_the_summary_and_at_the_field():
    html = str(_Form({"way": "a"}))
    assert '<a href="#id_name">Name</a>' in html
    assert html.count("This field is required.") == 2


@pytest.mark.parametrize("data", [None, {}])
def test_ids_that_fields_are_described_by_exist(data):
    html = str(_Form(data))
    described = {name for names in re.findall(r'aria-describedby="([^"]+)"', html) for name in names.split()}
    assert described
    assert described <= set(re.findall(r' id="([^"]+)"', html))


def test_table_cells_carry_their_column_head_for_the_phone():
    import django_tables2 as tables

    class Table(tables.Table):
        name = tables.Column(verbose_name="Name")
        value = tables.Column(verbose_name="Value", attrs={"td": {"class": "num"}})

    request = RequestFactory().get("/l/?sort=name")
    table = Table([{"name": "<b>", "value": 3}], order_by="name", request=request)
    html = table.as_html(request)
    assert '<td data-label="Value" class="num">3</td>' in html
    assert "&lt;b&gt;" in html
    assert 'aria-label="sorted upwards"' in html
    empty = Table([], request=request, empty_text="No asset matches.").as_html(request)
    assert '<p class="empty-title">No asset matches.</p>' in empty


def test_the_styleguide_shows_every_badge():
    from registry.views.styleguide import SampleForm, _samples

    html = render_to_string(
        "registry/ui/styleguide.html",
        {
            "kinds": badges.KINDS.items(),
            "form": SampleForm({}),
            "request": RequestFactory().get("/"),
            **_samples(),
        },
    )
    for codes in badges.KINDS.values():
        for look in codes.values():
            assert f"<span>{look.word}</span>" in html.replace("&#x27;", "'")
