"""`/cite/`: a file for a reference manager for everything that can be cited."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
import rispy
from django.test import Client
from django.utils.html import escape
from pybtex.database import parse_string

from imgportal.lib import clock
from imgportal.open_data.citations import list_citable
from imgportal.open_data.tables import OPEN_TABLES
from stats import public
from stats.citable import find_citable, official_documents
from stats.embeds.catalogue import EMBEDS
from tests.factories import publish, stored_draft
from tests.pages import PAGES
from tests.reading import Response

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

READ_AT = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: READ_AT)


def get(client: Client, path: str, **headers: str) -> Response:
    return client.get(path, headers=headers)


def test_three_files_say_the_same(client: Client) -> None:
    bib = get(client, "/cite/match-2024.bib")
    entries = parse_string(bib.content.decode(), "bibtex").entries
    ris = rispy.loads(get(client, "/cite/match-2024.ris").content.decode())
    items = json.loads(get(client, "/cite/match-2024.json").content)

    assert [entry.get("id") for entry in ris] == list(entries)
    assert [item["id"] for item in items] == list(entries)
    data, documents = items[0], items[1:]
    assert data["title"] == "The 2024 Match, version 1" == ris[0]["title"]
    assert data["URL"] == "http://testserver/match/2024/v1/?edition=1"
    assert ris[0]["urls"] == [data["URL"]]
    assert "nrmp-rd-2024" in {item["id"] for item in documents}


def test_the_day_of_access_is_that_of_the_clock(client: Client) -> None:
    entries = parse_string(
        get(client, "/cite/match.bib").content.decode(), "bibtex"
    ).entries
    items = json.loads(get(client, "/cite/match.json").content)

    assert entries["imgportal-match-e1"].fields["urldate"] == "2026-12-03"
    assert items[0]["accessed"] == {"date-parts": [[2026, 12, 3]]}


def test_a_kept_file_is_another_on_the_next_day(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = get(client, "/cite/match.ris")
    unchanged = get(client, "/cite/match.ris", if_none_match=today.headers["ETag"])
    monkeypatch.setattr(clock, "now", lambda: READ_AT.replace(day=4))
    tomorrow = get(client, "/cite/match.ris", if_none_match=today.headers["ETag"])

    assert unchanged.status_code == 304
    assert tomorrow.status_code == 200
    assert b"Y2  - 2026/12/04" in tomorrow.content


def test_everything_that_can_be_cited_is_a_file(client: Client) -> None:
    figures = public.everything()
    items = list_citable(figures)

    assert {f"table-{name}" for name in OPEN_TABLES} < set(items)
    assert {f"source-{key}" for key in figures.sources} < set(items)
    assert {f"match-{year}" for year in figures.years} < set(items)
    for name, item in items.items():
        assert item.name == name
        # The documents of a whole site are compared once, below.
        first = item.cited(figures, "https://example.org")[0]
        assert first.title == item.title


@pytest.mark.parametrize(
    "name",
    [
        *("site", "match", "match-2013-v1", "match-2024", "match-2024-v1-applicants"),
        *("placements", "all-applicants", "specialties", "specialties-2022"),
        *("specialty-internal-medicine", "scores", "scores-2022", "changes"),
        *("sources", "source-nrmp-2021-rd", "match-2022-scores"),
        *("table-applicants", "table-deadlines", "table-sources", "table-fees"),
    ],
)
@pytest.mark.parametrize("extension", ["bib", "ris", "json"])
def test_a_file_downloads_under_its_name(
    client: Client, name: str, extension: str
) -> None:
    answer = get(client, f"/cite/{name}.{extension}")

    assert answer.status_code == 200
    assert (
        f'filename="imgportal-{name}.{extension}"'
        in answer.headers["Content-Disposition"]
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_everything_together_is_cited_by_its_archive(client: Client) -> None:
    item = json.loads(get(client, "/cite/site.json").content)[0]

    assert item["URL"] == "http://testserver/data/editions/1/imgportal.zip"
    assert client.get(item["URL"]).status_code == 200


def test_a_table_of_rules_is_cited_with_its_day_and_no_edition(client: Client) -> None:
    items = json.loads(get(client, "/cite/table-passing-standards.json").content)

    assert "version" not in items[0]
    assert items[0]["URL"] == "http://testserver/data/passing-standards.csv"
    assert items[0]["issued"]["date-parts"] == [[2026, 11, 21]]


def test_documents_are_the_official_ones_behind_the_figures() -> None:
    figures = public.everything()
    keys = {
        source.key
        for row in figures.years[2024].rows()
        for source in row.provenance.sources
    }
    documents = official_documents(figures, keys)
    behind = {key for name in keys for key in figures.sources[name].ancestry}

    assert documents
    assert {document.kind for document in documents} == {"official"}
    assert {document.key for document in documents} <= keys | behind
    # Those who repeat are not cited in the place of those whose figures these are.
    assert "nrmp-rd-2024" in {document.key for document in documents} - keys


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/cite/match-2042.bib", "/cite/match-2024.bib"),
        ("/cite/speciality-neurology.ris", "/cite/specialty-neurology.ris"),
        ("/cite/match.txt", "/cite/match.bib"),
    ],
)
def test_an_unknown_name_offers_the_nearest(
    client: Client, path: str, near: str
) -> None:
    answer = get(client, path)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert near in {
        item["address"].removeprefix("http://testserver")
        for item in json.loads(answer.content)["nearby"]
    }


@pytest.mark.parametrize(
    "path",
    ["/cite/", "/cite/match", "/cite/match.txt", "/cite/a/b.bib", "/cite/%00.bib"],
)
def test_no_address_below_is_a_page(client: Client, path: str) -> None:
    answer = get(client, path)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("editon=1", "editon"),
        ("edition=99", "edition"),
        ("edition=1&edition=1", "edition"),
        ("as_of=yesterday", "as_of"),
        ("as_of=1999-01-01", "as_of"),
    ],
)
def test_a_parameter_is_refused(client: Client, query: str, parameter: str) -> None:
    answer = get(client, f"/cite/match.bib?{query}")

    assert answer.status_code == 400
    assert json.loads(answer.content)["errors"][0]["parameter"] == parameter


def test_a_file_of_a_former_edition_names_it(client: Client) -> None:
    base = find_citable(public.everything())
    publish(stored_draft())
    newest = json.loads(get(client, "/cite/match.json").content)[0]
    former = json.loads(get(client, "/cite/match.json?edition=1").content)[0]

    assert base["match"].edition == 1
    assert (newest["version"], former["version"]) == ("edition 2", "edition 1")
    assert newest["URL"].endswith("/match/?edition=2")
    assert former["URL"].endswith("/match/?edition=1")
    page = get(client, "/match/?edition=1").content.decode()
    assert 'href="/cite/match.bib?edition=1"' in page
    assert 'href="/cite/match.bib"' in get(client, "/match/").content.decode()


def test_a_file_is_only_read(client: Client) -> None:
    assert client.post("/cite/match.bib").status_code == 405
    assert client.options("/cite/match.bib").status_code == 204
    assert client.head("/cite/match.bib").content == b""


def files_of(page: str) -> list[str]:
    """What the page offers as files, but for its charts."""
    return re.findall(r'href="/cite/(?!chart-)([\w-]+)\.bib["?]', page)


CITED_PAGES = {
    kind: path
    for kind, path in PAGES.items()
    if path.startswith(
        ("/match/", "/specialties/", "/scores/", "/changes/", "/sources/")
    )
    and "compare" not in path
    and kind != "a source"
}
# Their address says more than that of their files: a choice of groups or of a measure.
NARROWED = {path for path in CITED_PAGES.values() if "group=" in path or "of=" in path}


@pytest.mark.parametrize("path", CITED_PAGES.values(), ids=CITED_PAGES)
def test_every_page_of_figures_leads_to_its_files(client: Client, path: str) -> None:
    page = get(client, path).content.decode()
    citation = files_of(page)[0]
    item = find_citable(public.everything())[citation]

    assert f"IMG portal, “{item.title}" in page
    pinned = "?edition=1" if "edition=1" in path else ""
    assert f'href="/cite/{citation}.ris{pinned}"' in page
    assert f'href="/cite/{citation}.json{pinned}"' in page
    if path not in NARROWED:
        # The files name the same lasting address as the page.
        assert f'<a href="{escape(item.path)}">Lasting link</a>' in page


def test_a_choice_of_specialties_is_cited_without_a_file(client: Client) -> None:
    page = get(client, "/specialties/compare/?s=neurology&s=pathology").content.decode()

    assert "“Specialties compared" in page
    assert "Lasting link" in page
    assert files_of(page) == []


def test_a_document_is_cited_by_itself(client: Client) -> None:
    page = get(client, "/sources/nrmp-2021-rd/").content.decode()
    items = json.loads(get(client, "/cite/source-nrmp-2021-rd.json").content)

    assert 'href="/cite/source-nrmp-2021-rd.bib"' in page
    assert [item["id"] for item in items] == ["nrmp-2021-rd"]
    assert items[0]["author"] == [{"literal": "National Resident Matching Program"}]
    assert items[0]["URL"].startswith("https://www.nrmp.org/")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/cite/chart-match-rates.json", ""),
        ("/cite/chart-img-share.json?specialty=neurology", "Neurology"),
        ("/cite/chart-match-rates.json?edition=1&group=us_img&since=2010", "US IMGs"),
    ],
)
def test_a_chart_is_cited_with_what_it_chooses(
    client: Client, path: str, title: str
) -> None:
    items = json.loads(get(client, path).content)

    assert title in items[0]["title"]
    assert items[0]["version"] == "edition 1"
    assert len(items) > 1
    assert client.get(items[0]["URL"]).status_code == 200
    assert "edition=1" in items[0]["URL"]


@pytest.mark.parametrize("chart", EMBEDS)
def test_every_chart_has_its_files(client: Client, chart: str) -> None:
    """Those that need a choice say so, as the chart itself does."""
    drawn = client.get(f"/embed/{chart}.svg").status_code

    assert client.get(f"/cite/chart-{chart}.bib").status_code == drawn


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cite/chart-img-share.bib", 400),
        ("/cite/chart-match-rates.bib?grup=us_img", 400),
        ("/cite/chart-match-rates.bib?group=us", 400),
        ("/cite/chart-match-rate.bib", 404),
        ("/cite/chart-match-rates.doc", 404),
    ],
)
def test_a_wrong_address_of_a_chart_is_refused(
    client: Client, path: str, status: int
) -> None:
    answer = get(client, path)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_page_offers_the_files_of_its_charts(client: Client) -> None:
    page = get(client, "/specialties/neurology/").content.decode()

    assert "/cite/chart-img-share.bib?specialty=neurology&amp;edition=1" in page
