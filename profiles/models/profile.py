from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from profiles.models.owned import Owned, within

FIRST_SEASON, LAST_SEASON = 1952, 2100


class Profile(Owned):
    """What the rules need to know of a member. Every field may be left unsaid.

    No name, no passport, no date of birth, no number of USMLE or ECFMG: nothing here
    or in any other table says who a member is, except the account's address.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    us_citizen = models.BooleanField("US citizen", null=True)
    school_country = models.CharField(max_length=2, blank=True)
    graduated_on = models.DateField("graduation, actual or expected", null=True)
    season = models.PositiveSmallIntegerField("Match aimed at", null=True)
    # Slugs. No foreign key: `stats.public` resolves them.
    specialties = models.JSONField(default=list)
    time_zone = models.CharField(max_length=64, blank=True)

    # For the Pathways (rules E-PATH-3 to 5).
    licence_held = models.BooleanField(null=True)
    licence_valid_on = models.DateField(null=True)
    licence_disciplined = models.BooleanField(null=True)
    school_osce = models.BooleanField(null=True)
    school_wfme = models.BooleanField(null=True)
    school_ncfmea = models.BooleanField(null=True)
    school_joint_degree = models.BooleanField(null=True)

    # Days only: no rule asks for them.
    permanent_resident = models.BooleanField("US permanent resident", null=True)
    visa_form_on = models.DateField("DS-2019 or I-797 received", null=True)
    visa_interview_on = models.DateField("visa interview", null=True)
    visa_expires_on = models.DateField("visa expires", null=True)

    class Meta:
        constraints = (
            within(
                "profiles_profile_dates_are_possible",
                "graduated_on",
                "licence_valid_on",
            ),
            within(
                "profiles_profile_visa_days_are_possible",
                *("visa_form_on", "visa_interview_on", "visa_expires_on"),
            ),
            models.CheckConstraint(
                name="profiles_profile_season_is_a_match",
                condition=Q(season__isnull=True)
                | Q(season__range=(FIRST_SEASON, LAST_SEASON)),
            ),
        )
        indexes = (
            models.Index(
                name="profiles_profile_by_interview", fields=("visa_interview_on",)
            ),
            models.Index(
                name="profiles_profile_by_visa_end", fields=("visa_expires_on",)
            ),
        )
