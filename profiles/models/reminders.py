from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from profiles.choices import USUAL_LEADS, ReminderState
from profiles.models.owned import Owned, one_of

LONGEST_LEADS = 40


class ReminderChoice(Owned):
    """When a member wants to be reminded. No row: at the usual times."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    is_on = models.BooleanField("reminders are sent", default=True)
    # Days before a date, the most first, e.g. 60,14,3: equal choices read the same.
    leads = models.CharField(
        "days before a date", max_length=LONGEST_LEADS, default=USUAL_LEADS
    )
    # Figures that are told of when they are published: specialties by their slugs.
    follows_years = models.BooleanField("new Match years are told of", default=False)
    follows_specialties = models.JSONField("specialties followed", default=list)
    # The newest publication when each of these was chosen, an ISO moment: what was
    # published until then is no news. By slug; the empty one is for Match years.
    followed_after = models.JSONField(default=dict)
    # The address that sent a message back. While it is the account's, nothing is sent.
    bounced = models.CharField(max_length=254, blank=True)


# What a notice of changed rules is called, with the number of its comparison.
NOTICE = "rules:"
# What news of figures is called, with the Match year and the version: "figures:2027:1".
FIGURES = "figures:"


class Reminder(Owned):
    """One reminder that is due: what of, and whether it is in a message.

    Or a notice that changed rules have changed an answer, or that figures were published
    which the member follows: it goes the same way.
    """

    # Without an index of its own: the constraint below has one that begins with it.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )

    # "deadline:2027:nrmp_…", "seven_years", "rules:4": no more than one a due day for a
    # member.
    kind = models.CharField(max_length=80)
    due_on = models.DateField()  # the day from which it is to be sent
    planned_on = models.DateField()
    title = models.CharField(max_length=200)
    on = models.DateField("what it reminds of")
    at = models.TimeField("hour in New York", null=True)
    is_firm = models.BooleanField("said without “unconfirmed”", default=True)

    state = models.CharField(
        max_length=12, choices=ReminderState, default=ReminderState.WAITING
    )

    class Meta:
        ordering = ("on", "at", "kind", "pk")
        constraints = (
            models.UniqueConstraint(
                name="profiles_reminder_one_a_kind_and_due_day",
                fields=("owner", "kind", "due_on"),
            ),
            one_of("profiles_reminder_state_is_known", "state", ReminderState.values),
        )
        indexes = (
            # What waits is little beside what is over.
            models.Index(
                name="profiles_reminder_waiting",
                fields=("owner",),
                condition=Q(state="waiting"),
            ),
        )

    @property
    def is_of_figures(self) -> bool:
        """Does it tell of published figures? Otherwise of a date or of changed rules."""
        return self.kind.startswith(FIGURES)

    @property
    def comparison(self) -> int | None:
        """Which comparison a notice tells of; None: this is a reminder of a date."""
        number = self.kind.removeprefix(NOTICE)
        return None if number == self.kind else int(number)


class RecordChange(Owned):
    """A member changed something in their record, or when to be reminded, and was not
    planned for since. A row for each change, so that a member never waits for planning.
    """


class OccasionCheck(models.Model):
    """On that day an occasion was gone through for everybody: it is not done again, because
    it costs as much as there are members.
    """

    kind = models.CharField(max_length=80)
    on = models.DateField("what it reminds of")
    asked_on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="profiles_occasioncheck_one_an_occasion", fields=("kind", "on")
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}, {self.on}"
