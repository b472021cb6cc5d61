"""How the written documents (docs/*.md) put values into tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import template

from profiles.choices import Confidence
from profiles.rules.reference import GradedValue

register = template.Library()


@register.filter
def cell(text: str) -> str:
    """A text that stays inside its cell."""
    return text.replace("|", "\\|").replace("\n", " ")


@register.filter
def keys(sources: Iterable[str]) -> str:
    """The keys of documents; a dash for none."""
    return ", ".join(sources) or "–"


@register.filter
def graded(value: GradedValue[date] | GradedValue[int] | None) -> str:
    """A value with a grade of its own; a dash where it was not found."""
    if value is None:
        return "–"
    is_sure = value.confidence != Confidence.UNCONFIRMED
    return f"{value.value}" if is_sure else f"{value.value} (unconfirmed)"
