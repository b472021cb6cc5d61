"""`/report/`: any figure, any words, any browser; and no page that breaks."""

from __future__ import annotations

import gzip
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from stats import public
from stats.models import ProblemReport
from stats.views.reports import MOST_REPORTS

pytestmark = pytest.mark.django_db

US_IMGS_2024 = "?year=2024&version=1&table=applicants&row=us_img"
GOOD = {"text": "The rate should be 61.2.", "email": ""}


def test_every_source_mark_leads_to_a_report_about_its_own_row(client: Client) -> None:
    pages = (
        *("/", "/match/", "/match/2024/", "/match/2013/v1/", "/specialties/"),
        *("/specialties/internal-medicine/", "/scores/", "/changes/"),
        *("/sources/ecfmg-2014/", "/specialties/compare/?s=neurology&s=pathology"),
    )
    addresses: set[str] = set()
    for page in pages:
        html = client.get(page).content.decode()
        marks = html.count('<details class="source">')
        links = re.findall(r'href="(/report/\?[^"]+)"', html)
        assert marks == len(links) > 0, page
        addresses |= {link.replace("&amp;", "&") for link in links}

    assert len(addresses) > 100
    # One of each kind of row, the combined ones and all specialties among them.
    chosen = [link for link in sorted(addresses) if "2013" in link or "2022" in link]
    for address in [*chosen, *(link for link in addresses if "all_imgs" in link)][:60]:
        html = client.get(address).content.decode()
        assert "We could not find the figure" not in html, address
        assert '<dl class="reported__values">' in html, address


def test_links_of_one_page_have_names_of_their_own(client: Client) -> None:
    for page in ("/match/", "/match/2024/", "/specialties/internal-medicine/"):
        html = client.get(page).content.decode()
        found = re.findall(
            r'href="(/report/[^"]+)">Report a problem'
            r'<span class="visually-hidden">([^<]+)</span>',
            html,
        )
        # One name for one figure; the same figure may be marked twice.
        named: dict[str, str] = {}
        for address, name in found:
            assert named.setdefault(name, address) == address, name


def test_form_names_the_figure_and_its_values(client: Client) -> None:
    html = client.get(f"/report/{US_IMGS_2024}").content.decode()

    assert "US IMGs, 2024" in html
    assert "4,751" in html
    assert "/match/2024/v1/" in html


def test_form_says_when_the_version_was_replaced(client: Client) -> None:
    html = client.get(
        "/report/?year=2013&version=1&table=applicants&row=us_img"
    ).content.decode()

    assert "This version was replaced" in html


GENERAL = [
    "",
    "?",
    "?year=",
    "?year=1800&version=1&table=applicants&row=us_img",
    "?year=2024&version=99",
    "?year=" + "9" * 5000,
    "?year=-1",
    "?year=2024.5",
    "?year=%00",
    "?year=٢٠٢٤٠",
    "?version=1",
    "?year[]=2024",
    "?year=abc&version=def&table=ghi&row=jkl",
    "?row=us_img",
    "?%ff%fe=%ff",
]
NAMES_A_YEAR = [
    "?year=2024",
    "?year=2024&version=1&table=nothing",
    "?year=2024&version=1&table=applicants&row=martians",
    "?year=2024&version=1&table=applicants&row=" + "x" * 3000,
    "?year=2024&version=1&table=applicants&row=%00",
    "?year=2024&version=1&table=applicants&row=<script>alert(1)</script>",
    "?year=2024&version=1&table=scores&row=//",
    "?year=2024&year=2024&version=1",
]


@pytest.mark.parametrize("query", GENERAL)
def test_address_that_names_nothing_gives_a_general_form(
    client: Client, query: str
) -> None:
    response = client.get(f"/report/{query}")

    assert response.status_code == 200
    assert "<h1>Report a problem</h1>" in response.content.decode()

    sent = client.post(f"/report/{query}", GOOD)

    assert sent.status_code == 302
    report = ProblemReport.objects.get()
    assert (report.match_year, report.version, report.row) == (None, None, "")


@pytest.mark.parametrize("query", NAMES_A_YEAR)
def test_address_that_names_half_a_figure_gives_that_half(
    client: Client, query: str
) -> None:
    html = client.get(f"/report/{query}").content.decode()

    assert "The 2024 Match" in html
    assert "<script>alert" not in html

    client.post(f"/report/{query}", GOOD)

    report = ProblemReport.objects.get()
    assert (report.match_year, report.version, report.row) == (2024, 1, "")


def test_report_reaches_the_staff(client: Client) -> None:
    response = client.post(
        f"/report/{US_IMGS_2024}",
        {"text": "Line one.\r\nLine two.", "email": "reader@example.org"},
    )

    assert response.status_code == 302
    assert response.headers["Location"] == "/report/thanks/"
    report = ProblemReport.objects.get()
    assert (report.match_year, report.version) == (2024, 1)
    assert (report.table, report.row) == ("applicants", "us_img")
    assert report.text == "Line one.\nLine two."
    assert report.email == "reader@example.org"
    assert client.get("/report/thanks/").status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "ten chars.",
        "x" * 4000,
        "🙂" * 4000,
        "الرقم غير صحيح في الجدول",
        "数字が間違っていると思います。",
        "<script>alert('x')</script> & \"quotes\"",
        "'; DROP TABLE stats_release; --",
        "Zero\u200bwidth, tab\tand \x1b escape",
        "\r\n" * 30 + "Ten characters after empty lines",
        # Each new line is one character, though browsers send two.
        "\r\n".join(["a"] * 2000),
    ],
)
def test_words_of_any_kind_are_taken_as_they_are(client: Client, text: str) -> None:
    response = client.post(f"/report/{US_IMGS_2024}", {"text": text})

    assert response.status_code == 302
    assert ProblemReport.objects.get().text == text.replace("\r\n", "\n").strip()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Please say what is wrong."),
        ({"text": "   \n\t "}, "Please say what is wrong."),
        ({"text": "Too short"}, "at least 10 characters"),
        ({"text": "x" * 4001}, "This is 4,001 characters long, and we can take 4,000"),
        ({"text": "x" * 10_000}, "This is 10,000 characters long"),
        ({"text": "🙂" * 4001}, "This is 4,001 characters long"),
        ({"text": "A NUL \x00 in the middle"}, "Null characters are not allowed."),
        ({"text": GOOD["text"], "email": "nobody"}, "This is not an e-mail address."),
        ({"text": GOOD["text"], "email": "a@b"}, "This is not an e-mail address."),
        ({"text": GOOD["text"], "email": "a@b.org\x00"}, "Null characters"),
        ({"text": GOOD["text"], "email": f"{'a' * 400}@b.org"}, "e-mail address"),
        ({"text": GOOD["text"], "email": "a@b.org, c@d.org"}, "e-mail address"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(
    client: Client, sent: dict[str, str], sentence: str
) -> None:
    response = client.post(f"/report/{US_IMGS_2024}", sent)

    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert "Your report was not sent yet." in html
    assert "Not sent yet: Report a problem" in html
    assert 'aria-invalid="true"' in html
    # The figure is still named, and the words are still there.
    assert "US IMGs, 2024" in html
    assert sent.get("text", "").strip()[:30].replace("\x00", "") in html.replace(
        "\x00", ""
    )
    assert not ProblemReport.objects.exists()


def test_typed_markup_comes_back_as_text(client: Client) -> None:
    html = client.post(
        "/report/", {"text": "</textarea><script>", "email": '"><script>'}
    ).content.decode()

    assert "<script>" not in html


def test_report_sent_twice_is_stored_once(client: Client) -> None:
    for _ in range(2):
        assert client.post(f"/report/{US_IMGS_2024}", GOOD).status_code == 302

    assert ProblemReport.objects.count() == 1


def test_sixth_report_of_an_hour_has_to_wait(client: Client) -> None:
    for number in range(MOST_REPORTS):
        sent = client.post("/report/", {"text": f"Report number {number}."})
        assert sent.status_code == 302

    response = client.post(f"/report/{US_IMGS_2024}", {"text": "One more, & the last."})

    html = response.content.decode()
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert "5 reports an hour are all we take" in html
    assert "One more, &amp; the last." in html
    assert response.headers["Cache-Control"] == "no-store"
    assert ProblemReport.objects.count() == MOST_REPORTS
    # Somebody else may still write.
    other = client.post("/report/", GOOD, REMOTE_ADDR="192.0.2.9")
    assert other.status_code == 302


def test_mistakes_do_not_count_against_the_limit(client: Client) -> None:
    for _ in range(MOST_REPORTS + 3):
        assert client.post("/report/", {"text": "no"}).status_code == 422

    assert client.post("/report/", GOOD).status_code == 302


def test_form_is_never_kept_and_alone_sets_a_cookie(client: Client) -> None:
    form = client.get("/report/")
    sent = client.post("/report/", GOOD)
    thanks = Client().get("/report/thanks/")
    page = Client().get("/match/2024/")

    assert form.headers["Cache-Control"] == "no-store"
    assert set(form.cookies) == {"csrftoken"}
    assert sent.status_code == 302
    assert thanks.cookies == page.cookies == {}
    assert "Cookie" not in page.headers["Vary"]


def test_report_without_proof_of_the_page_is_refused_readably() -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/report/", GOOD)

    assert response.status_code == 403
    assert "The form was too old" in response.content.decode()
    assert not ProblemReport.objects.exists()


def test_report_with_proof_of_the_page_is_taken() -> None:
    strict = Client(enforce_csrf_checks=True)
    html = strict.get(f"/report/{US_IMGS_2024}").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    action = re.search(r'<form[^>]* action="(/report/[^"]*)"', html)
    assert token is not None
    assert action is not None

    response = strict.post(
        action.group(1).replace("&amp;", "&"),
        {**GOOD, "csrfmiddlewaretoken": token.group(1)},
    )

    assert response.status_code == 302
    assert ProblemReport.objects.get().row == "us_img"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_form_answers_only_what_a_form_sends(client: Client, method: str) -> None:
    assert getattr(client, method)("/report/").status_code == 405


def test_head_is_answered_like_get(client: Client) -> None:
    assert client.head(f"/report/{US_IMGS_2024}").status_code == 200


def test_no_search_engine_lists_it(client: Client) -> None:
    for address in ("/report/", "/report/thanks/"):
        assert 'content="noindex"' in client.get(address).content.decode()


def test_privacy_page_says_what_the_form_keeps(client: Client) -> None:
    html = client.get("/about/privacy/").content.decode()

    assert 'id="reports"' in html
    assert 'href="/about/privacy/#reports"' in client.get("/report/").content.decode()


def test_form_needs_one_query_and_a_report_few(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    public.everything()

    with django_assert_num_queries(1):
        client.get(f"/report/{US_IMGS_2024}")
    # What is published; is it known already; the report; who of the staff is told; its place
    # in the limit made and counted. The last three each in a transaction of its own.
    with django_assert_num_queries(14):
        client.post(f"/report/{US_IMGS_2024}", GOOD)


def test_every_published_row_can_be_reported(client: Client) -> None:
    """The address of each row is short enough for the form and the table."""
    for year in public.everything().versions.values():
        for row in year.rows():
            assert len(row.key) <= 120
            assert year.row_of(row.table, row.key) is row
    longest = max(
        (row for year in public.everything().years.values() for row in year.scores),
        key=lambda row: len(row.key),
    )
    query = (
        f"?year={longest.provenance.match_year}&version=1&table=scores"
        f"&row={quote(longest.key)}"
    )

    client.post(reverse("stats:report") + query, GOOD)

    assert ProblemReport.objects.get().row == longest.key


def test_public_page_with_marks_stays_small(client: Client) -> None:
    sizes: dict[str, Any] = {
        page: len(gzip.compress(client.get(page).content))
        for page in ("/", "/match/", "/match/2024/", "/specialties/", "/scores/")
    }

    # With what each chart offers to other sites, and how it is cited.
    assert max(sizes.values()) < 22_000, sizes
