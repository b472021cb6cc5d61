"""The dated tables of the rules, for the staff. Members' records are never here.

The form validates, and an action keeps what was proposed: `profiles.staff` has the rest.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import models
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse

from imgportal.lib import clock
from imgportal.lib.row_admin import RowAdmin
from profiles.actions import propose_rule
from profiles.choices import ProposalAct
from profiles.forms.reference_rows import (
    ReferenceForm,
    SheetDayField,
    SpecialtyServiceForm,
)
from profiles.models import (
    Country,
    PassingStandard,
    PathwaySeason,
    RuleNumber,
    RuleProposal,
    SeasonDeadline,
    SpecialtyService,
)
from profiles.models.reference import SEASON_VALUES, ReferenceRow
from profiles.models.rule_proposals import WAITING
from profiles.rules.reference import eastern_day
from profiles.staff import proposals, urls
from profiles.staff.proposals import PROPOSED
from profiles.staff.requests import lead_to


class ReferenceAdmin(RowAdmin):
    """Proposes one row at a time. Nothing is deleted: what is wrong is changed, or
    withdrawn.
    """

    form = ReferenceForm
    change_form_template = "admin/profiles/change_form.html"
    values: tuple[Any, ...] = ()
    formfield_overrides: ClassVar[Any] = {
        models.DateField: {"form_class": SheetDayField}
    }

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (None, {"fields": self.values}),
            (
                "Where it comes from",
                {"fields": ("sources", "note", "last_checked", "next_review")},
            ),
            ("The change", {"fields": ("reason", "why", "seen_at")}),
        )

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """The row, as a proposal that waits would have it."""
        row = super().get_object(request, object_id, from_field)
        waiting = None if row is None else propose_rule.waiting_for(row)
        if waiting is None or waiting.act != ProposalAct.CHANGE:
            return row
        return waiting.proposed_row(row)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        proposal = _new_row_in(request)
        if proposal is None:
            return {}
        return {**proposal.values, "why": proposal.note, "reason": proposal.reason}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_withdrawn = obj is not None and obj.withdrawn_at is not None
        return not is_withdrawn and super().has_change_permission(request, obj)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = super().get_object(request, unquote(object_id))
        waiting = None if row is None else propose_rule.waiting_for(row)
        if (
            waiting is not None
            and waiting.act != ProposalAct.CHANGE
            and request.method == "POST"
        ):
            messages.error(request, "Decide first on what is proposed for this row.")
            return lead_to(waiting)
        context = {"waiting": waiting, "row": row, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        columns = form.columns_to_change
        if not columns:
            return
        proposal = _new_row_in(request)
        request.proposal = propose_rule.propose(  # type: ignore[attr-defined]
            row=obj,
            act=ProposalAct.CHANGE if change else ProposalAct.ADD,
            columns=columns,
            note=form.cleaned_data["why"],
            doubts=form.doubts,
            reason=form.cleaned_data["reason"],
            by=request.user,  # type: ignore[arg-type]
            now=clock.now(),
            proposal_id=proposal.pk if proposal else None,
        )

    # A proposal has a history of its own, and the row gets a line when it is approved.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._lead_on(request)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._lead_on(request)

    def _lead_on(self, request: HttpRequest) -> HttpResponse:
        proposal = getattr(request, "proposal", None)
        if proposal is None:
            messages.info(
                request, "Nothing differs from what holds: nothing to propose."
            )
            return redirect(request.get_full_path())
        messages.success(request, PROPOSED)
        return lead_to(proposal)

    def view_on_site(self, obj: Model) -> str:
        return f"{reverse('rules:rules')}#{obj._meta.model_name}"

    @admin.display(description="Source")
    def documents(self, row: ReferenceRow) -> str:
        return row.sources.replace(";", ", ")

    @admin.display(description="Holds", boolean=True)
    def holds(self, row: ReferenceRow) -> bool:
        return row.withdrawn_at is None

    def get_list_display(self, request: HttpRequest) -> Any:
        return (*self.list_display, "last_checked", "next_review", "holds")

    def get_list_filter(self, request: HttpRequest) -> Any:
        return (*self.list_filter, ReviewFilter)


class ReviewFilter(admin.SimpleListFilter):
    """Which rows somebody should look at again."""

    title = "review"
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("due", "due now"), ("ahead", "still ahead"), ("none", "none planned"))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = eastern_day(clock.now())
        match self.value():
            case "due":
                return queryset.filter(next_review__lte=today)
            case "ahead":
                return queryset.filter(next_review__gt=today)
            case "none":
                return queryset.filter(next_review__isnull=True)
        return queryset


def _new_row_in(request: HttpRequest) -> RuleProposal | None:
    """The proposal of a new row that the address names, to be mended."""
    number = request.GET.get("proposal", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    return RuleProposal.objects.filter(
        pk=int(number), act=ProposalAct.ADD, state__in=WAITING
    ).first()


@admin.register(RuleProposal)
class RuleProposalAdmin(RowAdmin):
    """The list of proposals. Their own pages are in `profiles.staff`."""

    list_display = ("__str__", "state", "proposed_by", "proposed_at", "decided_by")
    list_filter = ("state", "act", "table")
    list_select_related = ("proposed_by", "decided_by")
    change_list_template = "admin/profiles/ruleproposal/change_list.html"
    search_fields = ("row_words", "note")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        return [*urls.urlpatterns, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return proposals.show(request, pk=object_id)

    def history_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return proposals.show(request, pk=object_id)


@admin.register(PassingStandard)
class PassingStandardAdmin(ReferenceAdmin):
    values = ("measured", "effective_from", "minimum_score", "confidence")
    list_display = (
        "measured",
        "effective_from",
        "minimum_score",
        "confidence",
        "documents",
    )
    list_filter = ("measured", "confidence")


@admin.register(RuleNumber)
class RuleNumberAdmin(ReferenceAdmin):
    values = ("quantity", "effective_from", "value", "confidence")
    list_display = (
        "quantity",
        "effective_from",
        "value",
        "confidence",
        "documents",
    )
    list_filter = ("quantity", "confidence")


@admin.register(SeasonDeadline)
class SeasonDeadlineAdmin(ReferenceAdmin):
    values = ("match_year", "event", "on", ("at", "until"), "confidence")
    list_display = (
        "event",
        "match_year",
        "on",
        "at",
        "confidence",
        "documents",
    )
    list_filter = ("match_year", "confidence")
    ordering = ("-match_year", "on", "at")


@admin.register(PathwaySeason)
class PathwaySeasonAdmin(ReferenceAdmin):
    values = (
        "match_year",
        *SEASON_VALUES[:3],
        "season_closes",
        *SEASON_VALUES[3:],
    )
    list_display = (
        "match_year",
        "licence_from",
        "graduated_from",
        "application_deadline",
        "oet_from",
    )
    ordering = ("-match_year",)


@admin.register(SpecialtyService)
class SpecialtyServiceAdmin(ReferenceAdmin):
    form = SpecialtyServiceForm
    values = (("specialty", "specialty_name"), "from_season", "service", "confidence")
    list_display = (
        "specialty_name",
        "from_season",
        "service",
        "confidence",
        "documents",
    )
    list_filter = ("service", "confidence")


@admin.register(Country)
class CountryAdmin(ReferenceAdmin):
    values = (
        ("name", "iso2"),
        "regulator",
        "degree",
        "need_authority",
        "particulars",
        "confidence",
    )
    list_display = (
        "name",
        "iso2",
        "confidence",
        "documents",
    )
    list_filter = ("confidence",)
    search_fields = ("name", "iso2")
