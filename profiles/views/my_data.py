"""`/me/data/`: take the record away, see what happened to the account, delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from imgportal.lib import clock
from imgportal.models import SecurityEvent
from profiles import member_record, signals
from profiles.actions import delete_record
from profiles.portable import csv_archive, json_document
from profiles.record_tables import TABLES, RecordTable
from profiles.views.member_requests import SignedInRequest, asks_who_it_is, either
from profiles.views.printed_record import print_record

# Shown at once; the others are folded away.
NEWEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAmount:
    """How much of one kind a record holds."""

    table: RecordTable
    number: int

    @property
    def words(self) -> str:
        """ "3 exam attempts"; what there is one of at most has no number."""
        if not self.table.has_many:
            return f"your {self.table.words[0]}"
        return f"{self.number} {self.table.words[self.number != 1]}"


@login_required
@require_safe
def data(request: SignedInRequest) -> HttpResponse:
    events = list(SecurityEvent.objects.filter(user=request.user))
    return render(
        request,
        "profiles/data.html",
        {
            "part": "data",
            "amounts": _amounts(member_record.read_record(request.user)),
            "newest": events[:NEWEST],
            "older": events[NEWEST:],
        },
    )


@login_required
@either
def export_json(request: SignedInRequest) -> HttpResponse:
    """The record as a file. Asked for by POST: it writes into the list of events."""
    return _export(
        request,
        lambda content, now: json_document.as_text(content).encode(),
        kind="application/json; charset=utf-8",
        extension="json",
    )


@login_required
@either
def export_csv(request: SignedInRequest) -> HttpResponse:
    return _export(
        request,
        lambda content, now: csv_archive.write_archive(content, now=now),
        kind="application/zip",
        extension="zip",
    )


@login_required
@require_safe
def printable(request: SignedInRequest) -> HttpResponse:
    """Everything in the record on one page that prints well."""
    stored = member_record.read_all(request.user)
    return render(
        request,
        "profiles/printable.html",
        {
            "part": "data",
            "parts": print_record(stored),
            "today": stored.today(clock.now()),
        },
    )


@login_required
@either
@asks_who_it_is
def empty(request: SignedInRequest) -> HttpResponse:
    """Delete the record and keep the account; behind re-authentication."""
    if request.method == "POST":
        number = delete_record.delete_entries(request.user)
        signals.record_emptied.send(None, request=request, user=request.user)
        messages.success(
            request,
            f"Deleted: {number} {'entry' if number == 1 else 'entries'}. "
            "Your record is empty.",
        )
        return redirect("profiles:data")
    return render(
        request,
        "profiles/empty_record.html",
        {"part": "data", "amounts": _amounts(member_record.read_record(request.user))},
    )


def _amounts(stored: member_record.StoredRecord) -> list[RecordAmount]:
    amounts = [
        RecordAmount(table=table, number=len(stored.rows_of(table))) for table in TABLES
    ]
    return [amount for amount in amounts if amount.number]


def _export(
    request: SignedInRequest,
    write: Callable[[dict[str, Any], datetime], bytes],
    *,
    kind: str,
    extension: str,
) -> HttpResponse:
    """The file, or on GET the page with its button; both behind re-authentication."""
    try:
        return _answer_export(request, write, kind=kind, extension=extension)
    except ReauthenticationRequired:
        if request.method != "POST":
            raise
        # To the page with the button, which asks first and is shown afterwards: a file
        # alone would leave the browser on the form for the password.
        return redirect(request.path)


@asks_who_it_is
def _answer_export(
    request: SignedInRequest,
    write: Callable[[dict[str, Any], datetime], bytes],
    *,
    kind: str,
    extension: str,
) -> HttpResponse:
    if request.method != "POST":
        return render(
            request, "profiles/export.html", {"part": "data", "extension": extension}
        )
    now = clock.now()
    content = json_document.export_record(
        request.user, member_record.read_all(request.user), now=now
    )
    signals.record_exported.send(None, request=request, user=request.user)
    # The day and nothing else: the name stays in lists of downloads.
    name = f"img-record-{now.date().isoformat()}.{extension}"
    return HttpResponse(
        write(content, now),
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
