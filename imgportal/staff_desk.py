"""The first page of the staff, and of what each of them is told by mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from imgportal.lib import clock
from imgportal.lib.desk_items import DeskItem, DeskPart
from imgportal.models import StaffChoice, StaffNews
from profiles import desk as desk_of_rules
from stats import desk as desk_of_figures

if TYPE_CHECKING:
    from imgportal.models import User


def parts(user: User) -> list[tuple[DeskPart, Sequence[DeskItem]]]:
    """Every part of the desk that has something in it."""
    now = clock.now()
    items = [
        *desk_of_figures.items(user, now=now),
        *desk_of_rules.items(user, now=now),
    ]
    by_part = {part: [item for item in items if item.part == part] for part in DeskPart}
    return [(part, listed) for part, listed in by_part.items() if listed]


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
