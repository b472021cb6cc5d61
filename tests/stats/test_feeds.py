"""`/changes.atom` as a feed reader would read it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from stats import feeds, public
from stats.models import Release
from tests.factories import NOW, person, publish, stored_draft, stored_result

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client: Client, **options: str) -> ElementTree.Element:
    response = client.get("/changes.atom", **options)  # type: ignore[arg-type]
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)


def text(element: ElementTree.Element, name: str) -> str:
    found = element.find(f"{ATOM}{name}")
    assert found is not None, name
    return found.text or ""


def link(element: ElementTree.Element, rel: str) -> str:
    return next(
        found.attrib["href"]
        for found in element.findall(f"{ATOM}link")
        if found.attrib["rel"] == rel
    )


def entry(client: Client, title: str) -> ElementTree.Element:
    return next(
        found
        for found in feed(client).findall(f"{ATOM}entry")
        if text(found, "title").startswith(title)
    )


def amended(note: str = "Two digits were swapped.", **changes: Any) -> Release:
    """A year with a first version and a correction of one value."""
    first = stored_draft()
    stored_result(first)
    publish(first)
    second = stored_draft(version=2)
    Release.objects.filter(pk=second.pk).update(public_note=note)
    second.refresh_from_db()
    stored_result(second, **{"matched_to_pgy1": 101, **changes})
    return publish(second, now=NOW + timedelta(days=1))


def test_feed_has_what_the_format_asks_for(client: Client) -> None:
    root = feed(client)

    assert root.tag == f"{ATOM}feed"
    assert link(root, "self") == "http://testserver/changes.atom"
    assert link(root, "alternate") == "http://testserver/changes/"
    assert text(root, "id").startswith("tag:testserver,")
    assert datetime.fromisoformat(text(root, "updated")).tzinfo is not None
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    for found in root.findall(f"{ATOM}entry"):
        assert text(found, "title")
        assert text(found, "summary")
        assert link(found, "alternate").startswith("http://testserver/match/")
        assert datetime.fromisoformat(text(found, "updated")).tzinfo is not None


def test_ids_are_the_same_under_every_name_of_the_site(client: Client) -> None:
    feeds = [feed(client, HTTP_HOST=host) for host in ("testserver", "127.0.0.1:8000")]

    ids = [[text(entry, "id") for entry in root.iter(f"{ATOM}entry")] for root in feeds]
    assert ids[0] == ids[1]
    assert len(ids[0]) > 20
    assert text(feeds[0], "id") == text(feeds[1], "id")


def test_every_publication_is_an_entry_the_newest_first(client: Client) -> None:
    amended()

    entries = feed(client).findall(f"{ATOM}entry")

    assert text(entries[0], "title") == "The 2060 Match, version 2: correction"
    assert len(entries) == len(public.everything().versions)
    moments = [text(found, "updated") for found in entries]
    assert moments == sorted(moments, reverse=True)
    assert len({text(found, "id") for found in entries}) == len(entries)


def test_entry_says_which_value_was_and_is_and_why(client: Client) -> None:
    amended()

    found = entry(client, "The 2060 Match, version 2")

    assert "Two digits were swapped." in text(found, "summary")
    assert "US IMGs, Matched to PGY-1: was 100, is 101." in text(found, "summary")
    assert link(found, "alternate") == "http://testserver/match/2060/v2/"
    category = found.find(f"{ATOM}category")
    assert category is not None
    assert category.attrib["term"] == "correction"


def test_missing_value_is_said_in_words(client: Client) -> None:
    amended(matched_to_pgy1=None, missing="suppressed")

    summary = text(entry(client, "The 2060 Match, version 2"), "summary")

    assert (
        "was 100, is not known (withheld by the publisher: fewer than five people)."
        in summary
    )


def test_row_that_is_new_or_gone_is_said_in_words(client: Client) -> None:
    amended(applicant_type="fifth_pathway")

    summary = text(entry(client, "The 2060 Match, version 2"), "summary")

    assert "Matched to PGY-1: was not in the version before, is 101." in summary
    assert "Matched to PGY-1: was 100, is no longer there." in summary


def test_first_publication_says_what_it_holds(client: Client) -> None:
    summary = text(entry(client, "The 2024 Match, version 1"), "summary")

    assert "First publication: 6 applicant types" in summary
    assert "Loaded with the founding figures." in summary


def test_long_list_of_values_ends_with_a_link(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST_VALUES", 2)

    summary = text(entry(client, "The 2013 Match, version 2"), "summary")

    assert summary.count("<li>") == 2
    figures = public.everything()
    others = figures.other_changes_in(figures.years[2013])
    assert len(others) > 5
    assert f"{5 + len(others)} more are listed on" in summary
    assert "http://testserver/changes/#match-2013-v2" in summary


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("a < b & <script>alert(1)</script>", "a &lt; b &amp; &lt;script&gt;"),
        ("Vertical\x0btab, escape\x1b and \ufffe", "Verticaltab, escape and "),
        ("日本語 🙂 العربية", "日本語 🙂 العربية"),
        ("]]> ends nothing", "]]&gt; ends nothing"),
    ],
)
def test_note_of_any_characters_keeps_the_feed_readable(
    client: Client, note: str, shown: str
) -> None:
    amended(note)

    assert shown in text(entry(client, "The 2060 Match, version 2"), "summary")


def test_names_of_entries_outlive_scheme_and_port(client: Client) -> None:
    def names(root: ElementTree.Element) -> list[str]:
        return [text(found, "id") for found in root.findall(f"{ATOM}entry")]

    plain = names(feed(client))
    other = names(feed(client, HTTP_HOST="testserver:8000"))

    assert plain == other


def test_feed_is_cached_like_a_public_page(client: Client) -> None:
    first = client.get("/changes.atom")
    etag = first.headers["ETag"]

    again = client.get("/changes.atom", headers={"If-None-Match": etag})
    amended()
    after = client.get("/changes.atom", headers={"If-None-Match": etag})

    assert first.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert (
        first.headers["Cache-Control"] == f"public, max-age={settings.PUBLIC_MAX_AGE}"
    )
    assert "Last-Modified" in first.headers
    assert first.cookies == {}
    assert again.status_code == 304
    assert after.status_code == 200


def test_page_of_changes_leads_to_the_feed(client: Client) -> None:
    html = client.get("/changes/").content.decode()

    assert '<link rel="alternate" type="application/atom+xml" href="/changes.atom"' in (
        html
    )
    assert '<a href="/changes.atom">' in html


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/match/2013/v1/", "replaced by"),
        ("/match/2013/v2/", "the current one"),
        ("/match/2024/v1/", "the current one"),
    ],
)
def test_page_of_a_version_names_its_status(
    client: Client, address: str, sentence: str
) -> None:
    html = client.get(address).content.decode()

    assert sentence in html
    assert '<p class="status' not in client.get(address[:12]).content.decode()


def test_page_of_a_version_says_when_one_person_stands_behind_it(
    client: Client,
) -> None:
    release = stored_draft()
    stored_result(release)
    alice = person("alice")
    release.editors.add(alice)
    Release.objects.filter(pk=release.pk).update(
        founding=False,
        status="published",
        published_at=NOW,
        published_by=alice,
        is_current=True,
        edition=2,
    )

    html = client.get("/match/2060/v1/").content.decode()

    assert html.count("entered and published by one person") == 2
    assert "Entered and published by one person." in text(
        entry(client, "The 2060 Match, version 1"), "summary"
    )


def test_changed_grade_is_told_where_no_value_changed(client: Client) -> None:
    amended(matched_to_pgy1=100, confidence="B", locator="Table 2")

    summary = text(entry(client, "The 2060 Match, version 2"), "summary")

    assert "No value changed." in summary
    assert "US IMGs, grade: was “Confirmed”, is “Good”." in summary
    assert "US IMGs, place in the source: was empty, is “Table 2”." in summary
