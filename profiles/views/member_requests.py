"""What every page of a record shares: who asks, what was posted, what is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from imgportal.lib import clock, typed_drafts
from imgportal.lib.http import Nearby, NotHere
from profiles.exceptions import (
    AlreadyThere,
    ChangedMeanwhile,
    Contradiction,
    NotKept,
    TooMany,
)
from profiles.forms.record_form import RecordForm

if TYPE_CHECKING:
    from imgportal.models import User

    class SignedInRequest(HttpRequest):
        """What is left after `login_required`."""

        user: User
else:
    SignedInRequest = HttpRequest

# Another form of the same page was saved since this one was shown.
CONFLICT, WRONG = 409, 422
# How long a form waits that was sent after its session had ended.
KEEP_SECONDS = 3600
# Of a page that shows a form and takes it.
either = require_http_methods(["GET", "HEAD", "POST"])


def members_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Sends who is not signed in to sign in; a form that they posted waits for them."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            owner = typed_drafts.marked_owner(request)
            # Without the mark of a member anybody could make us keep anything.
            if owner is not None:
                typed_drafts.hold(
                    request, owner=owner, seconds=KEEP_SECONDS, now=clock.now()
                )
        return redirect_to_login(request.get_full_path())

    return answer


def asks_who_it_is(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Asks for password, passkey or code first, unless that was minutes ago.

    A form that is sent too late waits until then, and is answered as if it had just
    been sent. Who has none of the three has to sign in anew.
    """

    @wraps(view)
    @reauthentication_required  # type: ignore[untyped-decorator]
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if get_adapter().can_only_sign_in_anew(now=clock.now()):
            return render(request, "account/sign_in_again.html", {"part": "data"})
        return view(request, *args, **kwargs)

    return answer


def typed(request: HttpRequest) -> QueryDict | None:
    """What was posted, now or when the session ended; None for an empty form."""
    if request.method == "POST":
        return request.POST
    return typed_drafts.held(request, now=clock.now())


def not_here() -> NotHere:
    """The same for a row that never was, was removed, or belongs to somebody else."""
    return NotHere(
        "There is no such entry in your record. Perhaps it was removed in another tab.",
        [
            Nearby("Your exams", reverse("profiles:exam_list")),
            Nearby("Your certification", reverse("profiles:certification")),
        ],
    )


def show_or_save(
    request: SignedInRequest,
    form: RecordForm,
    *,
    write: Callable[[], Any],
    onward: str,
    saved: str,
    **page: Any,
) -> HttpResponse:
    """Show a form, or save what was posted and lead on.

    Nothing typed is lost: a wrong form comes back as 422, and one that was shown
    before the last change as 409 with what is stored now beside it.
    """
    status = 200
    form.whose = typed_drafts.mark_for(request.user.pk)
    if request.method == "POST":
        if form.is_valid() and _kept(form, write):
            typed_drafts.forget(request)
            messages.success(request, saved)
            return redirect(onward)
        status = CONFLICT if form.is_stale else WRONG
    # On GET a form is filled in only by what had waited.
    is_back = request.method != "POST" and form.is_bound
    return render(
        request,
        "profiles/entry.html",
        {"form": form, "is_back": is_back, **page},
        status=status,
    )


def _kept(form: RecordForm, write: Callable[[], Any]) -> bool:
    try:
        write()
    except AlreadyThere:
        form.place_is_taken()
    except ChangedMeanwhile as meanwhile:
        form.show_beside(meanwhile.row)
    except TooMany as too_many:
        form.add_error(None, str(too_many))
    except Contradiction as contradiction:
        form.add_error(None, str(contradiction))
    else:
        return True
    return False


def show_gone(
    request: HttpRequest, form: RecordForm, *, action: str, **page: Any
) -> HttpResponse:
    """A change of a row that is not there: 404, with what was typed still in the form.

    It goes to `action`, where it becomes a new entry.
    """
    form.action = action
    return render(
        request,
        "profiles/entry.html",
        {"form": form, "is_gone": True, **page},
        status=404,
    )


def confirm_removal(
    request: HttpRequest,
    *,
    remove: Callable[[], None],
    onward: str,
    removed: str,
    **page: Any,
) -> HttpResponse:
    """Ask first, on a page of its own; remove when the answer is posted."""
    if request.method == "POST":
        try:
            remove()
        except NotKept:
            raise not_here() from None
        messages.success(request, removed)
        return redirect(onward)
    return render(request, "profiles/removal.html", page)
