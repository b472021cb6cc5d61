"""All items of certification are reported where they stand, and saved together."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from imgportal.models import User
from profiles.choices import Item
from profiles.models import CertificationItem
from tests.profiles import forms, records
from tests.profiles.test_typed_drafts import end_session, mark_on
from tests.profiles.test_views_exams import tomorrow
from tests.reading import html_of, text_of

PAGE = "/me/certification/"


class _Fields(HTMLParser):
    """What a browser would send of the list if nothing were changed."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.inside = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        field = dict(attrs)
        if tag == "form":
            self.inside = "reports" in field.get("class", "")
        if tag == "input" and self.inside:
            if field.get("type") == "radio" and "checked" not in field:
                return
            self.values[field["name"]] = field.get("value", "")


def list_on(response: Any) -> dict[str, str]:
    reader = _Fields()
    reader.feed(html_of(response))
    return reader.values


def shown(client: Client) -> dict[str, str]:
    return list_on(client.get(PAGE))


def stored(owner: User) -> dict[str, tuple[str, date | None]]:
    rows = CertificationItem.objects.owned_by(owner)
    return {row.item: (row.state, row.since) for row in rows}


def test_all_items_are_saved_together(as_ana: Client, ana: User) -> None:
    typed = shown(as_ana)
    for item in Item:
        typed |= {f"{item.value}-state": "done", f"{item.value}-since": "2026-06-01"}

    response = as_ana.post(PAGE, typed, follow=True)

    assert stored(ana) == dict.fromkeys(Item.values, ("done", date(2026, 6, 1)))
    assert "Saved: 14 items." in text_of(response)
    again = as_ana.post(PAGE, shown(as_ana), follow=True)
    assert "Nothing was changed, so there was nothing to save." in text_of(again)


def test_the_same_list_posted_twice_is_stored_once(as_ana: Client, ana: User) -> None:
    typed = shown(as_ana) | {"account-state": "done", "identity-state": "under_way"}

    for _ in range(2):
        assert as_ana.post(PAGE, typed).status_code == 302

    assert stored(ana) == {"account": ("done", None), "identity": ("under_way", None)}


def test_a_note_stays_as_it_is(as_ana: Client, ana: User) -> None:
    records.item(ana, "account", state="", since=None, note="Sent by courier.")

    as_ana.post(PAGE, shown(as_ana) | {"account-state": "done"})

    row = CertificationItem.objects.get()
    assert (row.state, row.note, row.version) == ("done", "Sent by courier.", 2)


def test_what_was_reported_can_be_taken_back(as_ana: Client, ana: User) -> None:
    records.item(ana, "account")

    as_ana.post(PAGE, shown(as_ana) | {"account-state": "", "account-since": ""})

    assert stored(ana) == {"account": ("", None)}


def test_one_wrong_line_stores_none_and_loses_none(as_ana: Client, ana: User) -> None:
    typed = shown(as_ana) | {
        "account-state": "done",
        "account-since": tomorrow().isoformat(),
        "identity-state": "under_way",
        "school_eligible-since": "2026-06-01",
        "fees_clear-state": "perhaps",
        "diploma_verified-state": "done",
        "diploma_verified-since": "31 June 2026",
    }

    response = as_ana.post(PAGE, typed)

    assert response.status_code == 422
    assert not stored(ana)
    page = text_of(response)
    assert (
        "MyIntealth account: This day has not come yet. Check the year, or leave it "
        "empty until then. Rule F-DATE-1." in page
    )
    assert "Say what it came to on that day, or clear the day." in page
    assert "Nothing owed to ECFMG: Choose one of the five." in page
    assert "Diploma verified with the school: This is no day of the calendar." in page
    back = list_on(response)
    for name in ("account-since", "identity-state", "diploma_verified-since"):
        assert back[name] == typed[name]


def test_another_tab_is_not_written_over(as_ana: Client, ana: User) -> None:
    records.item(ana, "account", state="under_way", since=None)
    typed = shown(as_ana) | {"account-state": "done", "identity-state": "done"}
    as_ana.post(f"{PAGE}account/", forms.ITEM | {"state": "refused", "seen": "1"})

    late = as_ana.post(PAGE, typed)

    assert late.status_code == 409
    assert (
        "“refused or not eligible since 1 June 2026” is stored now. Save again to put "
        "yours in its place."
    ) in text_of(late)
    assert stored(ana) == {"account": ("refused", date(2026, 6, 1))}
    # Seen now, so saving again is meant.
    assert as_ana.post(PAGE, list_on(late)).status_code == 302
    assert stored(ana) == {"account": ("done", None), "identity": ("done", None)}


def test_what_was_not_touched_does_not_matter(as_ana: Client, ana: User) -> None:
    """A list that was open for a week takes nothing back."""
    records.item(ana, "account", state="under_way", since=None)
    typed = shown(as_ana) | {"identity-state": "done"}
    as_ana.post(f"{PAGE}account/", forms.ITEM | {"seen": "1"})

    assert as_ana.post(PAGE, typed).status_code == 302
    assert stored(ana) == {
        "account": ("done", date(2026, 6, 1)),
        "identity": ("done", None),
    }


def test_a_note_form_that_is_open_learns_of_it(as_ana: Client, ana: User) -> None:
    records.item(ana, "account", state="under_way", since=None)
    as_ana.post(PAGE, shown(as_ana) | {"account-state": "done"})

    late = as_ana.post(f"{PAGE}account/", forms.ITEM | {"seen": "1", "state": ""})

    assert late.status_code == 409


@pytest.mark.parametrize(
    "name", ["initial-account-state", "initial-account-since", "account-since"]
)
def test_a_list_that_was_tampered_with_is_no_fault_of_ours(
    as_ana: Client, ana: User, name: str
) -> None:
    records.item(ana, "account")
    typed = shown(as_ana) | {"account-state": "refused", name: "\x00\u20289" * 20}

    assert as_ana.post(PAGE, typed).status_code in {409, 422}
    assert stored(ana) == {"account": ("done", date(2026, 6, 1))}


def test_a_list_sent_after_its_session_is_back(as_ana: Client, ana: User) -> None:
    typed = shown(as_ana) | {"account-state": "done", "account-since": "2026-06-01"}
    typed["whose"] = mark_on(as_ana, PAGE)
    end_session(as_ana)
    as_ana.post(PAGE, typed)
    as_ana.force_login(ana)

    page = as_ana.get(PAGE)

    assert "Your session had ended before this was saved." in text_of(page)
    assert list_on(page)["account-state"] == "done"
    assert not stored(ana)
    assert as_ana.post(PAGE, list_on(page)).status_code == 302
    assert stored(ana) == {"account": ("done", date(2026, 6, 1))}


def test_nobody_reports_for_another(as_ana: Client, ben: User) -> None:
    records.item(ben, "account", state="under_way", since=None)

    as_ana.post(PAGE, shown(as_ana) | {"account-state": "done"})

    assert stored(ben) == {"account": ("under_way", None)}


def test_what_is_not_known_is_a_short_list(as_ana: Client, ana: User) -> None:
    page = text_of(as_ana.get(PAGE))
    assert "For most we do not know where they stand." in page
    assert "nothing is entered about" not in page

    for item in set(Item) - {Item.FEES, Item.DIPLOMA}:
        records.item(ana, item.value)
    assert (
        "Not known yet: Diploma verified with the school, Nothing owed to ECFMG."
        in text_of(as_ana.get(PAGE))
    )
