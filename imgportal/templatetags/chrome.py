"""The frame that all pages have in common."""

from __future__ import annotations

from functools import cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache
def unchanging(name: str) -> SafeString:
    """A template without variables, drawn once per process as it is compiled once."""
    return render_to_string(name)
