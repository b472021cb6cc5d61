"""`/me/season/record/`: what the member did in each Match."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profiles import member_record
from profiles.record_tables import SEASONS
from profiles.views.member_requests import SignedInRequest, members_only
from profiles.views.printed_record import pairs_of


@members_only
@require_safe
def season_record_list(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    seasons = [
        (row, pairs_of(SEASONS, SEASONS.values(row)))
        for row in reversed(stored.rows_of(SEASONS))
    ]
    return render(
        request,
        "profiles/season_record_list.html",
        {"part": "season", "seasons": seasons},
    )
