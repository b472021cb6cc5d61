"""Two people of the staff bring a new year out, and correct it in the open."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import staff
from tests.browser.conftest import ROOT, environment_in, served
from tests.browser.visiting import faults

# A Match that was held, and of which no founding figure is known.
YEAR = 1996
ANA, BEN = "ana@example.org", "ben@example.org"
MAKE_STAFF = f"""
from tests import staff
for email in ("{ANA}", "{BEN}"):
    staff.give_second_factor(staff.publisher(email))
"""
SOURCE = "uscehub-2026"
NOTE = "Three matches of non-US IMGs were left out."

# (active applicants, matched to PGY-1) of a year that nobody has seen.
APPLICANTS = {
    "us_md_senior": (20_950, 19_600),
    "us_md_grad": (1_500, 720),
    "us_do_senior": (8_800, 8_170),
    "us_do_grad": (700, 330),
    "us_img": (4_300, 2_950),
    "non_us_img": (12_100, 6_900),
}


@pytest.fixture(scope="module")
def own_site(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[str]:
    """A site for itself: what is published here nobody can take back."""
    environment = environment_in(tmp_path_factory.mktemp("new-year"), copy_of=prepared)
    with served(environment) as address:
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", MAKE_STAFF],
            cwd=ROOT,
            env=environment,
            check=True,
        )
        yield address


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/admin/stats/release/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(staff.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(staff.code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()


def exported(page: Page) -> list[dict[str, str]]:
    """The table of the open import page as it is now."""
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def upload(page: Page, name: str, rows: list[dict[str, str]]) -> None:
    text = io.StringIO()
    # As a spreadsheet of a country with decimal commas writes it.
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    page.get_by_label("CSV, XLSX or XLSM file").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    )
    page.get_by_role("button", name="Compare with the draft").last.click()


def link_in(page: Page, table: str, name: str) -> Locator:
    """A link below the heading of a table, on the page of a version."""
    heading = page.get_by_role("heading", level=3, name=table)
    line = heading.locator("xpath=following-sibling::p[1]")
    return line.get_by_role("link", name=name)


def total(column: int) -> int:
    return sum(values[column] for values in APPLICANTS.values())


def fill_applicants(row: Mapping[str, str]) -> dict[str, str]:
    active, matched = APPLICANTS[row["applicant_type"]]
    return {
        **row,
        "active_applicants": f"{active:,}",
        "matched_to_pgy1": str(matched),
        "published_match_rate": f"{100 * matched / active:.1f}%",
        "sources": SOURCE,
    }


def fill_totals(row: Mapping[str, str]) -> dict[str, str]:
    return {
        **row,
        "pgy1_positions_offered": "41000",
        "pgy1_positions_filled": "38900",
        "all_positions_offered": "44000",
        "all_positions_filled": "41500",
        "registered_applicants": "53500",
        "active_applicants": str(total(0) + 60),
        # A few belong to types that the report does not tell apart.
        "matched_to_pgy1": str(total(1) + 40),
        "sources": SOURCE,
    }


def leave_out(row: Mapping[str, str]) -> dict[str, str]:
    return {**row, "positions_filled": "*", "missing": "", "sources": SOURCE}


Look = Callable[[Page], None]


def import_what_is_refused_first(page: Page, look: Look) -> None:
    """Three mistakes, each shown with its place; then the same file without them."""
    link_in(page, "Results by applicant type", "Import a file").click()
    look(page)
    good = [fill_applicants(row) for row in exported(page)]
    lines = {row["applicant_type"]: 2 + place for place, row in enumerate(good)}
    mistakes = {
        "us_img": ("active_applicants", "4,3O0", "written with digits"),
        "non_us_img": ("matched_to_pgy1", "16900", "more than active_applicants"),
        "us_do_grad": ("match_year", "2026", f"The draft is of {YEAR}."),
    }
    bad = [dict(row) for row in good]
    for row in bad:
        if row["applicant_type"] in mistakes:
            column, value, _ = mistakes[row["applicant_type"]]
            row[column] = value
    upload(page, "applicants.csv", bad)

    table = page.get_by_role("region", name="What is refused").get_by_role("table")
    expect(table.locator("tbody tr")).to_have_count(len(mistakes))
    for kind, texts in mistakes.items():
        number = page.get_by_role("rowheader", name=str(lines[kind]), exact=True)
        line = table.get_by_role("row").filter(has=number)
        for text in texts:
            expect(line).to_contain_text(text)
    look(page)

    upload(page, "applicants.csv", good)
    differences = page.get_by_role("region", name="Differences")
    expect(differences.get_by_role("row", name="US IMGs").first).to_contain_text(
        "– → 4,300"
    )
    look(page)
    page.get_by_role("button", name="Import 6 rows").click()
    expect(page.locator(".messagelist")).to_contain_text("6 changed rows")


def import_the_rest(page: Page, look: Look) -> None:
    link_in(page, "All applicants and positions", "Import a file").click()
    upload(page, "totals.csv", [fill_totals(row) for row in exported(page)])
    page.get_by_role("button", name="Import 1 row").click()

    # Nobody has counted the positions yet; the page asks why they are missing.
    link_in(page, "First-year positions by specialty", "Import a file").click()
    rows = [leave_out(row) for row in exported(page)]
    upload(page, "specialties.csv", rows)
    expect(page.get_by_role("heading", name="why are values missing?")).to_be_visible()
    look(page)
    page.get_by_label("not published", exact=True).check()
    page.get_by_role("button", name="Compare with the draft").first.click()
    page.get_by_role("button", name=f"Import {len(rows)} rows").click()
    expect(page.get_by_text("Nothing blocks publication.")).to_be_visible()
    look(page)


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Everybody can read it now.")


def correct_one_value(page: Page) -> None:
    """In an amendment, which is submitted then."""
    page.get_by_role("button", name="Open an amendment").click()
    link_in(page, "Results by applicant type", "Fill in or change").click()
    matched = page.get_by_label("Matched to PGY-1, Non-US IMGs")
    expect(matched).to_have_value("6900")
    matched.fill("6,903")
    page.get_by_role("button", name="Save and back to the version").click()
    expect(page.locator(".messagelist")).to_contain_text("1 value saved.")
    expect(page.get_by_role("row", name="Non-US IMGs 12,100")).to_contain_text(
        "6,903 public: 6,900"
    )
    page.get_by_role("button", name="Submit for review").click()


def read_first_version(page: Page, site: str) -> None:
    page.goto(f"{site}/match/{YEAR}/")
    expect(page.locator(".headline")).to_contain_text("9,850 of 16,400")
    page.goto(f"{site}/changes/")
    first = page.get_by_role("region", name="First publications")
    expect(first.get_by_role("link", name=str(YEAR))).to_have_attribute(
        "href", f"/match/{YEAR}/v1/"
    )
    assert f"/match/{YEAR}/v1/" in page.request.get(f"{site}/changes.atom").text()


def read_both_versions(page: Page, site: str) -> None:
    page.goto(f"{site}/match/{YEAR}/")
    expect(page.locator(".headline")).to_contain_text("9,853 of 16,400")
    page.goto(f"{site}/match/{YEAR}/v1/")
    expect(page.locator(".headline")).to_contain_text("9,850 of 16,400")
    expect(page.get_by_text("This is not the current version.")).to_be_visible()
    page.goto(f"{site}/match/{YEAR}/v2/")
    expect(page.locator(".headline")).to_contain_text("9,853 of 16,400")
    expect(page.locator(".status")).to_contain_text(NOTE)

    page.goto(f"{site}/changes/")
    change = page.locator(f"#match-{YEAR}-v2")
    expect(change).to_contain_text(NOTE)
    expect(change.get_by_role("row", name="Non-US IMGs")).to_contain_text("6,900")
    expect(change.get_by_role("row", name="Non-US IMGs")).to_contain_text("6,903")
    feed = page.request.get(f"{site}/changes.atom").text()
    assert NOTE in feed
    assert "was 6,900, is 6,903" in feed


def test_new_year_comes_out_and_is_corrected(browser: Browser, own_site: str) -> None:
    found: list[str] = []

    def look(page: Page) -> None:
        found.extend(faults(page))

    ana, ben, reader = (browser.new_context().new_page() for _ in range(3))
    sign_in(ana, own_site, ANA)
    sign_in(ben, own_site, BEN)

    ana.get_by_label("Start a Match year").fill(str(YEAR))
    ana.get_by_role("button", name="Start", exact=True).click()
    release = ana.url
    import_what_is_refused_first(ana, look)
    import_the_rest(ana, look)
    ana.get_by_role("button", name="Submit for review").click()

    # She cannot publish what she entered; Ben can.
    expect(ana.get_by_text("You changed values of this version.")).to_be_visible()
    ana.get_by_role("button", name="Publish", exact=True).click()
    expect(ana.locator(".messagelist")).to_contain_text("somebody else must publish it")
    assert reader.request.get(f"{own_site}/match/{YEAR}/").status == 404
    ben.goto(release)
    publish(ben)
    read_first_version(reader, own_site)

    ana.goto(release)
    correct_one_value(ana)
    ben.goto(ana.url)
    ben.get_by_label("Correction: we were wrong").check()
    ben.get_by_label("Public note").fill(NOTE)
    look(ben)
    publish(ben)
    # Somebody else: a browser may show a page for a minute before it asks again.
    read_both_versions(browser.new_context().new_page(), own_site)

    assert found == []
