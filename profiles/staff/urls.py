"""The addresses of the pages of proposals, below those of Django's list of them."""

from __future__ import annotations

from django.urls import URLPattern, path

from profiles.staff import proposals, reviews
from profiles.staff.requests import View


def _page(route: str, view: View, name: str) -> URLPattern:
    return path(route, view, name=f"profiles_ruleproposal_{name}")


urlpatterns = [
    _page("due/", reviews.show_due, "due"),
    _page("<int:pk>/approve/", proposals.approve, "approve"),
    _page("<int:pk>/return/", proposals.return_to_author, "return"),
    _page("<int:pk>/discard/", proposals.discard, "discard"),
    *(
        path(
            f"{act}/<slug:table>/<int:row_id>/",
            proposals.propose_act,
            {"act": act},
            name=f"profiles_ruleproposal_{act}",
        )
        for act in proposals.ACTS
    ),
]
