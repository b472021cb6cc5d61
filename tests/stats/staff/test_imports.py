"""The staff page on which a file comes into a table of a draft."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from imgportal.accounts.staff_site import MOST_HELD
from imgportal.models import User
from stats import drafts, exports, imports
from stats.actions import open_version, publish_version
from stats.choices import FigureTable, Missing, ReleaseStep
from stats.imports import export as exporting
from stats.imports import held_files
from stats.models import MODELS, ApplicantResult, Release, ReleaseEvent, ScoreSummary
from tests import staff
from tests.factories import NOW, fill_in, stored_source
from tests.reading import text_of
from tests.stats.imports.files import YEAR, as_csv, as_xlsx, cells_of, csv_file, good

pytestmark = pytest.mark.django_db

TYPES = FigureTable.APPLICANTS


@pytest.fixture
def editor() -> User:
    return staff.editor()


@pytest.fixture
def client(editor: User) -> Client:
    return client_of(editor)


@pytest.fixture
def draft(editor: User) -> Release:
    return open_version.start_year(match_year=YEAR, by=editor, now=NOW)


def client_of(person: User) -> Client:
    client = Client()
    staff.sign_in(client, person)
    return client


def page_of(release: Release, table: FigureTable = TYPES) -> str:
    return reverse("admin:stats_release_import", args=[release.pk, table])


def release_page(release: Release) -> str:
    return reverse("admin:stats_release_change", args=[release.pk])


def upload(
    client: Client, url: str, content: bytes, name: str = "a.csv", **more: str
) -> Any:
    return client.post(url, {"file": SimpleUploadedFile(name, content), **more})


def previewed(client: Client, url: str, content: bytes, name: str = "a.csv") -> Any:
    """The page that shows the differences of a file without mistakes."""
    response = upload(client, url, content, name)
    assert response.status_code == 302, refusals_of(response)
    return client.get(response.url)


def confirmation(page: Any) -> dict[str, str]:
    """What the browser sends when *Import* is pressed."""
    return {
        "kept": page.context["preview"].token,
        "fingerprint": page.context["plan"].fingerprint,
    }


def refusals_of(response: Any) -> list[tuple[int | None, str, str]]:
    return [
        (refusal.line, refusal.column, refusal.value)
        for refusal in response.context["plan"].refusals
    ]


def messages_of(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def stored(release: Release) -> dict[str, str]:
    """Everything that a version holds, as it would be exported."""
    figures = drafts.figures_of(release)
    return {
        table.value: exports.as_csv(exporting.table_of(figures, table))
        for table in FigureTable
    }


# --- From a file to a draft ---------------------------------------------------------


def test_file_is_compared_then_confirmed_then_written(
    client: Client, draft: Release, editor: User
) -> None:
    before = stored(draft)
    content = csv_file(TYPES, good(TYPES), good(TYPES, applicant_type="img_total"))

    page = previewed(client, page_of(draft), content, "report.csv")
    shown = page.content.decode()

    assert stored(draft) == before
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store, private"
    plan = page.context["plan"]
    assert (plan.new, plan.changed, plan.unchanged, plan.refused) == (1, 1, 0, 0)
    assert "<del>–</del> → <ins>4,751</ins>" in shown
    assert "<del>not entered yet</del> → <ins>nothing is missing</ins>" in shown
    assert "desk__changed" not in shown
    assert "line 3, new row" in shown
    assert "US MD seniors" in shown  # stays as it is, and the page says so

    done = client.post(page_of(draft), confirmation(page), follow=True)

    assert done.redirect_chain == [(release_page(draft), 302)]
    assert "report.csv: 1 new and 1 changed rows" in messages_of(done)
    row = ApplicantResult.objects.get(release=draft, applicant_type="us_img")
    assert (row.active_applicants, row.matched_to_pgy1) == (5000, 4751)
    event = ReleaseEvent.objects.get(step=ReleaseStep.IMPORTED)
    assert (event.by, "report.csv" in event.detail) == (editor, True)
    assert list(draft.editors.all()) == [editor]


def test_value_that_was_entered_before_stands_beside_the_new_one(
    client: Client, draft: Release
) -> None:
    url = page_of(draft)
    first = previewed(client, url, csv_file(TYPES, good(TYPES)))
    client.post(url, confirmation(first))

    changed = good(TYPES, matched_to_pgy1="4,750", published_match_rate="95")
    page = previewed(client, url, csv_file(TYPES, changed))
    shown = page.content.decode()

    assert (
        '<td class="num desk__changed"><del>4,751</del> → <ins>4,750</ins></td>'
        in shown
    )
    assert "<del>95.0</del> → <ins>95</ins>" in shown
    assert "Active applicants" not in shown.split("<table")[1]


def test_workbook_is_imported_too(client: Client, draft: Release) -> None:
    content = as_xlsx(cells_of(TYPES, [good(TYPES)]))

    page = previewed(client, page_of(draft), content, "report.xlsx")
    client.post(page_of(draft), confirmation(page))

    row = ApplicantResult.objects.get(release=draft, applicant_type="us_img")
    assert row.active_applicants == 5000


def test_long_difference_is_read_in_pages(client: Client, draft: Release) -> None:
    specialties = [
        row.label.split(",")[0] for row in drafts.figures_of(draft).specialties
    ]
    rows = [
        good(FigureTable.SCORES, specialty=name, applicant_type=kind, outcome=outcome)
        for name in specialties
        for kind in ("us_img", "non_us_img", "us_md_senior")
        for outcome in ("matched", "not_matched")
    ]
    assert len(rows) > 100

    page = previewed(
        client, page_of(draft, FigureTable.SCORES), csv_file(FigureTable.SCORES, *rows)
    )
    token = page.context["preview"].token
    later = client.get(page_of(draft, FigureTable.SCORES), {"kept": token, "page": "2"})
    nonsense = client.get(
        page_of(draft, FigureTable.SCORES), {"kept": token, "page": "x"}
    )

    assert len(page.context["preview"].lines) == 100
    assert f"Rows 1 to 100 of {len(rows)}" in page.content.decode()
    assert "Later rows" in page.content.decode()
    assert later.context["preview"].lines[0][0].line == 102
    assert confirmation(later) == confirmation(page)
    assert nonsense.context["preview"].lines[0][0].line == 2


# --- What is refused ----------------------------------------------------------------


def test_every_bad_row_is_shown_with_its_place(client: Client, draft: Release) -> None:
    before = stored(draft)
    content = csv_file(
        TYPES,
        good(TYPES),
        good(TYPES, applicant_type="non_us_img", matched_to_pgy1="5001"),
        good(TYPES, applicant_type="us_md_grad", active_applicants="about 5000"),
        good(TYPES, applicant_type="us_do_grad", match_year=YEAR - 1),
    )

    page = upload(client, page_of(draft), content)
    shown = page.content.decode()

    assert page.status_code == 422
    assert refusals_of(page) == [
        (3, "matched_to_pgy1", "5001"),
        (4, "active_applicants", "about 5000"),
        (5, "match_year", str(YEAR - 1)),
    ]
    for refusal in page.context["plan"].refusals:
        assert refusal.reason in shown
        assert f"<q>{refusal.value}</q>" in shown
    plan = page.context["plan"]
    assert (plan.new, plan.changed, plan.unchanged, plan.refused) == (0, 1, 0, 3)
    assert "preview" not in page.context
    assert stored(draft) == before


def test_long_list_of_bad_rows_ends_with_how_many_more(
    client: Client, draft: Release
) -> None:
    rows = [good(TYPES, applicant_type=f"nobody {number}") for number in range(230)]

    page = upload(client, page_of(draft), csv_file(TYPES, *rows))

    assert page.context["plan"].refused == 230
    assert page.content.decode().count("<q>nobody") == 200
    assert "30 more are not listed" in page.content.decode()


def zipped(**files: bytes) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in files.items():
            archive.writestr(name, inside)
    return content.getvalue()


GOOD = csv_file(TYPES, good(TYPES))
CELLS = cells_of(TYPES, [good(TYPES)])


def with_header(old: str, new: str) -> bytes:
    return as_csv([[new if name == old else name for name in CELLS[0]], CELLS[1]])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "The file is empty."),
        ("a.csv", b" \r\n \r\n", "The file is empty."),
        ("a.csv", GOOD.split(b"\r\n", 1)[0], "no row below the header"),
        ("a.csv", bytes(5 * 1024**2 + 1), "larger than 5 MB"),
        ("a.csv", b"a" * (20 * 1024**2), "larger than 5 MB"),
        ("a.xlsx", GOOD, "the content is no workbook"),
        ("a.csv", zipped(a=b"x"), "a workbook or an archive"),
        ("a.csv", b"%PDF-1.7 \x00\x01", "the content is a PDF"),
        ("a.csv", b"<!DOCTYPE html><p>Report", "a web page"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "of the old kind"),
        ("a.numbers", GOOD, "files are read, not"),
        ("a", GOOD, "files are read, not"),
        ("a.xlsx", zipped(bomb=bytes(30_000_000)), "far larger"),
        ("a.xlsx", b"PK\x03\x04 and nothing more", "damaged"),
        ("a.csv", b"\x00" * 4000, "Nothing was written"),
        ("a.csv", bytes(range(256)) * 40, "Nothing was written"),
        ("a.csv", "😀".encode() * 5000, "Nothing was written"),
        ("a.csv", b"x" * 10_000, "Nothing was written"),
        ("a.csv", with_header("note", "Remarks"), "has no such column"),
        ("a.csv", with_header("note", "locator"), "again, after"),
        ("a.csv", with_header("matched_to_pgy1", ""), "Columns are missing"),
        ("a.csv", csv_file(TYPES, good(TYPES), good(TYPES)), "about the same row"),
        (
            "a.csv",
            csv_file(TYPES, good(TYPES, matched_to_pgy1="-3")),
            "cannot be negative",
        ),
        (
            "a.csv",
            csv_file(TYPES, good(TYPES, matched_to_pgy1="3.5")),
            "a whole number",
        ),
        (
            "a.csv",
            csv_file(TYPES, good(TYPES, active_applicants="=SUM(A1:A9)")),
            "A formula is not imported",
        ),
        (
            "a.csv",
            csv_file(TYPES, good(TYPES, note='=HYPERLINK("http://a.example")')),
            "A formula is not imported",
        ),
        (
            "a.csv",
            csv_file(TYPES, good(TYPES, sources="no-such-source")),
            "Add the source first",
        ),
    ],
)
def test_file_that_cannot_be_imported_says_why(
    client: Client, draft: Release, name: str, content: bytes, said: str
) -> None:
    before = stored(draft)

    page = upload(client, page_of(draft), content, name)

    assert page.status_code == 422
    assert said in page.content.decode()
    assert stored(draft) == before


def test_form_without_a_file_asks_for_one(client: Client, draft: Release) -> None:
    page = client.post(page_of(draft), {})

    assert page.status_code == 422
    assert "Choose a file first." in page.content.decode()


@pytest.mark.parametrize(
    "name", ["a" * 10_000 + ".csv", "\x00.csv", "😀" * 90 + ".csv", "<b>.csv", ".csv"]
)
def test_any_name_of_a_file_is_taken_or_refused_with_a_sentence(
    client: Client, draft: Release, name: str
) -> None:
    page: Any = upload(client, page_of(draft), GOOD, name)

    assert page.status_code in (302, 422)
    if page.status_code == 302:
        preview = client.get(page.url)
        assert "<b>.csv" not in preview.content.decode()
        done = client.post(page_of(draft), confirmation(preview), follow=True)
        assert "1 changed row" in messages_of(done)


def test_several_files_at_once_are_refused(client: Client, draft: Release) -> None:
    both = [SimpleUploadedFile(f"{name}.csv", GOOD) for name in "ab"]

    assert client.post(page_of(draft), {"file": both}).status_code == 400


# --- Why values are missing ---------------------------------------------------------

LEFT_OUT = csv_file(TYPES, good(TYPES, active_applicants="*", published_match_rate=""))


def test_reason_is_asked_only_when_the_file_needs_it(
    client: Client, draft: Release
) -> None:
    assert "missing" not in client.get(page_of(draft)).context["form"].fields

    page = previewed(client, page_of(draft), LEFT_OUT)
    shown = page.content.decode()

    assert "preview" not in page.context
    assert "why are values missing?" in shown
    assert "<code>active_applicants</code>: <q>*</q>" in shown
    token = page.context["token"]

    empty = client.post(page_of(draft), {"kept": token})
    nonsense = client.post(page_of(draft), {"kept": token, "missing": "not_entered"})
    answered: Any = client.post(
        page_of(draft), {"kept": token, "missing": "suppressed"}
    )

    assert (empty.status_code, nonsense.status_code) == (422, 422)
    assert "Choose a reason first." in empty.content.decode()
    preview = client.get(answered.url)
    assert "withheld by the publisher" in preview.content.decode()
    client.post(page_of(draft), confirmation(preview))
    row = ApplicantResult.objects.get(release=draft, applicant_type="us_img")
    assert (row.active_applicants, row.missing) == (None, Missing.SUPPRESSED)


def test_reason_and_other_mistakes_are_mended_with_one_upload(
    client: Client, draft: Release
) -> None:
    wrong = csv_file(
        TYPES,
        good(TYPES, active_applicants="–"),
        good(TYPES, applicant_type="non_us_img", active_applicants="many"),
    )
    mended = csv_file(
        TYPES,
        good(TYPES, active_applicants="–"),
        good(TYPES, applicant_type="non_us_img"),
    )

    page = upload(client, page_of(draft), wrong)

    assert page.status_code == 422
    assert "missing" in page.context["form"].fields
    answered = upload(client, page_of(draft), mended, missing="not_published")
    assert client.get(answered.url).context["plan"].changed == 2


def test_hidden_rows_are_asked_about_in_words(client: Client, draft: Release) -> None:
    rows = [good(TYPES, active_applicants="*"), good(TYPES, applicant_type="img_total")]
    content = as_xlsx(cells_of(TYPES, rows), hidden=[3])

    page = previewed(client, page_of(draft), content, "a.xlsx")
    shown = page.content.decode()

    assert "why are values missing, and what becomes of what is hidden?" in shown
    assert "hides or filters out 1 of its rows: line 3" in shown
    token = page.context["token"]

    half = client.post(page_of(draft), {"kept": token, "missing": "suppressed"})
    assert half.status_code == 422
    assert "Choose what becomes of it first." in half.content.decode()
    answers = {"kept": token, "missing": "suppressed", "hidden": "leave"}
    preview = client.get(client.post(page_of(draft), answers).headers["Location"])

    assert "1 hidden row is left out." in preview.content.decode()
    client.post(page_of(draft), confirmation(preview))
    stored_rows = ApplicantResult.objects.filter(release=draft)
    assert not stored_rows.filter(applicant_type="img_total").exists()


def test_hidden_rows_are_imported_where_somebody_says_so(
    client: Client, draft: Release
) -> None:
    rows = [good(TYPES), good(TYPES, applicant_type="img_total")]
    content = as_xlsx(cells_of(TYPES, rows), hidden=[3])
    page = previewed(client, page_of(draft), content, "a.xlsx")

    answers = {"kept": page.context["token"], "hidden": "take"}
    preview = client.get(client.post(page_of(draft), answers).headers["Location"])
    client.post(page_of(draft), confirmation(preview))

    assert "What the workbook hides is imported" in preview.content.decode()
    stored_rows = ApplicantResult.objects.filter(release=draft)
    assert stored_rows.filter(applicant_type="img_total").exists()


def test_hidden_columns_and_sheets_are_asked_about_in_words(
    client: Client, draft: Release
) -> None:
    cells = cells_of(TYPES, [good(TYPES, note="Not to be read.")])
    content = as_xlsx(cells, hidden_columns=["note"], sheets={"Lists": [["US IMGs"]]})

    page = previewed(client, page_of(draft), content, "a.xlsx")
    shown = text_of(page)

    assert "a.xlsx: what becomes of what is hidden?" in shown
    assert "It hides 1 of its columns: note" in shown
    assert "It hides 1 sheet with something on it: Lists" in shown
    answers = {"kept": page.context["token"], "hidden": "leave"}
    preview = client.get(client.post(page_of(draft), answers).headers["Location"])
    said = text_of(preview)
    assert "The hidden column “note” is left out." in said
    assert "The hidden sheet “Lists” is left out." in said
    client.post(page_of(draft), confirmation(preview))
    row = ApplicantResult.objects.get(release=draft, applicant_type="us_img")
    assert row.note != "Not to be read."


def test_what_was_understood_is_said_beside_the_differences(
    client: Client, draft: Release
) -> None:
    head, row = cells_of(TYPES, [good(TYPES)])
    content = as_csv([["Results of 2060"], ["", *head], ["0", *row]])

    shown = previewed(client, page_of(draft), content).content.decode()

    assert "Line 1 stands above the header and is left out" in shown
    assert "only numbers the rows" in shown
    assert "Import 1 row" in shown


# --- Races, and going back ----------------------------------------------------------


def test_draft_that_changed_meanwhile_is_shown_again(
    client: Client, draft: Release
) -> None:
    colleague = client_of(staff.editor("second@example.org"))
    page = previewed(client, page_of(draft), GOOD)
    theirs = csv_file(TYPES, good(TYPES, matched_to_pgy1="4000"))
    colleague.post(
        page_of(draft), confirmation(previewed(colleague, page_of(draft), theirs))
    )

    outdated = client.post(page_of(draft), confirmation(page))
    shown = outdated.content.decode()

    assert outdated.status_code == 422
    assert "Somebody changed the draft since" in shown
    assert "<del>4,000</del> → <ins>4,751</ins>" in shown
    row = ApplicantResult.objects.get(release=draft, applicant_type="us_img")
    assert row.matched_to_pgy1 == 4000

    client.post(page_of(draft), confirmation(outdated))
    row.refresh_from_db()
    assert row.matched_to_pgy1 == 4751


def test_confirming_twice_writes_once(client: Client, draft: Release) -> None:
    page = previewed(client, page_of(draft), GOOD)
    client.post(page_of(draft), confirmation(page))
    after = stored(draft)

    again = client.post(page_of(draft), confirmation(page), follow=True)

    assert again.redirect_chain == [(release_page(draft), 302)]
    assert "Nothing was written" in messages_of(again)
    assert stored(draft) == after
    assert ReleaseEvent.objects.filter(step=ReleaseStep.IMPORTED).count() == 1


def test_source_that_went_away_meanwhile_refuses_the_file(
    client: Client, draft: Release
) -> None:
    source = stored_source()
    page = previewed(
        client, page_of(draft), csv_file(TYPES, good(TYPES, sources=source.key))
    )
    before = stored(draft)
    source.delete()

    refused = client.post(page_of(draft), confirmation(page))

    assert refused.status_code == 422
    assert "cannot be imported like this any more" in refused.content.decode()
    assert refusals_of(refused) == [(2, "sources", source.key)]
    assert stored(draft) == before


def test_version_that_was_submitted_meanwhile_is_left_alone(
    client: Client, draft: Release, editor: User
) -> None:
    page = previewed(client, page_of(draft), GOOD)
    fill_in(draft, by=editor)
    publish_version.submit(release_id=draft.pk, by=editor, now=NOW)
    before = stored(draft)

    done = client.post(page_of(draft), confirmation(page), follow=True)

    assert done.redirect_chain == [(release_page(draft), 302)]
    assert "Only a draft can be changed" in messages_of(done)
    assert stored(draft) == before


def test_version_that_was_discarded_meanwhile_is_a_404(
    client: Client, draft: Release, editor: User
) -> None:
    page = previewed(client, page_of(draft), GOOD)
    open_version.discard(release_id=draft.pk, by=editor, now=NOW)

    assert client.post(page_of(draft), confirmation(page)).status_code == 404


# --- The file that waits ------------------------------------------------------------


def test_held_file_belongs_to_one_person_one_draft_and_one_table(
    client: Client, draft: Release, editor: User
) -> None:
    page = previewed(client, page_of(draft), GOOD)
    other = open_version.open_amendment(match_year=2025, by=editor, now=NOW)
    token = page.context["preview"].token
    before = stored(draft) | stored(other)

    elsewhere = [
        (client_of(staff.publisher()), page_of(draft)),
        (client, page_of(other)),
        (client, page_of(draft, FigureTable.TOTALS)),
    ]
    for somebody, url in elsewhere:
        looked = somebody.get(url, {"kept": token})
        confirmed = somebody.post(url, confirmation(page))
        explained = somebody.post(url, {"kept": token, "missing": "suppressed"})

        assert looked.status_code == 410
        assert (confirmed.status_code, explained.status_code) == (422, 422)
        assert "Upload it" in confirmed.content.decode()
        assert "4,751" not in looked.content.decode()
    assert stored(draft) | stored(other) == before


@pytest.mark.parametrize("token", ["", "x", "\x00", "a:b:c", "é" * 5000])
def test_made_up_name_of_a_held_file_is_answered_with_a_sentence(
    client: Client, draft: Release, token: str
) -> None:
    looked = client.get(page_of(draft), {"kept": token})
    confirmed = client.post(page_of(draft), {"kept": token, "fingerprint": "\x00"})

    assert looked.status_code == (410 if token else 200)
    assert confirmed.status_code == 422
    assert "Upload it again" in confirmed.content.decode()


def test_newer_upload_takes_the_place_of_the_older(
    client: Client, draft: Release
) -> None:
    page = previewed(client, page_of(draft), GOOD)
    previewed(client, page_of(draft), csv_file(TYPES, good(TYPES, note="Second.")))

    refused = client.post(page_of(draft), confirmation(page))

    assert refused.status_code == 422
    assert "a newer upload takes its place" in refused.content.decode()


def test_file_is_kept_for_an_hour(
    client: Client, draft: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = previewed(client, page_of(draft), GOOD)
    monkeypatch.setattr(held_files, "SECONDS", -1)

    refused = client.post(page_of(draft), confirmation(page))

    assert refused.status_code == 422
    assert "it waits for one hour" in refused.content.decode()


def test_file_that_the_cache_lost_is_asked_for_again(
    client: Client, draft: Release
) -> None:
    page = previewed(client, page_of(draft), GOOD)
    caches["drafts"].clear()

    assert client.get(page_of(draft), confirmation(page)).status_code == 410


def after_signing_in(client: Client, person: User, response: Any) -> Any:
    """Where somebody lands who signs in when a form found them signed out."""
    assert response.status_code == 302
    wanted = parse_qs(urlsplit(response.url).query)["next"][0]
    staff.sign_in(client, person)
    return client.get(wanted)


def test_confirmation_outlives_the_session(
    client: Client, draft: Release, editor: User
) -> None:
    page = previewed(client, page_of(draft), GOOD)
    client.logout()

    back = after_signing_in(
        client, editor, client.post(page_of(draft), confirmation(page))
    )

    assert "Your file is still here" in messages_of(back)
    assert confirmation(back) == confirmation(page)


def test_upload_after_the_session_ended_says_that_the_file_was_not_kept(
    client: Client, draft: Release, editor: User
) -> None:
    client.logout()

    back = after_signing_in(client, editor, upload(client, page_of(draft), GOOD))

    assert back.status_code == 200
    assert "Choose it again" in messages_of(back)


def test_visitor_cannot_fill_the_cache_with_forms(draft: Release) -> None:
    answers: list[Any] = [
        Client().post(page_of(draft), {"kept": "x" * 100}) for _ in range(MOST_HELD + 1)
    ]

    assert {answer.status_code for answer in answers} == {302}
    assert ["held" in answer.url for answer in answers] == [True] * MOST_HELD + [False]


# --- Who may ------------------------------------------------------------------------


@pytest.fixture
def people(editor: User) -> dict[str, Client]:
    viewer = User.objects.create_user(
        "viewer@example.org", staff.PASSWORD, is_staff=True
    )
    viewer.user_permissions.add(Permission.objects.get(codename="view_release"))
    return {
        "visitor": Client(),
        "member": client_of(staff.member()),
        "viewer": client_of(viewer),
        "editor": client_of(editor),
        "publisher": client_of(staff.publisher()),
        "owner": client_of(staff.owner()),
    }


def test_page_answers_as_the_form_of_the_table_does(
    people: dict[str, Client], draft: Release
) -> None:
    public = Release.objects.get(match_year=2024, is_current=True)
    before = stored(public)

    for release in (draft, public):
        grid = reverse("admin:stats_release_grid", args=[release.pk, TYPES])
        for client in people.values():
            page: Any = client.get(page_of(release))
            form: Any = client.get(grid)
            assert page.status_code == form.status_code
            if page.status_code == 302 and "login" not in page.url:
                assert page.url == form.url

    answers = {name: upload(c, page_of(draft), GOOD) for name, c in people.items()}
    assert answers.pop("member").status_code == 404
    assert [name for name, answer in answers.items() if "?kept=" in answer.url] == [
        "editor",
        "publisher",
        "owner",
    ]
    for client in people.values():
        upload(client, page_of(public), GOOD)
    assert stored(public) == before


# --- Out and in again ---------------------------------------------------------------


@pytest.mark.parametrize("ending", ["export", "workbook"])
@pytest.mark.parametrize("table", list(FigureTable))
def test_exported_table_imported_again_changes_nothing(
    client: Client, editor: User, table: FigureTable, ending: str
) -> None:
    # Of 2026 there are scores, of 2025 those placed after SOAP.
    year = 2025 if table == FigureTable.PLACEMENTS else 2026
    release = open_version.open_amendment(match_year=year, by=editor, now=NOW)
    before = stored(release)
    assert MODELS[table].objects.filter(release=release).exists()
    for page in (page_of(release, table), release_page(release)):
        assert (
            reverse(f"admin:stats_release_{ending}", args=[release.pk, table])
            in client.get(page).content.decode()
        )

    file = client.get(
        reverse(f"admin:stats_release_{ending}", args=[release.pk, table])
    )
    name = file.headers["Content-Disposition"].split('"')[1]
    page = previewed(client, page_of(release, table), file.content, name)

    assert name.startswith(imports.FILES[table])
    assert page.context["plan"].changes == ()
    assert page.context["plan"].left_alone == ()
    assert "There is nothing to import." in page.content.decode()
    done = client.post(page_of(release, table), confirmation(page), follow=True)
    assert "Nothing was written" in messages_of(done)
    assert stored(release) == before


def test_table_without_rows_can_be_exported(client: Client, draft: Release) -> None:
    assert not ScoreSummary.objects.filter(release=draft).exists()

    for ending in ("export", "workbook"):
        url = reverse(
            f"admin:stats_release_{ending}", args=[draft.pk, FigureTable.SCORES]
        )
        assert client.get(url).status_code == 200
