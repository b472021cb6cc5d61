"""The questions that the guide asks. Nothing is stored, and no answer is refused.

Answers are choices, never dates or names, so that an address tells little.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout
from django import forms
from django.http import QueryDict

from imgportal.lib.filter_form import FilterForm, nameless_button
from imgportal.lib.time_zones import zone_choices
from profiles.rules.days import in_words
from profiles.rules.facts import Person
from profiles.rules.numbers import CANADA_IMG_FROM
from profiles.rules.reference import GradedValue, Reference
from profiles.rules.tables import img_status, pathways
from profiles.rules.tables.img_status import Classified
from profiles.rules.tables.pathways import Routed

ONE_DAY = timedelta(days=1)
YES, NO, UNSURE = "yes", "no", ""


class QuestionForm(FilterForm):
    """Questions with a button; every one may be left open."""

    @property
    def is_asked(self) -> bool:
        """Did somebody answer anything?"""
        return any(self.chosen.values())

    def columns(self) -> Sequence[Any]:
        return tuple(self.fields)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_method = "get"
        helper.form_class = "questions"
        # The answer stands above the questions.
        helper.form_action = "#answer"
        helper.disable_csrf = True
        helper.layout = Layout(
            *self.columns(),
            nameless_button("See the answer", css_id="see"),
        )
        return helper


def _question(label: str, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, required=False, widget=forms.RadioSelect
    )


# ISO gives the last code to no country: here it stands for all others.
SCHOOL_COUNTRIES = {"us": "US", "canada": "CA", "elsewhere": "ZZ"}


class ClassifyForm(QuestionForm):
    """Who is an IMG (table T10)."""

    school = _question("Where is the medical school that gave you your first degree?")
    graduated = _question("When did you graduate? This matters for Canada only.")
    citizen = _question("Are you a citizen of the United States?")

    @classmethod
    def read(cls, query: QueryDict | None) -> ClassifyForm:
        last_day = CANADA_IMG_FROM - ONE_DAY
        return cls(
            query,
            offers={
                "school": [
                    ("us", "In the United States or a territory such as Puerto Rico"),
                    ("canada", "In Canada"),
                    ("elsewhere", "In another country"),
                ],
                "graduated": [
                    ("before", f"On {in_words(last_day)} or earlier"),
                    ("since", "Later, or not yet"),
                ],
                "citizen": [(YES, "Yes"), (NO, "No, or green card only")],
            },
            initial={"school": "", "graduated": "", "citizen": ""},
        )

    @property
    def answer(self) -> Classified:
        graduation: dict[str, date | None] = {
            "before": CANADA_IMG_FROM - ONE_DAY,
            "since": CANADA_IMG_FROM,
        }
        return img_status.classified(
            school_country=SCHOOL_COUNTRIES.get(self.chosen["school"], ""),
            graduation=graduation.get(self.chosen["graduated"]),
            us_citizen={YES: True, NO: False}.get(self.chosen["citizen"]),
        )


class PathwayForm(QuestionForm):
    """Which Pathway (table T6), for one season."""

    cs = _question("Did you take Step 2 CS?")
    licence = _question(
        "Were you licensed to practise without supervision, in any country?",
        "A training licence does not count.",
    )
    discipline = _question("Was your licence ever subject to discipline?")
    graduated = _question("When did you graduate, or will you?")
    school = _question("Which of these is true of your school?")

    @classmethod
    def read(
        cls, query: QueryDict | None, *, season: int, reference: Reference
    ) -> PathwayForm:
        row = reference.season(season)
        licence = _cut_off(row.licence_from if row else None)
        graduation = _cut_off(row.graduated_from if row else None)
        form = cls(
            query,
            offers={
                "cs": [
                    ("never", "No"),
                    ("passed", "Yes, and my pass counts for ECFMG today"),
                    ("failed", "Yes, and I have no pass that counts"),
                    (UNSURE, "I am not sure"),
                ],
                "licence": [
                    (YES, f"Yes, and it was valid {licence}"),
                    (NO, "No, or only before that"),
                    (UNSURE, "I am not sure"),
                ],
                "discipline": [(YES, "Yes"), (NO, "No"), (UNSURE, "I am not sure")],
                "graduated": [
                    (YES, f"{graduation[:1].upper()}{graduation[1:]}"),
                    (NO, "Before that"),
                    (UNSURE, "I am not sure"),
                ],
                "school": [
                    (
                        "osce",
                        "Its clinical exam (OSCE) is required by the country for a "
                        "licence, and no agency as named below accredits it",
                    ),
                    ("wfme", "An agency that WFME recognises accredits it"),
                    ("ncfmea", "An agency that NCFMEA found comparable accredits it"),
                    (
                        "joint",
                        "It gives its degree together with a US school that LCME "
                        "accredits",
                    ),
                    ("none", "None of these"),
                    (UNSURE, "I am not sure"),
                ],
            },
            initial={
                "cs": "",
                "licence": "",
                "discipline": "",
                "graduated": "",
                "school": "",
            },
        )
        form.season, form.reference = season, reference
        return form

    season: int
    reference: Reference

    @property
    def answer(self) -> Routed:
        row = self.reference.season(self.season)
        licence = row.licence_from if row else None
        graduation = row.graduated_from if row else None
        cs = self.chosen["cs"]
        return pathways.routed(
            Person(
                season=self.season,
                licence_held={YES: True, NO: False}.get(self.chosen["licence"]),
                licence_valid_on=licence.value
                if licence and self.chosen["licence"] == YES
                else None,
                licence_disciplined={YES: True, NO: False}.get(
                    self.chosen["discipline"]
                ),
                graduation={
                    YES: graduation.value,
                    NO: graduation.value - ONE_DAY,
                }.get(self.chosen["graduated"])
                if graduation
                else None,
                school_osce=self._school_is("osce"),
                school_wfme=self._school_is("wfme"),
                school_ncfmea=self._school_is("ncfmea"),
                school_joint_degree=self._school_is("joint"),
            ),
            cs_pass_valid={"passed": True, "never": False, "failed": False}.get(cs),
            cs_fails=1 if cs == "failed" else 0,
            season=self.season,
            reference=self.reference,
        )

    def _school_is(self, kind: str) -> bool | None:
        """One kind was chosen: the others do not hold. Not sure: none is known."""
        chosen = self.chosen["school"]
        return None if chosen == UNSURE else bool(chosen == kind)


class ZoneForm(FilterForm):
    """In which time zone the hours of a season are shown, beside Eastern Time."""

    zone = forms.ChoiceField(label="Time zone", required=False)

    @classmethod
    def read(cls, query: QueryDict | None) -> ZoneForm:
        return cls(query, offers={"zone": _zones()}, initial={"zone": ""})

    @property
    def chosen_zone(self) -> ZoneInfo | None:
        key = self.chosen["zone"]
        return ZoneInfo(key) if key else None

    def columns(self) -> Sequence[Any]:
        return (Column("zone", css_class="col-8 col-sm-6 col-md-5"),)

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        # Back to the calendar, not to the top of the page.
        helper.form_action = "#this-season"
        return helper


@cache
def _zones() -> tuple[tuple[str, Any], ...]:
    """The zones of a member's profile; none chosen is what everybody is shown."""
    return tuple(
        (key, label if isinstance(label, str) else tuple(label))
        for key, label in (("", "Eastern Time only"), *zone_choices()[1:])
    )


def _cut_off(known: GradedValue[date] | None) -> str:
    return (
        "on or after the season’s first day for it"
        if known is None
        else f"on or after {in_words(known.value)}"
    )
