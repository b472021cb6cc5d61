from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from stats import public
from stats.actions import edit_catalogue
from stats.choices import ApplicantType, FigureTable, SourceKind
from stats.figures import Row
from stats.models import Footnote, Release, Source, Specialty
from tests.factories import NOW, publish, stored_draft, stored_result, stored_source

pytestmark = pytest.mark.django_db


def test_figures_read_before_need_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    public.everything()

    with django_assert_num_queries(1):
        figures = public.everything()

    assert figures.years


def test_first_reading_needs_sixteen_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    public.memo.forget()

    with django_assert_num_queries(16):
        public.everything()


def test_number_of_queries_does_not_grow_with_the_years(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for match_year in range(2060, 2070):
        release = stored_draft(match_year)
        stored_result(release)
        publish(release)

    with django_assert_num_queries(16):
        figures = public.everything()

    assert 2069 in figures.years


def test_using_what_was_read_needs_no_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    figures = public.everything()

    with django_assert_num_queries(0):
        for year in figures.versions.values():
            figures.changes_in(year)
            assert all(row.provenance.sources for row in year.rows())
        assert figures.specialty_years
        assert figures.scores_of
        assert figures.rests_on
        assert figures.publications


def test_draft_is_invisible() -> None:
    before = public.everything()
    draft = stored_draft()
    stored_result(draft)

    figures = public.everything()

    assert figures is before
    assert (2060, 1) not in figures.versions


def test_version_in_review_is_invisible() -> None:
    draft = stored_draft()
    stored_result(draft)
    Release.objects.filter(pk=draft.pk).update(status="in_review", submitted_at=NOW)

    assert 2060 not in public.everything().years


def test_open_amendment_leaves_the_published_version_current() -> None:
    public.everything()
    stored_draft(2024, version=2)

    figures = public.everything()

    assert figures.years[2024].release.version == 1
    assert len(figures.versions_of(2024)) == 1


def test_new_publication_is_seen_at_once() -> None:
    public.everything()
    release = stored_draft()
    stored_result(release)
    Footnote.objects.create(release=release, table="applicants", text="From Mars.")
    publish(release)

    year = public.everything().years[2060]

    result = year.of_type(ApplicantType.US_IMG)
    assert result is not None
    assert result.matched_to_pgy1 == 100
    assert year.footnotes[0].text == "From Mars."


def test_later_version_becomes_current_and_the_earlier_one_stays() -> None:
    first = stored_draft()
    stored_result(first)
    publish(first)
    second = stored_draft(version=2)
    stored_result(second, matched_to_pgy1=101)
    publish(second)

    figures = public.everything()

    earlier, later = figures.versions_of(2060)
    assert figures.years[2060] is later
    assert not earlier.release.is_current
    (change,) = figures.changes_in(later)
    assert (change.before, change.after) == (100, 101)
    assert figures.changes_in(earlier) == ()


def test_publications_come_newest_first() -> None:
    publish(stored_draft(), now=NOW + timedelta(days=900))

    newest = public.everything().publications[0]

    assert newest.match_year == 2060


def test_token_stays_until_something_is_published() -> None:
    token = public.everything().publication.token

    stored_result(stored_draft())
    public.memo.forget()

    assert public.everything().publication.token == token


def test_token_changes_with_every_publication() -> None:
    tokens = [public.everything().publication.token]

    publish(stored_draft())
    tokens.append(public.everything().publication.token)
    publish(stored_draft(version=2))
    tokens.append(public.everything().publication.token)

    assert len(set(tokens)) == 3


def test_token_changes_when_another_version_becomes_current() -> None:
    token = public.everything().publication.token

    Release.objects.filter(match_year=2013, is_current=True).update(is_current=False)

    assert public.everything().publication.token != token


@pytest.mark.parametrize("model", [Source, Specialty])
def test_token_changes_when_a_name_is_edited(model: type[Source | Specialty]) -> None:
    before = public.everything().publication
    row = model.objects.order_by("pk")[0]
    column = "title" if isinstance(row, Source) else "short_name"
    setattr(row, column, "Renamed")

    edit_catalogue.save(row=row, columns=[column], now=NOW + timedelta(days=400))

    figures = public.everything()
    assert figures.publication.token != before.token
    assert figures.publication.published_at == before.published_at
    assert figures.publication.changed_at == NOW + timedelta(days=400)
    names = {source.title for source in figures.sources.values()} | {
        specialty.short_name for specialty in figures.specialties.values()
    }
    assert "Renamed" in names


def test_token_changes_when_a_source_comes_and_when_it_goes() -> None:
    tokens = [public.everything().publication.token]

    source = stored_source()
    tokens.append(public.everything().publication.token)
    assert "new-report" in public.everything().sources
    source.delete()
    public.everything()

    assert tokens[0] != tokens[1]
    assert "new-report" not in public.everything().sources


def test_publication_is_as_late_as_the_last_version() -> None:
    late = NOW + timedelta(days=900)
    publish(stored_draft(), now=late)

    assert public.everything().publication.published_at == late


def first_rows() -> list[Row]:
    """One row of each table."""
    rows: dict[str, Row] = {}
    for year in public.everything().years.values():
        for row in year.rows():
            rows.setdefault(row.table, row)
    return list(rows.values())


def test_everything_handed_out_is_frozen() -> None:
    figures = public.everything()
    rows = first_rows()
    handed_out: list[Any] = [
        figures,
        figures.publication,
        figures.years[2024],
        figures.years[2024].release,
        figures.years[2024].imgs,
        figures.years[2026].footnotes[0],
        *rows,
        rows[0].provenance,
        rows[0].provenance.sources[0],
        next(iter(figures.specialties.values())),
    ]

    assert len(rows) == len(FigureTable)
    for thing in handed_out:
        name = dataclasses.fields(thing)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, name, None)


def test_versions_cannot_be_replaced() -> None:
    figures = public.everything()

    with pytest.raises(TypeError):
        figures.versions[2024, 1] = figures.versions[2023, 1]  # type: ignore[index]


def test_every_row_says_where_it_comes_from() -> None:
    for (match_year, version), year in public.everything().versions.items():
        for row in year.rows():
            assert row.provenance.sources
            assert row.provenance.match_year == match_year
            assert row.provenance.version == version


def test_newest_year_is_one_whose_imgs_are_known() -> None:
    publish(stored_draft())

    newest = public.everything().newest

    assert newest is not None
    assert newest.match_year == 2026


def test_rows_resting_on_a_source_are_of_current_versions() -> None:
    figures = public.everything()

    for key, rows in figures.rests_on.items():
        for row in rows:
            release = figures.years[row.provenance.match_year].release
            assert row.provenance.version == release.version
            assert key in {source.key for source in row.provenance.sources}


@pytest.mark.parametrize(
    ("changes", "is_news"),
    [
        ({"matched_to_pgy1": 101}, True),
        # It can be trusted less than before.
        ({"confidence": "C"}, True),
        ({"note": "Looked up again."}, False),
        ({"locator": "Table 2"}, False),
    ],
)
def test_news_of_a_later_version_is_another_value_or_another_grade(
    changes: dict[str, Any], is_news: bool
) -> None:
    first = stored_draft()
    stored_result(first)
    publish(first)
    second = stored_draft(version=2)
    stored_result(second, **changes)
    publish(second, now=NOW + timedelta(days=1))

    news = public.everything().news

    assert news[2060, 1] == {""}
    assert bool(news[2060, 2]) is is_news


def test_grade_that_its_rule_had_lowered_before_is_no_news() -> None:
    report = stored_source(kind=SourceKind.REPORT)
    for version, stated in ((1, "A"), (2, "C")):
        release = stored_draft(version=version)
        stored_result(release, source=report, confidence=stated)
        publish(release, now=NOW + timedelta(days=version))
    figures = public.everything()

    (change,) = figures.other_changes_in(figures.years[2060])

    assert change.in_words == "was “Confirmed”, is “Use with care”"
    assert not figures.news[2060, 2]
