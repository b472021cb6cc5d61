"""How pages write figures: rounded, and with a dash where a value is missing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from imgportal.lib import numbers
from imgportal.lib.eastern_time import eastern_day
from imgportal.lib.json_ld import draw_json_ld
from stats import charts
from stats.choices import FigureTable
from stats.figures import WITHDRAWN, Placement, Provenance, ShownRow, why_missing
from stats.measures import Rate
from stats.preferred_match import FEW, PreferredMatch

register = template.Library()
register.filter(eastern_day)
register.simple_tag(draw_json_ld, name="json_ld")

CONFIDENCE_IN_SHORT = {
    "A": "Confirmed",
    "B": "Good",
    "C": "Use with care",
    WITHDRAWN: "Withdrawn",
}


@lru_cache(maxsize=64)
def _dash(why: str) -> SafeString:
    # Hidden text for screen readers, a title for a mouse: the dash has a reason.
    return format_html(
        '<span class="missing" title="{0}">–<span class="visually-hidden"> ({0})'
        "</span></span>",
        why[:1].upper() + why[1:],
    )


def _why(provenance: Provenance | None) -> str:
    return (provenance and provenance.missing_in_words) or "not in the sources we hold"


@register.simple_tag
def count(value: int | None, provenance: Provenance | None = None) -> str:
    """A count, or a dash with the reason of its row."""
    return _dash(_why(provenance)) if value is None else numbers.count(value)


@register.simple_tag
def percent(rate: Rate | None, provenance: Provenance | None = None) -> str:
    """A rate to one decimal; a printed one as printed, and marked."""
    if rate is None:
        return _dash(_why(provenance))
    if rate.printed is not None:
        return _printed_rate(f"{rate.printed:f}")
    return numbers.percent(rate.percent)


@lru_cache(maxsize=512)
def _printed_rate(digits: str) -> SafeString:
    # Remembered by its digits: 50 and 50.0 are equal, and yet not the same in print.
    return format_html(
        '{}%<abbr class="as-published" title="As published; the counts are not all '
        'known.">p</abbr>',
        digits,
    )


@register.simple_tag
def printed(value: Decimal | None, provenance: Provenance | None = None) -> str:
    """A number as its source prints it."""
    return _dash(_why(provenance)) if value is None else numbers.printed(value)


@register.simple_tag
def value_of(row: ShownRow, column: str) -> SafeString | str:
    """A value of a row, marked where it was derived; else a range, or a dash with its
    reason.
    """
    value = getattr(row, column)
    if value is None:
        between = getattr(row, "implied", {}).get(column)
        if between:
            return _implied(*between)
        return _dash(why_missing(row, column) or "not in the sources we hold")
    text = numbers.count(value) if isinstance(value, int) else numbers.printed(value)
    ways = row.provenance.ways_to(column)
    return _derived(text, ways) if ways else text


@lru_cache(maxsize=512)
def _derived(text: str, ways: tuple[str, ...]) -> SafeString:
    return format_html(
        '{}<abbr class="as-published" title="Derived: {}. No document states it.">d</abbr>',
        text,
        ", or ".join(ways),
    )


@lru_cache(maxsize=512)
def _implied(least: int, most: int) -> SafeString:
    written = (
        numbers.count(least)
        if least == most
        else f"{numbers.count(least)}–{numbers.count(most)}"
    )
    return format_html(
        '{}<abbr class="as-published" title="Derived from the other count and the '
        'printed rate; the count itself is not in the sources we hold.">d</abbr>',
        written,
    )


@register.simple_tag
def preferred_total(item: PreferredMatch) -> SafeString | str:
    """All who preferred a specialty, marked as the sum that it is; else a dash."""
    if item.matched is None or item.not_matched is None or item.preferred is None:
        return _dash("a count of one outcome is not in the sources we hold")
    return _derived_sum(item.matched, item.not_matched, item.preferred)


@lru_cache(maxsize=512)
def _derived_sum(matched: int, not_matched: int, both: int) -> SafeString:
    return format_html(
        '{}<abbr class="as-published" title="Derived: {} who matched to it and {} who '
        'did not.">d</abbr>',
        *map(numbers.count, (both, matched, not_matched)),
    )


@register.simple_tag
def few_people() -> int:
    """Below how many people a share is marked."""
    return FEW


@register.simple_tag
def few_mark(item: PreferredMatch) -> SafeString:
    """The mark of a share of few people, which one person moves a lot; else nothing."""
    if not item.is_few or item.one_person is None:
        return SafeString("")
    return _few(numbers.decimal(item.one_person))


@lru_cache(maxsize=64)
def _few(points: str) -> SafeString:
    return format_html(
        ' <abbr class="few" title="Few people: one more or fewer who matched moves the '
        'share by {} points.">few</abbr>',
        points,
    )


@register.simple_tag
def count_or_printed(
    value: int | Decimal | None, why: str = "", *, with_digits: bool = False
) -> str:
    """A count or a printed number, for places that hold both."""
    if value is None:
        return _dash(why or "not available")
    if isinstance(value, int):
        return numbers.count(value)
    return f"{value:f}" if with_digits else numbers.printed(value)


@register.filter
def plain_percent(rate: Rate) -> str:
    """A rate for running text and titles, without a mark."""
    if rate.printed is not None:
        return f"{rate.printed:f}%"
    return numbers.percent(rate.percent)


@register.filter
def plain_count(value: int) -> str:
    return numbers.count(value)


@register.filter
def absolute(value: int) -> str:
    return numbers.count(abs(value))


@register.filter
def change(value: int | None) -> str:
    """A change of a count with its sign; empty when it is not known."""
    if value is None:
        return ""
    if value == 0:
        return "no change"
    return numbers.signed(numbers.count(value), negative=value < 0)


@register.filter
def points_change(value: Fraction | None) -> str:
    """A change of a rate in percentage points; empty when it is not known."""
    if value is None:
        return ""
    if value == 0:
        return "no change"
    size = numbers.decimal(abs(value))
    if size == "0.0":
        return "under 0.1"
    return numbers.signed(size, negative=value < 0)


@register.filter
def plain_points(value: Fraction) -> str:
    return numbers.decimal(abs(value))


@register.filter
def confidence_in_short(provenance: Provenance) -> str:
    return CONFIDENCE_IN_SHORT[provenance.shown_grade]


# How a sentence names the grade of its figures. A confirmed one needs no mark.
UNCONFIRMED_IN_WORDS = {
    "B": "graded good, not confirmed",
    "C": "use with care",
    WITHDRAWN: "withdrawn",
}


def _least_certain(figures: Any) -> str:
    """The grade of the least certain of these: rows, placements, lists of either."""
    if not figures:
        return "A"
    if isinstance(figures, list | tuple):
        return max(map(_least_certain, figures), default="A")
    if isinstance(figures, Placement):
        return _least_certain([figures.row, figures.result])
    grade: str = figures.provenance.shown_grade
    return grade


@register.simple_tag
def trust(*figures: Any) -> SafeString:
    """The mark of a sentence whose figures are not confirmed; else nothing."""
    grade = _least_certain(figures)
    return _trust(grade) if grade in UNCONFIRMED_IN_WORDS else SafeString("")


@lru_cache(maxsize=4)
def _trust(grade: str) -> SafeString:
    return format_html(
        ' <a class="trust source__grade source__grade--{}" href="{}#confidence">'
        '<span class="visually-hidden">How far these figures can be trusted: </span>{}'
        "</a>",
        grade,
        reverse("measures"),
        CONFIDENCE_IN_SHORT[grade],
    )


@register.simple_tag
def grade_mark(row: ShownRow | PreferredMatch) -> SafeString:
    """How far a value can be trusted, as small as a word, where its column has no room
    for more: the same circles as in its source mark.
    """
    return _grade_mark(row.provenance.shown_grade)


@lru_cache(maxsize=4)
def _grade_mark(grade: str) -> SafeString:
    return format_html(
        '<span class="grade-mark source__grade--{}" title="{}"><span '
        'class="visually-hidden">{}</span></span>',
        grade,
        *[CONFIDENCE_IN_SHORT[grade]] * 2,
    )


@register.filter
def trust_in_words(figures: Any) -> str:
    """The same for plain text: in brackets, after a space."""
    words = UNCONFIRMED_IN_WORDS.get(_least_certain(figures))
    return f" ({words})" if words else ""


def _render(template: str, **context: Any) -> SafeString:
    html = get_template(template).render(context)
    return mark_safe(html)  # noqa: S308 - rendered by a template that escapes


@lru_cache(maxsize=2048)
def _source_mark(
    provenance: Provenance, table: FigureTable, key: str, of_what: str
) -> SafeString:
    place = {
        "year": provenance.match_year,
        "version": provenance.version,
        "table": table.value,
        "row": key,
    }
    return _render(
        "components/source_mark.html",
        provenance=provenance,
        of_what=of_what,
        report_query=urlencode(place, safe="/"),
    )


@register.simple_tag
def source_mark(row: ShownRow, of_what: str) -> SafeString:
    """Where a row comes from, one click away."""
    return _source_mark(row.provenance, row.table, row.key, of_what)


@lru_cache(maxsize=4096)
def _part(template: str, item: Any, label: str) -> SafeString:
    return _render(template, item=item, label=label)


@register.simple_tag
def part(template: str, item: Any, label: str = "") -> SafeString:
    """A template about a frozen row or strip, kept because equal ones look the same."""
    return _part(template, item, label)


CHART_TEMPLATES = {
    charts.LineChart: "components/line_chart.html",
    charts.BarChart: "components/bar_chart.html",
    charts.ScoreStrip: "components/score_strip.html",
    charts.Spark: "components/sparkline.html",
}


@lru_cache(maxsize=512)
def _drawn(drawing: Any, label: str) -> SafeString:
    return _render(CHART_TEMPLATES[type(drawing)], chart=drawing, label=label)


@register.simple_tag
def draw(drawing: Any, label: str = "") -> str:
    """The SVG of anything `stats.charts` computes; nothing for None."""
    return "" if drawing is None else _drawn(drawing, label)


@register.simple_tag(takes_context=True)
def offer_embed(
    context: Context, name: str, drawing: Any, edition: int, **choices: Any
) -> SafeString:
    """How to take a chart along; nothing where there is none or nothing is published.

    `drawing` is a chart, score strips, or the title of a headline figure. `choices` are
    the parameters of the chart in /embed/, text or lists of it.
    """
    request = context.get("request")
    if not drawing or request is None or not edition:
        return SafeString("")
    query = urlencode(
        {key: value for key, value in choices.items() if value}, doseq=True
    )
    return _embed_offer(
        f"{request.scheme}://{request.get_host()}",
        name,
        query,
        edition,
        _title_of(drawing),
        _frame_size(drawing),
    )


def _title_of(drawing: Any) -> str:
    if isinstance(drawing, tuple):
        return "Step 2 CK scores"
    return drawing if isinstance(drawing, str) else str(drawing.title)


def _frame_size(drawing: Any) -> str:
    """How large a frame shows all of it, as CSS: a page in a frame cannot say. Measured on
    a phone and on a desk; a browser test holds that nothing has to be scrolled.
    """
    match drawing:
        case charts.LineChart():
            # It grows with its width.
            return f"aspect-ratio:4/3;min-height:{_between(45, 40)}"
        case charts.BarChart(bars=bars):
            return f"height:{_between(22 + 3 * len(bars), 19 + 1.9 * len(bars))}"
        case tuple():
            return (
                f"height:{_between(24 + 5.8 * len(drawing), 21 + 4.3 * len(drawing))}"
            )
    return f"height:{_between(29, 25)}"


# Widths of a window, in rem: the narrowest phone, and from where on all is in one line.
PHONE, DESK = 20, 36


def _between(phone: float, desk: float) -> str:
    """A length that falls from a phone to a desk, and no further."""
    fall = (phone - desk) / (DESK - PHONE)
    return f"max({desk:.0f}rem,{phone + fall * PHONE:.0f}rem - {100 * fall:.0f}vw)"


@lru_cache(maxsize=256)
def _embed_offer(
    site: str, name: str, query: str, edition: int, title: str, size: str
) -> SafeString:
    frozen = "&".join(filter(None, (query, f"edition={edition}")))
    page = site + reverse("stats:embed", args=[name])
    svg, png = (
        site + reverse("stats:embed_file", args=[name, form]) for form in ("svg", "png")
    )
    picture, frame = f"{svg}?{frozen}", f"{page}?{frozen}"
    return _render(
        "components/embed_offer.html",
        name=name,
        title=title,
        edition=edition,
        image=f'<img src="{escape(picture)}" alt="{escape(title)}" '
        'style="max-width:100%;height:auto">',
        iframe=f'<iframe src="{escape(frame)}" title="{escape(title)}" '
        f'style="width:100%;{size};border:0" loading="lazy"></iframe>',
        picture=picture,
        png=f"{png}?{frozen}",
        frame=frame,
        cite_name=f"chart-{name}",
        cite_query=frozen,
        live=f"{svg}?{query}" if query else svg,
    )


@register.simple_tag
@lru_cache(maxsize=256)
def measure(key: str, text: str) -> SafeString:
    """A measure's name, linked to its definition."""
    return format_html(
        '<a class="measure" href="{}#{}">{}</a>', reverse("measures"), key, escape(text)
    )
