"""Entering certification: items, Pathways and the certificate."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from imgportal.models import User
from profiles.choices import Item
from profiles.models import (
    Certificate,
    CertificationItem,
    PathwayApplication,
    Profile,
)
from tests.profiles import forms, records
from tests.profiles.test_views_exams import tomorrow
from tests.reading import html_of, text_of

PAGE = "/me/certification"
EVERY_SCRIPT = (
    "Ελληνικά, हिन्दी, 中文, עברית, عربى, ไทย, 👩🏽‍⚕️🇮🇳, ﷽, e\u0301, \u202ekcab, \u200b."
)


class _Notes(HTMLParser):
    inside = False
    text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.inside = tag == "textarea"

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        self.text += data if self.inside else ""


def notes(response: Any) -> str:
    """What stands in the form's only text area, as a browser would read it."""
    reader = _Notes()
    reader.feed(html_of(response))
    # The first line break after the tag is not part of the text.
    return reader.text.removeprefix("\n")


@pytest.mark.parametrize("item", Item.values)
def test_every_item_can_be_reported(as_ana: Client, ana: User, item: str) -> None:
    page = f"{PAGE}/{item}/"
    assert Item(item).label in text_of(as_ana.get(page))

    response = as_ana.post(page, forms.ITEM)

    assert (response.status_code, response["Location"]) == (302, f"{PAGE}/#{item}")
    row = CertificationItem.objects.owned_by(ana).get()
    assert (row.item, row.state, row.note) == (item, "done", "Sent by courier.")


def test_an_item_that_there_is_not_is_404(as_ana: Client) -> None:
    for method in (as_ana.get, as_ana.post):
        assert method(f"{PAGE}/luck/").status_code == 404


def test_an_item_of_tomorrow_is_refused(as_ana: Client) -> None:
    response = as_ana.post(
        f"{PAGE}/account/", forms.ITEM | {"since": tomorrow().isoformat()}
    )

    assert response.status_code == 422
    assert "Rule F-DATE-1." in text_of(response)


def test_a_note_of_any_script_comes_back_as_it_was(as_ana: Client) -> None:
    note = (EVERY_SCRIPT * 200)[:10_000]

    response = as_ana.post(f"{PAGE}/account/", forms.ITEM | {"note": note})

    assert response.status_code == 302
    assert CertificationItem.objects.get().note == note
    assert notes(as_ana.get(f"{PAGE}/account/")) == note


def test_line_breaks_of_a_note_count_once(as_ana: Client) -> None:
    note = "a\r\n" * 5_000

    response = as_ana.post(f"{PAGE}/account/", forms.ITEM | {"note": note})

    assert response.status_code == 302
    assert CertificationItem.objects.get().note == ("a\n" * 5_000).strip()


def test_a_note_that_is_too_long_is_not_lost(as_ana: Client) -> None:
    note = "नोट🙂" * 3_000

    response = as_ana.post(f"{PAGE}/account/", forms.ITEM | {"note": note})

    assert response.status_code == 422
    assert f"This note is {len(note):,} characters long" in text_of(response)
    assert notes(response) == note
    assert not CertificationItem.objects.exists()


def test_html_in_a_note_is_text(as_ana: Client) -> None:
    note = "</textarea><script>alert(1)</script><b>bold</b> & {{ user }}"
    as_ana.post(f"{PAGE}/account/", forms.ITEM | {"note": note})

    for page in (f"{PAGE}/account/", f"{PAGE}/"):
        response = as_ana.get(page)
        assert "<script>alert" not in html_of(response)
        assert "<b>bold</b>" not in html_of(response)
    assert notes(as_ana.get(f"{PAGE}/account/")) == note


def test_two_tabs_lose_no_note(as_ana: Client, ana: User) -> None:
    records.item(ana, "account", note="The first thought.")

    late = as_ana.post(f"{PAGE}/account/", forms.ITEM | {"note": "Another."})

    assert late.status_code == 409
    assert "Private note The first thought." in text_of(late)
    assert notes(late) == "Another."
    assert CertificationItem.objects.get().note == "The first thought."


def test_pathway_application_is_kept_and_changed(as_ana: Client, ana: User) -> None:
    as_ana.post(f"{PAGE}/pathways/add/", forms.PATHWAY)
    row = PathwayApplication.objects.owned_by(ana).get()

    response = as_ana.post(
        f"{PAGE}/pathways/{row.pk}/",
        forms.PATHWAY
        | {"accepted_on": "2026-11-02", "valid_to": "2029-12-31", "seen": "1"},
    )

    assert response.status_code == 302
    row.refresh_from_db()
    assert (row.season, row.number, str(row.valid_to)) == (2027, 3, "2029-12-31")


def test_pathway_application_that_was_refused_says_when(
    as_ana: Client, ana: User
) -> None:
    as_ana.post(f"{PAGE}/pathways/add/", forms.PATHWAY | {"refused_on": "2026-11-03"})

    row = PathwayApplication.objects.owned_by(ana).get()
    page = text_of(as_ana.get(f"{PAGE}/"))

    assert str(row.refused_on) == "2026-11-03"
    assert "Sent 1 September 2026. Refused 3 November 2026." in page
    assert "It was refused on 3 November 2026." in page
    assert "Refused on 3 November 2026" in text_of(as_ana.get("/me/data/print/"))


def test_pathway_application_is_removed_after_asking(as_ana: Client, ana: User) -> None:
    row = records.pathway(ana)
    page = f"{PAGE}/pathways/{row.pk}/remove/"

    assert "2027 Match" in text_of(as_ana.get(page))
    assert PathwayApplication.objects.exists()
    assert as_ana.post(page).status_code == 302
    assert not PathwayApplication.objects.exists()


PATHWAY_REFUSALS = {
    "no season": ({"season": ""}, "Choose the season"),
    "a season before there were Pathways": ({"season": "2019"}, "2019"),
    "a Pathway that there is not": ({"number": "7"}, "7"),
    "sent tomorrow": ({"submitted_on": "tomorrow"}, "Rule F-DATE-1."),
    "accepted before it was sent": (
        {"accepted_on": "2026-08-31"},
        "It is accepted after it was sent",
    ),
    "refused tomorrow": ({"refused_on": "tomorrow"}, "Rule F-DATE-1."),
    "refused before it was sent": (
        {"refused_on": "2026-08-31"},
        "It is refused after it was sent",
    ),
    "accepted and refused": (
        {"accepted_on": "2026-11-02", "refused_on": "2026-11-03"},
        "It is accepted and refused, by what you entered",
    ),
    "refused, and valid to a day": (
        {"refused_on": "2026-11-03", "valid_to": "2029-12-31"},
        "It is valid to a day and refused",
    ),
    "over before it was accepted": (
        {"accepted_on": "2026-09-30", "valid_to": "2026-09-29"},
        "It ends after it was accepted",
    ),
}


@pytest.mark.parametrize("case", list(PATHWAY_REFUSALS))
def test_pathway_application_that_cannot_be_is_refused(
    as_ana: Client, case: str
) -> None:
    change, sentence = PATHWAY_REFUSALS[case]
    change = {
        name: tomorrow().isoformat() if value == "tomorrow" else value
        for name, value in change.items()
    }

    response = as_ana.post(f"{PAGE}/pathways/add/", forms.PATHWAY | change)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not PathwayApplication.objects.exists()


def test_two_applications_in_one_season_are_refused(as_ana: Client, ana: User) -> None:
    records.pathway(ana, submitted_on=None)

    response = as_ana.post(f"{PAGE}/pathways/add/", forms.PATHWAY)

    assert response.status_code == 422
    assert "an application in this season already" in text_of(response)


def test_certificate_is_kept_changed_and_removed(as_ana: Client, ana: User) -> None:
    edit = f"{PAGE}/certificate/edit/"
    as_ana.post(edit, forms.CERTIFICATE)
    as_ana.post(edit, forms.CERTIFICATE | {"training_months": "12", "seen": "1"})

    row = Certificate.objects.owned_by(ana).get()
    assert (row.basis, row.training_months, row.version) == ("pathway", 12, 2)
    assert as_ana.get(f"{PAGE}/certificate/remove/").status_code == 200
    assert Certificate.objects.exists()
    assert as_ana.post(f"{PAGE}/certificate/remove/").status_code == 302
    assert not Certificate.objects.exists()
    assert as_ana.post(f"{PAGE}/certificate/remove/").status_code == 404


CERTIFICATE_REFUSALS = {
    "no day": ({"issued_on": ""}, "Enter the day"),
    "issued tomorrow": (
        {"issued_on": "tomorrow", "expires_on": ""},
        "Rule F-DATE-1.",
    ),
    "over before it was issued": (
        {"expires_on": "2026-09-30"},
        "It expires after it was issued",
    ),
    "validated before it was issued": (
        {"validated_on": "2026-09-30"},
        "It is validated after it was issued",
    ),
    "601 months of training": ({"training_months": "601"}, "from 0 to 600"),
    "training in words": ({"training_months": "a year"}, "from 0 to 600"),
}


@pytest.mark.parametrize("case", list(CERTIFICATE_REFUSALS))
def test_certificate_that_cannot_be_is_refused(as_ana: Client, case: str) -> None:
    change, sentence = CERTIFICATE_REFUSALS[case]
    change = {
        name: tomorrow().isoformat() if value == "tomorrow" else value
        for name, value in change.items()
    }

    response = as_ana.post(f"{PAGE}/certificate/edit/", forms.CERTIFICATE | change)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not Certificate.objects.exists()


def test_facts_for_the_pathways_are_kept(as_ana: Client, ana: User) -> None:
    response = as_ana.post(f"{PAGE}/pathways/", forms.PATHWAY_FACTS)

    assert response.status_code == 302
    row = Profile.objects.owned_by(ana).get()
    assert (row.licence_held, row.school_wfme, row.school_osce) == (False, True, None)


def test_a_licence_never_held_was_never_valid(as_ana: Client) -> None:
    response = as_ana.post(
        f"{PAGE}/pathways/", forms.PATHWAY_FACTS | {"licence_valid_on": "2025-01-01"}
    )

    assert response.status_code == 422
    assert "You say that you never held one" in text_of(response)


def test_facts_for_the_pathways_leave_the_profile_alone(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana)
    as_ana.post(f"{PAGE}/pathways/", forms.PATHWAY_FACTS | {"seen": "1"})

    row = Profile.objects.get()
    assert (row.school_country, row.season, row.school_wfme) == ("IN", 2027, True)


def test_a_pathway_that_fits_says_why_and_not_twice_that_it_does(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, licence_held=False)
    as_ana.post(
        f"{PAGE}/pathways/",
        {"seen": "1", "licence_held": "no"}
        | dict.fromkeys(
            ("school_osce", "school_wfme", "school_ncfmea", "school_joint_degree"), "no"
        ),
    )

    text = text_of(as_ana.get(f"{PAGE}/"))

    assert "It fits. Nothing that goes before it is open to you." in text
    assert "It fits. It fits." not in text


def test_what_only_an_unconfirmed_day_rules_out_is_probably_not(
    as_ana: Client, ana: User
) -> None:
    records.profile(
        ana,
        graduated_on=date(2013, 9, 1),
        licence_held=True,
        licence_valid_on=date(2020, 6, 1),
    )

    text = text_of(as_ana.get(f"{PAGE}/"))

    assert "No other Pathway fits for the 2027 season" in text
    assert "That rests on days which are not confirmed yet." in text
    assert "Probably not. You graduated on 1 September 2013" in text


def test_an_application_that_was_sent_is_not_called_done(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana)
    records.pathway(ana, submitted_on=date(2026, 10, 1), accepted_on=None)

    for page in (f"{PAGE}/", "/me/season/"):
        text = text_of(as_ana.get(page))
        assert "Sent. Your Pathway application was submitted on 1 October 2026" in text
        assert "Done. Your Pathway application" not in text
