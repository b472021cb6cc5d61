"""How drafts are written on the pages of staff."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms, template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from imgportal.lib import numbers
from stats.differences import ValueDifference
from stats.figures import Row

register = template.Library()


@register.simple_tag
def desk_cell(
    row: Row, column: str, changed: Mapping[tuple[str, str], ValueDifference]
) -> SafeString:
    """A value, and beside it the public one when publishing would change it."""
    value = numbers.value_or_dash(getattr(row, column))
    difference = changed.get((row.key, column))
    if difference is None:
        return format_html('<td class="num">{}</td>', value)
    return format_html(
        '<td class="num desk__changed">{} <span class="desk__public">public: {}</span></td>',
        value,
        numbers.value_or_dash(difference.before),
    )


@register.simple_tag
def labelled(field: forms.BoundField, row_label: str, begins_at: str) -> SafeString:
    """A field of a grid, named by its column and its row for whoever cannot see both.

    Typing begins in the field with the name `begins_at`.
    """
    attrs: dict[str, str | bool] = {"aria-label": f"{field.label}, {row_label}"}
    if field.html_name == begins_at:
        attrs["autofocus"] = True
    return field.as_widget(attrs=attrs)


@register.simple_tag
def seen(field: forms.BoundField) -> SafeString:
    """The value that was there when the editor first saw the field."""
    return field.as_hidden(only_initial=True)
