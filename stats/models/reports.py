from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from stats.choices import FigureTable, ReportStatus

# Characters. Shorter says nothing; longer is a document, not a report.
SHORTEST_TEXT, LONGEST_TEXT = 10, 4000


class ProblemReport(models.Model):
    """What a reader says is wrong with a figure, or with the site in general.

    Which figure is kept as the words of its address, without a foreign key: a report
    must never stand in the way of the figures, nor they of it.
    """

    match_year = models.PositiveSmallIntegerField(
        null=True, help_text="Empty when the report is about no single year."
    )
    version = models.PositiveSmallIntegerField(null=True)
    table = models.CharField(max_length=12, choices=FigureTable, blank=True)
    row = models.CharField(max_length=120, blank=True)

    text = models.TextField("what is wrong")
    email = models.EmailField(
        "e-mail address",
        blank=True,
        help_text="For the answer only; deleted as soon as the report is handled.",
    )
    received_at = models.DateTimeField("received")

    status = models.CharField(
        max_length=10, choices=ReportStatus, default=ReportStatus.OPEN
    )
    answer = models.TextField(
        "internal note",
        blank=True,
        help_text="What was found and answered, for the staff. Nobody else reads it.",
    )
    handled_at = models.DateTimeField("handled", null=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "reported problem"
        ordering = ("-received_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="stats_problemreport_text_has_a_length",
                condition=Q(GreaterThanOrEqual(Length("text"), SHORTEST_TEXT))
                & Q(LessThanOrEqual(Length("text"), LONGEST_TEXT)),
            ),
            models.CheckConstraint(
                name="stats_problemreport_figure_has_a_version",
                condition=Q(match_year__isnull=False, version__isnull=False)
                | Q(match_year__isnull=True, version__isnull=True, table="", row=""),
            ),
            models.CheckConstraint(
                name="stats_problemreport_handled_says_when_and_by_whom",
                condition=Q(
                    status="open", handled_at__isnull=True, handled_by__isnull=True
                )
                | (
                    ~Q(status="open")
                    & Q(handled_at__isnull=False, handled_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="stats_problemreport_handled_keeps_no_address",
                condition=Q(status="open") | Q(email=""),
            ),
        )

    def __str__(self) -> str:
        # Stands in the log of the staff pages, so it tells nothing of the reader.
        about = f"{self.match_year} v{self.version}" if self.match_year else "the site"
        return f"Report {self.pk} about {about}"
