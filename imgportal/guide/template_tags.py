"""How the guide writes numbers, terms, doubts and sources into its sentences."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from imgportal.guide.glossary import TERMS
from imgportal.guide.grounds import GRADE_WORDS, GROUNDS, join_grades
from imgportal.guide.named_facts import FACTS
from imgportal.guide.pages import PAGES
from imgportal.guide.questions import QUESTIONS, describe_questions, extract_text
from imgportal.lib.json_ld import draw_json_ld
from imgportal.lib.official_sites import OFFICIAL_SITES
from profiles.choices import Confidence
from profiles.rules.days import in_words
from profiles.rules.text.rulebook import RULES

register = template.Library()


@register.simple_tag
def fact(name: str) -> str:
    """A number or date of `imgportal.guide.named_facts`, in words."""
    return FACTS[name].words


@register.simple_tag
def confirm(where: str) -> SafeString:
    """Says that what stands before it is not confirmed, and where to confirm it."""
    site = OFFICIAL_SITES[where]
    return format_html(
        '<a class="confirm" href="{}" rel="external">confirm on {}</a>',
        site.url,
        site.label,
    )


@register.simple_tag
def official(where: str) -> SafeString:
    """A link to an official site, by its name."""
    site = OFFICIAL_SITES[where]
    return format_html('<a href="{}" rel="external">{}</a>', site.url, site.label)


@register.simple_tag(takes_context=True)
def term(context: Context, key: str, words: str = "") -> str:
    """A term of the field; where a page first uses it, with its meaning at hand.

    The meaning opens without scripts: the button is the browser's own, and what it
    opens closes with Escape. A page that prints everything passes no `explained`.
    """
    entry = TERMS[key]
    explained: set[str] | None = context.get("explained")
    if explained is None or key in explained:
        return words or entry.name
    explained.add(key)
    return format_html(
        '<span class="term"><button type="button" class="term__word" '
        'popovertarget="term-{0}" interestfor="term-{0}">{1}</button>'
        '<span class="term__meaning" id="term-{0}" popover="auto"><strong>{2}</strong> '
        '<span>{3}</span> <a href="{4}#{0}">All terms</a></span></span>',
        key,
        words or entry.name,
        entry.name,
        entry.meaning,
        reverse("guide:glossary"),
    )


@register.simple_tag(takes_context=True)
def grounds(context: Context, names: str) -> SafeString:
    """What a part of a page rests on: each statement with its grade and its sources."""
    statements = [GROUNDS[name] for name in names.split()]
    return SafeString(
        render_to_string(
            "guide/grounds.html",
            {
                "short": join_grades(statements),
                "whole": context.get("whole", False),
                "grounds": [
                    {
                        "id": ground.id,
                        "is_rule": ground.id in RULES,
                        "grade": GRADE_WORDS[ground.confidence],
                        "sources": context["inputs"].list_sources(ground.sources),
                    }
                    for ground in statements
                ],
            },
        )
    )


@register.simple_tag(takes_context=True)
def documents(context: Context, keys: tuple[str, ...]) -> SafeString:
    """The documents behind one row of a table, as links."""
    html = render_to_string(
        "components/rule_sources.html",
        {"keys": keys, "known_sources": context["inputs"].figures.sources},
    )
    return SafeString(html.strip())


@register.simple_block_tag(takes_context=True)
def answer(context: Context, content: str, key: str) -> SafeString:
    """One question, with what stands inside as its answer."""
    context["answers"][key] = extract_text(content)
    return render_to_string(
        "guide/answer.html",
        {"key": key, "question": QUESTIONS[key].text, "body": content},
    )


@register.simple_tag(takes_context=True)
def faq(context: Context) -> SafeString:
    """The answers above it as a block of data for search engines."""
    return draw_json_ld(describe_questions(context["answers"]))


@register.simple_tag
def guide_url(slug: str) -> str:
    return PAGES[slug].get_absolute_url()


@register.filter
def day(value: date) -> str:
    """3 March 2027"""
    return in_words(value)


@register.filter
def written(value: date | int) -> str:
    """A value of a dated table: 3 March 2027, or a number as it is."""
    return in_words(value) if isinstance(value, date) else f"{value}"


@register.filter
def weekday(value: date) -> str:
    """Wed 3 Mar 2027"""
    return f"{value:%a} {value.day} {value:%b} {value.year}"


@register.filter
def hours(value: time) -> str:
    """9:00 pm"""
    return f"{value.hour % 12 or 12}:{value:%M} {'am' if value.hour < 12 else 'pm'}"


@register.filter
def zone_name(key: str) -> str:
    """Asia/Kolkata → Kolkata (Asia)"""
    region, _, place = key.replace("_", " ").partition("/")
    return f"{place.replace('/', ', ')} ({region})" if place else region


@register.simple_tag
def in_zone(moment: datetime, end: datetime | None, zone: ZoneInfo) -> str:
    """7:30 pm GMT+1, or Thu 4 Mar, 7:30 am GMT+5:30: the day where it is another one.

    The same words as those of here.js.
    """
    start = moment.astimezone(zone)
    words = _hour(start, day=moment.date())
    if end is not None:
        words += f" to {_hour(end.astimezone(zone), day=start.date())}"
    return f"{words} {_offset(start)}"


def _hour(moment: datetime, *, day: date) -> str:
    hour = hours(moment.time())
    if moment.date() == day:
        return hour
    return f"{moment:%a} {moment.day} {moment:%b}, {hour}"


def _offset(moment: datetime) -> str:
    """GMT+5:30, GMT-4, GMT: how many hours and minutes from Greenwich."""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    if not minutes:
        return "GMT"
    whole, rest = divmod(abs(minutes), 60)
    return f"GMT{'+' if minutes > 0 else '-'}{whole}{f':{rest:02}' if rest else ''}"


@register.filter
def grade(confidence: Confidence | None) -> str:
    """How far something can be trusted, in a word."""
    return GRADE_WORDS[confidence]
