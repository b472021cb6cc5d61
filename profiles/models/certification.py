from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from profiles.choices import Basis, Item, ItemState, Pathway
from profiles.models.owned import LONGEST_NOTE, Owned, not_before, one_of, within

FIRST_PATHWAYS_SEASON = 2021


class CertificationItem(Owned):
    """What a member reports of one item of certification, and their private note."""

    item = models.CharField(max_length=24, choices=Item)
    # Empty: nothing is reported, there is only a note.
    state = models.CharField(max_length=12, choices=ItemState, blank=True)
    since = models.DateField("since", null=True)
    note = models.TextField("private note", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="profiles_certificationitem_one_per_item",
                fields=("owner", "item"),
            ),
            one_of("profiles_certificationitem_item_is_known", "item", Item.values),
            one_of(
                "profiles_certificationitem_state_is_known",
                "state",
                ["", *ItemState.values],
            ),
            models.CheckConstraint(
                name="profiles_certificationitem_note_has_an_end",
                condition=LessThanOrEqual(Length("note"), LONGEST_NOTE),
            ),
            within("profiles_certificationitem_date_is_possible", "since"),
        )


class PathwayApplication(Owned):
    """An application for a Pathway in one season."""

    season = models.PositiveSmallIntegerField("Pathways season (Match year)")
    number = models.PositiveSmallIntegerField("Pathway", choices=Pathway, null=True)
    submitted_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    refused_on = models.DateField(null=True)
    valid_to = models.DateField("valid to, as ECFMG states it", null=True)

    class Meta:
        ordering = ("season", "pk")
        constraints = (
            models.UniqueConstraint(
                name="profiles_pathwayapplication_one_a_season",
                fields=("owner", "season"),
            ),
            models.CheckConstraint(
                name="profiles_pathwayapplication_season_had_pathways",
                condition=Q(season__range=(FIRST_PATHWAYS_SEASON, 2100)),
            ),
            models.CheckConstraint(
                name="profiles_pathwayapplication_number_is_known",
                condition=Q(number__isnull=True) | Q(number__in=Pathway.values),
            ),
            not_before(
                "profiles_pathwayapplication_accepted_after_it_was_sent",
                later="accepted_on",
                earlier="submitted_on",
            ),
            not_before(
                "profiles_pathwayapplication_refused_after_it_was_sent",
                later="refused_on",
                earlier="submitted_on",
            ),
            models.CheckConstraint(
                name="profiles_pathwayapplication_not_accepted_and_refused",
                condition=Q(accepted_on__isnull=True) | Q(refused_on__isnull=True),
            ),
            not_before(
                "profiles_pathwayapplication_ends_after_it_was_accepted",
                later="valid_to",
                earlier="accepted_on",
            ),
            within(
                "profiles_pathwayapplication_dates_are_possible",
                *("submitted_on", "accepted_on", "refused_on", "valid_to"),
            ),
        )
        indexes = (
            models.Index(name="profiles_pathway_by_last_day", fields=("valid_to",)),
        )


class Certificate(Owned):
    """The certificate of a member who has it."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    issued_on = models.DateField()
    basis = models.CharField(max_length=8, choices=Basis, blank=True)
    expires_on = models.DateField("expires, as printed", null=True)
    validated_on = models.DateField("permanently validated", null=True)
    training_months = models.PositiveSmallIntegerField(null=True)
    us_licence = models.BooleanField("unrestricted US licence", null=True)

    class Meta:
        constraints = (
            one_of("profiles_certificate_basis_is_known", "basis", ["", *Basis.values]),
            models.CheckConstraint(
                name="profiles_certificate_training_has_an_end",
                condition=Q(training_months__isnull=True) | Q(training_months__lte=600),
            ),
            not_before(
                "profiles_certificate_ends_after_it_was_issued",
                later="expires_on",
                earlier="issued_on",
            ),
            not_before(
                "profiles_certificate_validated_after_it_was_issued",
                later="validated_on",
                earlier="issued_on",
            ),
            within(
                "profiles_certificate_dates_are_possible",
                *("issued_on", "expires_on", "validated_on"),
            ),
        )
        indexes = (
            models.Index(
                name="profiles_certificate_by_end",
                fields=("expires_on",),
                condition=Q(validated_on=None),
            ),
        )
