"""The questions that the guide asks. Nothing is stored, and no answer is refused.

Answers are choices, never dates or names, so that an address tells little.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column
from django import forms
from django.http import QueryDict

from imgportal.lib.filter_form import FilterForm, build_helper, nameless_button
from imgportal.lib.time_zones import list_zones
from profiles.rules.days import in_words
from profiles.rules.facts import Person
from profiles.rules.numbers import CANADA_IMG_FROM
from profiles.rules.reference import GradedValue, Reference
from profiles.rules.tables import img_status, pathways
from profiles.rules.tables.img_status import ImgState
from profiles.rules.tables.pathways import PathwayRoute

ONE_DAY = timedelta(days=1)
YES, NO, UNSURE = "yes", "no", ""
NOT_SURE = (UNSURE, "I am not sure")


class QuestionForm(FilterForm):
    """Questions with a button; every one may be left open."""

    @property
    def is_asked(self) -> bool:
        """Did somebody answer anything, or ask for an answer without a choice?"""
        is_sent = not self.notices and any(name in self.data for name in self.fields)
        return is_sent or any(self.chosen.values())

    def say_several(self, field: forms.Field) -> str:
        return f"“{field.label}” has more than one answer here; we leave it open."

    def say_unknown(self, field: forms.Field, shown: str, *, has_others: bool) -> str:
        return f"We do not know the answer “{shown}” to “{field.label}”, so we leave it open."

    def is_yes(self, name: str) -> bool | None:
        """The answer to a question that takes yes or no; None when it is open."""
        return {YES: True, NO: False}.get(self.chosen[name])

    @property
    def helper(self) -> FormHelper:
        button = nameless_button("See the answer", css_id="see")
        # The answer stands above the questions.
        return build_helper("questions", *self.fields, button, action="#answer")


def _question(
    label: str, choices: Sequence[tuple[str, str]] = (), help_text: str = ""
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        help_text=help_text,
        initial="",
        required=False,
        widget=forms.RadioSelect,
    )


# ISO gives the last code to no country: here it stands for all others.
SCHOOL_COUNTRIES = {"us": "US", "canada": "CA", "elsewhere": "ZZ"}
GRADUATIONS = {"before": CANADA_IMG_FROM - ONE_DAY, "since": CANADA_IMG_FROM}


class ClassifyForm(QuestionForm):
    """Who is an IMG (table T10)."""

    school = _question(
        "Where is the medical school that gave you your first degree?",
        (
            ("us", "In the United States or a territory such as Puerto Rico"),
            ("canada", "In Canada"),
            ("elsewhere", "In another country"),
        ),
    )
    graduated = _question(
        "When did you graduate? This matters for Canada only.",
        (
            ("before", f"On {in_words(GRADUATIONS['before'])} or earlier"),
            ("since", "Later, or not yet"),
        ),
    )
    citizen = _question(
        "Are you a citizen of the United States?",
        ((YES, "Yes"), (NO, "No, or green card only")),
    )

    @property
    def answer(self) -> ImgState:
        return img_status.classify_graduate(
            school_country=SCHOOL_COUNTRIES.get(self.chosen["school"], ""),
            graduation=GRADUATIONS.get(self.chosen["graduated"]),
            us_citizen=self.is_yes("citizen"),
        )


class WhichPathwayForm(QuestionForm):
    """Which Pathway (table T6), for one season."""

    season: int
    reference: Reference

    cs = _question(
        "Did you take Step 2 CS?",
        (
            ("never", "No"),
            ("passed", "Yes, and my pass counts for ECFMG today"),
            ("failed", "Yes, and I have no pass that counts"),
            NOT_SURE,
        ),
    )
    licence = _question(
        "Were you licensed to practise without supervision, in any country?",
        help_text="A training licence does not count.",
    )
    discipline = _question(
        "Was your licence ever subject to discipline?",
        ((YES, "Yes"), (NO, "No"), NOT_SURE),
    )
    graduated = _question("When did you graduate, or will you?")
    school = _question(
        "Which of these is true of your school?",
        (
            (
                "osce",
                "Its clinical exam (OSCE) is required by the country for a "
                "licence, and no agency as named below accredits it",
            ),
            ("wfme", "An agency that WFME recognises accredits it"),
            ("ncfmea", "An agency that NCFMEA found comparable accredits it"),
            (
                "joint",
                "It gives its degree together with a US school that LCME accredits",
            ),
            ("none", "None of these"),
            NOT_SURE,
        ),
    )

    @classmethod
    def read(
        cls, query: QueryDict, *, season: int, reference: Reference
    ) -> WhichPathwayForm:
        """The form of a season, whose first days stand in its choices."""
        row = reference.season(season)
        licence = _describe_cut_off(row.licence_from if row else None)
        graduation = _describe_cut_off(row.graduated_from if row else None)
        form = cls(
            query,
            offers={
                "licence": (
                    (YES, f"Yes, and it was valid {licence}"),
                    (NO, "No, or only before that"),
                    NOT_SURE,
                ),
                "graduated": (
                    (YES, f"{graduation[:1].upper()}{graduation[1:]}"),
                    (NO, "Before that"),
                    NOT_SURE,
                ),
            },
        )
        form.season, form.reference = season, reference
        return form

    @property
    def answer(self) -> PathwayRoute:
        row = self.reference.season(self.season)
        has_licence = self.is_yes("licence")
        licence_day = row.licence_from.value if row and row.licence_from else None
        graduation = None
        if row and row.graduated_from:
            first_day = row.graduated_from.value
            graduation = {YES: first_day, NO: first_day - ONE_DAY}.get(
                self.chosen["graduated"]
            )
        cs = self.chosen["cs"]
        return pathways.find_route(
            Person(
                season=self.season,
                licence_held=has_licence,
                licence_valid_on=licence_day if has_licence else None,
                licence_disciplined=self.is_yes("discipline"),
                graduation=graduation,
                school_osce=self._is_school("osce"),
                school_wfme=self._is_school("wfme"),
                school_ncfmea=self._is_school("ncfmea"),
                school_joint_degree=self._is_school("joint"),
            ),
            cs_pass_valid={"passed": True, "never": False, "failed": False}.get(cs),
            cs_fails=1 if cs == "failed" else 0,
            season=self.season,
            reference=self.reference,
        )

    def _is_school(self, kind: str) -> bool | None:
        """Whoever chose one kind denied the others; None: not sure."""
        choice = self.chosen["school"]
        return None if choice == UNSURE else bool(choice == kind)


class ZoneForm(FilterForm):
    """In which time zone the hours of a season are shown, beside Eastern Time."""

    zone = forms.ChoiceField(label="Time zone", required=False, initial="")

    @classmethod
    def read(cls, query: QueryDict) -> ZoneForm:
        return cls(query, offers={"zone": list_zones("Eastern Time only")})

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


def _describe_cut_off(cut_off: GradedValue[date] | None) -> str:
    day = in_words(cut_off.value) if cut_off else "the season’s first day for it"
    return f"on or after {day}"
