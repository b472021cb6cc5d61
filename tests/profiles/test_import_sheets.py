"""Exams come from spreadsheets and pasted rows, and nothing of them is guessed."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from imgportal.lib import clock
from imgportal.models import User
from profiles import member_record
from profiles.choices import AttemptState
from profiles.exceptions import FileRefused
from profiles.models import EnglishSitting, ExamAttempt
from profiles.portable import csv_archive, json_document, parse_sheet, sheet_days
from profiles.portable.sheet_days import WrongDay
from tests.profiles import records
from tests.reading import html_of, tags_of

UPLOAD, CONFIRM = "/me/data/import/", "/me/data/import/confirm/"
EXAMPLE = "/me/data/import/example.csv"


def as_xlsx(rows: list[list[Any]], *, hides: str | int = "") -> bytes:
    """`hides`: the letter of a column, the number of a row or the name of a sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if isinstance(hides, int):
        book.active.row_dimensions[hides].hidden = True
    elif len(hides) == 1:
        book.active.column_dimensions[hides].hidden = True
    elif hides:
        book.create_sheet(hides).append(["A list"])
        book[hides].sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def bring(client: Client, name: str, content: bytes) -> Any:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)})


def paste(client: Client, text: str) -> Any:
    return client.post(UPLOAD, {"pasted": text})


def take_all(client: Client, page: Any, **changes: Any) -> Any:
    """Everything that the preview offers, ticked."""
    assert page.status_code == 200, html_of(page)
    shown = page.context["shown"]
    answer = {
        "content": page.context["content"],
        "kind": "sheet",
        "token": page.context["token"],
        "take": [it.entry.name for it in (*shown["new"], *shown["different"])],
    }
    return client.post(CONFIRM, answer | changes)


def faults_of(text: str | bytes, name: str = "exams.csv") -> list[str]:
    with pytest.raises(FileRefused) as refused:
        _ = (
            parse_sheet.read_text(text)
            if isinstance(text, str)
            else parse_sheet.read_file(name, text)
        )
    return [str(fault) for fault in refused.value.faults]


def entries_of(user: User) -> tuple[list[Any], list[Any]]:
    stored = member_record.read_all(user)
    return tuple(
        [table.values(row) for row in stored.rows_of(table)]
        for table in parse_sheet.EXAM_TABLES
    )  # type: ignore[return-value]


# --- Rows that come in ------------------------------------------------------------------

TABLE = [
    ["Date", "Result", "EXAM", "Speaking", "score", "Reading", "Writing", "Listening"],
    ["2024-03-14", "Pass", "usmle step 1", "", "", "", "", ""],
    ["14 Mar 2025", "passed", "Step 2 CK", "", "248", "", "", ""],
    ["2026-01-24", "", "OET", "360", "", "370", "350", "380"],
]


@pytest.mark.django_db
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rows_in_any_order_of_columns(
    as_ana: Client, ana: User, separator: str, encoding: str
) -> None:
    head, *rows = TABLE
    blank = [separator * (len(head) - 1)]
    text = "\r\n".join([separator.join(row) for row in (head, *rows)] + blank)
    text = text.replace("Step 2 CK", "\u00a0Step 2 CK")

    answer = take_all(as_ana, bring(as_ana, "exams.csv", text.encode(encoding)))

    assert answer.headers["Location"] == "/me/exams/"
    attempts = ExamAttempt.objects.owned_by(ana).order_by("on")
    assert [(it.exam, it.on, it.state, it.outcome, it.score) for it in attempts] == [
        ("step1", date(2024, 3, 14), "taken", "pass", None),
        ("step2ck", date(2025, 3, 14), "taken", "pass", 248),
    ]
    sitting = EnglishSitting.objects.owned_by(ana).get()
    assert (sitting.listening, sitting.reading) == (380, 370)
    assert (sitting.writing, sitting.speaking, sitting.released) == (350, 360, None)


@pytest.mark.django_db
def test_workbook_with_cells_of_its_own_kinds(as_ana: Client, ana: User) -> None:
    content = as_xlsx(
        [
            ["exam", "date", "score", "outcome", "released", "listening", "My notes"],
            [
                "Step 2 CK",
                datetime.fromisoformat("2025-03-14"),
                248,
                "pass",
                None,
                None,
                "hard",
            ],
            [],
            ["OET", date(2026, 1, 24), None, None, True, 380],
        ]
    )

    page = bring(as_ana, "exams.xlsx", content)
    assert "“My notes”" in html_of(page)
    take_all(as_ana, page)

    attempt = ExamAttempt.objects.owned_by(ana).get()
    assert (attempt.on, attempt.score) == (date(2025, 3, 14), 248)
    sitting = EnglishSitting.objects.owned_by(ana).get()
    assert (sitting.on, sitting.released) == (date(2026, 1, 24), True)


EXAMS: list[list[Any]] = [
    ["Exam", "Date", "Result", "Score"],
    ["Step 1", "2024-03-14", "Pass", None],
    ["Step 2 CK", "2025-03-14", "Pass", 248],
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hides", "words", "left", "read"),
    [
        (3, "Row 3", ["step1"], ["step1", "step2ck"]),
        ("D", "The column “Score”", [None, None], [None, 248]),
    ],
)
def test_what_a_workbook_hides_is_asked_about(
    as_ana: Client,
    ana: User,
    hides: str | int,
    words: str,
    left: list[Any],
    read: list[Any],
) -> None:
    page = bring(as_ana, "exams.xlsx", as_xlsx(EXAMS, hides=hides))
    assert "Something is hidden in the workbook" in html_of(page)
    assert f"<li>{words}</li>" in html_of(page)
    shown_only, everything = (
        tag["value"] for tag in tags_of(page, "input") if tag.get("name") == "pasted"
    )
    name = "exam" if isinstance(hides, int) else "score"

    for content, expected in ((shown_only, left), (everything, read)):
        ExamAttempt.objects.all().delete()
        take_all(as_ana, paste(as_ana, content))

        assert [values[name] for values in entries_of(ana)[0]] == expected


@pytest.mark.django_db
def test_hidden_row_that_cannot_be_read_may_be_left_out(as_ana: Client) -> None:
    rows = [*EXAMS, ["Step 9", "2025-03-14", None, None]]

    page = bring(as_ana, "exams.xlsx", as_xlsx(rows, hides=4))

    seen = html_of(page)
    assert "With it, the workbook cannot be read:" in seen
    assert "Write Step 1, Step 2 CK" in seen
    (content,) = (
        tag["value"] for tag in tags_of(page, "input") if tag.get("name") == "pasted"
    )
    assert len(paste(as_ana, content).context["shown"]["new"]) == 2


@pytest.mark.django_db
def test_hidden_sheet_beside_the_exams_may_be_left_out(as_ana: Client) -> None:
    page = bring(as_ana, "exams.xlsx", as_xlsx(EXAMS, hides="Lists"))

    seen = html_of(page)
    assert "<li>The sheet “Lists”</li>" in seen
    assert "One sheet is read at a time." in seen


@pytest.mark.django_db
def test_without_a_hidden_column_that_is_needed_nothing_can_be_left_out(
    as_ana: Client,
) -> None:
    page = bring(as_ana, "exams.xlsx", as_xlsx(EXAMS, hides="B"))

    assert "Without it, the rest cannot be read as exams." in html_of(page)
    assert "Read it like the rest" in html_of(page)


@pytest.mark.django_db
def test_example_is_read(as_ana: Client) -> None:
    example = as_ana.get(EXAMPLE)

    assert example.headers["Content-Disposition"].startswith("attachment")
    page = bring(as_ana, "exams-example.csv", example.content)
    assert len(page.context["shown"]["new"]) == 4
    assert page.context["unread"] == ()


@pytest.mark.django_db
def test_export_of_exams_comes_back_as_it_was(
    as_ana: Client, ana: User, client: Client
) -> None:
    records.full_record(ana)
    before = entries_of(ana)
    assert all(before)
    content = json_document.export_record(
        ana, member_record.read_all(ana), now=clock.now()
    )
    archive = zipfile.ZipFile(
        io.BytesIO(csv_archive.write_archive(content, now=clock.now()))
    )
    for model in (ExamAttempt, EnglishSitting):
        model.objects.owned_by(ana).delete()

    for name in ("exam_attempts.csv", "oet_sittings.csv"):
        take_all(as_ana, bring(as_ana, name, archive.read(name)))

    assert entries_of(ana) == before


# --- Adds and changes, never empties ------------------------------------------------------


@pytest.mark.django_db
def test_what_stands_already_is_not_doubled(as_ana: Client, ana: User) -> None:
    text = "exam\tdate\tresult\nStep 1\t2024-03-14\tpass"
    take_all(as_ana, paste(as_ana, text))

    page = paste(as_ana, text)

    assert {name: len(it) for name, it in page.context["shown"].items()} == {
        "new": 0,
        "same": 1,
        "different": 0,
        "refused": 0,
    }
    assert ExamAttempt.objects.owned_by(ana).count() == 1


@pytest.mark.django_db
def test_an_empty_cell_and_a_missing_row_empty_nothing(
    as_ana: Client, ana: User
) -> None:
    first = (
        "exam,date,state,result,score,result date\n"
        "Step 2 CK,2025-03-14,taken,pass,248,2025-04-09\nStep 1,2024-03-14,taken,pass,,"
    )
    take_all(as_ana, paste(as_ana, first))

    page = paste(as_ana, "exam,date,score,result\nStep 2 CK,2025-03-14,249,")
    assert "Your record has 1 exam more" in " ".join(html_of(page).split())
    take_all(as_ana, page)

    assert ExamAttempt.objects.owned_by(ana).count() == 2
    changed = ExamAttempt.objects.owned_by(ana).get(exam="step2ck")
    assert (changed.score, changed.outcome) == (249, "pass")
    assert changed.result_on == date(2025, 4, 9)


@pytest.mark.django_db
def test_what_differs_is_not_ticked(as_ana: Client, ana: User) -> None:
    take_all(as_ana, paste(as_ana, "exam,date,result\nStep 1,2024-03-14,pass"))

    page = paste(as_ana, "exam,date,result\nStep 1,2024-03-14,fail")

    (different,) = page.context["shown"]["different"]
    assert not different.is_ticked
    assert [change[1:] for change in different.changes] == [("Pass", "Fail")]


@pytest.mark.django_db
def test_a_result_makes_a_planned_sitting_a_taken_one(
    as_ana: Client, ana: User
) -> None:
    take_all(as_ana, paste(as_ana, "exam,date,state\nStep 1,2024-03-14,cancelled"))
    ExamAttempt.objects.owned_by(ana).update(state=AttemptState.PLANNED)

    take_all(as_ana, paste(as_ana, "exam,date,result\nStep 1,2024-03-14,pass"))

    assert ExamAttempt.objects.owned_by(ana).get().state == AttemptState.TAKEN


@pytest.mark.django_db
def test_changed_meanwhile_is_shown_again_with_what_is_stored(
    as_ana: Client, ana: User
) -> None:
    take_all(as_ana, paste(as_ana, "exam,date,result\nStep 2 CK,2025-03-14,pass"))
    page = paste(as_ana, "exam,date,score\nStep 2 CK,2025-03-14,249")
    row = ExamAttempt.objects.owned_by(ana).get()
    row.result_on, row.version = date(2025, 4, 9), row.version + 1
    row.save()

    answer = take_all(as_ana, page)

    assert answer.status_code == 409
    take_all(as_ana, paste(as_ana, "exam,date,score\nStep 2 CK,2025-03-14,249"))
    row.refresh_from_db()
    assert (row.score, row.result_on) == (249, date(2025, 4, 9))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Step 1,2024-03-14,taken,pass,230", "Leave the score empty"),
        ("Step 2 CS,2023-03-14,taken,pass,", "2021"),
        ("Step 1,2024-03-14,,,", "Say whether it is planned"),
        ("Step 1,2099-03-14,planned,,", "three years ahead"),
        ("Step 2 CK,2024-03-14,cancelled,pass,", "has no result"),
    ],
)
def test_what_a_form_refuses_cannot_be_taken_over(
    as_ana: Client, ana: User, row: str, reason: str
) -> None:
    page = paste(as_ana, f"exam,date,state,result,score\n{row}")

    (refused,) = page.context["shown"]["refused"]
    assert reason in " ".join(refused.entry.reasons)
    take_all(as_ana, page, take=[refused.entry.name])
    assert not ExamAttempt.objects.owned_by(ana).exists()


# --- Days ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-14", "2026/3/14", "2026-03-14 00:00:00", "14 Mar 2026"),
        *("14 March 2026", "14-Mar-2026", "Mar 14, 2026", "march 14 2026"),
        *("14/03/2026", "03/14/2026", "14.3.2026", " 14  MAR  2026 "),
    ],
)
def test_day_that_can_mean_one_day_only(text: str) -> None:
    assert sheet_days.read_day(text) == date(2026, 3, 14)


def test_one_day_either_way_is_read() -> None:
    assert sheet_days.read_day("03/03/2026") == date(2026, 3, 3)


def test_day_with_two_readings_names_both() -> None:
    with pytest.raises(WrongDay) as wrong:
        sheet_days.read_day("03/04/2026")

    assert str(wrong.value) == (
        "This may be 4 March 2026 or 3 April 2026. Write 2026-03-04 or 2026-04-03."
    )


@pytest.mark.parametrize(
    "text",
    [
        *("2026-02-30", "31/31/2026", "14 Foo 2026", "14/03/26", "46095", "tomorrow"),
        *("0000-01-01", "٢٠٢٦-٠٣-١٤", "1" * 50, "2026-03-14 09:30", ""),
    ],
)
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(WrongDay, match="2026-03-14"):
        sheet_days.read_day(text)


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_in_each_way_of_writing_it(day: date) -> None:
    for form in ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%Y/%m/%d"):
        assert sheet_days.read_day(day.strftime(form)) == day


# --- Faults, each with its place ----------------------------------------------------------


def test_every_fault_says_where_and_what_to_do() -> None:
    text = (
        "exam,Date,result,score,listening\n"
        "Step 4,2024-03-14,pass,,\n"
        "Step 1,03/04/2024,pass,,\n"
        "Step 1,2024-05-14,perhaps,9999,\n"
        "OET,2024-05-14,,230,355\n"
        "Step 2 CK,2024-05-14,pass,240,350\n"
        "Step 2 CK,,pass,240,\n"
        "=1+1,2024-05-14,pass,240,\n"
        "Step 3,2024-06-14,pass,210,,,stray\n"
        "Step 3,2024-07-14,pass,210,\n"
        "step3,2024-07-14,fail,180,\n"
    )

    faults = faults_of(text)

    steps = "Write Step 1, Step 2 CK, Step 2 CS, Step 3 or OET."
    assert faults == [
        f"row 2, column “exam”: “Step 4”: {steps}",
        "row 3, column “Date”: “03/04/2024”: This may be 4 March 2024 or 3 April 2024. "
        "Write 2024-03-04 or 2024-04-03.",
        "row 4, column “result”: “perhaps”: Write one of: pass, fail.",
        "row 4, column “score”: “9999”: A score is a whole number from 1 to 300: compare "
        "with your report.",
        "row 5, column “score”: “230”: OET has no such value. Leave the cell empty: the "
        "four parts have columns of their own.",
        "row 5, column “listening”: “355”: OET scores run from 0 to 500 in tens, like 350.",
        "row 6, column “listening”: “350”: Only OET has this. Leave the cell empty.",
        "row 7, column “Date”: The day is missing.",
        f"row 8, column “exam”: “=1+1”: {steps}",
        "row 9: “stray”: Cell 7 of this row stands below no name of a column. Name the "
        "column, or delete the cell.",
        "row 11: This is the same exam and day as row 10. Delete one.",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nothing in it"),
        (" \n\t\n", "nothing in it"),
        ("Step 1,2024-03-14,pass", "No column is named “exam”"),
        ("date,score\n2024-03-14,200", "No column is named “exam”"),
        ("exam,score\nStep 1,200", "No column is named “date”"),
        ("exam,date,day\nStep 1,2024-03-14,2024-03-14", "Two columns"),
        ("exam,date", "no row below"),
        ('exam,date\n"Step 1,2024-03-14', "quotation mark"),
        ("exam,date\nStep\0 1,2024-03-14", "NUL"),
        ("exam,date" + ",a" * 45_000, "more than 100 columns"),
        ("exam,date" + "\nStep 1,2024-03-14" * 401, "the same exam"),
        ("a" * 100_001, "longer than 100,000"),
        ("exam,date\nOET,2024-03-14" + "9" * 90_000, "no date"),
    ],
)
def test_text_that_is_no_table_of_exams(text: str, reason: str) -> None:
    faults = faults_of(text)

    assert reason in faults[0]
    assert len(faults) <= 21
    assert max(map(len, faults)) < 400


def test_many_faults_have_an_end_and_say_so() -> None:
    faults = faults_of("exam,date" + "\nStep 9,2024-03-14" * 30)

    assert len(faults) == 21
    assert faults[19].startswith("row 21")
    assert faults[20] == "There may be more than these 20."


def test_moment_in_a_workbook_is_no_day() -> None:
    moment = datetime.fromisoformat("2024-03-14T09:30")
    content = as_xlsx([["exam", "date"], ["Step 1", moment]])

    (fault,) = faults_of(content, "exams.xlsx")

    assert fault.startswith(
        "row 2, column “date”: “2024-03-14 09:30:00”: This is no date"
    )


def test_too_many_rows_are_not_read() -> None:
    days = [date.fromordinal(730_000 + at) for at in range(500)]
    rows = "\n".join(f"Step 1,{day}" for day in days)

    assert faults_of(f"exam,date\n{rows}")[0].startswith(
        "row 402: There are more than 400 rows"
    )
    three_hundred = "\n".join(f"Step 1,{day}" for day in days[:301])
    assert "300 exam attempts" in faults_of(f"exam,date\n{three_hundred}")[0]


def zip_bomb() -> bytes:
    """A sheet of 50 MB in a file of 50 KB."""
    packed = io.BytesIO(as_xlsx([["exam", "date"]]))
    content = io.BytesIO()
    with (
        zipfile.ZipFile(packed) as before,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.namelist():
            is_sheet = part.endswith("sheet1.xml")
            after.writestr(part, b" " * 50_000_000 if is_sheet else before.read(part))
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("exams.xlsx", zip_bomb(), "far larger"),
        ("exams.xlsx", as_xlsx([["a"] * 16_384]), "more than 100 columns"),
        ("exams.xlsx", as_xlsx([["exam", "date"], ["Step 1", "=TODAY()"]]), "formula"),
        (
            "exams.xlsx",
            as_xlsx(
                [["exam", "date", "score"], ["Step 1", date(2024, 3, 14), date.max]]
            ),
            "made a date",
        ),
        ("exams.xlsx", b"exam,date\nStep 1,2024-03-14", "no workbook"),
        ("exams.xlsx", b"PK\x03\x04" + b"\0" * 100, "damaged"),
        ("exams.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "old kind"),
        ("exams.ods", b"PK\x03\x04" + b"\0" * 100, "In LibreOffice choose File"),
        ("record.zip", b"PK\x03\x04" + b"\0" * 100, "Only .xlsx"),
        ("exams.csv", b"", "empty"),
        ("exams.csv", b"exam,date\nStep 1\0,2024-03-14", "NUL"),
        ("exams.csv", b"exam,date\nStep 1,\x81\x8d", "UTF-8"),
        ("exams.csv", b"exam,date" + b",a" * 60_000, "more than 100 columns"),
        ("exams.csv", b"a" * 1_000_001, "larger than 1,000 KB"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_file_that_is_no_table_of_exams(name: str, content: bytes, reason: str) -> None:
    assert reason in " ".join(faults_of(content, name))


@pytest.mark.django_db
def test_pasted_rows_stay_in_the_box(as_ana: Client, ana: User) -> None:
    text = "exam\tdate\nStep 1\t03/04/2026\n<b>Step 9</b>\t2024-03-14"

    page = paste(as_ana, text)

    assert page.status_code == 422
    body = html_of(page)
    assert "Your rows are still in the box" in body
    assert "Step 1\t03/04/2026" in body
    assert "<b>" not in body.split("<main")[1]
    assert not ExamAttempt.objects.owned_by(ana).exists()


@pytest.mark.django_db
def test_rows_wait_when_the_session_has_ended(as_ana: Client, ana: User) -> None:
    whose = as_ana.get(UPLOAD).context["rows_form"].whose
    rows = "exam\tdate\nStep 1\t2024-03-14"
    as_ana.logout()

    assert as_ana.post(UPLOAD, {"pasted": rows, "whose": whose}).status_code == 302

    as_ana.force_login(ana)
    assert rows in html_of(as_ana.get(UPLOAD))
    as_ana.post(UPLOAD, {"pasted": f"{rows},taken"})
    assert rows in html_of(as_ana.get(UPLOAD))
    assert as_ana.post(UPLOAD, {"pasted": rows}).status_code == 200
    assert rows not in html_of(as_ana.get(UPLOAD))


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", " ", "\0", "\x1b[31m,", "exam,date\n\ud83d,1"])
def test_nonsense_in_the_box_is_answered(as_ana: Client, text: str) -> None:
    page = paste(as_ana, text.encode(errors="replace").decode())

    assert page.status_code == 422


@pytest.mark.django_db
def test_nonsense_in_the_answer_begins_again(as_ana: Client) -> None:
    answer = as_ana.post(CONFIRM, {"content": "exam;", "kind": "sheet", "token": "a"})

    assert answer.status_code == 302
    assert answer.headers["Location"] == UPLOAD


# --- What the page carries to its answer --------------------------------------------------

days = st.dates(date(2012, 1, 1), date(2027, 6, 30)).map(str)
sittings = st.fixed_dictionaries(
    {"exam": st.just("OET"), "date": days},
    optional={
        "listening": st.integers(0, 50).map(lambda tens: str(10 * tens)),
        "released": st.sampled_from(["yes", "no"]),
    },
)
attempts = st.fixed_dictionaries(
    {"exam": st.sampled_from(["Step 1", "Step 2 CK", "Step 3"]), "date": days},
    optional={
        "result": st.sampled_from(["pass", "fail"]),
        "score": st.integers(1, 300).map(str),
        "state": st.sampled_from(AttemptState.values),
        "for_time_limit": st.sampled_from(["yes", "no"]),
    },
)


@given(
    st.lists(
        st.one_of(sittings, attempts),
        min_size=1,
        max_size=12,
        unique_by=lambda row: (row["exam"], row["date"]),
    )
)
def test_rows_that_the_page_carries_are_the_same_rows(rows: list[Any]) -> None:
    names = sorted({name for row in rows for name in row} | {"exam", "date"})
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)

    exams = parse_sheet.read_text(text.getvalue())

    assert sum(map(len, exams.rows.values())) == len(rows)
    assert parse_sheet.read_text(parse_sheet.as_text(exams.rows)).rows == exams.rows
