"""The frame that all pages have in common."""

from __future__ import annotations

from functools import cache

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from imgportal.lib import email_addresses
from imgportal.search import forms
from imgportal.social_pictures import picture_address

register = template.Library()


@register.simple_tag
@cache
def unchanging(name: str) -> SafeString:
    """A template without variables, drawn once per process as it is compiled once."""
    return render_to_string(name)


@register.simple_tag
def operator() -> dict[str, str]:
    """Who runs this installation, as its settings say; a part is empty without them."""
    return {
        "name": settings.OPERATOR,
        "email": settings.OPERATOR_EMAIL,
        "code": settings.SOURCE_CODE,
    }


@register.simple_tag
@cache
def site_search() -> SafeString:
    """The field at the top of every page."""
    return forms.HeaderSearchForm().drawn


@register.simple_tag
@cache
def large_search() -> SafeString:
    """The field of the search page, for pages that somebody did not mean to see."""
    return forms.SearchForm().drawn


@register.simple_tag(takes_context=True)
def social_picture(context: Context) -> str:
    """The path of the picture that is shown for a link to this page."""
    form = context.get("form")
    query = context.get("content_query") or getattr(form, "content_query", "")
    return picture_address(context["request"], str(query))


register.filter("address_for_reading", email_addresses.for_reading)
