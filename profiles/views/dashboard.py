"""`/me/`: how far everything is, and what comes next."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profiles import record
from profiles.views.requests import SignedInRequest


@login_required
@require_safe
def dashboard(request: SignedInRequest) -> HttpResponse:
    stored = record.read(request.user)
    return render(
        request, "profiles/dashboard.html", {"stored": stored, "part": "dashboard"}
    )
