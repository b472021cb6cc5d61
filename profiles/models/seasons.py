from __future__ import annotations

from django.db import models
from django.db.models import Q

from profiles.choices import DocumentState, SeasonOutcome
from profiles.models.owned import Owned, one_of, within
from profiles.models.profile import FIRST_SEASON, LAST_SEASON

# Far above what anybody applies to: it only stops what is no number of programs.
MOST_PROGRAMS = 9999

DAYS = ("registered_on", "eras_on", "residencycas_on", "psca_on", "certified_on")
PROGRAM_NUMBERS = ("applied_to", "interviews", "ranked")
DOCUMENTS = (
    *("eras_token", "letters", "personal_statement", "mspe"),
    *("transcript", "photo", "exam_transcript"),
)


def document_state(label: str) -> models.CharField[str, str]:
    return models.CharField(label, max_length=9, choices=DocumentState, blank=True)


class SeasonRecord(Owned):
    """What a member did in one Match, and when. Every value but the season may be unsaid.

    Whether a registration was late follows from its day and the dated deadline. Numbers
    of programs stand here and no program does.
    """

    season = models.PositiveSmallIntegerField("Match")
    registered_on = models.DateField("registered with NRMP", null=True)
    eras_on = models.DateField("applied in ERAS", null=True)
    # Slugs, as in Profile.
    eras_specialties = models.JSONField("specialties in ERAS", default=list)
    residencycas_on = models.DateField("applied in ResidencyCAS", null=True)
    residencycas_specialties = models.JSONField(
        "specialties in ResidencyCAS", default=list
    )
    # It is the service of plastic surgery alone.
    psca_on = models.DateField("applied in PSCA", null=True)
    applied_to = models.PositiveSmallIntegerField("programs applied to", null=True)
    interviews = models.PositiveSmallIntegerField(null=True)
    ranked = models.PositiveSmallIntegerField("programs ranked", null=True)
    certified_on = models.DateField("rank order list certified", null=True)
    outcome = models.CharField(max_length=11, choices=SeasonOutcome, blank=True)

    # What an application is made of: how far each is, and nothing of what is in it.
    eras_token = document_state("ERAS token")
    letters = document_state("letters of recommendation")
    personal_statement = document_state("personal statement")
    mspe = document_state("MSPE")
    transcript = document_state("medical school transcript")
    photo = document_state("photo")
    exam_transcript = document_state("released USMLE transcript")

    class Meta:
        ordering = ("season", "pk")
        constraints = (
            models.UniqueConstraint(
                name="profiles_seasonrecord_one_a_season", fields=("owner", "season")
            ),
            models.CheckConstraint(
                name="profiles_seasonrecord_season_is_a_match",
                condition=Q(season__range=(FIRST_SEASON, LAST_SEASON)),
            ),
            one_of(
                "profiles_seasonrecord_outcome_is_known",
                "outcome",
                ["", *SeasonOutcome.values],
            ),
            *(
                models.CheckConstraint(
                    name=f"profiles_seasonrecord_{name}_has_an_end",
                    condition=Q(**{f"{name}__isnull": True})
                    | Q(**{f"{name}__lte": MOST_PROGRAMS}),
                )
                for name in PROGRAM_NUMBERS
            ),
            *(
                one_of(
                    f"profiles_seasonrecord_{name}_is_known",
                    name,
                    ["", *DocumentState.values],
                )
                for name in DOCUMENTS
            ),
            within("profiles_seasonrecord_dates_are_possible", *DAYS),
        )
