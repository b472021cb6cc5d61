"""The pages of the guide as readers, caches and search engines meet them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imgportal.guide import page_inputs
from imgportal.guide.pages import PAGES
from imgportal.guide.questions import QUESTIONS
from imgportal.guide.visas import VISA_ENTRIES
from imgportal.lib import clock
from profiles.actions import change_rule
from profiles.choices import Event
from profiles.models import SeasonDeadline
from profiles.rules.days import in_words
from tests.factories import NOW, publish, stored_draft, stored_result
from tests.pages import GUIDE
from tests.reading import data_block_of, html_of, links_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

TODAY = datetime(2026, 11, 22, 17, tzinfo=UTC)
# Where the entries of visas.toml are drawn.
DATED_PAGES = ("visas", "print")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages differ with the day; the clock is the one thing that tests set."""
    set_today(monkeypatch, TODAY)


def set_today(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


# --- Every page ----------------------------------------------------------------------


@pytest.mark.parametrize("path", GUIDE.values())
def test_page_reads_no_session_and_sets_no_cookie(client: Client, path: str) -> None:
    client.cookies["sessionid"] = "somebody"
    page_inputs.read(now=TODAY)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)

    assert response.status_code == 200
    assert response.cookies == {}
    assert "cookie" not in response.headers["Vary"].lower()
    sql = " ".join(query["sql"] for query in queries)
    assert "profiles_rulechange" in sql
    assert "django_session" not in sql
    assert "imgportal_user" not in sql
    assert len(queries) == 2


@pytest.mark.parametrize("path", GUIDE.values())
def test_page_may_be_kept_unless_it_answers_somebody(client: Client, path: str) -> None:
    expected = "no-store" if "?" in path else "public, max-age=60"

    assert client.get(path).headers["Cache-Control"] == expected


VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source"})
# What may stand neither in a paragraph nor in a button, a link or a line of text.
BLOCKS = frozenset(
    {"article", "details", "div", "dl", "figure", "form", "h1", "h2", "h3", "ol"}
    | {"p", "section", "table", "ul"}
)
PRESSED = frozenset({"a", "button"})


class _Nesting(HTMLParser):
    """Notes every tag that is not closed where it was opened, and every id."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag in BLOCKS and {"p", "span", "button"} & set(self.open):
            self.faults.append(f"<{tag}> inside {self.open}")
        if tag in PRESSED and PRESSED & set(self.open):
            self.faults.append(f"<{tag}> inside {self.open}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open}")
        else:
            self.open.pop()


@pytest.mark.parametrize("path", GUIDE.values())
def test_page_is_well_formed_and_names_each_place_once(
    client: Client, path: str
) -> None:
    reader = _Nesting()
    reader.feed(html_of(client.get(path)))

    assert reader.faults == []
    assert reader.open == []
    assert sorted({name for name in reader.ids if reader.ids.count(name) > 1}) == []
    assert "main" in reader.ids


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_page_ends_with_its_sources_and_its_days(client: Client, page: Any) -> None:
    response = client.get(page.get_absolute_url())
    text = text_of(response)
    foot = html_of(response).rpartition('<footer class="guide__foot">')[2]
    keys = page.rests_on(page_inputs.read(now=TODAY))

    assert keys
    assert f"Reviewed on {in_words(page.reviewed_on)}." in text
    assert f"Next review by {in_words(page.next_review)}." in text
    assert [key for key in keys if f'href="/sources/{key}/"' not in foot] == []
    # Nothing that a part of the page names is missing from the list of all.
    # (Figures carry their sources beside them.)
    named = {link for link in links_of(response) if re.match(r"/sources/s\d+/", link)}
    assert {link for link in named if f'href="{link}"' not in foot} == set()


def test_page_past_its_review_says_so_by_itself(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PAGES["visas"]
    # The last minute of the day in New York, then the next day.
    last = datetime.combine(page.next_review, datetime.max.time(), UTC)
    moments = [last, last + timedelta(hours=6)]
    said = []
    for moment in moments:
        set_today(monkeypatch, moment)
        said.append(
            "This page is past its review." in text_of(client.get("/guide/visas/"))
        )

    assert said == [False, True]
    assert in_words(page.next_review) in text_of(client.get("/guide/visas/"))


def test_entry_past_its_review_says_so_by_itself(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = VISA_ENTRIES["h1b-payment"]
    words = (
        f"We meant to look at this again by {in_words(entry.review_by)} and have not."
    )
    assert PAGES["visas"].next_review > entry.review_by
    # The last minute of the day in New York, then the next day.
    last = datetime.combine(entry.review_by, datetime.max.time(), UTC)
    said = []
    for moment in (last, last + timedelta(hours=6)):
        set_today(monkeypatch, moment)
        said.append(
            [words in text_of(client.get(f"/guide/{page}/")) for page in DATED_PAGES]
        )

    assert said == [[False, False], [True, True]]


def test_every_entry_says_how_it_stands_and_when_it_was_checked(client: Client) -> None:
    response = client.get("/guide/visas/")
    text = text_of(response)

    for key, entry in VISA_ENTRIES.items():
        assert html_of(response).count(f'<h2 id="{key}">') == 1
        assert entry.state in text
        assert f"Checked on {in_words(entry.checked)}." in text
        assert f"looked at again by {in_words(entry.review_by)}." in text
        for event in entry.events:
            assert f"{in_words(event.day)} {event.what}" in text
        for source in entry.documents:
            assert f"/sources/{source}/" in links_of(response)


@pytest.mark.parametrize("anchor", ["j1-visa", "need", "h1b-visa", "who-may-enter"])
def test_places_of_the_visas_page_stay(client: Client, anchor: str) -> None:
    assert html_of(client.get("/guide/visas/")).count(f'<h2 id="{anchor}">') == 1


# --- Freshness -------------------------------------------------------------------------


def etag(client: Client, path: str = "/guide/match/") -> str:
    return str(client.get(path).headers["ETag"])


def test_unchanged_page_is_not_sent_again(client: Client) -> None:
    response = client.get("/guide/match/", headers={"If-None-Match": etag(client)})

    assert response.status_code == 304
    assert response.content == b""


def test_page_changes_with_the_figures(client: Client) -> None:
    before = etag(client)
    release = stored_draft(2060)
    stored_result(release)
    publish(release, now=NOW)

    assert etag(client) != before


def test_page_changes_with_the_dated_tables(client: Client) -> None:
    before = etag(client)
    row = SeasonDeadline.objects.get(match_year=2027, event=Event.MATCH_DAY)
    row.on = date(2027, 3, 12)
    change_rule.save(row=row, columns=["on"], note="NRMP moved it.", now=NOW)

    assert etag(client) != before
    assert "Fri 12 Mar 2027" in text_of(client.get("/guide/match/"))


def test_page_changes_with_the_day_in_new_york(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = etag(client)

    set_today(monkeypatch, datetime(2026, 11, 23, 4, 59, tzinfo=UTC))
    assert etag(client) == before
    set_today(monkeypatch, datetime(2026, 11, 23, 5, 0, tzinfo=UTC))
    assert etag(client) != before


# --- What the pages say ---------------------------------------------------------------


def test_numbers_in_prose_are_those_of_the_figures(client: Client) -> None:
    text = text_of(client.get("/guide/who-is-an-img/"))
    newest = page_inputs.read(now=TODAY)

    assert newest.us_imgs is not None
    assert f"{newest.us_imgs.active_applicants:,} US IMGs" in text


def test_calendar_shows_each_date_with_its_time_and_how_sure_it_is(
    client: Client,
) -> None:
    html = html_of(client.get("/guide/match/"))

    assert "This season: the 2027 Match" in html
    assert '<time datetime="2027-03-03T21:00:00-05:00">Wed 3 Mar 2027</time>' in html
    assert "31 December 2026 is the last exam day of low risk" in html
    assert html.count("calendar__next") == 1
    assert "no dates for the 2028 Match yet" in html


def test_season_turns_after_match_day(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_today(monkeypatch, datetime(2026, 3, 20, 16, tzinfo=UTC))
    assert "This season: the 2026 Match" in html_of(client.get("/guide/match/"))
    set_today(monkeypatch, datetime(2026, 3, 21, 16, tzinfo=UTC))
    text = html_of(client.get("/guide/match/"))

    assert "This season: the 2027 Match" in text
    assert "<summary>The 2026 Match</summary>" in text


def test_step_1_shows_no_minimum_since_it_has_no_number(client: Client) -> None:
    html = html_of(client.get("/guide/scoring/"))

    assert "Pass or Fail" in html
    assert ">196</text>" in html  # of Step 3 and of Step 2 CK
    assert "Step 1 196" not in html


def test_term_is_explained_where_a_page_first_uses_it(client: Client) -> None:
    html = html_of(client.get("/guide/certification/"))

    assert html.count('id="term-ecfmg"') == 1
    assert html.count('popovertarget="term-ecfmg"') == 1
    assert 'id="term-' not in html_of(client.get("/guide/print/"))


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_every_document_behind_a_page_has_its_page(client: Client, page: Any) -> None:
    inputs = page_inputs.read(now=TODAY)
    links = links_of(client.get(page.get_absolute_url()))

    for key in page.rests_on(inputs):
        # What is declared is in the catalogue, is listed, and can be looked at.
        assert key in inputs.figures.sources
        assert f"/sources/{key}/" in links
        assert client.get(f"/sources/{key}/").status_code == 200


def test_whole_guide_begins_with_its_contents_and_ends_with_its_sources(
    client: Client,
) -> None:
    page = client.get("/guide/print/")
    links = links_of(page)

    assert [link for link in links if link.startswith("#chapter-")] == [
        *(f"#chapter-{slug}" for slug in PAGES),
        "#chapter-sources",
    ]
    desk = page_inputs.read(now=TODAY)
    for key in {key for page in PAGES.values() for key in page.rests_on(desk)}:
        # Once, with what it is called by in the chapters.
        assert html_of(page).count(f'<span class="source-list__key">{key}</span>') == 1


def test_whole_guide_holds_every_page(client: Client) -> None:
    text = text_of(client.get("/guide/print/"))

    assert [page.title for page in PAGES.values() if page.title not in text] == []
    assert "as it reads on 22 November 2026" in text


def test_navigation_leads_to_the_guide_and_the_sitemap_lists_it(
    client: Client,
) -> None:
    assert '<a href="/guide/">Guide</a>' in html_of(client.get("/"))
    sitemap = html_of(client.get("/sitemap.xml"))
    for page in PAGES.values():
        assert f"<loc>http://testserver{page.get_absolute_url()}</loc>" in sitemap
    assert "<loc>http://testserver/guide/</loc>" in sitemap
    assert data_block_of(client.get("/guide/")) is None


# --- Countries and questions -----------------------------------------------------------


def test_every_country_of_the_table_has_a_page(client: Client) -> None:
    countries = page_inputs.read(now=TODAY).countries

    assert len(countries) == len(page_inputs.read(now=TODAY).tables.countries) == 17
    for slug, row in countries.items():
        text = text_of(client.get(f"/guide/countries/{slug}/"))
        assert row.name in text
        assert "**" not in text
    # What nobody found is said, not left out.
    assert "We found nothing on this." in text_of(client.get("/guide/countries/iran/"))


def test_country_that_is_not_there_offers_the_nearest(client: Client) -> None:
    response = client.get("/guide/countries/nepl/")

    assert response.status_code == 404
    assert "The guide has no country at this address." in text_of(response)
    assert "/guide/countries/nepal/" in links_of(response)
    assert client.get("/guide/countries/%00/").status_code == 404
    assert client.get(f"/guide/countries/{'x' * 9000}/").status_code == 404


def test_every_question_is_answered_once_and_described_for_search_engines(
    client: Client,
) -> None:
    response = client.get("/guide/questions/")
    block = data_block_of(response)

    assert block is not None
    assert block["@type"] == "FAQPage"
    asked = [item["name"] for item in block["mainEntity"]]
    assert asked == [question.text for question in QUESTIONS.values()]
    for key, item in zip(QUESTIONS, block["mainEntity"], strict=True):
        assert html_of(response).count(f'id="{key}"') == 1
        answer = item["acceptedAnswer"]["text"]
        assert len(answer) >= 30
        # Neither markup nor what only opens on demand.
        assert "<" not in answer
        assert "How we know" not in answer
        assert "All terms" not in answer


def test_both_denominators_of_the_match_rate_stand_side_by_side(
    client: Client,
) -> None:
    newest = page_inputs.read(now=TODAY).newest
    assert newest is not None
    totals = newest.totals
    assert totals is not None
    text = text_of(client.get("/guide/why-figures-differ/"))

    assert f"of {totals.active_applicants:,} active applicants" in text
    assert f"of {totals.registered_applicants:,} who registered" in text
