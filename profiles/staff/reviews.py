"""Which rows of the dated tables somebody should compare with their sources again."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from imgportal.lib import clock
from profiles import reference_tables
from profiles.actions import change_rule
from profiles.forms.reference_rows import CheckedForm
from profiles.models.reference import OF_EVERY_ROW, ReferenceRow
from profiles.rules.reference import eastern_day
from profiles.staff.proposals import CHANGE, address_of_row
from profiles.staff.requests import ProposalRequest, proposal_page, render_page
from stats import public

# How far ahead the list looks, by the word in its address.
SPANS = {"now": 0, "month": 31, "quarter": 92, "all": 36_500}
USUAL_WAIT = timedelta(days=92)


def key_of(row: ReferenceRow) -> str:
    return f"{row._meta.model_name}/{row.pk}"


@proposal_page(CHANGE)
def show_due(request: ProposalRequest) -> HttpResponse:
    now = clock.now()
    today = eastern_day(now)
    span = request.GET.get("within", "now")
    span = span if span in SPANS else "now"
    stored = {key_of(row): row for row in reference_tables.stored_rows()}
    rows = sorted(
        (
            row
            for row in stored.values()
            if row.next_review is not None
            and (row.next_review - today).days <= SPANS[span]
        ),
        key=lambda row: (row.next_review, row._meta.verbose_name, str(row)),
    )
    form = CheckedForm(
        request.POST or None, initial={"next_review": today + USUAL_WAIT}
    )
    form.fields["rows"].choices = [(key, str(row)) for key, row in stored.items()]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        checked = [stored[key] for key in form.cleaned_data["rows"]]
        change_rule.note_checked(
            checked,
            today=today,
            next_review=form.cleaned_data["next_review"],
            now=now,
        )
        messages.success(
            request,
            f"{len(checked)} row{'s' if len(checked) != 1 else ''} checked today, with "
            "nothing changed.",
        )
        return redirect(request.get_full_path())
    sources = public.everything().sources
    ticked = set(request.POST.getlist("rows"))
    return render_page(
        request,
        "due",
        title="Rules to compare with their sources",
        form=form,
        span=span,
        spans=[
            ("now", "due now"),
            ("month", "within a month"),
            ("quarter", "within three months"),
            ("all", "all that have a day"),
        ],
        rows=[
            (
                key_of(row),
                row,
                address_of_row(row),
                [sources[name] for name in row.source_keys if name in sources],
                [
                    (row.label_of(name), row.in_words(name))
                    for name in row.columns
                    if name not in HEADS and row.in_words(name)
                ],
                key_of(row) in ticked,
            )
            for row in rows
        ],
        status=422 if request.method == "POST" else 200,
    )


# What stands in columns of its own, or in the name of the row.
HEADS = frozenset(
    {
        *OF_EVERY_ROW,
        *("measured", "quantity", "match_year", "event", "specialty"),
        *("specialty_name", "name", "iso2"),
        *("regulator", "degree", "need_authority", "particulars"),
    }
)
