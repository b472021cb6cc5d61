from __future__ import annotations

import shutil
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from imgportal.lib.content_files import ContentError
from profiles import founding_tables, reference_tables
from profiles.actions import change_rule, load_tables
from profiles.choices import Confidence, Event, Measured
from profiles.models import (
    Country,
    PassingStandard,
    PathwaySeason,
    RuleChange,
    SeasonDeadline,
)
from profiles.models.reference import ReferenceRow
from tests.factories import NOW

pytestmark = pytest.mark.django_db

TABLES: tuple[type[ReferenceRow], ...] = (
    PassingStandard,
    SeasonDeadline,
    PathwaySeason,
    Country,
)


def dump() -> list[list[tuple[Any, ...]]]:
    return [
        list(model._default_manager.order_by("pk").values_list()) for model in TABLES
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the founding tables that a test may spoil."""
    return Path(shutil.copytree(founding_tables.FOUNDING_TABLES, tmp_path / "data"))


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) >= 1
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_stored_tables_are_the_files() -> None:
    files = founding_tables.parse(founding_tables.FOUNDING_TABLES).reference
    stored = reference_tables.reference()

    assert set(stored.standards) == set(files.standards)
    assert set(stored.deadlines) == set(files.deadlines)
    assert set(stored.seasons) == set(files.seasons)
    assert set(stored.countries) == set(files.countries)
    assert set(stored.services) == set(files.services)
    assert [len(model._default_manager.all()) for model in TABLES] == [16, 86, 7, 17]


def test_every_season_names_the_documents_that_say_so() -> None:
    assert not PathwaySeason.objects.filter(sources="").exists()


def test_values_are_loaded_as_they_are() -> None:
    tables = reference_tables.reference()
    season = tables.season(2025)
    rounds = tables.deadline(2026, Event.SOAP_ROUNDS)

    assert season is not None
    assert season.graduated_from is not None
    assert season.graduated_from.value == date(2022, 1, 1)
    assert season.graduated_from.confidence == Confidence.CONFIRMED
    assert season.accepted_valid_to is None
    assert rounds is not None
    assert (f"{rounds.at:%H:%M}", f"{rounds.until:%H:%M}") == ("09:00", "21:00")
    standard = tables.standard(Measured.STEP2CK, date(2025, 6, 30))
    assert standard is not None
    assert (standard.minimum, standard.sources) == (214, ("s30", "s149"))


def test_loading_again_changes_nothing() -> None:
    before = dump()

    loaded = load_tables.load_rules(folder=founding_tables.FOUNDING_TABLES, now=NOW)

    assert (loaded.added, loaded.updated, loaded.unchanged) == (0, 0, 134)
    assert dump() == before
    assert not RuleChange.objects.exists()


def test_what_staff_changed_stays_and_is_said() -> None:
    row = SeasonDeadline.objects.get(match_year=2027, event=Event.RANK_LIST)
    row.on = date(2027, 3, 10)
    change_rule.save(row=row, columns=["on"], note="NRMP moved it.", now=NOW)

    out = StringIO()
    call_command("load_rules", stdout=out)

    row.refresh_from_db()
    assert row.on == date(2027, 3, 10)
    assert "Left as staff changed them: 2027: Rank order list" in out.getvalue()


def test_a_row_that_staff_moved_to_another_day_is_still_the_same() -> None:
    row = PassingStandard.objects.get(measured="step2ck", minimum_score=218)
    row.effective_from = date(2025, 7, 2)
    change_rule.save(row=row, columns=["effective_from"], note="A day later.", now=NOW)

    loaded = load_tables.load_rules(folder=founding_tables.FOUNDING_TABLES, now=NOW)

    assert (loaded.added, loaded.kept) == (0, (str(row),))


def test_a_row_of_staff_in_the_place_of_a_founding_one_stays() -> None:
    SeasonDeadline.objects.filter(match_year=2027, event=Event.RANK_LIST).delete()
    theirs = SeasonDeadline(
        match_year=2027,
        event=Event.RANK_LIST,
        on=date(2027, 3, 9),
        confidence=Confidence.UNCONFIRMED,
        last_checked=date(2026, 12, 1),
    )
    change_rule.save(row=theirs, columns=[], note="From a mail.", now=NOW)

    loaded = load_tables.load_rules(folder=founding_tables.FOUNDING_TABLES, now=NOW)

    assert (loaded.added, len(loaded.kept)) == (0, 1)


def test_what_nobody_changed_follows_the_files_publicly(folder: Path) -> None:
    spoil(folder, "passing_standards.csv", "2025-07-01,218", "2025-07-01,219")

    loaded = load_tables.load_rules(folder=folder, now=NOW)

    assert (loaded.added, loaded.updated) == (0, 1)
    assert PassingStandard.objects.filter(minimum_score=219).exists()
    (change,) = RuleChange.objects.all()
    assert (change.before, change.after, change.note) == (
        "218",
        "219",
        load_tables.UPDATED,
    )


def test_a_lost_row_comes_back(folder: Path) -> None:
    Country.objects.filter(iso2="IN").delete()

    loaded = load_tables.load_rules(folder=folder, now=NOW)

    assert loaded.added == 1
    assert Country.objects.get(iso2="IN").name == "India"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "passing_standards.csv",
            "2014-01-01,192",
            "2014-01-32,192",
            "line 2, column effective_from",
        ),
        ("passing_standards.csv", ",192,", ",392,", "line 2: A Step is scored from 1"),
        ("passing_standards.csv", ",192,", ",,", "line 2, column minimum_score"),
        ("passing_standards.csv", "USMLE Step 1", "Step One", "line 2, column exam"),
        ("passing_standards.csv", "s35,was", "s9999,was", "line 2, column sources"),
        ("passing_standards.csv", "s35,was", ",was", "line 2: Name the document"),
        ("passing_standards.csv", "reported", "certain", "line 2, column confidence"),
        (
            "passing_standards.csv",
            "2018-01-01",
            "2014-01-01",
            "line 3: There is already",
        ),
        ("passing_standards.csv", "exam,", "test,", "line 1: The columns must be"),
        ("deadlines.csv", "21:00", "9 pm", "line 8, column time_eastern"),
        ("deadlines.csv", "21:00", "29:00", "line 8, column time_eastern"),
        ("deadlines.csv", "09:00-21:00", "21:00-09:00", "It must end after"),
        ("deadlines.csv", "2021,ecfmg_p", "1021,ecfmg_p", "line 2, column match_year"),
        ("deadlines.csv", "2021,ecfmg_p", ",ecfmg_p", "line 2, column match_year"),
        ("deadlines.csv", "nrmp_match_day", "match_party", "column event"),
        (
            "pathway_seasons.csv",
            ",900,reported",
            ",,reported",
            "line 3: Say how far “fee",
        ),
        ("pathway_seasons.csv", ",900,reported", ",900,", "line 3: Say how far “fee"),
        ("pathway_seasons.csv", ",900,", ",many,", "line 3, column fee_usd"),
        ("countries.csv", "India,IN", "India,India", "line 2, column iso2"),
        ("countries.csv", "India,IN", ",IN", "line 2, column country"),
        ("countries.csv", "India,IN", "In\x00dia,IN", "line 2: The row contains a NUL"),
        ("countries.csv", "India,IN,", "India,IN,x,", "line 2: There are 9 cells"),
    ],
)
def test_one_bad_cell_stops_everything(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    for model in TABLES:
        model._default_manager.all().delete()
    spoil(folder, file, old, new)

    with pytest.raises(ContentError) as refused:
        load_tables.load_rules(folder=folder, now=NOW)

    assert f"{file}, {said}" in str(refused.value) or (
        said in str(refused.value) and file in str(refused.value)
    )
    assert dump() == [[], [], [], []]


def test_command_says_what_to_mend(folder: Path) -> None:
    spoil(folder, "passing_standards.csv", ",192,", ",abc,")

    with pytest.raises(CommandError) as refused:
        call_command("load_rules", folder=folder)

    assert "passing_standards.csv, line 2, column minimum_score" in str(refused.value)
    assert "Nothing was loaded" in str(refused.value)


def test_bad_row_beside_stored_ones_is_named(folder: Path) -> None:
    spoil(folder, "passing_standards.csv", "2025-07-01,218", "2025-07-01,318")
    before = dump()

    with pytest.raises(ContentError, match=r"A Step is scored from 1 to 300"):
        load_tables.load_rules(folder=folder, now=NOW)

    assert dump() == before


def test_a_folder_without_files(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_rules", folder=tmp_path)


@pytest.mark.parametrize(
    "row",
    [
        PassingStandard(
            measured="step1",
            effective_from=date(2014, 1, 1),
            minimum_score=200,
            confidence="confirmed",
            sources="s35",
            last_checked=date(2026, 1, 1),
        ),
        PassingStandard(
            measured="step1",
            effective_from=date(2030, 1, 1),
            minimum_score=301,
            confidence="confirmed",
            sources="s35",
            last_checked=date(2026, 1, 1),
        ),
        PassingStandard(
            measured="step1",
            effective_from=date(2030, 1, 1),
            minimum_score=200,
            confidence="confirmed",
            last_checked=date(2026, 1, 1),
        ),
        SeasonDeadline(
            match_year=2027,
            event="nrmp_match_day",
            on=date(2027, 3, 20),
            confidence="unconfirmed",
            last_checked=date(2026, 1, 1),
        ),
        PathwaySeason(
            match_year=2030,
            licence_from=date(2025, 1, 1),
            last_checked=date(2026, 1, 1),
        ),
        Country(
            name="Bharat",
            iso2="IN",
            confidence="confirmed",
            sources="s35",
            last_checked=date(2026, 1, 1),
        ),
    ],
    ids=["same day", "off the scale", "no source", "two days", "no grade", "same code"],
)
def test_the_database_refuses_what_cannot_be(row: ReferenceRow) -> None:
    row.stored_at = NOW

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
