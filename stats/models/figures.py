"""The tables of figures of a release.

Counts are stored, rates are computed (`stats.measures`). A rate that the source
prints is kept beside the counts, to be checked against them, or to be shown,
marked as published, when a count is missing.
"""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, FloatField, Q
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from stats import single_values
from stats.choices import (
    FigureConfidence,
    FigureTable,
    Missing,
    ScoreOutcome,
)
from stats.columns import APPLICANT_TYPES, COUNTS, PARTS_WITHIN_WHOLES, SCORES
from stats.fields import PrintedDecimalField
from stats.models.releases import Release
from stats.models.sources import Source
from stats.models.specialties import Specialty


def _not_more_than(part: str, whole: str) -> Q:
    """True when a value is missing, because SQL lets an unknown comparison pass."""
    return Q(**{f"{part}__lte": F(whole)})


def _printed_between(field: str, least: int, most: int) -> Any:
    """A printed number is stored as text: compare it as the number it is."""
    number = Cast(field, FloatField())
    return Q(GreaterThanOrEqual(number, least)) & Q(LessThanOrEqual(number, most))


def _is_a_percentage(name: str, column: str, noun: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=_printed_between(column, 0, 100),
        violation_error_message=f"{noun} lies between 0 and 100 percent.",
    )


def _printed_not_more_than(part: str, whole: str) -> Q:
    return Q(LessThanOrEqual(Cast(part, FloatField()), Cast(whole, FloatField())))


def _is_known(*fields: str) -> Q:
    return Q(**{f"{field}__isnull": False for field in fields})


def _types_of(table: FigureTable) -> list[tuple[str, str]]:
    return [(kind.value, str(kind.label)) for kind in APPLICANT_TYPES[table]]


def _is_complete_or_explained(table: FigureTable) -> Q:
    return _is_known(*COUNTS[table]) | ~Q(missing="")


def _parts_within_wholes(table: FigureTable) -> Q:
    return reduce(
        and_,
        (_not_more_than(part, whole) for part, whole in PARTS_WITHIN_WHOLES[table]),
    )


class Figure(models.Model):
    """What every row of figures says about itself beside its values."""

    table: ClassVar[FigureTable]

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="%(class)s_rows"
    )
    missing = models.CharField(
        "why values are missing",
        max_length=16,
        choices=Missing,
        blank=True,
        help_text="Needed as soon as a value is empty. An empty value is never a zero.",
    )
    confidence = models.CharField(max_length=1, choices=FigureConfidence)
    sources = models.ManyToManyField(Source, related_name="%(class)s_rows")
    locator = models.CharField(
        max_length=100,
        blank=True,
        help_text='Where in the source, e.g. "Table 4, row 3, p. 15".',
    )
    note = models.TextField(blank=True, help_text="How the value was found or derived.")
    by_value = models.TextField(
        "what holds of single values",
        blank=True,
        max_length=single_values.MOST_CHARACTERS,
        help_text="Entries separated by |, such as “active_applicants: from amo-2019”, "
        "“matched_to_pgy1: derived 7,025 - 4,028” or “programs: missing not_published”.",
    )

    class Meta:
        abstract = True


class YearTotals(Figure):
    """All applicants and all positions of one Match year."""

    table = FigureTable.TOTALS

    pgy1_positions_offered = models.PositiveIntegerField(null=True, blank=True)
    pgy1_positions_filled = models.PositiveIntegerField(null=True, blank=True)
    all_positions_offered = models.PositiveIntegerField(null=True, blank=True)
    all_positions_filled = models.PositiveIntegerField(null=True, blank=True)
    registered_applicants = models.PositiveIntegerField(null=True, blank=True)
    active_applicants = models.PositiveIntegerField(null=True, blank=True)
    matched_to_pgy1 = models.PositiveIntegerField(null=True, blank=True)
    published_match_rate = PrintedDecimalField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "year totals"
        constraints = (
            models.UniqueConstraint(
                name="stats_yeartotals_one_per_release", fields=["release"]
            ),
            models.CheckConstraint(
                name="stats_yeartotals_missing_has_a_reason",
                condition=_is_complete_or_explained(FigureTable.TOTALS),
                violation_error_message="Say why a value is missing.",
            ),
            models.CheckConstraint(
                name="stats_yeartotals_parts_within_wholes",
                condition=_parts_within_wholes(FigureTable.TOTALS),
                violation_error_message="A part is larger than its whole.",
            ),
            _is_a_percentage(
                "stats_yeartotals_rate_is_a_percentage",
                "published_match_rate",
                "A rate",
            ),
        )

    def __str__(self) -> str:
        return f"{self.release_id}"


class ApplicantResult(Figure):
    """How one applicant type did in one Match year."""

    table = FigureTable.APPLICANTS

    applicant_type = models.CharField(
        max_length=16, choices=_types_of(FigureTable.APPLICANTS)
    )
    active_applicants = models.PositiveIntegerField(
        null=True, blank=True, help_text="Those who submitted a rank order list."
    )
    matched_to_pgy1 = models.PositiveIntegerField(null=True, blank=True)
    published_match_rate = PrintedDecimalField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="stats_applicantresult_one_per_type",
                fields=["release", "applicant_type"],
            ),
            models.CheckConstraint(
                name="stats_applicantresult_missing_has_a_reason",
                condition=_is_complete_or_explained(FigureTable.APPLICANTS),
                violation_error_message="Give both numbers, or say why one is missing.",
            ),
            models.CheckConstraint(
                name="stats_applicantresult_matched_within_active",
                condition=_parts_within_wholes(FigureTable.APPLICANTS),
                violation_error_message="More people matched than took part.",
            ),
            _is_a_percentage(
                "stats_applicantresult_rate_is_a_percentage",
                "published_match_rate",
                "A rate",
            ),
        )

    def __str__(self) -> str:
        return f"{self.release_id}/{self.applicant_type}"


class PlacementResult(Figure):
    """Who of one applicant type had a first-year position after the Match and SOAP.

    Of how many, and how many of them by the Match alone, say the results by applicant
    type and the totals of the same release.
    """

    table = FigureTable.PLACEMENTS

    applicant_type = models.CharField(
        max_length=16, choices=_types_of(FigureTable.PLACEMENTS)
    )
    placed_pgy1_all = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="With those who submitted no rank order list.",
    )
    placed_pgy1_active = models.PositiveIntegerField(null=True, blank=True)
    published_placed_rate_all = PrintedDecimalField(null=True, blank=True)
    published_placed_rate_active = PrintedDecimalField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="stats_placementresult_one_per_type",
                fields=["release", "applicant_type"],
            ),
            models.CheckConstraint(
                name="stats_placementresult_missing_has_a_reason",
                condition=_is_complete_or_explained(FigureTable.PLACEMENTS),
                violation_error_message="Give both numbers, or say why one is missing.",
            ),
            models.CheckConstraint(
                name="stats_placementresult_active_within_all",
                condition=_parts_within_wholes(FigureTable.PLACEMENTS),
                violation_error_message="More active applicants were placed than there "
                "were placed in all.",
            ),
            _is_a_percentage(
                "stats_placementresult_rate_of_all_is_a_percentage",
                "published_placed_rate_all",
                "A rate",
            ),
            _is_a_percentage(
                "stats_placementresult_rate_of_active_is_a_percentage",
                "published_placed_rate_active",
                "A rate",
            ),
        )

    def __str__(self) -> str:
        return f"{self.release_id}/{self.applicant_type}"


class SpecialtyResult(Figure):
    """First-year (PGY-1) positions of one specialty in one Match year."""

    table = FigureTable.SPECIALTIES

    specialty = models.ForeignKey(
        Specialty, on_delete=models.PROTECT, related_name="results"
    )
    programs = models.PositiveIntegerField(null=True, blank=True)
    positions_offered = models.PositiveIntegerField(null=True, blank=True)
    positions_filled = models.PositiveIntegerField(null=True, blank=True)
    filled_us_md_senior = models.PositiveIntegerField(null=True, blank=True)
    filled_us_do = models.PositiveIntegerField(null=True, blank=True)
    filled_us_img = models.PositiveIntegerField(null=True, blank=True)
    filled_non_us_img = models.PositiveIntegerField(null=True, blank=True)
    filled_img_total = models.PositiveIntegerField(null=True, blank=True)
    filled_other = models.PositiveIntegerField(null=True, blank=True)
    published_img_share = PrintedDecimalField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="stats_specialtyresult_one_per_specialty",
                fields=["release", "specialty"],
            ),
            models.CheckConstraint(
                name="stats_specialtyresult_missing_has_a_reason",
                condition=_is_complete_or_explained(FigureTable.SPECIALTIES),
                violation_error_message="Say why a value is missing.",
            ),
            models.CheckConstraint(
                name="stats_specialtyresult_parts_within_wholes",
                condition=_parts_within_wholes(FigureTable.SPECIALTIES),
                violation_error_message="A part is larger than its whole.",
            ),
            _is_a_percentage(
                "stats_specialtyresult_share_is_a_percentage",
                "published_img_share",
                "A share",
            ),
        )

    def __str__(self) -> str:
        return f"{self.release_id}/{self.specialty_id}"


class ScoreSummary(Figure):
    """Step 2 CK of one group and outcome, in one specialty or in all together.

    Its release is that of the edition's year; which Match the edition describes
    is `stats.choices.match_year_of_edition`.
    """

    table = FigureTable.SCORES

    specialty = models.ForeignKey(
        Specialty,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="scores",
        help_text="Empty for all specialties together.",
    )
    applicant_type = models.CharField(
        max_length=16, choices=_types_of(FigureTable.SCORES)
    )
    outcome = models.CharField(max_length=12, choices=ScoreOutcome)
    applicants = models.PositiveIntegerField(null=True, blank=True)
    applicants_with_score = models.PositiveIntegerField(null=True, blank=True)
    step2_ck_mean = PrintedDecimalField(null=True, blank=True)
    step2_ck_q1 = PrintedDecimalField(null=True, blank=True)
    step2_ck_median = PrintedDecimalField(null=True, blank=True)
    step2_ck_q3 = PrintedDecimalField(null=True, blank=True)
    contiguous_ranks_mean = PrintedDecimalField(null=True, blank=True)
    contiguous_ranks_median = PrintedDecimalField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "score summaries"
        constraints = (
            models.UniqueConstraint(
                name="stats_scoresummary_one_per_group",
                fields=["release", "specialty", "applicant_type", "outcome"],
            ),
            # NULLs are distinct in a unique index: all specialties need their own.
            models.UniqueConstraint(
                name="stats_scoresummary_one_overall_per_group",
                fields=["release", "applicant_type", "outcome"],
                condition=Q(specialty__isnull=True),
                violation_error_message="This group has a row already.",
            ),
            models.CheckConstraint(
                name="stats_scoresummary_score_xor_reason",
                condition=(
                    (_is_known("step2_ck_mean") | _is_known("step2_ck_median"))
                    & Q(missing="")
                )
                | (
                    Q(
                        step2_ck_mean__isnull=True,
                        step2_ck_q1__isnull=True,
                        step2_ck_median__isnull=True,
                        step2_ck_q3__isnull=True,
                    )
                    & ~Q(missing="")
                ),
                violation_error_message="Give a score, or say why there is none.",
            ),
            models.CheckConstraint(
                name="stats_scoresummary_scored_within_applicants",
                condition=_not_more_than("applicants_with_score", "applicants"),
                violation_error_message="More applicants have a score than there are.",
            ),
            models.CheckConstraint(
                name="stats_scoresummary_scores_on_the_scale",
                condition=reduce(
                    and_, (_printed_between(score, 1, 300) for score in SCORES)
                ),
                violation_error_message="A score lies between 1 and 300.",
            ),
            models.CheckConstraint(
                name="stats_scoresummary_quartiles_in_order",
                condition=_printed_not_more_than("step2_ck_q1", "step2_ck_median")
                & _printed_not_more_than("step2_ck_median", "step2_ck_q3")
                & _printed_not_more_than("step2_ck_q1", "step2_ck_q3"),
                violation_error_message="The quartiles do not rise.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.release_id}/{self.specialty_id}/{self.applicant_type}/{self.outcome}"


FIGURE_MODELS: tuple[type[Figure], ...] = (
    YearTotals,
    ApplicantResult,
    PlacementResult,
    SpecialtyResult,
    ScoreSummary,
)
MODELS: dict[FigureTable, Any] = {model.table: model for model in FIGURE_MODELS}
