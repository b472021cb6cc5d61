"""`/me/data/sheets/`: what a member shows to advisers, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from imgportal.lib import clock, typed_drafts
from profiles.actions import adviser_sheet
from profiles.exceptions import ChangedMeanwhile, TooMany
from profiles.forms.adviser_sheets import AdviserSheetForm
from profiles.models import AdviserSheet
from profiles.views.member_requests import (
    CONFLICT,
    WRONG,
    SignedInRequest,
    asks_who_it_is,
    confirm_removal,
    either,
    members_only,
    not_here,
    typed,
)

# How the list names the parts.
PART_WORDS = {
    "exams": "exams",
    "scores": "scores",
    "certification": "certification",
    "steps": "next steps",
    "season": "season",
    "notes": "private notes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSheet:
    """One sheet as its member sees it in the list."""

    row: AdviserSheet
    is_open: bool

    @property
    def title(self) -> str:
        return self.row.title or "Without a title"

    @property
    def shows(self) -> str:
        return ", ".join(PART_WORDS[name] for name in self.row.parts_shown)


@members_only
@require_safe
def sheet_list(request: SignedInRequest) -> HttpResponse:
    now = clock.now()
    sheets = [
        ListedSheet(row=row, is_open=row.is_open(now))
        for row in AdviserSheet.objects.owned_by(request.user)
    ]
    return render(
        request,
        "profiles/sheet_list.html",
        {
            "part": "data",
            "open": [sheet for sheet in sheets if sheet.is_open],
            "ended": [sheet for sheet in sheets if not sheet.is_open],
            "most": adviser_sheet.MOST_OPEN,
        },
    )


@members_only
@either
@asks_who_it_is
def sheet_add(request: SignedInRequest) -> HttpResponse:
    """Make a sheet. The answer is the one page that shows its address."""
    form = AdviserSheetForm(typed(request), row=adviser_sheet.newest(request.user))
    form.whose = typed_drafts.mark_for(request.user.pk)
    address, status = "", 200
    if request.method == "POST":
        status = WRONG
        if form.is_valid():
            try:
                token = adviser_sheet.make(
                    owner=request.user,
                    seen=form.seen_version,
                    now=clock.now(),
                    **form.values,
                )
                # Not a redirect: the address is stored nowhere, so no other page could
                # show it. Sent again, the same form makes no second one.
                path = reverse("adviser_sheet", args=[token])
                address, status = request.build_absolute_uri(path), 200
                typed_drafts.forget(request)
            except ChangedMeanwhile as meanwhile:
                form.show_beside(meanwhile.row)
                status = CONFLICT
            except TooMany as too_many:
                form.add_error(None, str(too_many))
    return render(
        request,
        "profiles/sheet_add.html",
        {
            "part": "data",
            "form": form,
            "address": address,
            "is_back": request.method != "POST" and form.is_bound,
        },
        status=status,
    )


@members_only
@either
def sheet_end(request: SignedInRequest, pk: int) -> HttpResponse:
    sheet = AdviserSheet.objects.owned_by(request.user).filter(pk=pk).first()
    if sheet is None:
        raise not_here()
    is_open = sheet.is_open(clock.now())
    return confirm_removal(
        request,
        remove=partial(adviser_sheet.end, owner=request.user, row_id=pk),
        onward=reverse("profiles:sheet_list"),
        removed="The address of the sheet answers no more."
        if is_open
        else "The sheet is off your list.",
        title="End this sheet?" if is_open else "Take it off the list?",
        loses="the sheet: its address stops working at once"
        if is_open
        else "an ended sheet from your list",
        back=reverse("profiles:sheet_list"),
        part="data",
    )
