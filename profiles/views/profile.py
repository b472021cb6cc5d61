"""`/me/profile/`: what the rules need to know of a member."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from imgportal.lib import clock
from profiles import member_record
from profiles.actions import save_entry
from profiles.forms.profile import ProfileForm
from profiles.models import Profile
from profiles.views.member_requests import SignedInRequest, entry, members_only, typed
from stats import public


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    form = ProfileForm(
        typed(request),
        row=stored.profile,
        specialties=specialty_choices(stored.profile.specialties),
        today=stored.today(clock.now()),
    )
    return entry(
        request,
        form,
        write=lambda: save_entry.put(
            Profile, owner=request.user, seen=form.seen_version, values=form.values
        ),
        onward=reverse("profiles:profile"),
        saved="Saved: your profile.",
        title="Your profile",
        hint="Every field may stay empty. What needs it then says “not known”, and "
        "which field would settle it.",
        part="profile",
    )


def specialty_choices(chosen: list[str]) -> list[tuple[str, str]]:
    """Today's specialties, and those that somebody chose before a merger."""
    specialties = public.everything().specialties
    offered = {
        slug: specialty.short_name
        for slug, specialty in specialties.items()
        if not specialty.successor or slug in chosen
    }
    # A name that is not published any more still is what somebody chose.
    return [*offered.items(), *((slug, slug) for slug in chosen if slug not in offered)]
