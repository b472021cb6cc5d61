"""The first page of the staff, and of what each of them is told by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from imgportal.lib import clock
from imgportal.lib.desk_items import DeskItem, DeskPart, StaffDeed
from imgportal.models import StaffChoice, StaffNews
from profiles import desk as desk_of_rules
from stats import desk as desk_of_figures

if TYPE_CHECKING:
    from imgportal.models import User


# Lines of a page of the log.
PAGE = 100


def parts(user: User) -> list[tuple[DeskPart, Sequence[DeskItem]]]:
    """Every part of the desk that has something in it."""
    now = clock.now()
    items = [
        *desk_of_figures.items(user, now=now),
        *desk_of_rules.items(user, now=now),
    ]
    by_part = {part: [item for item in items if item.part == part] for part in DeskPart}
    return [(part, listed) for part, listed in by_part.items() if listed]


def show_log(request: HttpRequest) -> HttpResponse:
    """Who of the staff did what, the newest first: versions, rules, sources, accounts."""
    if not request.user.is_superuser:
        raise PermissionDenied
    before = _moment(request.GET.get("before", "")) or clock.now() + timedelta(days=1)
    deeds = [
        *desk_of_figures.deeds(before=before, most=PAGE),
        *_admin_deeds(before=before, most=PAGE),
    ]
    shown = sorted(deeds, key=lambda deed: deed.at, reverse=True)[:PAGE]
    return render(
        request,
        "admin/log.html",
        admin.site.each_context(request)
        | {
            "title": "Who did what",
            "deeds": shown,
            # What happened at the same microsecond as the last line may be skipped.
            "older": shown[-1].at.isoformat() if len(shown) == PAGE else "",
        },
    )


def _moment(text: str) -> datetime | None:
    """A moment of an address; None: it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _admin_deeds(*, before: datetime, most: int) -> list[StaffDeed]:
    """What was written on Django's own pages, and the rules that were approved."""
    entries = LogEntry.objects.filter(action_time__lt=before)
    return [
        StaffDeed(
            at=entry.action_time,
            by=str(entry.user),
            what=str(entry.get_action_flag_display()),
            about=f"{entry.content_type}: {entry.object_repr}",
            detail=entry.get_change_message(),
        )
        for entry in entries.select_related("user", "content_type")[:most]
    ]


class MessagesForm(forms.Form):
    told_of = forms.MultipleChoiceField(
        label="Tell me by mail when",
        choices=StaffNews.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def choose_messages(request: HttpRequest) -> HttpResponse:
    """Of what this person is told by mail. Everything, unless they say otherwise."""
    choice = StaffChoice.objects.filter(owner_id=request.user.pk).first()
    refused = set(choice.not_told_of if choice else [])
    told_of = [value for value in StaffNews.values if value not in refused]
    form = MessagesForm(request.POST or None, initial={"told_of": told_of})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["told_of"]
        StaffChoice.objects.update_or_create(
            owner_id=request.user.pk,
            defaults={
                "not_told_of": [
                    value for value in StaffNews.values if value not in wanted
                ]
            },
        )
        messages.success(request, "Saved.")
        return redirect("admin:index")
    return render(
        request,
        "admin/messages.html",
        admin.site.each_context(request)
        | {"title": "Of what you are told by mail", "form": form},
        status=422 if request.method == "POST" else 200,
    )
