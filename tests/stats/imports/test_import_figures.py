from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command

from imgportal.lib.spreadsheets.file_bounds import MOST_BYTES
from imgportal.models import User
from stats.choices import FigureTable, Status
from stats.models import ApplicantResult, Release, ReleaseEvent
from tests.stats.imports.files import as_xlsx, cells_of, csv_file, good

pytestmark = pytest.mark.django_db

TYPES = FigureTable.APPLICANTS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "report.csv"
    path.write_bytes(csv_file(TYPES, good(TYPES)))
    return path


def run(file: Path, *options: str, year: int = 2060, table: str = "applicants") -> str:
    said = StringIO()
    call_command(
        "import_figures",
        str(file),
        f"--year={year}",
        f"--table={table}",
        *options,
        stdout=said,
        stderr=said,
    )
    return said.getvalue()


def active(release: Release) -> int | None:
    row = ApplicantResult.objects.get(release=release, applicant_type="us_img")
    return row.active_applicants


def test_plan_is_reported_and_nothing_written(draft: Release, file: Path) -> None:
    said = run(file)

    assert "line 2, US IMGs, active_applicants: (empty) → 5000" in said
    assert "0 new, 1 changed, 0 unchanged, 0 refused rows." in said
    assert "5 rows of the draft are not in the file" in said
    assert "Nothing was written. Add --save --by EMAIL" in said
    assert active(draft) is None


def test_table_goes_by_the_name_of_its_founding_file(
    draft: Release, file: Path
) -> None:
    assert "1 changed" in run(file, table="applicant_results")


def test_save_writes_it_in_the_name_of_a_person(draft: Release, file: Path) -> None:
    said = run(file, "--save", "--by=EDITOR@example.org")

    assert said.endswith("Written.\n")
    assert active(draft) == 5000
    event = ReleaseEvent.objects.filter(match_year=2060, step="imported").get()
    assert event.by.email == "editor@example.org"
    assert "There is nothing to write." in run(file)
    assert "There is nothing to write." in run(
        file, "--save", "--by=editor@example.org"
    )


def test_name_that_is_no_text_is_written_down_as_one(
    draft: Release, tmp_path: Path
) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    path.write_bytes(csv_file(TYPES, good(TYPES)))

    run(path, "--save", "--by=editor@example.org")

    assert "rows from caf?.csv." in ReleaseEvent.objects.get(step="imported").detail


def test_workbook_is_read_alike(draft: Release, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    path.write_bytes(as_xlsx(cells_of(TYPES, [good(TYPES)])))

    assert "1 changed" in run(path)


def test_bad_rows_are_named_and_nothing_written(draft: Release, file: Path) -> None:
    file.write_bytes(csv_file(TYPES, good(TYPES), good(TYPES, match_year=2059)))
    said = StringIO()

    with pytest.raises(CommandError, match="Nothing was written") as failure:
        call_command(
            *("import_figures", str(file), "--year=2060", "--table=applicants"),
            *("--save", "--by=editor@example.org"),
            stdout=said,
            stderr=said,
        )

    assert failure.value.returncode != 0
    assert (
        "REFUSED: line 3, column match_year, “2059”: The draft is of 2060."
        in said.getvalue()
    )
    assert active(draft) is None


def test_reason_for_what_is_missing(draft: Release, file: Path) -> None:
    file.write_bytes(csv_file(TYPES, good(TYPES, active_applicants="*")))

    with pytest.raises(CommandError):
        run(file)
    assert "missing: not_entered → suppressed" in run(file, "--missing=suppressed")


def test_hidden_rows_need_an_answer(draft: Release, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    rows = [good(TYPES), good(TYPES, applicant_type="img_total")]
    path.write_bytes(as_xlsx(cells_of(TYPES, rows), hidden=[3]))

    with pytest.raises(CommandError):
        run(path)
    assert "1 new, 1 changed" in run(path, "--hidden=import")
    assert "1 hidden row is left out." in run(path, "--hidden=leave-out")


def test_year_without_a_draft(file: Path) -> None:
    with pytest.raises(CommandError, match=r"2061 has no open draft. Start the year"):
        run(file, year=2061)
    with pytest.raises(
        CommandError, match=r"2025 has no open draft. Open an amendment"
    ):
        run(file, year=2025)


def test_version_in_review_takes_no_file(draft: Release, file: Path) -> None:
    Release.objects.filter(pk=draft.pk).update(status=Status.IN_REVIEW)

    with pytest.raises(CommandError, match=r"is in review. Return it"):
        run(file)


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ((), "Say who writes this"),
        (("--by=nobody@example.org",), "is not the address of somebody of the staff"),
        (("--by=member@example.org",), "is not the address of somebody of the staff"),
        (("--by=former@example.org",), "is not the address of somebody of the staff"),
        (("--by=helper@example.org",), "may not change figures. An owner puts them"),
    ],
)
def test_save_needs_an_editor(
    draft: Release, file: Path, by: tuple[str, ...], said: str
) -> None:
    User.objects.create_user("member@example.org")
    User.objects.create_superuser("former@example.org", is_active=False)
    helper = User.objects.create_user("helper@example.org", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_release"))

    with pytest.raises(CommandError, match=said):
        run(file, "--save", *by)
    assert active(draft) is None


def test_unknown_table_and_file(draft: Release, file: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="The tables are: match_totals"):
        run(file, table="people")
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "nothing.csv")


def test_large_file_is_not_read_whole(draft: Release, file: Path) -> None:
    file.write_bytes(b"x" * (MOST_BYTES + 10))

    with pytest.raises(CommandError):
        run(file)
