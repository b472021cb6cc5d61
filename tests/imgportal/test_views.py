"""The home page, the pages about the site, and answers for machines."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from django import urls
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django import Settings

from imgportal import urls as site
from imgportal.accounts import addresses
from imgportal.guide.page_inputs import country_slug
from imgportal.models import User
from profiles import reference_tables
from stats import public
from stats.definitions import DEFINITIONS
from tests.elsewhere import Answer, visit
from tests.pages import DATA, FOR_MACHINES, GUIDE, MISSED, PAGES
from tests.reading import data_block_of, html_of, links_of, tags_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

HTML = [*PAGES.values(), *GUIDE.values(), MISSED]


# --- Home and about --------------------------------------------------------------------


def test_home_says_how_imgs_fared_in_the_newest_year(client: Client) -> None:
    newest = public.everything().newest
    assert newest is not None
    assert newest.imgs is not None
    text = text_of(client.get("/"))

    assert newest.match_year == 2026
    assert f"IMGs matched in {newest.match_year}" in text
    assert newest.imgs.match_rate is not None
    assert f"{float(newest.imgs.match_rate.percent):.1f}%" in text


def test_home_leads_to_the_figures_the_specialties_the_scores_and_the_sources(
    client: Client,
) -> None:
    wanted = {"/match/", "/match/2026/", "/specialties/", "/specialties/compare/"}
    wanted |= {"/scores/", "/sources/", "/match/2013/v2/"}

    assert wanted <= set(links_of(client.get("/")))


def test_home_draws_the_trend_of_both_groups_with_words(client: Client) -> None:
    html = html_of(client.get("/"))

    assert 'aria-labelledby="home-rates-title home-rates-desc"' in html
    assert "2024: Non-US IMGs 58.5% · US IMGs 67.0%" in html


def test_every_measure_is_defined_under_its_own_anchor(client: Client) -> None:
    response = client.get("/about/measures/")

    anchors = [tag["id"] for tag in tags_of(response, "section")]

    assert anchors == [item.key for item in DEFINITIONS]
    for item in DEFINITIONS:
        assert item.definition in text_of(response)


@pytest.mark.parametrize("path", HTML)
def test_links_to_measures_lead_to_their_definitions(client: Client, path: str) -> None:
    known = {item.key for item in DEFINITIONS}

    wanted = {
        link.partition("#")[2]
        for link in links_of(client.get(path))
        if link.startswith("/about/measures/#")
    }

    assert wanted <= known


def test_about_says_how_many_years_and_documents_there_are(client: Client) -> None:
    figures = public.everything()

    assert (
        f"{len(figures.years)} Match years since 1997, from {len(figures.rests_on)} "
        "documents" in text_of(client.get("/about/"))
    )


def test_about_names_who_runs_the_site_its_licence_and_its_code(
    client: Client, settings: Settings
) -> None:
    before = client.get("/about/")
    settings.OPERATOR = "The Example <Society>"
    settings.OPERATOR_EMAIL = "figures@example.org"
    settings.SOURCE_CODE = "https://code.example.org/imgportal"
    after = client.get("/about/")

    assert "has not given a name here" in text_of(before)
    assert "MIT licence" in text_of(before)
    assert "/report/" in links_of(before)
    assert "The Example <Society> runs this installation." in text_of(after)
    assert {
        "mailto:figures@example.org",
        "https://code.example.org/imgportal",
    } <= set(links_of(after))


def test_who_is_shut_out_can_report_it(client: Client) -> None:
    assert "/report/" in links_of(client.get("/about/accessibility/"))


def test_site_never_looks_official(client: Client) -> None:
    for path in HTML:
        assert "Not an official site of NRMP, ECFMG, Intealth or USMLE." in html_of(
            client.get(path)
        )


# --- What every page says about itself -------------------------------------------------


# What chooses the content of a page stays in its address: other figures are another page.
CHOSEN = {
    path: path.replace("edition=20", "charting_outcomes=20")
    for path in PAGES.values()
    if path.startswith(("/match/", "/specialties/", "/scores/"))
} | dict.fromkeys(
    # 2022 is the newest edition that covers the group.
    ("/scores/?edition=2022&group=us_img", "/scores/?edition=2026&group=us_img"),
    "/scores/?group=us_img",
)


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("/specialties/?sort=name&q=surgery&year=2022", "/specialties/?year=2022"),
        ("/specialties/?year=1999&utm_source=x", "/specialties/"),
        ("/scores/?edition=2026", "/scores/"),
        ("/scores/?fbclid=1&edition=2022", "/scores/?charting_outcomes=2022"),
        ("/match/2024/?edition=1", "/match/2024/?edition=1"),
        ("/sources/?edition=7", "/sources/"),
        ("/match/?group=non_us_img&group=us_img", "/match/"),
    ],
)
def test_one_content_has_one_address(client: Client, asked: str, address: str) -> None:
    links = tags_of(client.get(asked), "link")

    (canonical,) = [tag["href"] for tag in links if tag.get("rel") == "canonical"]
    assert canonical == f"http://testserver{address}"


def test_a_title_says_what_was_chosen(client: Client) -> None:
    page = html_of(client.get("/scores/?edition=2022&specialty=neurology"))

    assert ": edition 2022, specialty Neurology – IMG portal</title>" in page


def test_other_editions_and_years_are_listed(client: Client) -> None:
    listed = client.get("/sitemap.xml").content.decode()

    for address in ("/scores/?charting_outcomes=2022", "/specialties/?year=2022"):
        assert f"<loc>http://testserver{address}</loc>" in listed
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("path", PAGES.values())
def test_page_says_where_it_lives_and_what_it_is(client: Client, path: str) -> None:
    response = client.get(path)
    address = f"http://testserver{CHOSEN.get(path, path.partition('?')[0])}"
    meta = {
        tag.get("property") or tag.get("name"): tag["content"]
        for tag in tags_of(response, "meta")
        if "content" in tag
    }

    canonical = [
        tag["href"]
        for tag in tags_of(response, "link")
        if tag.get("rel") == "canonical"
    ]
    assert canonical == [address]
    assert meta["og:url"] == address
    for name in ("description", "og:title", "og:description", "og:image:alt"):
        assert meta[name].strip()
    assert client.get("/").status_code == 200
    image = meta["og:image"].removeprefix("http://testserver").partition("?")[0]
    # tests/imgportal/test_social_pictures.py draws it.
    assert urls.resolve(image).view_name in {"picture", "home_picture"}
    assert meta["twitter:card"] == "summary_large_image"


def test_every_kind_of_page_has_its_own_title_and_description(client: Client) -> None:
    different = [path for path in PAGES.values() if "?" not in path]
    titles = [
        re.findall(r"<title>(.+?)</title>", html_of(client.get(path)))
        for path in different
    ]
    descriptions = [
        tag["content"]
        for path in different
        for tag in tags_of(client.get(path), "meta")
        if tag.get("name") == "description"
    ]

    assert [len(found) for found in titles] == [1] * len(different)
    assert len({found[0] for found in titles}) == len(different)
    # A version says the same of its figures as the year that shows them.
    assert len(set(descriptions)) >= len(different) - 1


@pytest.mark.parametrize("path", HTML)
def test_page_has_one_heading_a_language_and_no_id_twice(
    client: Client, path: str
) -> None:
    response = client.get(path)
    ids = re.findall(r'\sid="([^"]*)"', html_of(response))

    assert len(tags_of(response, "h1")) == 1
    assert tags_of(response, "html") == [{"lang": "en"}]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("path", HTML)
def test_page_loads_nothing_from_elsewhere(client: Client, path: str) -> None:
    response = client.get(path)
    loaded = [tag["src"] for tag in tags_of(response, "script") if "src" in tag]
    loaded += [tag["src"] for tag in tags_of(response, "img")]
    loaded += [
        tag["href"]
        for tag in tags_of(response, "link")
        if tag.get("rel") in {"stylesheet", "icon", "apple-touch-icon"}
    ]

    assert loaded
    assert [link for link in loaded if not link.startswith("/static/imgportal/")] == []
    for link in loaded:
        assert finders.find(link.removeprefix("/static/"))


WITH_DESCRIPTION = [
    "/match/",
    "/match/2024/",
    "/match/2013/v1/",
    "/specialties/",
    "/specialties/internal-medicine/",
    "/scores/",
    "/scores/?edition=2022",
]


@pytest.mark.parametrize("path", WITH_DESCRIPTION)
def test_page_describes_itself_as_a_dataset(client: Client, path: str) -> None:
    block = data_block_of(client.get(path))

    assert block is not None
    assert block["@context"] == "https://schema.org"
    assert block["@type"] == "Dataset"
    assert block["name"]
    # Search engines ask for 50 to 5,000 characters.
    assert 50 <= len(block["description"]) <= 5000
    assert block["url"].startswith(f"http://testserver{path.partition('?')[0]}")
    # A year, or the first and the last of several.
    assert re.fullmatch(r"\d{4}(/\d{4})?", block["temporalCoverage"])
    assert block["isAccessibleForFree"] is True
    assert block["citation"]
    assert {item["encodingFormat"] for item in block["distribution"]} == {
        "text/csv",
        "application/json",
    }
    for item in block["distribution"]:
        answer = client.get(item["contentUrl"].removeprefix("http://testserver"))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(item["encodingFormat"])


def test_description_of_a_version_leads_to_that_version(client: Client) -> None:
    block = data_block_of(client.get("/match/2013/v1/"))

    assert block is not None
    assert block["version"] == "1"
    for item in block["distribution"]:
        assert "/match/2013/v1." in item["contentUrl"]


# --- For machines ----------------------------------------------------------------------


def test_sitemap_lists_every_year_specialty_and_source(client: Client) -> None:
    figures = public.everything()
    response = client.get("/sitemap.xml")
    root = ElementTree.fromstring(response.content)
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
    listed = [
        (node.text or "").removeprefix("http://testserver") for node in root.iter(name)
    ]

    expected = {f"/match/{year}/" for year in figures.years}
    # Earlier versions ask search engines to stay away, so they are not offered.
    expected |= {
        f"/match/{year.match_year}/v{year.release.version}/"
        for year in figures.years.values()
    }
    expected |= {f"/specialties/{slug}/" for slug in figures.specialties}
    expected |= {f"/sources/{key}/" for key in figures.sources}
    expected |= {path for path in PAGES.values() if "?" not in path}
    # To print says what the other pages say.
    expected |= {path for path in GUIDE.values() if "?" not in path}
    expected -= {"/guide/print/"}
    expected |= {
        f"/guide/countries/{country_slug(row)}/"
        for row in reference_tables.everything().reference.countries
    }
    expected.discard("/match/2013/v1/")
    expected |= {
        f"/scores/?charting_outcomes={edition}"
        for edition in figures.charting_editions[1:]
    }
    expected |= {
        f"/specialties/?year={year.match_year}"
        for year in figures.years.values()
        if year.specialties
    }
    assert response.headers["Content-Type"] == "application/xml"
    assert set(listed) == expected
    assert len(listed) == len(set(listed))
    for path in listed:
        assert client.get(path).status_code == 200, path


def test_robots_may_read_everything(client: Client) -> None:
    response = client.get("/robots.txt")

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow:",
        "",
        "Sitemap: http://testserver/sitemap.xml",
    ]


def test_favicon_is_found_where_browsers_look_for_it(client: Client) -> None:
    response = client.get("/favicon.ico")

    assert response.status_code == 302
    assert finders.find(response.headers["Location"].removeprefix("/static/"))


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probe_is_answered(client: Client, path: str) -> None:
    response = client.get(path)

    assert (response.status_code, response.content) == (200, b"ok\n")


# --- Headers -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*HTML, *DATA, *FOR_MACHINES, "/admin/login/"])
def test_answer_carries_what_keeps_a_browser_safe(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(
        part.strip().split(" ", 1)
        for part in headers["Content-Security-Policy"].split(";")
    )

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "host", ["evil.example", "a b", "x" * 3000, "[::1", "testserver:x"]
)
@pytest.mark.parametrize("path", ["/", "/match/2024/", "/match.csv", "/nothing/"])
def test_wrong_host_gets_the_plain_page(client: Client, path: str, host: str) -> None:
    response = client.get(path, headers={"Host": host})

    assert response.status_code == 400
    if path.endswith("/"):
        assert "The request cannot be read" in text_of(response)
    else:
        assert json.loads(response.content)["status"] == 400
    assert host not in html_of(response)


# --- When something is wrong ---------------------------------------------------------------


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("a secret of the program")


# The site with a page that fails, for the test below.
urlpatterns = [urls.path("broken/", broken), *site.urlpatterns]
handler400, handler404, handler500 = site.handler400, site.handler404, site.handler500


def test_fault_of_our_own_gets_a_page_that_gives_nothing_away(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF = __name__

    response = Client(raise_request_exception=False).get("/broken/")

    assert response.status_code == 500
    assert "This is our fault, not yours." in text_of(response)
    assert "ZeroDivisionError" not in html_of(response)
    assert "a secret of the program" not in html_of(response)
    assert "ZeroDivisionError" in caplog.text


@pytest.fixture(scope="module")
def without_database(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, list[Answer]]:
    missing = tmp_path_factory.mktemp("nothing") / "no" / "such" / "site.sqlite3"
    return {
        # Port 1 answers nobody.
        "PostgreSQL": visit(["/"], "postgresql://nobody:secret@127.0.0.1:1/nothing"),
        "SQLite": visit(
            [
                "/",
                "/match/2024/",
                "/match.csv",
                "/scores.json",
                "/sitemap.xml",
                "/readyz",
            ],
            f"sqlite:///{missing}",
        ),
    }


@pytest.mark.parametrize("kind", ["PostgreSQL", "SQLite"])
def test_database_that_is_away_is_said_plainly(
    without_database: dict[str, list[Answer]], kind: str
) -> None:
    for answer in without_database[kind]:
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Security-Policy" in answer.headers
        if answer.headers["Content-Type"] == "application/problem+json":
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
        else:
            assert "The database does not answer." in text_of(answer)
        for word in ("Traceback", "OperationalError", "sqlite", "secret", "127.0.0.1"):
            assert word not in html_of(answer)


def test_process_is_alive_and_its_plain_pages_too_while_the_database_is_away(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    missing = tmp_path_factory.mktemp("nothing") / "no" / "site.sqlite3"

    answers = visit(["/healthz", "/robots.txt", "/nothing/"], f"sqlite:///{missing}")

    assert [answer.status_code for answer in answers] == [200, 200, 404]


# --- For staff -------------------------------------------------------------------------------


def test_stranger_is_sent_to_sign_in(client: Client) -> None:
    response = client.get("/admin/")

    assert response.status_code == 302
    assert response.headers["Location"] == "/admin/login/?next=/admin/"


def test_staff_sign_in_with_the_real_form() -> None:
    password = "seven horses on a quiet hill"
    user = User.objects.create_user("ana@example.org", password, is_staff=True)
    addresses.vouch_for_address(user)
    browser = Client(enforce_csrf_checks=True)
    form = browser.get("/admin/login/?next=/admin/", follow=True)
    (token,) = {
        tag["value"]
        for tag in tags_of(form, "input")
        if tag.get("name") == "csrfmiddlewaretoken"
    }

    response = browser.post(
        "/accounts/login/",
        {
            "login": "ana@example.org",
            "password": password,
            "next": "/admin/",
            "csrfmiddlewaretoken": token,
        },
        follow=True,
    )

    assert response.redirect_chain == [
        ("/admin/", 302),
        ("/accounts/2fa/totp/activate/", 302),
    ]
    assert "Set up a second factor" in html_of(response)


# --- Addresses as people and programs ask for them -------------------------------------


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/Specialties/", "/specialties/"),
        ("/specialties/Internal-Medicine/", "/specialties/internal-medicine/"),
        ("/guide/countries/India/", "/guide/countries/india/"),
        ("/SPECIALTIES.CSV?year=2024", "/specialties.csv?year=2024"),
        ("/match/2024/)", "/match/2024/"),
        ("/match/2024/).", "/match/2024/"),
        ("/scores/%E2%80%9D", "/scores/"),
        ("/Match", "/match/"),
        ("/match//2024/", "/match/2024/"),
    ],
)
def test_an_address_as_it_was_pasted_leads_to_its_page(
    client: Client, asked: str, meant: str
) -> None:
    answer = client.get(asked)

    assert (answer.status_code, answer.headers["Location"]) == (301, meant)
    assert client.get(meant).status_code == 200
    assert client.post(asked).status_code in {404, 405}


@pytest.mark.parametrize(
    "asked",
    [
        *("/Me/", "/ME/exams/", "/Accounts/login/", "/Admin/", "/Calendar/abc.ics"),
        *("/specialties/Nothing/", "/match/1900/)", "/nothing)", "/))))))/"),
        f"/{'A' * 300}/",
    ],
)
def test_no_page_is_guessed_where_none_is_or_where_it_is_somebodys(
    client: Client, asked: str
) -> None:
    assert client.get(asked).status_code == 404


def test_search_engines_read_that_they_are_not_to_list_a_page(client: Client) -> None:
    for address in (
        *("/accounts/login/", "/search/?q=visa", "/report/", "/me/", "/admin/"),
        *("/reminders/off/abc/", "/calendar/abc.ics", "/sheets/abc/"),
    ):
        assert "noindex" in client.get(address)["X-Robots-Tag"], address
    for address in HTML:
        assert "X-Robots-Tag" not in client.get(address), address


def test_password_managers_find_where_a_password_is_changed(client: Client) -> None:
    answer = client.get("/.well-known/change-password")

    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/accounts/password/change/",
    )


def test_every_page_names_the_feed_of_changes(client: Client) -> None:
    for address in HTML:
        feeds = [
            tag["href"]
            for tag in tags_of(client.get(address), "link")
            if tag.get("type") == "application/atom+xml"
        ]
        assert feeds == ["/changes.atom"], address
