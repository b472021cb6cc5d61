from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from profiles.choices import Answer
from profiles.models.owned import Owned, one_of

# Above the number of every account.
EVERYBODY = 2**63 - 1
# Answer, status, the day that decides, the next date.
Answered = tuple[str, str, date | None, date | None]


class Compared(models.Model):
    """The dated tables with which the members up to one number were last compared.

    One row, `EVERYBODY`, when all is done. While a comparison is under way the rows
    before it say how far it has come, and with which tables.
    """

    up_to = models.BigIntegerField("number of the last member", unique=True)
    comparison = models.PositiveIntegerField()  # counts the states that were compared
    tables = models.TextField()  # every row, as comparing.Snapshot reads it

    class Meta:
        ordering = ("up_to",)

    def __str__(self) -> str:
        return f"comparison {self.comparison}, up to {self.up_to}"


class AnswerChange(Owned):
    """An answer about a member's record that is another one since the tables changed.

    The answer and its days, never a score: the reasons are judged anew when asked for.
    """

    comparison = models.PositiveIntegerField()
    about = models.CharField(max_length=60)  # rules.answers.ShortAnswer.about
    title = models.CharField(max_length=120)
    before_answer = models.CharField(max_length=12, choices=Answer)
    before_status = models.CharField(max_length=40)
    before_decided_on = models.DateField(null=True)
    before_next_date = models.DateField(null=True)
    after_answer = models.CharField(max_length=12, choices=Answer)
    after_status = models.CharField(max_length=40)
    after_decided_on = models.DateField(null=True)
    after_next_date = models.DateField(null=True)
    # The public changes that did it: table, row, column, before, after, note.
    why = models.JSONField(default=list)
    changed_at = models.DateTimeField("when the last of these was changed")
    found_at = models.DateTimeField()
    dismissed_at = models.DateTimeField("read by the member", null=True)

    class Meta:
        ordering = ("-found_at", "pk")
        constraints = (
            models.UniqueConstraint(
                name="profiles_answerchange_told_once",
                fields=("owner", "comparison", "about"),
            ),
            one_of(
                "profiles_answerchange_answers_are_known",
                "before_answer",
                Answer.values,
            ),
            one_of(
                "profiles_answerchange_new_answers_are_known",
                "after_answer",
                Answer.values,
            ),
        )
        indexes = (
            models.Index(
                name="profiles_answerchange_unread",
                fields=("owner",),
                condition=Q(dismissed_at__isnull=True),
            ),
        )

    @property
    def before(self) -> Answered:
        """The old answer, to be compared with another."""
        return (
            self.before_answer,
            self.before_status,
            self.before_decided_on,
            self.before_next_date,
        )

    @property
    def after(self) -> Answered:
        return (
            self.after_answer,
            self.after_status,
            self.after_decided_on,
            self.after_next_date,
        )
