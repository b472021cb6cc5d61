"""What readers reported: read, answered, put away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from imgportal.lib import clock
from stats import public
from stats.actions import handle_reports
from stats.choices import FigureTable, ReportStatus
from stats.exceptions import AlreadyHandled
from stats.models import ProblemReport

if TYPE_CHECKING:
    from imgportal.models import User

    _Form = forms.ModelForm[ProblemReport]
    _Admin = admin.ModelAdmin[ProblemReport]
else:
    _Form = forms.ModelForm
    _Admin = admin.ModelAdmin


def _signed_in(request: HttpRequest) -> User:
    return cast("User", request.user)


class HandlingForm(_Form):
    outcome = forms.ChoiceField(
        label="What became of it",
        choices=[
            (ReportStatus.ANSWERED, "Answered: the reader has our answer"),
            (ReportStatus.CLOSED, "Closed: there is nothing to answer"),
        ],
        widget=forms.RadioSelect,
        help_text="Either deletes the e-mail address, so write to the reader first.",
    )

    class Meta:
        model = ProblemReport
        fields = ("answer",)


@admin.register(ProblemReport)
class ProblemReportAdmin(_Admin):
    list_display = ("received_at", "figure", "beginning", "wants_answer", "status")
    list_filter = ("status", "match_year")
    search_fields = ("text", "answer")
    date_hierarchy = "received_at"
    ordering = ("-received_at", "-pk")
    actions = ("close_selected",)

    def get_form(
        self,
        request: HttpRequest,
        obj: ProblemReport | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        if self.has_change_permission(request, obj):
            kwargs["form"] = HandlingForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(
        self, request: HttpRequest, obj: ProblemReport | None = None
    ) -> Any:
        report: tuple[str, ...] = ("received_at", "figure", "text")
        if self.has_change_permission(request, obj):
            return (
                ("The report", {"fields": (*report, "write_to")}),
                ("Put it away", {"fields": ("outcome", "answer")}),
            )
        return (
            ("The report", {"fields": report}),
            ("Handled", {"fields": ("status", "answer", "handled_by", "handled_at")}),
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: ProblemReport | None = None
    ) -> tuple[str, ...]:
        return ("received_at", "figure", "text", "write_to")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: ProblemReport | None = None
    ) -> bool:
        # What was handled is read, not written over.
        return super().has_change_permission(request, obj) and (
            obj is None or obj.status == ReportStatus.OPEN
        )

    @admin.display(description="Figure")
    def figure(self, report: ProblemReport) -> str:
        if report.match_year is None or report.version is None:
            return "The site in general"
        year = public.everything().versions.get((report.match_year, report.version))
        row = (
            year and report.table and year.row_of(FigureTable(report.table), report.row)
        )
        label = row.label if row else report.get_table_display() or "The year"
        return format_html(
            '<a href="{}">{}, {} version {}</a>',
            reverse("stats:version_detail", args=[report.match_year, report.version]),
            label,
            report.match_year,
            report.version,
        )

    @admin.display(description="What is wrong")
    def beginning(self, report: ProblemReport) -> str:
        return Truncator(report.text).chars(90)

    @admin.display(description="Answer wanted", boolean=True)
    def wants_answer(self, report: ProblemReport) -> bool:
        return bool(report.email)

    @admin.display(description="Write to")
    def write_to(self, report: ProblemReport) -> str:
        if not report.email:
            return "No address was left."
        return format_html('<a href="mailto:{0}">{0}</a>', report.email)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        if request.method == "POST" and self.has_view_permission(request):
            report = self.get_object(request, object_id)
            if report is not None and report.status != ReportStatus.OPEN:
                messages.warning(
                    request,
                    f"This report was handled by {report.handled_by} meanwhile, so "
                    f"yours was not saved. Your note: “{request.POST.get('answer', '')}”",
                )
                return redirect("admin:stats_problemreport_change", report.pk)
        return super().change_view(request, object_id, form_url, extra_context)

    def save_model(
        self, request: HttpRequest, obj: ProblemReport, form: Any, change: bool
    ) -> None:
        answered = form.cleaned_data["outcome"] == ReportStatus.ANSWERED
        handle = handle_reports.answer if answered else handle_reports.close
        try:
            handle(
                report_id=obj.pk,
                note=form.cleaned_data["answer"],
                by=_signed_in(request),
                now=clock.now(),
            )
        except AlreadyHandled as refusal:
            messages.error(request, str(refusal))
        else:
            done = "Answered" if answered else "Closed"
            messages.success(request, f"{done}. No e-mail address is kept of it.")

    def response_change(self, request: HttpRequest, obj: ProblemReport) -> HttpResponse:
        return self.response_post_save_change(request, obj)

    @admin.action(
        description="Close without an answer; deletes the e-mail addresses",
        permissions=["change"],
    )
    def close_selected(
        self, request: HttpRequest, queryset: QuerySet[ProblemReport]
    ) -> None:
        closed = 0
        for report in queryset.filter(status=ReportStatus.OPEN):
            try:
                handle_reports.close(
                    report_id=report.pk,
                    note="",
                    by=_signed_in(request),
                    now=clock.now(),
                )
            except AlreadyHandled:
                continue
            self.log_change(request, report, "Closed without an answer.")
            closed += 1
        messages.success(request, f"{closed} closed.")
