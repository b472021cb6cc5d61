from __future__ import annotations

from copy import copy
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from profiles.choices import ProposalAct, ProposalState
from profiles.models.reference import ReferenceRow

WAITING = (ProposalState.OPEN, ProposalState.RETURNED)


def _person(**options: Any) -> models.ForeignKey[Any, Any]:
    # Who changed what everybody reads stays known.
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options
    )


class RuleProposal(models.Model):
    """A change of one row of the dated tables that somebody proposes and somebody else
    approves. Until then nobody but the staff knows of it.
    """

    act = models.CharField("what it does", max_length=8, choices=ProposalAct)
    table = models.CharField(max_length=16)  # the model's name, e.g. passingstandard
    row_id = models.BigIntegerField(null=True)  # None: a new row, until it is approved
    row_words = models.CharField("row", max_length=200)
    # Only the columns that become another value, as text; None: no value.
    values = models.JSONField(default=dict)
    # When the row was last written as its author saw it. None: a new row.
    row_stored_at = models.DateTimeField(null=True)
    note = models.CharField("public note", max_length=300)
    # What history does not know, and why it is right all the same.
    doubts = models.JSONField(default=list)
    reason = models.CharField("why it is right", max_length=1000, blank=True)

    state = models.CharField(
        max_length=9, choices=ProposalState, default=ProposalState.OPEN
    )
    proposed_by = _person(verbose_name="proposed by")
    proposed_at = models.DateTimeField("proposed")
    written_at = models.DateTimeField("last written")
    # Whoever wrote any of it, and so does not approve it.
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    decided_by = _person(null=True, verbose_name="decided by")
    decided_at = models.DateTimeField("decided", null=True)
    remark = models.TextField("what should be changed", blank=True)

    # Of how many members an answer changes by it; None: not counted yet. It holds for
    # the tables of that digest.
    changed_members = models.PositiveIntegerField(null=True)
    counted_with = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ("-written_at", "-pk")
        verbose_name = "proposed change of a rule"
        verbose_name_plural = "proposed changes of rules"
        permissions = (("approve_ruleproposal", "Can approve a change of a rule"),)
        constraints = (
            models.UniqueConstraint(
                name="profiles_ruleproposal_one_waiting_a_row",
                fields=("table", "row_id"),
                condition=Q(state__in=[state.value for state in WAITING]),
            ),
            models.CheckConstraint(
                name="profiles_ruleproposal_decided_by_somebody",
                condition=Q(state__in=[state.value for state in WAITING])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.row_words}"

    @property
    def is_waiting(self) -> bool:
        """Can it still become a change?"""
        return self.state in WAITING

    @property
    def model(self) -> type[ReferenceRow]:
        model: type[ReferenceRow] = apps.get_model("profiles", self.table)
        return model

    def stored_row(self) -> ReferenceRow | None:
        """The row as it is stored now. None: it is a new one."""
        if self.row_id is None:
            return None
        return self.model._default_manager.filter(pk=self.row_id).first()

    def proposed_row(self, stored: ReferenceRow | None) -> ReferenceRow:
        """The row as it would be, not saved; `stored` is as it is."""
        row = self.model() if stored is None else copy(stored)
        for name, text in self.values.items():
            setattr(row, name, row._meta.get_field(name).to_python(text))  # type: ignore[union-attr]
        return row


def as_text(row: ReferenceRow, name: str) -> str | None:
    """A value of a row as a proposal keeps it."""
    value = getattr(row, name)
    if isinstance(value, (date, datetime)) or hasattr(value, "isoformat"):
        return str(value.isoformat())
    return None if value is None else str(value)
