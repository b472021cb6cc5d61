"""The field that everybody finds at the top of every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field
from django import forms
from django.urls import reverse

from imgportal.lib.filter_form import FilterForm, build_helper, nameless_button
from imgportal.search.words import join_lines

LONGEST = 100
# To compose letters from marks takes time by the square of their number, so no more is
# looked at; a question of that length is too long anyway.
LONGEST_READ = 250


class SearchForm(FilterForm):
    """`/search/`: whatever is typed, something sensible is made of it."""

    q = forms.CharField(
        label="What are you looking for?",
        required=False,
        initial="",
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "maxlength": LONGEST,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "enterkeyhint": "search",
            }
        ),
    )

    def _choose(self, name: str, field: forms.Field, values: Sequence[str]) -> None:
        questions = [
            text for value in values if (text := join_lines(value[:LONGEST_READ]))
        ]
        if not questions:
            return
        if len(questions) > 1:
            self.notices.append(
                "The address holds more than one question; this answers the first."
            )
        self.chosen[name] = questions[0][:LONGEST].strip()
        if len(questions[0]) > LONGEST:
            self.notices.append(
                f"That is a long question; we looked for its first {LONGEST} characters."
            )

    @property
    def helper(self) -> FormHelper:
        return _build_helper(
            "search-form search-form--large",
            Field("q", wrapper_class="search-form__field"),
            nameless_button("Search", css_id="search-again"),
        )


class HeaderSearchForm(SearchForm):
    """The same in the header: empty, and the same bytes on every page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Beside a larger one on the same page, so it needs names of its own.
        self.auto_id = "site_%s"

    @property
    def helper(self) -> FormHelper:
        field = self.fields["q"]
        field.label = "Search the site"
        field.widget.attrs["placeholder"] = "Search"
        helper = _build_helper(
            "search-form",
            Field("q", wrapper_class="search-form__field"),
            # A magnifying glass, drawn by the style sheet around the word.
            StrictButton(
                '<span class="visually-hidden">Search</span>',
                type="submit",
                css_class="search-form__button",
            ),
        )
        helper.label_class = "visually-hidden"
        helper.attrs["aria-label"] = "Site"
        return helper


def _build_helper(css_class: str, *pieces: Any) -> FormHelper:
    helper = build_helper(css_class, *pieces, action=reverse("search"))
    helper.attrs = {"role": "search", "aria-label": "Search"}
    return helper
