"""How forms of a record ask for specialties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django import forms

from profiles.record_tables import RecordField
from stats import public


def specialty_field(field: RecordField, chosen: Sequence[str]) -> forms.Field:
    """Boxes to tick: today's specialties, and those of `chosen` that are none any more."""
    return forms.MultipleChoiceField(
        label=field.label,
        help_text=field.hint,
        required=False,
        choices=_offered(chosen),
        widget=forms.CheckboxSelectMultiple,
    )


def _offered(chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Today's specialties, and those that somebody chose before a merger."""
    specialties = public.everything().specialties
    offered = {
        slug: specialty.short_name
        for slug, specialty in specialties.items()
        if not specialty.successor or slug in chosen
    }
    # A name that is not published any more still is what somebody chose.
    return [*offered.items(), *((slug, slug) for slug in chosen if slug not in offered)]


def each_once(slugs: Iterable[str], most: int) -> list[str]:
    """The specialties chosen, each once. Raises ValidationError when they are too many."""
    chosen = list(dict.fromkeys(slugs))
    if len(chosen) > most:
        raise forms.ValidationError(f"These are {len(chosen)}; choose {most} at most.")
    return chosen
