"""Every address of the staff pages, and what each kind of person gets there.

One line an address: whoever adds a page adds its line, or the first test fails. Every
cell begins from the same database, so no line depends on another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Model
from django.forms import model_to_dict
from django.test import Client
from django.urls import URLPattern, URLResolver, resolve

from imgportal.models import User
from profiles.actions import change_rule, propose_rule
from profiles.choices import ProposalAct
from profiles.models import (
    Country,
    PassingStandard,
    PathwaySeason,
    RuleNumber,
    RuleProposal,
    SeasonDeadline,
    SpecialtyService,
)
from stats import review_list
from stats.actions import (
    edit_draft,
    handle_reports,
    open_version,
    publish_version,
    schedule_publication,
    withdraw_version,
)
from stats.choices import FigureTable, ReleaseKind
from stats.models import ApplicantResult, Release, Source, Specialty, YearTotals
from tests import staff
from tests.factories import NOW, edit, stored_source

pytestmark = pytest.mark.django_db

# What somebody gets: a status, or one of these.
SIGN_IN = "sign in"  # sent to the sign-in
SET_UP = "set up"  # sent to set up a second factor
CODE = "code"  # sent to show the second factor there is
SENT_ON = "sent on"  # to another page, and nothing happened
TOLD = "told"  # sent on with a sentence, and nothing happened
DONE = "done"  # something was written
Outcome = int | str
# Tables in which every visit leaves something: a session, and how often it was tried.
OF_VISITS = ("django_session", "imgportal_securitycounter")

PLACES = {
    "/accounts/login/": SIGN_IN,
    "/accounts/2fa/totp/activate/": SET_UP,
    "/accounts/2fa/reauthenticate/": CODE,
}


# --- Who ----------------------------------------------------------------------------


def visitor(client: Client) -> None:
    return


def member(client: Client) -> None:
    client.force_login(staff.member())


def without_second_factor(client: Client) -> None:
    client.force_login(staff.owner())


def second_factor_not_used(client: Client) -> None:
    user = staff.owner()
    staff.give_second_factor(user)
    client.force_login(user)


def without_group(client: Client) -> None:
    user = staff.editor()
    user.groups.clear()
    staff.sign_in(client, user)


def editor(client: Client) -> None:
    staff.sign_in(client, staff.editor())


def publisher(client: Client) -> None:
    staff.sign_in(client, staff.publisher())


def owner(client: Client) -> None:
    staff.sign_in(client, staff.owner())


OUTSIDE = (visitor, member, without_second_factor, second_factor_not_used)
INSIDE = (without_group, editor, publisher, owner)
PEOPLE = (*OUTSIDE, *INSIDE)
# Of an owner without a second factor nothing is known but the password.
AT_THE_DOOR: tuple[Outcome, ...] = (SIGN_IN, 404, SET_UP, CODE)


# --- What there is ------------------------------------------------------------------


def somebody() -> User:
    """Who made what the others look at, and is none of them."""
    return User.objects.get_or_create(email="somebody@example.org")[0]


def draft() -> Release:
    release = open_version.open_amendment(match_year=2013, by=somebody(), now=NOW)
    # An amendment that says nothing new could not be submitted.
    ApplicantResult.objects.filter(release=release).update(locator="Table 9")
    return release


def in_review() -> Release:
    release = open_version.open_amendment(match_year=2012, by=somebody(), now=NOW)
    row = ApplicantResult.objects.filter(release=release)[0]
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[edit(FigureTable.APPLICANTS, row, note="Another note.")],
        by=somebody(),
        now=NOW,
    )
    return publish_version.submit(release_id=release.pk, by=somebody(), now=NOW)


def scheduled() -> Release:
    release = in_review()
    publisher = User.objects.get_or_create(email="scheduler@example.org")[0]
    schedule_publication.schedule(
        release_id=release.pk,
        at=NOW + timedelta(days=365),
        by=publisher,
        now=NOW,
        public_note="A note was wrong.",
        kind=ReleaseKind.CORRECTION,
    )
    return release


def proposal() -> RuleProposal:
    row = PassingStandard.objects.latest("pk")
    row.minimum_score += 1
    return propose_rule.propose(
        row=row,
        act=ProposalAct.CHANGE,
        columns=["minimum_score"],
        note="It was announced.",
        by=somebody(),
        now=NOW,
    )


def withdrawn_minimum() -> PassingStandard:
    row = PassingStandard.objects.latest("pk")
    change_rule.withdraw(row=row, note="No document says so.", now=NOW)
    return row


def _seen(model: type[Source] | type[Specialty], **which: str) -> str:
    return model._default_manager.get(**which).changed_at.isoformat()


MAKE: dict[str, Callable[[], Any]] = {
    "draft": draft,
    "somebody": somebody,
    "in_review": in_review,
    "scheduled": scheduled,
    "mark": lambda: (
        review_list.current_items(Release.objects.get(status="in_review"), now=NOW)[
            0
        ].mark
    ),
    "published": lambda: Release.objects.get(match_year=2024, is_current=True),
    "withdrawal": lambda: withdraw_version.propose(
        release_id=Release.objects.get(match_year=2024, is_current=True).pk,
        lifts=False,
        reason="It was read from the wrong page.",
        by=somebody(),
        now=NOW,
    ),
    "footnotes": lambda: json.dumps(
        edit_draft.stored_footnotes(Release.objects.get(status="draft"))
    ),
    "totals": lambda: YearTotals.objects.get(release__status="draft"),
    "totals_note": lambda: YearTotals.objects.get(release__status="draft").note,
    "applicants": lambda: ApplicantResult.objects.filter(release__status="draft")[0],
    "source": stored_source,
    "source_seen": lambda: _seen(Source, key="new-report"),
    "used_source": lambda: Source.objects.get(key="ecfmg-2014"),
    "specialty": lambda: Specialty.objects.get(slug="pathology"),
    "specialty_seen": lambda: _seen(Specialty, slug="pathology"),
    "neurology": lambda: Specialty.objects.get(slug="neurology"),
    "report": lambda: handle_reports.receive(
        text="It is wrong.",
        email="reader@example.org",
        match_year=2024,
        version=1,
        table=FigureTable.APPLICANTS,
        row="us_img",
        now=NOW,
    ),
    "colleague": lambda: User.objects.create_user(
        "colleague@example.org", staff.PASSWORD, is_staff=True
    ),
    "minimum": lambda: PassingStandard.objects.earliest("pk"),
    "deadline": lambda: SeasonDeadline.objects.earliest("pk"),
    "number": lambda: RuleNumber.objects.earliest("pk"),
    "service": lambda: SpecialtyService.objects.earliest("pk"),
    "season": lambda: PathwaySeason.objects.earliest("pk"),
    "country": lambda: Country.objects.earliest("pk"),
    "proposal": proposal,
    "withdrawn": withdrawn_minimum,
    "editors": lambda: Group.objects.get(name="Editors"),
}


class World(dict[str, Any]):
    """What a line names, made when it names it: the key of a row, or a value."""

    def __missing__(self, name: str) -> Any:
        made = MAKE[name]()
        self[name] = made.pk if isinstance(made, Model) else made
        return self[name]


# --- The table ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Line:
    """What without_group, editor, publisher and owner get: by asking, by sending."""

    get: tuple[Outcome, ...]
    post: tuple[Outcome, ...]
    send: dict[str, str] = field(default_factory=dict)
    edits: str = ""  # the row whose form is sent back, but for what `send` says
    door: tuple[Outcome, ...] = AT_THE_DOOR

    def sent(self, world: World) -> dict[str, str]:
        return (_as_it_is(MAKE[self.edits]()) if self.edits else {}) | {
            name.format_map(world): value.format_map(world)
            for name, value in self.send.items()
        }


def _as_it_is(row: Any) -> dict[str, str]:
    """What the form of a row sends when nothing is changed."""
    values = {name: value for name, value in model_to_dict(row).items() if value}
    return {name: str(value) for name, value in values.items()} | {
        "seen_at": row.stored_at.isoformat()
    }


EVERYBODY = (200, 200, 200, 200)
NOBODY = (403, 403, 403, 403)
OWNERS = (403, 403, 403, 200)
WITH_A_GROUP = (403, 200, 200, 200)
EDITED = (403, DONE, DONE, DONE)
ON = (SENT_ON, SENT_ON, SENT_ON, SENT_ON)
ON_WITH_A_GROUP = (403, SENT_ON, SENT_ON, SENT_ON)
TOLD_WITH_A_GROUP = (403, TOLD, TOLD, TOLD)
NO_SUCH_ROW = (TOLD, TOLD, TOLD, TOLD)

A_SOURCE = {
    "title": "A report",
    "publisher": "NRMP",
    "kind": "official",
    "published": "2027",
    "accessed_on": "2027-03-20",
}
A_NOTE = {"note": "Read again.", "why": "The document says more."}
RELEASE, PROPOSAL = "stats/release", "profiles/ruleproposal"
ACCESS: dict[str, Line] = {
    # The site itself
    "": Line(get=EVERYBODY, post=EVERYBODY),
    "login/": Line(get=ON, post=ON),
    "logout/": Line(get=ON, post=ON, door=(SENT_ON, 404, SET_UP, CODE)),
    "password_change/": Line(get=ON, post=ON),
    "password_change/done/": Line(get=ON, post=ON),
    "autocomplete/": Line(get=NOBODY, post=(405,) * 4),
    "jsi18n/": Line(get=EVERYBODY, post=(405,) * 4),
    "stats/": Line(get=(404, 200, 200, 200), post=(404, 200, 200, 200)),
    "profiles/": Line(get=(404, 200, 200, 200), post=(404, 200, 200, 200)),
    "imgportal/": Line(get=(404, 404, 404, 200), post=(404, 404, 404, 200)),
    "log/": Line(get=OWNERS, post=OWNERS),
    "messages/": Line(get=EVERYBODY, post=(DONE,) * 4, send={"told_of": "review"}),
    "nothing/": Line(get=(404,) * 4, post=(404,) * 4),
    # Staff
    "imgportal/user/": Line(get=OWNERS, post=OWNERS),
    "imgportal/user/add/": Line(
        get=OWNERS,
        post=(403, 403, 403, DONE),
        send={
            "email": "new@example.org",
            "new_password": staff.PASSWORD,
            "groups": "{editors}",
            "is_active": "on",
        },
    ),
    "imgportal/user/{colleague}/": Line(get=ON, post=ON),
    "imgportal/user/{colleague}/change/": Line(
        get=OWNERS,
        post=(403, 403, 403, DONE),
        send={"email": "colleague@example.org", "is_superuser": "on"},
    ),
    "imgportal/user/{colleague}/delete/": Line(
        get=NOBODY, post=NOBODY, send={"post": "yes"}
    ),
    "imgportal/user/{colleague}/history/": Line(get=OWNERS, post=OWNERS),
    # Versions
    f"{RELEASE}/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    f"{RELEASE}/add/": Line(get=NOBODY, post=NOBODY),
    f"{RELEASE}/start/": Line(
        get=ON_WITH_A_GROUP, post=EDITED, send={"match_year": "2027"}
    ),
    f"{RELEASE}/amend/2024/": Line(get=ON_WITH_A_GROUP, post=EDITED),
    f"{RELEASE}/{{draft}}/": Line(get=ON, post=ON),
    f"{RELEASE}/{{draft}}/change/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    f"{RELEASE}/{{in_review}}/change/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    f"{RELEASE}/{{published}}/change/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    f"{RELEASE}/{{draft}}/delete/": Line(get=NOBODY, post=NOBODY, send={"post": "yes"}),
    f"{RELEASE}/{{draft}}/history/": Line(get=ON_WITH_A_GROUP, post=ON_WITH_A_GROUP),
    f"{RELEASE}/{{draft}}/preview/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    f"{RELEASE}/{{draft}}/submit/": Line(get=ON_WITH_A_GROUP, post=EDITED),
    f"{RELEASE}/{{published}}/submit/": Line(
        get=ON_WITH_A_GROUP, post=TOLD_WITH_A_GROUP
    ),
    f"{RELEASE}/{{in_review}}/notes/": Line(
        get=(403, 403, SENT_ON, SENT_ON),
        # What was typed for the decision stays on the page.
        post=(403, 403, "wrote, and answered 200", "wrote, and answered 200"),
        send={"looked_at": "{mark}", "note-{mark}": "Agrees with page 15."},
    ),
    f"{RELEASE}/{{in_review}}/return/": Line(
        get=(403, 403, SENT_ON, SENT_ON),
        post=(403, 403, DONE, DONE),
        send={"comment": "Look at page 15."},
    ),
    f"{RELEASE}/{{in_review}}/publish/": Line(
        get=(403, 403, SENT_ON, SENT_ON),
        post=(403, 403, DONE, DONE),
        send={"kind": "correction", "public_note": "A note was wrong."},
    ),
    f"{RELEASE}/{{draft}}/publish/": Line(
        get=(403, 403, SENT_ON, SENT_ON),
        post=(403, 403, 422, 422),
        send={"kind": "correction", "public_note": "A note was wrong."},
    ),
    f"{RELEASE}/{{published}}/withdraw/": Line(
        get=(403, 403, SENT_ON, SENT_ON),
        post=(403, 403, DONE, DONE),
        send={"reason": "It was read from the wrong page.", "lifts": "no"},
    ),
    # Too short for a reason.
    f"{RELEASE}/{{in_review}}/withdraw/": Line(
        get=(403, 403, SENT_ON, SENT_ON),
        post=(403, 403, 422, 422),
        send={"reason": "Wrong.", "lifts": "no"},
    ),
    f"{RELEASE}/{{published}}/withdraw/{{withdrawal}}/confirm/": Line(
        get=(403, 403, SENT_ON, SENT_ON), post=(403, 403, DONE, DONE)
    ),
    f"{RELEASE}/{{published}}/withdraw/{{withdrawal}}/drop/": Line(
        get=(403, 403, SENT_ON, SENT_ON), post=(403, 403, DONE, DONE)
    ),
    f"{RELEASE}/{{scheduled}}/call-off/": Line(
        get=(403, 403, SENT_ON, SENT_ON), post=(403, 403, DONE, DONE)
    ),
    f"{RELEASE}/{{in_review}}/publish-alone/": Line(
        # Somebody else could: the publisher and the owner of this table.
        get=(403, 403, SENT_ON, SENT_ON),
        post=(403, 403, 422, 422),
        send={
            "kind": "correction",
            "public_note": "A note was wrong.",
            "reason": "Nobody else is here today.",
        },
    ),
    f"{RELEASE}/{{in_review}}/take-over/{{somebody}}/": Line(
        get=ON_WITH_A_GROUP, post=EDITED, send={"compared": "on"}
    ),
    f"{RELEASE}/{{published}}/second-look/": Line(
        get=(403, 403, SENT_ON, SENT_ON),
        post=(403, 403, TOLD, TOLD),
        send={"compared": "on"},
    ),
    f"{RELEASE}/{{draft}}/discard/": Line(get=ON_WITH_A_GROUP, post=EDITED),
    f"{RELEASE}/{{in_review}}/discard/": Line(
        get=ON_WITH_A_GROUP, post=TOLD_WITH_A_GROUP
    ),
    f"{RELEASE}/{{published}}/discard/": Line(
        get=ON_WITH_A_GROUP, post=TOLD_WITH_A_GROUP
    ),
    f"{RELEASE}/{{draft}}/footnotes/": Line(
        get=WITH_A_GROUP,
        post=EDITED,
        send={
            "seen": "{footnotes}",
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "0",
            "form-0-table": "totals",
            "form-0-text": "A caveat.",
        },
    ),
    f"{RELEASE}/{{published}}/footnotes/": Line(
        get=TOLD_WITH_A_GROUP, post=TOLD_WITH_A_GROUP
    ),
    f"{RELEASE}/{{draft}}/totals/": Line(
        get=WITH_A_GROUP,
        post=EDITED,
        send={
            "r{totals}-confidence": "A",
            "initial-r{totals}-confidence": "A",
            "r{totals}-note": "Another note.",
            "initial-r{totals}-note": "{totals_note}",
        },
    ),
    f"{RELEASE}/{{in_review}}/totals/": Line(
        get=TOLD_WITH_A_GROUP, post=TOLD_WITH_A_GROUP
    ),
    f"{RELEASE}/{{published}}/scores/": Line(
        get=TOLD_WITH_A_GROUP, post=TOLD_WITH_A_GROUP
    ),
    f"{RELEASE}/{{draft}}/specialties/add-row/": Line(
        get=ON_WITH_A_GROUP, post=EDITED, send={"specialty": "{neurology}"}
    ),
    f"{RELEASE}/{{published}}/specialties/add-row/": Line(
        get=ON_WITH_A_GROUP, post=TOLD_WITH_A_GROUP, send={"specialty": "{neurology}"}
    ),
    # What it adds, where something is lacking: tests/stats/staff/test_grid_forms.py.
    f"{RELEASE}/{{draft}}/scores/add-last-rows/": Line(
        get=ON_WITH_A_GROUP, post=TOLD_WITH_A_GROUP
    ),
    f"{RELEASE}/{{published}}/scores/add-last-rows/": Line(
        get=ON_WITH_A_GROUP, post=TOLD_WITH_A_GROUP
    ),
    f"{RELEASE}/{{draft}}/applicants/remove-row/{{applicants}}/": Line(
        get=ON_WITH_A_GROUP, post=EDITED
    ),
    # A row of another version than the one in the address.
    f"{RELEASE}/{{draft}}/applicants/remove-row/1/": Line(
        get=ON_WITH_A_GROUP, post=TOLD_WITH_A_GROUP
    ),
    f"{RELEASE}/{{draft}}/applicants.csv": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    f"{RELEASE}/{{draft}}/applicants.xlsx": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    # A file is looked at, held and confirmed: here it was not kept.
    f"{RELEASE}/{{draft}}/applicants/import/": Line(
        get=WITH_A_GROUP,
        post=(403, 422, 422, 422),
        send={"kept": "gone", "fingerprint": "gone"},
    ),
    f"{RELEASE}/{{published}}/applicants/import/": Line(
        get=TOLD_WITH_A_GROUP, post=TOLD_WITH_A_GROUP
    ),
    # Sources
    "stats/source/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "stats/source/add/": Line(
        get=WITH_A_GROUP, post=EDITED, send={**A_SOURCE, "key": "a-report"}
    ),
    "stats/source/{source}/": Line(get=ON, post=ON),
    "stats/source/{source}/change/": Line(
        get=WITH_A_GROUP, post=EDITED, send={**A_SOURCE, "seen_at": "{source_seen}"}
    ),
    "stats/source/{source}/delete/": Line(
        get=WITH_A_GROUP, post=EDITED, send={"post": "yes"}
    ),
    "stats/source/{used_source}/delete/": Line(
        get=TOLD_WITH_A_GROUP, post=TOLD_WITH_A_GROUP, send={"post": "yes"}
    ),
    "stats/source/{source}/history/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    # Specialties
    "stats/specialty/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "stats/specialty/add/": Line(
        get=WITH_A_GROUP,
        post=EDITED,
        send={"name": "A new one", "short_name": "New", "slug": "new"},
    ),
    "stats/specialty/{specialty}/": Line(get=ON, post=ON),
    # Renamed and merged in one go.
    "stats/specialty/{specialty}/change/": Line(
        get=WITH_A_GROUP,
        post=EDITED,
        send={
            "name": "Other",
            "short_name": "Other",
            "successor": "{neurology}",
            "seen_at": "{specialty_seen}",
        },
    ),
    "stats/specialty/{specialty}/delete/": Line(
        get=NOBODY, post=NOBODY, send={"post": "yes"}
    ),
    "stats/specialty/{specialty}/history/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    # Minimum scores
    "profiles/passingstandard/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/passingstandard/add/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/passingstandard/{minimum}/": Line(get=ON, post=ON),
    "profiles/passingstandard/{minimum}/change/": Line(
        get=WITH_A_GROUP, post=EDITED, edits="minimum", send=A_NOTE
    ),
    "profiles/passingstandard/{minimum}/delete/": Line(
        get=NOBODY, post=NOBODY, send={"post": "yes"}
    ),
    "profiles/passingstandard/{minimum}/history/": Line(
        get=WITH_A_GROUP, post=WITH_A_GROUP
    ),
    # Numbers of the rules
    "profiles/rulenumber/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/rulenumber/add/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/rulenumber/{number}/": Line(get=ON, post=ON),
    "profiles/rulenumber/{number}/change/": Line(
        get=WITH_A_GROUP, post=EDITED, edits="number", send=A_NOTE
    ),
    "profiles/rulenumber/{number}/delete/": Line(
        get=NOBODY, post=NOBODY, send={"post": "yes"}
    ),
    "profiles/rulenumber/{number}/history/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/specialtyservice/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/specialtyservice/add/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/specialtyservice/{service}/": Line(get=ON, post=ON),
    "profiles/specialtyservice/{service}/change/": Line(
        get=WITH_A_GROUP, post=EDITED, edits="service", send=A_NOTE
    ),
    "profiles/specialtyservice/{service}/delete/": Line(
        get=NOBODY, post=NOBODY, send={"post": "yes"}
    ),
    "profiles/specialtyservice/{service}/history/": Line(
        get=WITH_A_GROUP, post=WITH_A_GROUP
    ),
    # Deadlines of a season
    "profiles/seasondeadline/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/seasondeadline/add/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/seasondeadline/{deadline}/": Line(get=ON, post=ON),
    "profiles/seasondeadline/{deadline}/change/": Line(
        get=WITH_A_GROUP, post=EDITED, edits="deadline", send=A_NOTE
    ),
    "profiles/seasondeadline/{deadline}/delete/": Line(
        get=NOBODY, post=NOBODY, send={"post": "yes"}
    ),
    "profiles/seasondeadline/{deadline}/history/": Line(
        get=WITH_A_GROUP, post=WITH_A_GROUP
    ),
    # Seasons of the Pathways
    "profiles/pathwayseason/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/pathwayseason/add/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/pathwayseason/{season}/": Line(get=ON, post=ON),
    "profiles/pathwayseason/{season}/change/": Line(
        get=WITH_A_GROUP, post=EDITED, edits="season", send=A_NOTE
    ),
    "profiles/pathwayseason/{season}/delete/": Line(
        get=NOBODY, post=NOBODY, send={"post": "yes"}
    ),
    "profiles/pathwayseason/{season}/history/": Line(
        get=WITH_A_GROUP, post=WITH_A_GROUP
    ),
    # Countries
    "profiles/country/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/country/add/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    "profiles/country/{country}/": Line(get=ON, post=ON),
    "profiles/country/{country}/change/": Line(
        get=WITH_A_GROUP, post=EDITED, edits="country", send=A_NOTE
    ),
    "profiles/country/{country}/delete/": Line(
        get=NOBODY, post=NOBODY, send={"post": "yes"}
    ),
    "profiles/country/{country}/history/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    # Proposed changes of rules
    f"{PROPOSAL}/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    f"{PROPOSAL}/add/": Line(get=NOBODY, post=NOBODY),
    f"{PROPOSAL}/due/": Line(
        get=WITH_A_GROUP,
        post=EDITED,
        send={"rows": "rulenumber/{number}", "next_review": "2090-01-01"},
    ),
    f"{PROPOSAL}/{{proposal}}/": Line(get=ON, post=ON),
    f"{PROPOSAL}/{{proposal}}/change/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    f"{PROPOSAL}/{{proposal}}/delete/": Line(
        get=NOBODY, post=NOBODY, send={"post": "yes"}
    ),
    f"{PROPOSAL}/{{proposal}}/history/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
    f"{PROPOSAL}/{{proposal}}/approve/": Line(
        get=(403, 403, SENT_ON, SENT_ON),
        post=(403, 403, DONE, DONE),
        send={"compared": "on"},
    ),
    f"{PROPOSAL}/{{proposal}}/return/": Line(
        get=(403, 403, SENT_ON, SENT_ON),
        post=(403, 403, DONE, DONE),
        send={"remark": "Look at the page again."},
    ),
    f"{PROPOSAL}/{{proposal}}/discard/": Line(get=ON_WITH_A_GROUP, post=EDITED),
    f"{PROPOSAL}/withdraw/passingstandard/{{minimum}}/": Line(
        get=WITH_A_GROUP, post=EDITED, send={"why": "No document says so."}
    ),
    f"{PROPOSAL}/restore/passingstandard/{{withdrawn}}/": Line(
        get=WITH_A_GROUP, post=EDITED, send={"why": "It was right."}
    ),
    # Reports of readers
    "stats/problemreport/": Line(
        get=WITH_A_GROUP,
        post=EDITED,
        send={"action": "close_selected", "_selected_action": "{report}"},
    ),
    "stats/problemreport/add/": Line(get=NOBODY, post=NOBODY),
    "stats/problemreport/{report}/": Line(get=ON, post=ON),
    "stats/problemreport/{report}/change/": Line(
        get=WITH_A_GROUP, post=EDITED, send={"outcome": "closed", "answer": ""}
    ),
    "stats/problemreport/{report}/delete/": Line(
        get=OWNERS, post=(403, 403, 403, DONE), send={"post": "yes"}
    ),
    "stats/problemreport/{report}/history/": Line(get=WITH_A_GROUP, post=WITH_A_GROUP),
}


def address(template: str, world: World | None = None) -> str:
    return "/admin/" + template.format_map(world if world is not None else Ones())


class Ones(dict[str, int]):
    def __missing__(self, name: str) -> int:
        return 1


def routes(
    patterns: list[URLPattern | URLResolver], before: str = "admin/"
) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, f"{before}{pattern.pattern}")
        else:
            yield f"{before}{str(pattern.pattern).removeprefix('^')}"


class Writes(list[str]):
    """The statements that change a table, but for those of visits."""

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        is_writing = sql.startswith(("INSERT", "UPDATE", "DELETE"))
        if is_writing and not any(table in sql for table in OF_VISITS):
            self.append(sql)
        return execute(sql, *rest)


def outcome(client: Client, answer: Any, *, written: bool) -> Outcome:
    if answer.status_code != 302:
        return (
            f"wrote, and answered {answer.status_code}"
            if written
            else (answer.status_code)
        )
    path = answer.headers["Location"].partition("?")[0]
    if path == "/admin/login/":
        # The staff site sends to its own sign-in first, and that one to the site's.
        answer = client.get(answer.headers["Location"])
        path = answer.headers["Location"].partition("?")[0]
    if written:
        return DONE if path not in PLACES else f"wrote, and sent to {path}"
    if path in PLACES:
        return PLACES[path]
    return TOLD if client.session.get("_messages") else SENT_ON


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("template", ACCESS)
def test_person_gets_what_the_table_says(template: str, method: str) -> None:
    line = ACCESS[template]
    expected = (*line.door, *(line.get if method == "get" else line.post))
    world = World()
    path = address(template, world)
    sent = line.sent(world) if method == "post" else {}
    got = {}

    for person in PEOPLE:
        with transaction.atomic():
            client = Client()
            person(client)
            with connection.execute_wrapper(writes := Writes()):
                answer = getattr(client, method)(path, sent)
            got[person.__name__] = outcome(client, answer, written=bool(writes))
            transaction.set_rollback(True)

    assert list(got.items()) == [
        (person.__name__, what) for person, what in zip(PEOPLE, expected, strict=True)
    ]


def test_every_address_has_its_line() -> None:
    written = {resolve(address(template)).route for template in ACCESS}

    assert set(routes(admin.site.get_urls())) == written


@pytest.mark.parametrize("template", ACCESS)
def test_nothing_is_done_for_a_form_from_elsewhere(template: str) -> None:
    world = World()
    path = address(template, world)
    sent = ACCESS[template].sent(world)
    client = Client(enforce_csrf_checks=True)
    owner(client)

    with connection.execute_wrapper(writes := Writes()):
        answer = client.post(path, sent)

    assert answer.status_code == 403
    assert writes == []
