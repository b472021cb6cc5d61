"""`/me/profile/`: who the member is to the rules, and the days of a visa."""

from __future__ import annotations

from django.http import HttpResponse

from profiles import member_record
from profiles.views import entry_pages
from profiles.views.member_requests import SignedInRequest, members_only


@members_only
def profile(request: SignedInRequest) -> HttpResponse:
    """With a way to the visa days, for who may need a visa."""
    stored = member_record.read(request.user)
    return entry_pages.put_entry(
        request,
        page=entry_pages.OWN_PROFILE,
        stored=stored,
        about="profiles/_visa_link.html" if stored.facts.person.may_need_visa else "",
    )
