from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from imgportal.lib.content_files import ContentError
from stats import public
from stats.actions import load_figures
from stats.choices import (
    ApplicantType,
    FigureConfidence,
    FigureTable,
    Missing,
    ReleaseKind,
)
from stats.founding_files import FOUNDING_FILES, restatements
from stats.founding_files.files import (
    FOOTNOTE_COLUMNS,
    RESTATEMENT_COLUMNS,
    SOURCE_COLUMNS,
    SPECIALTY_COLUMNS,
)
from stats.imports import FILES, columns_of
from stats.models import (
    FIGURE_MODELS,
    MODELS,
    ApplicantResult,
    Release,
    Source,
    Specialty,
    SpecialtyResult,
    YearTotals,
)
from tests.factories import NOW

pytestmark = pytest.mark.django_db

Files = dict[str, list[dict[str, str]]]

COLUMNS: dict[str, tuple[str, ...]] = {
    "sources.csv": tuple(SOURCE_COLUMNS.values()),
    "specialties.csv": tuple(SPECIALTY_COLUMNS.values()),
    "restatements.csv": RESTATEMENT_COLUMNS,
    "footnotes.csv": ("match_year", *FOOTNOTE_COLUMNS),
    **{f"{name}.csv": columns_of(table) for table, name in FILES.items()},
}


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the application."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_app_config("stats").get_models(include_auto_created=True)
    }


def sound_files() -> Files:
    """A small set of files about 1990 in which nothing is wrong."""
    cited = {"confidence": "A", "sources": "new-report", "note": ""}
    return {
        "sources.csv": [
            {
                "key": "new-report",
                "title": "New report",
                "publisher": "NRMP",
                "url": "https://example.org/new",
                "published": "1990",
                "accessed": "1990-05-01",
                "kind": "official",
            },
        ],
        "specialties.csv": [
            {
                "slug": "space-medicine",
                "name": "Space Medicine (Categorical)",
                "short_name": "Space Medicine",
                "is_preliminary": "no",
            },
        ],
        "match_totals.csv": [
            {
                "match_year": "1990",
                "pgy1_positions_offered": "1000",
                "active_applicants": "1600",
                "matched_to_pgy1": "900",
                "published_match_rate": "56.3",
                **cited,
            },
        ],
        "applicant_results.csv": [
            {
                "match_year": "1990",
                "applicant_type": kind,
                "active_applicants": "200",
                "matched_to_pgy1": "100",
                "published_match_rate": "50.0",
                **cited,
            }
            for kind in ("us_img", "non_us_img")
        ],
        "placements.csv": [
            {
                "match_year": "1990",
                "applicant_type": "us_img",
                "placed_pgy1_all": "130",
                "placed_pgy1_active": "120",
                "published_placed_rate_all": "52.0",
                "published_placed_rate_active": "60.0",
                **cited,
            },
        ],
        "specialty_results.csv": [
            {
                "match_year": "1990",
                "specialty": "Space Medicine (Categorical)",
                "positions_offered": "50",
                "positions_filled": "40",
                "filled_img_total": "10",
                "published_img_share": "25",
                **cited,
            },
        ],
        "specialty_scores.csv": [
            {
                "edition": "1990",
                "specialty": "Space Medicine (Categorical)",
                "applicant_type": "us_img",
                "outcome": "matched",
                "applicants": "20",
                "step2_ck_mean": "240",
                **cited,
            },
            {
                "edition": "1990",
                "specialty": "All specialties",
                "applicant_type": "us_img",
                "outcome": "not_matched",
                "applicants": "4",
                "missing": "suppressed",
                **cited,
            },
        ],
        "restatements.csv": [],
        "footnotes.csv": [
            {
                "match_year": "1990",
                "table": "specialties",
                "row": "space-medicine",
                "text": "Counted on the ground.",
            },
        ],
    }


def write(folder: Path, files: Files) -> Path:
    for name, rows in files.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name])
            writer.writeheader()
            writer.writerows(rows)
    return folder


def refused(folder: Path) -> str:
    """Why these files are not loaded. Fails when they are, or when anything changed."""
    before = dump()
    with pytest.raises(ContentError) as refusal:
        load_figures.load_figures(folder=folder, now=NOW)
    assert dump() == before
    return str(refusal.value)


# --- What was founded ----------------------------------------------------------------


def lines_of(name: str) -> int:
    """How many rows a founding file has."""
    with (FOUNDING_FILES / name).open(encoding="utf-8", newline="") as file:
        return len(list(csv.DictReader(file)))


@pytest.mark.parametrize("model", FIGURE_MODELS)
def test_every_row_of_the_founding_files_is_loaded(model: Any) -> None:
    rows = lines_of(f"{FILES[model.table]}.csv")

    assert rows > 10
    assert model.objects.filter(release__version=1).count() == rows


def test_every_source_is_loaded() -> None:
    assert Source.objects.count() == lines_of("sources.csv")


def test_every_row_rests_on_a_source() -> None:
    for model in MODELS.values():
        assert not model.objects.filter(sources=None).exists()


def test_every_year_has_one_current_version() -> None:
    years = Counter(
        Release.objects.filter(is_current=True).values_list("match_year", flat=True)
    )

    assert set(years) == set(Release.objects.values_list("match_year", flat=True))
    assert set(years.values()) == {1}


def test_loading_again_changes_nothing() -> None:
    before = dump()
    said = StringIO()

    call_command("load_figures", stdout=said)

    assert dump() == before
    assert "already there; nothing was changed" in said.getvalue()


def test_2013_is_stored_as_first_published_and_as_restated() -> None:
    figures = public.everything()
    first, second = figures.versions_of(2013)

    assert not first.release.is_current
    assert second.release.is_current
    assert second.release.kind == ReleaseKind.REVISION
    assert "Publications of 2014" in second.release.public_note
    assert figures.years[2013] is second


def test_restatement_of_2013_differs_in_what_was_restated_and_nothing_else() -> None:
    figures = public.everything()
    _, second = figures.versions_of(2013)

    changes = {
        (change.table, change.row_key, change.column): (change.before, change.after)
        for change in figures.changes_in(second)
    }

    assert changes == {
        (FigureTable.TOTALS, "", "pgy1_positions_offered"): (26392, 26138),
        # A restated rate came without its count, a restated count without its rate.
        (FigureTable.TOTALS, "", "matched_to_pgy1"): (25463, None),
        (FigureTable.TOTALS, "", "published_match_rate"): (
            Decimal("74.1"),
            Decimal("73.5"),
        ),
        (FigureTable.APPLICANTS, "us_img", "matched_to_pgy1"): (2706, 2691),
        (FigureTable.APPLICANTS, "us_img", "published_match_rate"): (
            Decimal("53.1"),
            None,
        ),
        (FigureTable.APPLICANTS, "non_us_img", "matched_to_pgy1"): (3601, 3556),
        (FigureTable.APPLICANTS, "non_us_img", "published_match_rate"): (
            Decimal("47.6"),
            None,
        ),
    }


def test_restated_rows_say_so() -> None:
    _, second = public.everything().versions_of(2013)
    us = second.of_type(ApplicantType.US_IMG)

    assert second.totals is not None
    assert us is not None
    assert second.totals.provenance.missing_of("matched_to_pgy1") == Missing.RESTATED
    # What else is empty was never restated.
    assert second.totals.provenance.missing_of("registered_applicants") == (
        Missing.NOT_FOUND
    )
    assert second.totals.provenance.ways_to("pgy1_positions_offered") == (
        "26,678 - 540",
    )
    assert us.provenance.note.startswith("Restated: ")
    assert us.provenance.confidence == FigureConfidence.C
    assert us.provenance.sources[0].key == "ecfmg-2014"


def test_2026_carries_its_footnotes() -> None:
    notes = public.everything().years[2026].footnotes

    assert {note.table for note in notes if not note.row} == {
        *(FigureTable.APPLICANTS, FigureTable.TOTALS, FigureTable.SCORES)
    }


def test_every_founding_footnote_is_bound_to_something() -> None:
    text = (FOUNDING_FILES / "footnotes.csv").read_text(encoding="utf-8")
    written = {row["text"] for row in csv.DictReader(StringIO(text))}

    shown = {
        note.text
        for year in public.everything().years.values()
        for note in year.footnotes
    }

    assert shown == written


# --- Other files ---------------------------------------------------------------------


def test_new_year_is_loaded_beside_the_founding_ones(tmp_path: Path) -> None:
    loaded = load_figures.load_figures(folder=write(tmp_path, sound_files()), now=NOW)

    assert loaded.versions == ((1990, 1),)
    assert (loaded.sources, loaded.specialties) == (1, 1)
    year = public.everything().years[1990]
    assert [row.key for row in year.rows()] == [
        "",
        "us_img",
        "non_us_img",
        "us_img",
        "space-medicine",
        "space-medicine/us_img/matched",
        "/us_img/not_matched",
    ]
    assert year.release.published_at == NOW
    assert year.footnotes_of(FigureTable.SPECIALTIES)[0].row == "space-medicine"


def test_empty_cell_is_stored_as_not_known_with_a_reason(tmp_path: Path) -> None:
    load_figures.load_figures(folder=write(tmp_path, sound_files()), now=NOW)

    totals = YearTotals.objects.get(release__match_year=1990)

    assert totals.registered_applicants is None
    assert totals.missing == Missing.NOT_FOUND


def test_digits_are_stored_as_printed(tmp_path: Path) -> None:
    load_figures.load_figures(folder=write(tmp_path, sound_files()), now=NOW)

    result = SpecialtyResult.objects.get(release__match_year=1990)

    assert str(result.published_img_share) == "25"
    assert str(
        YearTotals.objects.get(release__match_year=1990).published_match_rate
    ) == ("56.3")


def test_year_that_has_a_version_is_left_alone(tmp_path: Path) -> None:
    files = sound_files()
    load_figures.load_figures(folder=write(tmp_path, files), now=NOW)
    before = dump()
    files["applicant_results.csv"][0]["matched_to_pgy1"] = "101"
    files["applicant_results.csv"][0]["published_match_rate"] = "50.5"

    loaded = load_figures.load_figures(folder=write(tmp_path, files), now=NOW)

    assert loaded.versions == ()
    assert loaded.years_left_alone == 1
    assert dump() == before


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\n"])
def test_rare_line_separators_stay_inside_their_cell(
    tmp_path: Path, separator: str
) -> None:
    files = sound_files()
    note = f"First{separator}second."
    files["applicant_results.csv"][0]["note"] = note

    load_figures.load_figures(folder=write(tmp_path, files), now=NOW)

    stored = ApplicantResult.objects.get(
        release__match_year=1990, applicant_type=ApplicantType.US_IMG
    )
    assert stored.note == note


def test_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    folder = write(tmp_path, sound_files())
    file = folder / "sources.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    loaded = load_figures.load_figures(folder=folder, now=NOW)

    assert loaded.sources == 1


LONG = "x" * 400

# File, row, column, what is written there, what the refusal says.
BAD_CELLS: list[tuple[str, int, str, str, str]] = [
    ("applicant_results.csv", 0, "active_applicants", "many", "written with digits"),
    ("applicant_results.csv", 0, "active_applicants", "-200", "cannot be negative"),
    ("applicant_results.csv", 0, "active_applicants", "200.5", "a whole number"),
    ("applicant_results.csv", 0, "active_applicants", "٢٠٠", "digits 0 to 9"),
    ("applicant_results.csv", 0, "active_applicants", "9999999999", "nine digits"),
    ("applicant_results.csv", 0, "match_year", "1951", "not a Match year"),
    ("applicant_results.csv", 0, "match_year", "2101", "not a Match year"),
    ("applicant_results.csv", 0, "match_year", "", "Expected is a year"),
    ("applicant_results.csv", 0, "match_year", "later", "written with digits"),
    ("applicant_results.csv", 0, "applicant_type", "martian", "one of: us_md"),
    ("applicant_results.csv", 0, "confidence", "D", "one of: A, B, C"),
    ("applicant_results.csv", 0, "sources", "rumour", "not in sources.csv"),
    ("applicant_results.csv", 0, "sources", "", "No source is named"),
    ("applicant_results.csv", 0, "sources", " ; ", "No source is named"),
    ("applicant_results.csv", 0, "note", "a\x0bb", "control character"),
    ("applicant_results.csv", 0, "matched_to_pgy1", "201", "more than"),
    ("applicant_results.csv", 0, "published_match_rate", "50.1", "is computed"),
    ("applicant_results.csv", 0, "published_match_rate", "101", "from 0 to 100"),
    ("applicant_results.csv", 0, "published_match_rate", "-1", "be negative"),
    ("applicant_results.csv", 0, "published_match_rate", "50.", "from 0 to 100"),
    ("applicant_results.csv", 0, "published_match_rate", "50.000", "two decimals"),
    ("applicant_results.csv", 0, "published_match_rate", "inf", "from 0 to 100"),
    ("match_totals.csv", 0, "matched_to_pgy1", "1601", "more than"),
    ("placements.csv", 0, "applicant_type", "img_total", "one of: us_md_senior"),
    ("placements.csv", 0, "placed_pgy1_active", "131", "more than"),
    ("placements.csv", 0, "placed_pgy1_active", "99", "who matched before SOAP"),
    ("placements.csv", 0, "published_placed_rate_active", "61.0", "is computed"),
    ("placements.csv", 0, "published_placed_rate_all", "65.1", "is printed"),
    ("applicant_results.csv", 0, "applicant_type", "all", "one of: us_md_senior"),
    ("specialty_results.csv", 0, "specialty", "Alchemy", "not in specialties.csv"),
    ("specialty_results.csv", 0, "filled_img_total", "41", "more than"),
    ("specialty_results.csv", 0, "published_img_share", "26", "is computed"),
    ("specialty_scores.csv", 0, "specialty", "Alchemy", "not in specialties.csv"),
    ("specialty_scores.csv", 0, "outcome", "perhaps", "one of: matched"),
    ("specialty_scores.csv", 0, "missing", "lost", "one of: suppressed"),
    ("specialty_scores.csv", 0, "step2_ck_mean", "301", "from 1 to 300"),
    ("specialty_scores.csv", 0, "step2_ck_mean", "0", "from 1 to 300"),
    ("specialty_scores.csv", 1, "step2_ck_q1", "230", "without a mean"),
    ("specialty_scores.csv", 0, "applicants_with_score", "21", "more than"),
    ("sources.csv", 0, "kind", "gossip", "not a valid choice"),
    ("sources.csv", 0, "accessed", "1.5.1990", "invalid date format"),
    ("sources.csv", 0, "url", "example.org", "valid URL"),
    ("sources.csv", 0, "url", f"https://example.org/{LONG}", "at most 300"),
    ("sources.csv", 0, "title", "", "cannot be blank"),
    ("sources.csv", 0, "title", LONG, "at most 300"),
    ("sources.csv", 0, "key", "two words", "letters, numbers"),
    ("sources.csv", 0, "rests_on", "rumour", "not in sources.csv"),
    ("sources.csv", 0, "rests_on", "new-report", "cannot rest on itself"),
    ("applicant_results.csv", 0, "by_value", "nonsense", "is not understood"),
    ("applicant_results.csv", 0, "by_value", "programs: derived 1", "no column"),
    (
        *("applicant_results.csv", 0, "by_value"),
        *("active_applicants: from rumour", "does not name rumour"),
    ),
    ("specialties.csv", 0, "is_preliminary", "perhaps", "True or False"),
    ("specialties.csv", 0, "slug", "space medicine", "letters, numbers"),
    ("specialties.csv", 0, "short_name", LONG, "at most 40"),
    ("specialties.csv", 0, "name", "All specialties", "stands for all"),
    ("footnotes.csv", 0, "table", "weather", "not a valid choice"),
    ("footnotes.csv", 0, "row", "dermatology", "no such row"),
    ("footnotes.csv", 0, "column", "wind", "not a column"),
    ("footnotes.csv", 0, "match_year", "1066", "not a Match year"),
    ("footnotes.csv", 0, "text", "", "cannot be blank"),
]


@pytest.mark.parametrize(
    ("file", "row", "column", "written", "reason"),
    BAD_CELLS,
    ids=[f"{case[2]}-{case[3][:20]!a}" for case in BAD_CELLS],
)
def test_bad_cell_is_refused_where_it_stands(
    tmp_path: Path, file: str, row: int, column: str, written: str, reason: str
) -> None:
    files = sound_files()
    files[file][row][column] = written

    said = refused(write(tmp_path, files))

    assert said.startswith(f"{file}, line {row + 2}, column {column}")
    assert reason in said


@pytest.mark.parametrize(
    ("file", "column", "written", "refused_in"),
    [
        ("sources.csv", "kind", "report", "match_totals.csv"),
        ("sources.csv", "accessed", "", "match_totals.csv"),
        (
            *("applicant_results.csv", "by_value"),
            *("matched_to_pgy1: derived 50 + 50", "applicant_results.csv"),
        ),
    ],
)
def test_grade_above_its_rule_is_refused(
    tmp_path: Path, file: str, column: str, written: str, refused_in: str
) -> None:
    files = sound_files()
    files[file][0][column] = written

    said = refused(write(tmp_path, files))

    assert said.startswith(f"{refused_in}, line 2, column confidence")
    assert "is more than the rule gives" in said


def test_groups_that_exceed_their_total_are_refused(tmp_path: Path) -> None:
    files = sound_files()
    files["match_totals.csv"][0] |= {
        "active_applicants": "399",
        "matched_to_pgy1": "200",
        "published_match_rate": "",
    }

    assert "add up to 400" in refused(write(tmp_path, files))


def test_score_that_is_missing_without_a_reason_is_refused(tmp_path: Path) -> None:
    files = sound_files()
    files["specialty_scores.csv"][1]["missing"] = ""

    said = refused(write(tmp_path, files))

    assert said.startswith("specialty_scores.csv, line 3, column step2_ck_mean: ")
    assert "nothing says why" in said


def test_footnote_about_a_year_without_figures_is_refused(tmp_path: Path) -> None:
    files = sound_files()
    files["footnotes.csv"][0]["match_year"] = "2061"

    assert "no such row" in refused(write(tmp_path, files))


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("sources.csv", "key"),
        ("specialties.csv", "slug"),
        ("match_totals.csv", ""),
        ("applicant_results.csv", ""),
        ("placements.csv", ""),
        ("specialty_results.csv", ""),
        ("specialty_scores.csv", ""),
    ],
)
def test_row_that_stands_twice_is_refused(
    tmp_path: Path, file: str, column: str
) -> None:
    files = sound_files()
    files[file].append(dict(files[file][0]))

    said = refused(write(tmp_path, files))

    where = f", column {column}" if column else ""
    assert said.startswith(f"{file}, line {len(files[file]) + 1}{where}: ")


RESTATEMENT = {
    "match_year": "1990",
    "figure": "us_img matched_pgy1",
    "first_published": "100",
    "restated": "99",
    "sources": "new-report",
    "note": "one fewer",
}


def test_restatement_becomes_a_second_version(tmp_path: Path) -> None:
    files = sound_files()
    files["restatements.csv"] = [RESTATEMENT]

    loaded = load_figures.load_figures(folder=write(tmp_path, files), now=NOW)

    assert loaded.versions == ((1990, 1), (1990, 2))


@pytest.mark.parametrize(
    ("column", "written", "where", "reason"),
    [
        ("match_year", "2061", "match_year", "no figures of 2061"),
        ("match_year", "x", "match_year", "not a Match year"),
        ("figure", "us_img height", "figure", "one of: pgy1"),
        ("first_published", "101", "first_published", "does not say this"),
        ("restated", "201", "matched_to_pgy1", "more than"),
        ("restated", "some", "restated", "not a number"),
        ("sources", "rumour", "sources", "not in sources.csv"),
    ],
)
def test_bad_restatement_is_refused(
    tmp_path: Path, column: str, written: str, where: str, reason: str
) -> None:
    files = sound_files()
    files["restatements.csv"] = [RESTATEMENT | {column: written}]

    said = refused(write(tmp_path, files))

    assert f", column {where}: " in said
    assert reason in said


def test_restated_sum_that_does_not_close_is_refused(tmp_path: Path) -> None:
    files = sound_files()
    files["restatements.csv"] = [
        RESTATEMENT,
        RESTATEMENT
        | {
            "figure": restatements.RESTATED_SUM,
            "first_published": "200",
            "restated": "200",
        },
    ]

    said = refused(write(tmp_path, files))

    assert said.startswith("restatements.csv, line 3, column restated: ")
    assert "do not add up" in said


Spoil = Callable[[str], bytes]
# What is done to a file, the file, and what is said of it then.
BAD_FILES: dict[str, tuple[Spoil, str, str]] = {
    "unknown column": (
        lambda text: text.replace("note", "remark", 1).encode(),
        "applicant_results.csv",
        "line 1, column remark: ",
    ),
    "missing column": (
        lambda text: text.replace("matched_to_pgy1,", "", 1).encode(),
        "applicant_results.csv",
        "line 1: Columns are missing: matched_to_pgy1",
    ),
    "other order": (
        lambda text: text.replace("key,title", "title,key", 1).encode(),
        "sources.csv",
        "line 1: The columns must be key, title",
    ),
    "empty file of figures": (
        lambda text: b"",
        "applicant_results.csv",
        "The file is empty",
    ),
    "empty file": (
        lambda text: b"",
        "sources.csv",
        "line 1: The columns must be key, title",
    ),
    "not UTF-8": (
        lambda text: text.replace("New report", "N\xe9w report").encode("latin-1"),
        "sources.csv",
        "cannot be read",
    ),
    "short row": (
        lambda text: text.replace(",official,,\r\n", ",official\r\n", 1).encode(),
        "sources.csv",
        "line 2: There are 7 cells, not 9",
    ),
    "long row": (
        lambda text: text.replace("New report,", "New report,,", 1).encode(),
        "sources.csv",
        "line 2: There are 10 cells, not 9",
    ),
    "open quote": (
        lambda text: text.replace("New report,", '"New report,', 1).encode(),
        "sources.csv",
        "cannot be read as CSV",
    ),
    "open quote in figures": (
        lambda text: text.replace("new-report,", 'new-report,"', 1).encode(),
        "applicant_results.csv",
        "cannot be read as CSV",
    ),
    "words after a quote": (
        lambda text: text.replace("New report,", '"New" report,', 1).encode(),
        "sources.csv",
        "line 2: The row cannot be read as CSV",
    ),
    "NUL": (
        lambda text: text.replace("New report,", "New\x00report,", 1).encode(),
        "sources.csv",
        "line 2: The row contains a NUL",
    ),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_file_is_refused(tmp_path: Path, kind: str) -> None:
    spoil, name, reason = BAD_FILES[kind]
    folder = write(tmp_path, sound_files())
    file = folder / name
    file.write_bytes(spoil(file.read_bytes().decode()))

    said = refused(folder)

    assert said.startswith(name)
    assert reason in said


@pytest.mark.parametrize("file", COLUMNS)
def test_missing_file_is_refused(tmp_path: Path, file: str) -> None:
    folder = write(tmp_path, sound_files())
    (folder / file).unlink()

    assert refused(folder).startswith(f"{file} cannot be read: ")


def test_command_says_what_to_mend(tmp_path: Path) -> None:
    files = sound_files()
    files["applicant_results.csv"][1]["active_applicants"] = "many"
    folder = write(tmp_path, files)

    with pytest.raises(CommandError) as refusal:
        call_command("load_figures", folder=folder)

    assert "applicant_results.csv, line 3, column active_applicants, “many”" in str(
        refusal.value
    )
    assert "Nothing was loaded." in str(refusal.value)
    assert not Release.objects.filter(match_year=1990).exists()
    assert not Specialty.objects.filter(slug="space-medicine").exists()
