"""The dated tables that the rules read and that staff keep.

A row names its sources by their keys, joined with semicolons: no foreign key leads
from here to the documents of `stats`. An empty value is one that nobody found.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any, ClassVar

from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
    validate_slug,
)
from django.db import models
from django.db.models import F, Q

from profiles.choices import Confidence, Event, Measured, Quantity, Service

FIRST_SEASON, LAST_SEASON = 2000, 2100

source_keys = RegexValidator(
    r"\A[A-Za-z0-9_-]+(;[A-Za-z0-9_-]+)*\Z",
    "Write the keys of documents with a semicolon between them, e.g. s45;s46.",
)


# What every row has beside what it says.
OF_EVERY_ROW = frozenset({"sources", "note", "last_checked", "next_review"})


def joined(keys: Iterable[str]) -> str:
    return ";".join(keys)


class ReferenceRow(models.Model):
    """What every row of the dated tables has."""

    sources = models.CharField(
        max_length=200,
        blank=True,
        validators=[source_keys],
        help_text="Keys of the documents that say so, with a semicolon between them, "
        "e.g. s45;s46. Empty only for what is unconfirmed.",
    )
    note = models.CharField(
        max_length=300, blank=True, help_text="Shown beside the value."
    )
    last_checked = models.DateField(
        help_text="The day on which somebody last read the sources."
    )
    next_review = models.DateField(
        null=True,
        blank=True,
        help_text="When to look again. Empty for what can no longer change.",
    )
    # Which row of the founding tables it is, whatever became of it since. Empty: none.
    founded_as = models.CharField(max_length=200, blank=True, editable=False)
    # Empty until somebody changes the row here: then loading leaves it alone.
    changed_at = models.DateTimeField(null=True, editable=False)
    # When it was last written by anybody. Caches of public pages ask for it.
    stored_at = models.DateTimeField(editable=False)
    # Since when it is none of the rules any more; None: it is one. It stays to be restored.
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    # The columns that tell this row from every other of its table, in that order.
    identity_columns: ClassVar[tuple[str, ...]]
    # The columns that are equal in the rows among which a reader sees this one.
    group_columns: ClassVar[tuple[str, ...]] = ()

    @property
    def identity(self) -> str:
        """Which row of its table this is, whatever its words are: "2027/match_day"."""
        return "/".join(str(getattr(self, name)) for name in self.identity_columns)

    @property
    def columns(self) -> list[str]:
        """The columns that hold what the row says, and then where it comes from."""
        names = [
            field.name
            for field in self._meta.concrete_fields
            if field.editable and not field.primary_key
        ]
        return sorted(names, key=OF_EVERY_ROW.__contains__)

    @property
    def group(self) -> dict[str, Any]:
        """What a query asks for to find the rows beside which this one is read."""
        return {name: getattr(self, name) for name in self.group_columns}

    def differing(self, other: ReferenceRow) -> list[str]:
        """The columns in which another row of this table says something else."""
        return [
            name for name in self.columns if getattr(self, name) != getattr(other, name)
        ]

    def in_words(self, name: str) -> str:
        """A value as a reader reads it; empty: there is none."""
        field = self._meta.get_field(name)
        value: Any = getattr(self, name)
        if value is None or value == "":
            return ""
        if isinstance(field, models.Field) and field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, date):
            return f"{value.day} {value:%B} {value.year}"
        if isinstance(value, time):
            return f"{value:%H:%M} Eastern"
        return str(value)

    def label_of(self, name: str) -> str:
        """A column as a reader knows it."""
        return str(getattr(self._meta.get_field(name), "verbose_name", name))

    @property
    def source_keys(self) -> tuple[str, ...]:
        return tuple(key for key in self.sources.split(";") if key)


def _confidence(what: str = "It") -> models.CharField[str, str]:
    return models.CharField(
        max_length=12,
        choices=Confidence,
        help_text=f"{what} may stand in somebody's way only when confirmed or reported.",
    )


def _named_sources(model: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"profiles_{model}_names_a_source",
        condition=Q(confidence=Confidence.UNCONFIRMED) | ~Q(sources=""),
        violation_error_message="Name the document that says so, or call it unconfirmed.",
    )


def _season() -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(
        "Match year",
        validators=[MinValueValidator(FIRST_SEASON), MaxValueValidator(LAST_SEASON)],
    )


class PassingStandard(ReferenceRow):
    """A minimum score, in force from its day until that of the next row."""

    measured = models.CharField("exam", max_length=16, choices=Measured)
    effective_from = models.DateField(
        help_text="The first exam day for which it holds. It ends where the next begins."
    )
    minimum_score = models.PositiveSmallIntegerField()
    confidence = _confidence()

    identity_columns = ("measured", "effective_from")
    group_columns = ("measured",)

    class Meta:
        ordering = ("measured", "effective_from")
        verbose_name = "minimum score"
        constraints = (
            models.UniqueConstraint(
                fields=("measured", "effective_from"),
                name="profiles_passingstandard_one_per_day",
                violation_error_message="This exam already has a minimum from that day "
                "on. Change that row, or choose another day.",
            ),
            models.CheckConstraint(
                name="profiles_passingstandard_on_its_scale",
                condition=Q(measured__startswith="oet", minimum_score__range=(0, 500))
                | (~Q(measured__startswith="oet") & Q(minimum_score__range=(1, 300))),
                violation_error_message="A Step is scored from 1 to 300, OET from 0 to "
                "500.",
            ),
            _named_sources("passingstandard"),
        )

    def __str__(self) -> str:
        return f"{self.get_measured_display()} from {self.effective_from:%Y-%m-%d}"


class RuleNumber(ReferenceRow):
    """A number of the rules that a body can change, in force from its day until that of
    the next row.
    """

    quantity = models.CharField("what", max_length=24, choices=Quantity)
    effective_from = models.DateField(
        help_text="The first exam day for which it holds. It ends where the next begins."
    )
    value = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    confidence = _confidence()

    identity_columns = ("quantity", "effective_from")
    group_columns = ("quantity",)

    class Meta:
        ordering = ("quantity", "effective_from")
        verbose_name = "number of the rules"
        verbose_name_plural = "numbers of the rules"
        constraints = (
            models.UniqueConstraint(
                fields=("quantity", "effective_from"),
                name="profiles_rulenumber_one_per_day",
                violation_error_message="There is already a number for that from that "
                "day on. Change that row, or choose another day.",
            ),
            models.CheckConstraint(
                name="profiles_rulenumber_is_positive",
                condition=Q(value__gte=1),
                violation_error_message="It must be 1 or more.",
            ),
            _named_sources("rulenumber"),
        )

    def __str__(self) -> str:
        return f"{self.get_quantity_display()} from {self.effective_from:%Y-%m-%d}"


class SeasonDeadline(ReferenceRow):
    """A dated event of one Match season, in Eastern Time."""

    match_year = _season()
    event = models.CharField(max_length=48, choices=Event)
    on = models.DateField("date")
    at = models.TimeField(
        "time (Eastern)",
        null=True,
        blank=True,
        help_text="In New York. Empty when only the day is known.",
    )
    until = models.TimeField(
        "until (Eastern)",
        null=True,
        blank=True,
        help_text="For what lasts some hours of that day.",
    )
    confidence = _confidence()

    identity_columns = ("match_year", "event")
    group_columns = ("match_year",)

    class Meta:
        ordering = ("match_year", "on", "at", "event")
        verbose_name = "date of a Match season"
        verbose_name_plural = "dates of the Match seasons"
        constraints = (
            models.UniqueConstraint(
                fields=("match_year", "event"),
                name="profiles_seasondeadline_one_per_season",
                violation_error_message="This season already has a day for that. "
                "Change that row.",
            ),
            models.CheckConstraint(
                name="profiles_seasondeadline_ends_after_it_begins",
                condition=Q(until__isnull=True)
                | Q(at__isnull=False, until__gt=F("at")),
                violation_error_message="It must end after it begins.",
            ),
            _named_sources("seasondeadline"),
        )

    def __str__(self) -> str:
        return f"{self.match_year}: {self.get_event_display()}"


class SpecialtyService(ReferenceRow):
    """Through which service a specialty takes applications, from one Match on until the
    next row of the same specialty. A specialty without a row uses ERAS.
    """

    specialty = models.CharField(
        max_length=60,
        validators=[validate_slug],
        help_text="As in the address of its page, e.g. emergency-medicine.",
    )
    specialty_name = models.CharField(
        max_length=80, help_text="As members read it, e.g. Emergency Medicine."
    )
    from_season = models.PositiveSmallIntegerField(
        "from the Match of",
        validators=[MinValueValidator(FIRST_SEASON), MaxValueValidator(LAST_SEASON)],
        help_text="The first Match for which it holds. It ends where the next row begins.",
    )
    service = models.CharField(max_length=16, choices=Service)
    confidence = _confidence()

    identity_columns = ("specialty", "from_season")
    group_columns = ("specialty",)

    class Meta:
        ordering = ("specialty", "from_season")
        verbose_name = "application service of a specialty"
        verbose_name_plural = "application services of specialties"
        constraints = (
            models.UniqueConstraint(
                fields=("specialty", "from_season"),
                name="profiles_specialtyservice_one_per_match",
                violation_error_message="This specialty already has a service from that "
                "Match on. Change that row, or choose another Match.",
            ),
            _named_sources("specialtyservice"),
        )

    def __str__(self) -> str:
        return f"{self.specialty_name} from the {self.from_season} Match"


# Each value of a season that has a confidence of its own, by the name of both.
SEASON_VALUES = (
    ("licence_from", "licence_confidence"),
    ("graduated_from", "graduation_confidence"),
    ("application_deadline", "deadline_confidence"),
    ("fee_usd", "fee_confidence"),
    ("accepted_valid_to", "validity_confidence"),
    ("oet_from", "oet_confidence"),
)


def _with_confidence(value: str, confidence: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"profiles_pathwayseason_{value}_is_graded",
        condition=Q(**{f"{value}__isnull": True, confidence: ""})
        | (Q(**{f"{value}__isnull": False}) & ~Q(**{confidence: ""})),
        violation_error_message=f"Say how far “{value.replace('_', ' ')}” can be "
        "trusted, and leave that empty when there is no value.",
    )


def _own_confidence(name: str) -> models.CharField[str, str]:
    return models.CharField(name, max_length=12, choices=Confidence, blank=True)


class PathwaySeason(ReferenceRow):
    """One season of the Pathways; every value can be trusted to its own degree."""

    match_year = models.PositiveSmallIntegerField(
        "Match year",
        unique=True,
        validators=[MinValueValidator(FIRST_SEASON), MaxValueValidator(LAST_SEASON)],
    )
    licence_from = models.DateField(
        "Pathway 1: licence valid on or after", null=True, blank=True
    )
    licence_confidence = _own_confidence("licence confidence")
    graduated_from = models.DateField(
        "Pathways 2 to 5: graduated on or after", null=True, blank=True
    )
    graduation_confidence = _own_confidence("graduation confidence")
    application_deadline = models.DateField(
        null=True, blank=True, help_text="To take part in this Match."
    )
    deadline_confidence = _own_confidence("deadline confidence")
    season_closes = models.DateField(null=True, blank=True)
    fee_usd = models.PositiveSmallIntegerField(
        "fee in US dollars", null=True, blank=True
    )
    fee_confidence = _own_confidence("fee confidence")
    accepted_valid_to = models.DateField(
        "accepted Pathways are valid to", null=True, blank=True
    )
    validity_confidence = _own_confidence("validity confidence")
    oet_from = models.DateField("OET taken on or after", null=True, blank=True)
    oet_confidence = _own_confidence("OET confidence")

    identity_columns = ("match_year",)

    class Meta:
        ordering = ("match_year",)
        verbose_name = "Pathways season"
        constraints = tuple(_with_confidence(*pair) for pair in SEASON_VALUES)

    def __str__(self) -> str:
        return f"Pathways season {self.match_year}"


class Country(ReferenceRow):
    """What differs for graduates of one country, or of a group of countries."""

    name = models.CharField(max_length=120, unique=True)
    iso2 = models.CharField(
        "ISO code",
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"\A[A-Z]{2}\Z", "Two capital letters, e.g. IN.")],
        help_text="Empty for a group of countries.",
    )
    regulator = models.TextField("regulator and accreditation", blank=True)
    degree = models.TextField("degree and internship", blank=True)
    need_authority = models.TextField("who writes the Statement of Need", blank=True)
    particulars = models.TextField(blank=True)
    confidence = _confidence()

    identity_columns = ("name",)
    group_columns = ("name",)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "countries"
        constraints = (
            models.UniqueConstraint(
                fields=("iso2",),
                condition=~Q(iso2=""),
                name="profiles_country_one_per_code",
                violation_error_message="Another country has this code.",
            ),
            _named_sources("country"),
        )

    def __str__(self) -> str:
        return self.name


class RuleChange(models.Model):
    """One value of a dated table that was changed, as everybody may read it."""

    table = models.CharField(max_length=16)  # the model's name, e.g. passingstandard
    row_identity = models.CharField(max_length=140)  # ReferenceRow.identity
    column_name = models.CharField(max_length=40)
    # As a reader knew the row and the column on that day.
    row_words = models.CharField(max_length=200)
    column_words = models.CharField(max_length=60)
    before = models.TextField(blank=True)  # empty: there was none
    after = models.TextField(blank=True)
    note = models.CharField(max_length=300)
    changed_at = models.DateTimeField()
    # True when the person who approved it also wrote it.
    by_one_person = models.BooleanField(default=False)

    class Meta:
        ordering = ("-changed_at", "pk")
        indexes = (
            models.Index(
                name="profiles_rulechange_of_row", fields=("table", "row_identity")
            ),
        )

    def __str__(self) -> str:
        return f"{self.row_words}: {self.column_words}"
