"""A form in the address line. A wrong filter falls back to its default, and says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Hidden, Layout, Row
from crispy_forms.utils import render_crispy_form
from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from imgportal.lib import problems
from imgportal.lib.problems import ParameterFault

Choices = Sequence[tuple[str, str]]


def nameless_button(words: str, **attributes: str) -> StrictButton:
    """A button that sends the form and adds nothing to the address.

    crispy's own `Submit` always has a name, and HTML allows no empty one.
    """
    return StrictButton(words, type="submit", css_class="btn-primary", **attributes)


def build_helper(css_class: str, *pieces: Any, action: str = "") -> FormHelper:
    """How crispy draws a form that is sent into the address line."""
    helper = FormHelper()
    helper.form_method = "get"
    helper.form_action = action
    helper.form_class = css_class
    helper.disable_csrf = True
    helper.layout = Layout(*pieces)
    return helper


class FilterForm(forms.Form):
    """A form for the address line of a page: it never refuses, it falls back.

    `chosen` holds a usable value for every field. `notices` has one sentence for
    each value that could not be used, and `faults` the same for an answer that a program
    reads, which must refuse. `drawn` is its HTML. `offers` are the choices
    that depend on what is published. `kept` is what the address says beside its fields and
    goes on saying: the edition.
    """

    # Fields that choose other content: the address of a page and its title name them.
    chooses: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        offers: Mapping[str, Choices] | None = None,
        initial: Mapping[str, Any] | None = None,
        kept: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.offers = offers or {}
        self.kept = dict(kept or {})
        for name, choices in self.offers.items():
            cast(forms.ChoiceField, self.fields[name]).choices = list(choices)
        self.notices: list[str] = []
        self.faults: list[ParameterFault] = []
        self.defaults: dict[str, Any] = {
            name: self.get_initial_for_field(field, name)
            for name, field in self.fields.items()
        }
        self.chosen = dict(self.defaults)
        if data is not None:
            for name, field in self.fields.items():
                self._choose(name, field, data.getlist(name))

    def _choose(self, name: str, field: forms.Field, values: Sequence[str]) -> None:
        if not any(values):
            return
        if len(values) > 1 and not isinstance(field, forms.MultipleChoiceField):
            self.notices.append(self.say_several(field))
            self.faults.append(problems.repeated(name))
        elif name in self.errors:
            # Of several values, those that the field knows stay in force.
            valid = getattr(field, "valid_value", lambda value: False)
            wrong = [value for value in values if not valid(value)]
            right = [value for value in values if valid(value)]
            shown = ", ".join(problems.printable(value) for value in wrong[:3])
            if right:
                self.chosen[name] = right
            self.notices.append(self.say_unknown(field, shown, has_others=bool(right)))
            choices = getattr(field, "choices", ())
            offered = [str(value) for value, _ in choices if value]
            self.faults.append(problems.unknown_value(name, wrong, offered))
        else:
            self.chosen[name] = self.cleaned_data[name]

    def say_several(self, field: forms.Field) -> str:
        """Several values for a field that takes one."""
        label = str(field.label).lower()
        return f"The address names more than one {label}; we show the default."

    def say_unknown(self, field: forms.Field, shown: str, *, has_others: bool) -> str:
        """A value that the field does not know, alone or beside others that it does."""
        label = str(field.label).lower()
        instead = "leave it out" if has_others else "show the default"
        return f"We do not know the {label} “{shown}”; we {instead}."

    @property
    def is_narrowed(self) -> bool:
        """Is anything but the default in force?"""
        return self.chosen != self.defaults

    @property
    def drawn(self) -> SafeString:
        """The fields as HTML. They show what is in force, not what was asked for."""
        return _drawn(
            type(self),
            _hashable(self.offers),
            _hashable(self.chosen),
            _hashable(self.kept),
        )

    @property
    def content(self) -> dict[str, Any]:
        """What chooses the content of the page, where it is not the default."""
        return {
            name: value
            for name, value in self.chosen.items()
            if name in self.chooses and value and value != self.defaults[name]
        }

    @property
    def content_query(self) -> str:
        """That as a query string: one address for one content."""
        return urlencode(self.kept | self.content, doseq=True)

    @property
    def content_in_words(self) -> str:
        """For the title of the page, e.g. ": edition 2022, group US IMGs"."""
        words = []
        for name, value in self.content.items():
            field = self.fields[name]
            labels = dict(getattr(field, "choices", ()))
            values = value if isinstance(value, list) else [value]
            named = ", ".join(str(labels.get(part, part)) for part in values)
            words.append(f"{str(field.label).lower()} {named}")
        return f": {', '.join(words)}" if words else ""

    def query(self, **changed: Any) -> str:
        """What is in force as a query string, with some values changed."""
        return urlencode(
            self.kept
            | {name: value for name, value in (self.chosen | changed).items() if value},
            doseq=True,
        )

    def columns(self) -> Sequence[Any]:
        """The fields' layout, without the button."""
        raise NotImplementedError

    @property
    def helper(self) -> FormHelper:
        button = nameless_button("Show", css_id="show")
        row = Row(
            *self.columns(),
            Div(button, css_class="col-auto mb-3"),
            css_class="g-3 align-items-end",
        )
        kept = (Hidden(name, value) for name, value in self.kept.items())
        return build_helper("filters", *kept, row)


def _hashable(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in values.items()
    )


# Drawing a form takes longer than the rest of the page, and most readers see the
# same one.
@lru_cache(maxsize=256)
def _drawn(
    kind: type[FilterForm],
    offers: tuple[tuple[str, Any], ...],
    chosen: tuple[tuple[str, Any], ...],
    kept: tuple[tuple[str, Any], ...],
) -> SafeString:
    form = kind(offers=dict(offers), initial=dict(chosen), kept=dict(kept))
    return cast(SafeString, render_crispy_form(form))
