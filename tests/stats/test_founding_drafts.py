"""Better rows of a later release reach an installation by two people, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client

from imgportal.lib import clock
from imgportal.models import User
from stats import public
from stats.actions import (
    edit_catalogue,
    edit_draft,
    load_figures,
    open_founding_drafts,
    open_version,
)
from stats.actions.publish_version import publish, submit
from stats.choices import ApplicantType, FigureTable, ReleaseKind, Status
from stats.exceptions import NoteMissing, SamePerson
from stats.founding_files import FOUNDING_FILES
from stats.founding_files.files import read_figures
from stats.models import Release, Source
from tests.factories import NOW, edit, person, rows_of
from tests.reading import csv_of, json_of, text_of
from tests.stats.test_load_figures import sound_files, write
from tests.upgrades import FIXTURES, restore, run_code

pytestmark = pytest.mark.django_db

NEW_ROW = {
    "match_year": "1990",
    "applicant_type": "us_md_senior",
    "active_applicants": "500",
    "matched_to_pgy1": "450",
    "confidence": "A",
    "sources": "new-report",
    "note": "",
}


@pytest.fixture
def ana() -> User:
    return person("ana", is_staff=True, is_superuser=True)


@pytest.fixture
def boris() -> User:
    return person("boris", is_staff=True, is_superuser=True)


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A folder whose figures of 1990 are loaded and published."""
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder, sound_files())
    load_figures.load_figures(folder=folder, now=NOW)
    return folder


def rewrite(folder: Path, **values: str) -> None:
    """A later release: its first US IMG row differs, and it has one row more."""
    files = sound_files()
    former = dict(files["applicant_results.csv"][0])
    files["applicant_results.csv"][0] |= values
    files["applicant_results.csv"].append(NEW_ROW)
    files["match_totals.csv"][0] |= {"active_applicants": "2600"}
    files["match_totals.csv"][0] |= {"published_match_rate": ""}
    write(folder, files)
    (folder / "former").mkdir(exist_ok=True)
    write(
        folder / "former",
        {
            "applicant_results.csv": [former],
            "match_totals.csv": sound_files()["match_totals.csv"],
        },
    )


def said(folder: Path, *words: str) -> str:
    output = StringIO()
    call_command("load_figures", *words, "--folder", str(folder), stdout=output)
    return output.getvalue()


def opened(folder: Path, by: User) -> list[open_founding_drafts.OpenedDraft]:
    compared = open_founding_drafts.compare_with_published(folder=folder, now=NOW)
    return open_founding_drafts.open_drafts(
        [year for year in compared.years if year.match_year == 1990], by=by, now=NOW
    )


def us_imgs() -> Any:
    return public.everything().years[1990].of_type(ApplicantType.US_IMG)


# --- Report ---------------------------------------------------------------------------


def test_report_says_what_differs_and_nothing_changes(earlier: Path) -> None:
    rewrite(earlier, matched_to_pgy1="101", published_match_rate="50.5")
    before = public.everything().years

    text = said(earlier)

    assert "1990: 1 new row, 2 better rows, 4 corrected values." in text
    assert "US IMGs, Matched to PGY-1: was 100, is 101" in text
    assert "US MD seniors: a new row" in text
    assert "Open drafts of these years with load_figures --open-drafts" in text
    assert public.everything().years == before
    assert not Release.objects.exclude(status=Status.PUBLISHED).exists()


def test_report_of_the_same_files_says_nothing(earlier: Path) -> None:
    assert "1990" not in said(earlier)


# --- Drafts ---------------------------------------------------------------------------


def test_draft_holds_the_better_rows_and_a_note_to_begin_with(
    earlier: Path, ana: User
) -> None:
    rewrite(
        earlier, matched_to_pgy1="101", published_match_rate="50.5", note="Misread."
    )

    ((draft),) = opened(earlier, ana)

    assert draft.release is not None
    assert (draft.release.version, draft.release.kind) == (2, ReleaseKind.CORRECTION)
    assert "US IMGs, Matched to PGY-1: was 100, is 101." in draft.release.public_note
    assert "Misread." in draft.release.public_note
    rows = rows_of(draft.release, FigureTable.APPLICANTS)
    assert {row.applicant_type: row.matched_to_pgy1 for row in rows} == {
        "us_img": 101,
        "non_us_img": 100,
        "us_md_senior": 450,
    }
    assert us_imgs().matched_to_pgy1 == 100  # still as published


def test_whoever_opened_it_cannot_publish_it(
    earlier: Path, ana: User, boris: User
) -> None:
    rewrite(earlier, matched_to_pgy1="101", published_match_rate="50.5")
    (draft,) = opened(earlier, ana)
    assert draft.release is not None
    submit(release_id=draft.release.pk, by=ana, now=NOW)
    words: dict[str, Any] = {"kind": ReleaseKind.CORRECTION, "public_note": "Misread."}

    with pytest.raises(SamePerson):
        publish(release_id=draft.release.pk, by=ana, now=NOW, **words)
    publish(release_id=draft.release.pk, by=boris, now=NOW, **words)

    assert us_imgs().matched_to_pgy1 == 101
    assert public.everything().versions[1990, 1].applicants[0].matched_to_pgy1 == 100
    assert opened(earlier, ana) == []


def test_row_that_staff_changed_stays_and_is_reported(
    earlier: Path, ana: User, boris: User
) -> None:
    release = open_version.open_amendment(match_year=1990, by=ana, now=NOW)
    row = rows_of(release, FigureTable.APPLICANTS)[0]
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[edit(FigureTable.APPLICANTS, row, note="Seen in the report.")],
        by=ana,
        now=NOW,
    )
    submit(release_id=release.pk, by=ana, now=NOW)
    publish(
        release_id=release.pk,
        by=boris,
        now=NOW,
        kind=ReleaseKind.REVISION,
        public_note="A note.",
    )
    rewrite(earlier, matched_to_pgy1="101", published_match_rate="50.5")

    text = said(earlier)
    (draft,) = opened(earlier, ana)

    assert "1 row changed here and left as it is" in text
    assert draft.release is not None
    kept = rows_of(draft.release, FigureTable.APPLICANTS)[0]
    assert (kept.matched_to_pgy1, kept.note) == (100, "Seen in the report.")


def test_year_that_somebody_works_on_is_left_alone(earlier: Path, ana: User) -> None:
    open_version.open_amendment(match_year=1990, by=ana, now=NOW)
    rewrite(earlier, matched_to_pgy1="101", published_match_rate="50.5")

    (left,) = opened(earlier, ana)
    text = said(earlier, "--open-drafts", "--by", ana.email)

    assert left.release is None
    assert "1990: not opened. Somebody is working on 1990 already." in text
    assert Release.objects.filter(match_year=1990).count() == 2


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "Say who writes this: --by EMAIL"),
        (("--by", "nobody@example.org"), "not the address of somebody of the staff"),
    ],
)
def test_drafts_need_an_editor(
    earlier: Path, words: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        said(earlier, "--open-drafts", *words)


def test_completion_changes_no_published_value(
    earlier: Path, ana: User, boris: User
) -> None:
    rewrite(earlier, matched_to_pgy1="101", published_match_rate="50.5")
    (draft,) = opened(earlier, ana)
    assert draft.release is not None
    submit(release_id=draft.release.pk, by=ana, now=NOW)

    with pytest.raises(NoteMissing, match="This is no completion, because"):
        publish(
            release_id=draft.release.pk,
            by=boris,
            now=NOW,
            kind=ReleaseKind.COMPLETION,
            public_note="More.",
        )


# --- What staff decided, and what a release takes back --------------------------------


def amended(by: User, reviewer: User, change: Callable[[Release], object]) -> None:
    """A version of 1990 that staff have made and published themselves."""
    release = open_version.open_amendment(match_year=1990, by=by, now=NOW)
    change(release)
    submit(release_id=release.pk, by=by, now=NOW)
    publish(
        release_id=release.pk,
        by=reviewer,
        now=NOW,
        kind=ReleaseKind.REVISION,
        public_note="A note.",
    )


def without_first_row(by: User) -> Callable[[Release], object]:
    return lambda release: edit_draft.remove_row(
        release_id=release.pk,
        table=FigureTable.SPECIALTIES,
        row_id=rows_of(release, FigureTable.SPECIALTIES)[0].pk,
        by=by,
        now=NOW,
    )


def with_footnotes(by: User, *texts: str) -> Callable[[Release], object]:
    """The note about space medicine says this instead."""
    return lambda release: edit_draft.change_footnotes(
        release_id=release.pk,
        was=edit_draft.stored_footnotes(release),
        footnotes=[
            {"table": "specialties", "row": "space-medicine", "text": text}
            for text in texts
        ],
        by=by,
        now=NOW,
    )


def test_row_that_staff_took_away_is_not_offered_again(
    earlier: Path, ana: User, boris: User
) -> None:
    def without_specialties(release: Release) -> None:
        without_first_row(ana)(release)
        with_footnotes(ana)(release)

    amended(ana, boris, without_specialties)

    assert "1990" not in said(earlier)
    assert opened(earlier, ana) == []


def test_better_row_for_one_that_staff_took_away_is_reported_only(
    earlier: Path, ana: User, boris: User
) -> None:
    amended(ana, boris, without_first_row(ana))
    files = sound_files()
    files["specialty_results.csv"][0]["programs"] = "7"
    write(earlier, files)

    assert "Space Medicine: the files say something else" in said(earlier)
    assert opened(earlier, ana) == []


def test_row_that_staff_changed_is_not_reported_when_a_release_brings_nothing_new(
    earlier: Path, ana: User, boris: User
) -> None:
    amended(
        ana,
        boris,
        lambda release: edit_draft.change_rows(
            release_id=release.pk,
            table=FigureTable.APPLICANTS,
            edits=[
                edit(
                    FigureTable.APPLICANTS,
                    rows_of(release, FigureTable.APPLICANTS)[0],
                    locator="Table 4",
                )
            ],
            by=ana,
            now=NOW,
        ),
    )

    assert "1990" not in said(earlier)


def test_row_that_nobody_touched_is_replaced_without_a_former_row(
    earlier: Path, ana: User
) -> None:
    files = sound_files()
    files["specialty_results.csv"][0]["programs"] = "7"
    write(earlier, files)

    ((draft),) = opened(earlier, ana)

    assert draft.release is not None
    assert draft.release.kind == ReleaseKind.COMPLETION
    assert rows_of(draft.release, FigureTable.SPECIALTIES)[0].programs == 7


def test_row_that_a_release_takes_back_is_gone_from_the_draft(
    earlier: Path, ana: User
) -> None:
    files = sound_files()
    del files["applicant_results.csv"][1]
    del files["specialty_scores.csv"][1]
    write(earlier, files)

    text = said(earlier)
    ((draft),) = opened(earlier, ana)

    assert "1990: 2 rows taken back, 4 corrected values." in text
    assert "Non-US IMGs, Active applicants: was 200, is no longer there" in text
    assert draft.release is not None
    assert draft.release.kind == ReleaseKind.CORRECTION
    rows = rows_of(draft.release, FigureTable.APPLICANTS)
    assert [row.applicant_type for row in rows] == ["us_img"]
    assert len(rows_of(draft.release, FigureTable.SCORES)) == 1
    assert len(public.everything().years[1990].applicants) == 2


def test_footnote_that_staff_rewrote_stays_as_they_wrote_it(
    earlier: Path, ana: User, boris: User
) -> None:
    amended(ana, boris, with_footnotes(ana, "Counted in orbit."))
    assert "1990" not in said(earlier)
    files = sound_files()
    files["footnotes.csv"][0]["text"] = "Counted on the ground, twice."
    write(earlier, files)

    assert "this note was changed here, so it stays" in said(earlier)
    assert opened(earlier, ana) == []


def test_better_footnote_replaces_the_one_that_nobody_touched(
    earlier: Path, ana: User
) -> None:
    files = sound_files()
    files["footnotes.csv"][0]["text"] = "Counted on the ground, twice."
    write(earlier, files)

    ((draft),) = opened(earlier, ana)

    assert draft.release is not None
    assert [note["text"] for note in edit_draft.stored_footnotes(draft.release)] == [
        "Counted on the ground, twice."
    ]
    # Whoever opened it has changed it, so somebody else must publish it.
    assert draft.release.editors.contains(ana)


# --- Sources --------------------------------------------------------------------------


def rename_source(folder: Path) -> None:
    """A later release calls its source by another title."""
    files = sound_files()
    former = dict(files["sources.csv"][0])
    files["sources.csv"][0]["title"] = "New report, second printing"
    write(folder, files)
    (folder / "former").mkdir()
    write(folder / "former", {"sources.csv": [former]})


def title_of_source() -> str:
    return Source.objects.get(key="new-report").title


def test_better_source_is_reported_and_taken_over_with_the_drafts(
    earlier: Path, ana: User
) -> None:
    rename_source(earlier)

    text = said(earlier)
    before = title_of_source()
    said(earlier, "--open-drafts", "--by", ana.email)

    assert (
        "Source new-report, title: was “New report”, is “New report, second printing”"
        in text
    )
    assert before == "New report"
    assert title_of_source() == "New report, second printing"
    assert "new-report" not in said(earlier)
    (entry,) = LogEntry.objects.filter(user=ana)
    assert "was “New report”" in entry.change_message


def test_source_that_staff_changed_stays_and_is_reported(
    earlier: Path, ana: User
) -> None:
    source = Source.objects.get(key="new-report")
    source.title = "The new report"
    edit_catalogue.save(row=source, columns=["title"], now=NOW)
    rename_source(earlier)

    text = said(earlier, "--open-drafts", "--by", ana.email)

    assert "Source new-report: the files say something else" in text
    assert title_of_source() == "The new report"


# --- The figures of November 2026 ----------------------------------------------------

PUBLISH = """
from io import StringIO
from django.core.management import call_command
from imgportal.lib import clock
from imgportal.models import User
from stats.actions.publish_version import publish, submit
from stats.choices import ReleaseKind
from stats.models import Release
from tests.stats.test_founding_drafts import public_figures

call_command("migrate", interactive=False, verbosity=0)
call_command("load_figures", verbosity=0, stdout=StringIO())
if {amend}:
    ana = User.objects.create_user("editor@example.org", is_staff=True, is_superuser=True)
    ben = User.objects.create_user("publisher@example.org", is_staff=True, is_superuser=True)
    said = StringIO()
    call_command("load_figures", open_drafts=True, by=ana.email, stdout=said)
    for draft in Release.objects.filter(status="draft"):
        submit(release_id=draft.pk, by=ana, now=clock.now())
        publish(
            release_id=draft.pk,
            by=ben,
            now=clock.now(),
            kind=ReleaseKind(draft.kind),
            public_note=draft.public_note,
        )
call_command("check_figures", verbosity=0, stdout=StringIO())
said = StringIO()
call_command("load_figures", stdout=said)
print(public_figures(said.getvalue()))
"""


def public_figures(report: str) -> str:
    """Everything that the current versions to 2026 say, as JSON in one line.

    With it what a further run of load_figures says, and emergency medicine of 2020 as
    every version of that year shows it at its own address.
    """
    years = {}
    for match_year, year in public.everything().years.items():
        if match_year > 2026:
            continue  # made up
        years[str(match_year)] = {
            "kind": year.release.kind.value,
            "version": year.release.version,
            "rows": sorted(
                repr((row.table, row.key, _content(row))) for row in year.rows()
            ),
            "notes": sorted(map(repr, year.footnotes)),
        }
    documents = read_figures(FOUNDING_FILES, now=clock.now())
    sources = public.everything().sources
    return json.dumps(
        {
            "years": years,
            "sources": [repr(sources[row.key]) for row in documents.sources],
            "report": report,
            "emergency medicine": [
                emergency_medicine(year.release.version)
                for year in public.everything().versions_of(2020)
            ],
            "pages": {
                address: text_of(Client().get(address))
                for address in (
                    "/match/2020/",
                    "/match/2020/v1/",
                    "/changes/",
                    "/specialties/emergency-medicine/",
                )
            },
        }
    )


def emergency_medicine(version: int) -> list[dict[str, str]]:
    """How that specialty stands in both downloads of a version of 2020."""
    address = f"/match/2020/v{version}/specialties"
    return [
        {
            column: str(row[column])
            for column in ("positions_offered", "positions_filled")
        }
        for rows in (
            csv_of(Client().get(f"{address}.csv")),
            json_of(Client().get(f"{address}.json"))["rows"],
        )
        for row in rows
        if row["slug"] == "emergency-medicine"
    ]


def _content(row: Any) -> tuple[Any, ...]:
    origin = row.provenance
    values = [str(getattr(row, name)) for name in (*row.counts, *row.printed)]
    sources = [source.key for source in origin.sources]
    return (*values, *sources, origin.confidence, origin.note, origin.missing)


def test_both_ways_end_in_the_same_figures(tmp_path: Path) -> None:
    restore(sorted(FIXTURES.glob("0.1.0.sql.gz"))[0], tmp_path / "old.sqlite3")

    new = json.loads(run_code(tmp_path / "new.sqlite3", PUBLISH.format(amend=False)))
    old = json.loads(run_code(tmp_path / "old.sqlite3", PUBLISH.format(amend=True)))

    assert old["sources"] == new["sources"]
    for state in (new, old):
        # Nothing is left to take over.
        assert len(state["report"].splitlines()) == 1, state["report"]
    assert_corrected(new, old)
    fresh, amended = new["years"], old["years"]
    assert list(amended) == list(fresh)
    for match_year, year in fresh.items():
        assert amended[match_year]["rows"] == year["rows"], match_year
        assert amended[match_year]["notes"] == year["notes"], match_year
    kinds = {
        match_year: year["kind"]
        for match_year, year in amended.items()
        if year != fresh[match_year]
    }
    # Emergency medicine of 2020 was wrong; the others are only better known, or graded
    # by a rule that came later.
    corrected = {
        match_year for match_year, kind in kinds.items() if kind == "correction"
    }
    assert corrected == {"2020"}
    assert set(kinds) == set(fresh) - {"1998"}


def assert_corrected(new: dict[str, Any], old: dict[str, Any]) -> None:
    """Emergency medicine of 2020 in a fresh site, and in one that had it wrong."""
    wrong = {"positions_offered": "2655", "positions_filled": "2642"}
    right = {"positions_offered": "2665", "positions_filled": "2652"}
    assert new["emergency medicine"] == [[right] * 2]
    assert old["emergency medicine"] == [[wrong] * 2, [right] * 2]
    # What was wrong stands first among what changed, and in the note.
    changes = old["pages"]["/changes/"].partition("The 2020 Match, version 2")[2]
    assert changes.startswith(": correction ")
    assert changes.index(
        "Emergency Medicine, Positions offered: was 2,655, is 2,665. Emergency Medicine, "
        "Positions filled: was 2,642, is 2,652."
    ) < changes.index("2 values changed, 107 added")
    _, places = changes.split("Emergency Medicine Positions offered", 1)
    assert places.startswith(" positions_offered 2,655 2,665 ")
    assert "The 2020 Match, version 2" not in new["pages"]["/changes/"]
    assert "This is not the current version." in old["pages"]["/match/2020/v1/"]
    for state in (new, old):
        line = "2020 256 2,665 2,652 1,713 711 155 30 185 7.0%"
        assert line in state["pages"]["/specialties/emergency-medicine/"]


def test_emergency_medicine_of_2020_is_right_everywhere(client: Client) -> None:
    page = text_of(client.get("/specialties/emergency-medicine/"))
    table = client.get("/match/2020/specialties.csv").content.decode()
    data = client.get("/match/2020/specialties.json").json()["rows"]

    (row,) = [row for row in data if row["slug"] == "emergency-medicine"]
    assert (row["positions_offered"], row["positions_filled"]) == (2665, 2652)
    assert (row["filled_us_img"], row["filled_non_us_img"]) == (155, 30)
    assert "2,665" in page
    assert "2,652" in page
    assert "256,2665,2652,1713" in table
    assert "The ACEP page prints 2,655 offered and 2,642 filled." in row["note"]
    # The search knows the share of IMGs: 185 of 2,652.
    found = client.get("/search.json?q=emergency+medicine+7.0%25+in+2020").json()
    (result,) = [
        result
        for result in found["results"]
        if result["address"].endswith("/specialties/emergency-medicine/")
    ]
    assert "7.0% in 2020" in result["excerpt"]
