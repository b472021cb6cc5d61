"""The database refuses to change what is published, whoever asks and however."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations import Migration

from stats.actions import open_version
from stats.choices import ApplicantType, FigureTable, ScoreOutcome
from stats.guards import install_guards, lift_guards
from stats.models import (
    FIGURE_MODELS,
    ApplicantResult,
    Footnote,
    PlacementResult,
    Release,
    ReleaseEvent,
    ReviewNote,
    ScheduledPublication,
    ScoreSummary,
    SecondLook,
    Source,
    Specialty,
    SpecialtyResult,
    Withdrawal,
    YearTotals,
)
from tests.factories import (
    NOW,
    person,
    publish,
    stored_draft,
    stored_result,
    stored_source,
)

pytestmark = pytest.mark.django_db

Model = type[models.Model]
PARTS: tuple[Model, ...] = (*FIGURE_MODELS, Footnote)
EDITORS = Release.editors.through
THROUGH: tuple[Model, ...] = tuple(model.sources.through for model in FIGURE_MODELS)
GUARDED = (*PARTS, *THROUGH)


def rows(model: Model) -> models.QuerySet[Any]:
    return model._default_manager.all()


def of(release: Release, model: Model) -> dict[str, Any]:
    """The least that a row of this table needs."""
    match model.__name__:
        case "YearTotals":
            return {"release": release, "confidence": "A", "missing": "not_found"}
        case "ApplicantResult":
            return {
                "release": release,
                "confidence": "A",
                "missing": "not_found",
                "applicant_type": ApplicantType.FIFTH_PATHWAY,
            }
        case "PlacementResult":
            return {
                "release": release,
                "confidence": "A",
                "missing": "not_found",
                "applicant_type": ApplicantType.ALL,
            }
        case "SpecialtyResult":
            return {
                "release": release,
                "confidence": "A",
                "missing": "not_found",
                "specialty": Specialty.objects.get(slug="dermatology"),
            }
        case "ScoreSummary":
            return {
                "release": release,
                "confidence": "A",
                "missing": "not_found",
                "applicant_type": ApplicantType.US_MD_GRAD,
                "outcome": ScoreOutcome.MATCHED,
            }
        case _:
            return {"release": release, "table": FigureTable.TOTALS, "text": "A note."}


def refuses(change: Callable[[], object]) -> None:
    with (
        pytest.raises(IntegrityError, match="A published release cannot be changed"),
        transaction.atomic(),
    ):
        change()


def refuses_source(change: Callable[[], object]) -> None:
    with (
        pytest.raises(
            IntegrityError, match="source that figures rest on cannot be del"
        ),
        transaction.atomic(),
    ):
        change()


def pushes_nothing_out(change: Callable[[], object]) -> None:
    """Refused by a guard, or by the unique index where that cannot be overridden."""
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


def replace(table: str, row: dict[str, Any]) -> None:
    """Store a row in the place of whatever has its key, as each engine says that."""
    names = [f'"{name}"' for name in row]
    places = ", ".join("%s" for _ in row)
    insert = f"INTO {table} ({', '.join(names)}) VALUES ({places})"
    if connection.vendor == "sqlite":
        execute(f"REPLACE {insert}", *row.values())
        return
    values = ", ".join(f"{name} = EXCLUDED.{name}" for name in names)
    execute(f"INSERT {insert} ON CONFLICT (id) DO UPDATE SET {values}", *row.values())


def update_or_replace(table: str) -> str:
    return f"UPDATE {'OR REPLACE ' if connection.vendor == 'sqlite' else ''}{table}"


def execute(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def filled_release() -> Release:
    """A draft with one row in every guarded table."""
    release = stored_draft()
    for model in PARTS:
        row = model._default_manager.create(**of(release, model))
        if model is not Footnote:
            row.sources.add(Source.objects.get(key="ecfmg-2014"))  # type: ignore[attr-defined]
    return release


def change_of(model: Model) -> dict[str, Any]:
    if model in THROUGH:
        return {"source_id": Source.objects.get(key="ecfmg-2015").pk}
    return {"text": "Other."} if model is Footnote else {"note": "Other."}


def belonging_to(release: Release, model: Model) -> models.QuerySet[Any]:
    if model in THROUGH:
        figures = FIGURE_MODELS[THROUGH.index(model)]._meta.model_name
        return rows(model).filter(**{f"{figures}__release": release})
    return rows(model).filter(release=release)


each_guarded = pytest.mark.parametrize(
    "model", GUARDED, ids=[model.__name__ for model in GUARDED]
)
each_part = pytest.mark.parametrize(
    "model", PARTS, ids=[model.__name__ for model in PARTS]
)


@each_guarded
def test_published_rows_cannot_be_updated_in_bulk(model: Model) -> None:
    published = belonging_to(publish(filled_release()), model)

    refuses(lambda: published.update(**change_of(model)))


@each_guarded
def test_published_rows_cannot_be_deleted_in_bulk(model: Model) -> None:
    published = belonging_to(publish(filled_release()), model)

    refuses(published.delete)
    # Without Django's own collection of what depends on the rows.
    refuses(lambda: published._raw_delete(published.db))


@each_guarded
def test_founding_rows_are_guarded_too(model: Model) -> None:
    assert rows(model).exists()

    refuses(lambda: rows(model).update(**change_of(model)))
    refuses(lambda: rows(model)._raw_delete("default"))


@each_part
def test_published_release_gains_no_row(model: Model) -> None:
    release = publish(stored_draft())

    refuses(lambda: model._default_manager.bulk_create([model(**of(release, model))]))


@pytest.mark.parametrize(
    "model", FIGURE_MODELS, ids=[model.__name__ for model in FIGURE_MODELS]
)
def test_published_row_gains_and_loses_no_source(model: Model) -> None:
    row = belonging_to(publish(filled_release()), model).get()
    other = Source.objects.get(key="ecfmg-2015")

    refuses(lambda: row.sources.add(other))
    refuses(lambda: row.sources.clear())
    refuses(lambda: row.sources.set([other]))
    assert [source.key for source in row.sources.all()] == ["ecfmg-2014"]


@each_guarded
def test_no_program_can_change_published_rows_with_sql(model: Model) -> None:
    row = belonging_to(publish(filled_release()), model).values().get()
    table = model._meta.db_table
    ((column, value),) = change_of(model).items()

    refuses(
        lambda: execute(
            f"UPDATE {table} SET {column} = %s WHERE id = %s", value, row["id"]
        )
    )
    refuses(lambda: execute(f"DELETE FROM {table} WHERE id = %s", row["id"]))
    assert belonging_to(Release.objects.get(match_year=2060), model).exists()


@each_guarded
def test_no_program_can_insert_published_rows_with_sql(model: Model) -> None:
    row = belonging_to(publish(filled_release()), model).values().get()
    row["id"] += 1000
    names = ", ".join(f'"{name}"' for name in row)
    places = ", ".join("%s" for _ in row)

    refuses(
        lambda: execute(
            f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places})",
            *row.values(),
        )
    )


@each_part
def test_row_of_a_draft_cannot_be_moved_into_a_published_release(model: Model) -> None:
    published = publish(stored_draft(2061))
    row = belonging_to(filled_release(), model)

    refuses(lambda: row.update(release=published))


@each_part
def test_published_row_cannot_be_moved_into_a_draft(model: Model) -> None:
    published = publish(filled_release())
    draft = stored_draft(2061)

    refuses(lambda: belonging_to(published, model).update(release=draft))


def test_upsert_does_not_change_a_published_row() -> None:
    release = publish(filled_release())
    row = ApplicantResult.objects.get(release=release)
    row.note = "Other."

    refuses(
        lambda: ApplicantResult.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["note"],
        )
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "draft", "published_at": None, "is_current": False},
        {"public_note": "Other."},
        {"match_year": 2062},
        {"version": 2, "kind": "correction", "public_note": "x"},
        {"founding": False},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_published_release_cannot_be_changed(changes: dict[str, Any]) -> None:
    release = publish(stored_draft())

    refuses(lambda: Release.objects.filter(pk=release.pk).update(**changes))


def test_time_of_publication_cannot_be_changed() -> None:
    release = publish(stored_draft())
    later = models.F("published_at") + timedelta(days=1)

    refuses(lambda: Release.objects.filter(pk=release.pk).update(published_at=later))
    refuses(
        lambda: execute(
            "UPDATE stats_release SET published_at = opened_at, public_note = 'x' "
            "WHERE id = %s",
            release.pk,
        )
    )


def test_published_release_cannot_be_deleted() -> None:
    release = publish(stored_draft())

    refuses(release.delete)
    refuses(lambda: Release.objects.filter(pk=release.pk)._raw_delete("default"))
    refuses(lambda: execute("DELETE FROM stats_release WHERE id = %s", release.pk))


def test_current_mark_moves_to_a_later_version() -> None:
    first = publish(stored_draft())

    second = publish(stored_draft(version=2))

    first.refresh_from_db()
    assert not first.is_current
    assert second.is_current


def test_draft_may_be_filled_changed_emptied_and_deleted() -> None:
    release = filled_release()

    for model in GUARDED:
        assert belonging_to(release, model).update(**change_of(model)) == 1
    for model in THROUGH:
        belonging_to(release, model).delete()
    release.delete()

    assert not Release.objects.filter(match_year=2060).exists()


def test_draft_beside_a_published_version_may_change() -> None:
    publish(filled_release())
    second = stored_draft(version=2)

    row = stored_result(second)
    row.matched_to_pgy1 = 101
    row.save(update_fields=["matched_to_pgy1"])

    row.refresh_from_db()
    assert row.matched_to_pgy1 == 101


def test_source_of_a_published_row_cannot_be_deleted() -> None:
    release = stored_draft()
    source = stored_source()
    stored_result(release).sources.set([source])
    publish(release)

    refuses_source(source.delete)
    refuses_source(Source.objects.filter(pk=source.pk).delete)
    # Published links cannot be cut to get at it.
    refuses(lambda: ApplicantResult.sources.through.objects.all().delete())


@pytest.mark.parametrize(
    "model", FIGURE_MODELS, ids=[model.__name__ for model in FIGURE_MODELS]
)
def test_source_of_a_draft_cannot_be_deleted(model: Model) -> None:
    source = stored_source()
    row = model._default_manager.create(**of(stored_draft(), model))
    row.sources.set([source])  # type: ignore[attr-defined]

    refuses_source(source.delete)
    refuses_source(Source.objects.filter(key="new-report").delete)
    refuses_source(lambda: Source.objects.filter(pk=source.pk)._raw_delete("default"))
    refuses_source(lambda: execute("DELETE FROM stats_source WHERE id = %s", source.pk))
    assert list(row.sources.all()) == [source]  # type: ignore[attr-defined]


def test_source_that_nothing_rests_on_can_be_deleted() -> None:
    stored_source().delete()
    stored_source("another")
    Source.objects.filter(key="another").delete()

    assert not Source.objects.filter(key__in=["new-report", "another"]).exists()


def test_name_in_an_address_cannot_be_changed() -> None:
    for change in (
        lambda: Source.objects.filter(key="ecfmg-2014").update(key="other"),
        lambda: execute("UPDATE stats_source SET key = 'o' WHERE key = 'ecfmg-2014'"),
        lambda: Specialty.objects.filter(slug="dermatology").update(slug="skin"),
        lambda: execute(
            "UPDATE stats_specialty SET slug = 'o' WHERE slug = 'neurology'"
        ),
    ):
        with (
            pytest.raises(IntegrityError, match="part of an address and never changes"),
            transaction.atomic(),
        ):
            change()


def test_everything_else_of_a_source_may_change() -> None:
    changed = Source.objects.filter(key="ecfmg-2015").update(title="Other", url="")

    assert changed == 1


@each_guarded
def test_no_row_takes_the_place_of_a_published_one(model: Model) -> None:
    published = belonging_to(publish(filled_release()), model).values().get()
    draft = stored_draft(2061)
    mine = dict(published)
    if model in THROUGH:
        figures = FIGURE_MODELS[THROUGH.index(model)]
        row = figures._default_manager.create(**of(draft, figures))
        mine[f"{figures._meta.model_name}_id"] = row.pk
    else:
        mine["release_id"] = draft.pk
    table = model._meta.db_table

    # The same number, but belonging to a draft: REPLACE would delete ours silently.
    pushes_nothing_out(lambda: replace(table, mine))
    mine["id"] += 1000
    replace(table, mine)
    pushes_nothing_out(
        lambda: execute(
            f"{update_or_replace(table)} SET id = %s WHERE id = %s",
            published["id"],
            mine["id"],
        )
    )

    assert rows(model).filter(pk=published["id"]).values().get() == published


@pytest.mark.parametrize("same", [["id"], ["match_year", "version", "kind"]])
def test_no_release_takes_the_place_of_a_published_one(same: list[str]) -> None:
    published = rows(Release).filter(pk=publish(stored_draft()).pk).values().get()
    mine = rows(Release).filter(pk=stored_draft(2061, version=2).pk).values().get()
    mine["id"] += 1000
    mine |= {column: published[column] for column in same}

    pushes_nothing_out(lambda: replace("stats_release", mine))

    assert rows(Release).filter(pk=published["id"]).values().get() == published


def test_second_current_version_does_not_push_out_the_first() -> None:
    first = publish(stored_draft())
    draft = stored_draft(version=2)

    pushes_nothing_out(
        lambda: execute(
            f"{update_or_replace('stats_release')} SET status = 'published', "
            "is_current = %s, published_at = opened_at WHERE id = %s",
            True,
            draft.pk,
        )
    )

    first.refresh_from_db()
    assert first.is_current


def edited_release() -> Release:
    """A published release that Ana edited; so she may not be its publisher."""
    release = stored_draft()
    release.editors.add(person("ana"))
    return publish(release)


def test_published_release_gains_and_loses_no_editor() -> None:
    release = edited_release()
    ana, boris = release.editors.get(), person("boris")
    link = EDITORS.objects.get()

    refuses(lambda: release.editors.add(boris))
    refuses(lambda: release.editors.remove(ana))
    refuses(release.editors.clear)
    refuses(lambda: EDITORS.objects.update(user=boris))
    refuses(lambda: EDITORS.objects.all()._raw_delete("default"))
    refuses(ana.delete)
    table = EDITORS._meta.db_table
    refuses(lambda: execute(f"DELETE FROM {table}"))
    refuses(lambda: execute(f"UPDATE {table} SET user_id = %s", boris.pk))
    refuses(
        lambda: execute(
            f"INSERT INTO {table} (release_id, user_id) VALUES (%s, %s)",
            release.pk,
            boris.pk,
        )
    )

    assert list(EDITORS.objects.all()) == [link]


def test_editor_is_not_moved_to_or_from_a_published_release() -> None:
    published = edited_release()
    draft = stored_draft(2061)
    draft.editors.add(person("boris"))

    refuses(lambda: EDITORS.objects.filter(release=published).update(release=draft))
    refuses(lambda: EDITORS.objects.filter(release=draft).update(release=published))


def test_no_editor_takes_the_place_of_a_published_one() -> None:
    edited_release()
    published = rows(EDITORS).values().get()
    draft = stored_draft(2061)
    mine = published | {"release_id": draft.pk}
    table = EDITORS._meta.db_table

    pushes_nothing_out(lambda: replace(table, mine))
    pushes_nothing_out(lambda: replace(table, published))
    mine["id"] += 1000
    replace(table, mine)
    pushes_nothing_out(
        lambda: execute(
            f"{update_or_replace(table)} SET id = %s WHERE id = %s",
            published["id"],
            mine["id"],
        )
    )

    assert EDITORS.objects.filter(pk=published["id"]).values().get() == published


def test_editors_of_a_draft_come_and_go() -> None:
    draft = stored_draft()
    ana = person("ana")

    draft.editors.add(ana)
    draft.editors.remove(ana)
    draft.editors.add(ana)
    draft.delete()

    assert not EDITORS.objects.exists()


def refuses_event(change: Callable[[], object]) -> None:
    with (
        pytest.raises(IntegrityError, match="is kept as it was written down"),
        transaction.atomic(),
    ):
        change()


def test_story_of_a_version_is_only_added_to() -> None:
    ana = person("ana")
    open_version.start_year(match_year=2060, by=ana, now=NOW)
    event = ReleaseEvent.objects.get(match_year=2060)
    before: dict[str, Any] = {**ReleaseEvent.objects.values().get(pk=event.pk)}
    events = rows(ReleaseEvent)
    table = ReleaseEvent._meta.db_table

    refuses_event(lambda: events.filter(pk=event.pk).update(by=person("boris")))
    refuses_event(lambda: events.filter(pk=event.pk).delete())
    refuses_event(event.delete)
    refuses_event(lambda: execute(f"DELETE FROM {table}"))
    pushes_nothing_out(lambda: replace(table, before | {"detail": "Another."}))
    with transaction.atomic():
        open_version.discard(
            release_id=Release.objects.get(match_year=2060).pk, by=ana, now=NOW
        )

    assert ReleaseEvent.objects.values().get(pk=event.pk) == before
    assert ReleaseEvent.objects.filter(match_year=2060).count() == 2


def guards() -> set[tuple[str, str]]:
    """(table, name) of every trigger in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
            if connection.vendor == "sqlite"
            else "SELECT tgrelid::regclass::text, tgname FROM pg_trigger "
            "WHERE NOT tgisinternal"
        )
        return set(cursor.fetchall())


def test_every_guarded_table_has_a_guard_for_each_event() -> None:
    wanted = {
        (model._meta.db_table, f"{model._meta.db_table}_guard_{event}")
        for model in (*GUARDED, EDITORS)
        for event in ("insert", "update", "delete")
    } | {
        ("stats_release", f"stats_release_guard_{event}")
        for event in ("update", "delete")
    }
    wanted |= {
        ("stats_source", "stats_source_guard_delete"),
        ("stats_source", "stats_source_guard_update"),
        ("stats_specialty", "stats_specialty_guard_update"),
    } | {
        ("stats_releaseevent", f"stats_releaseevent_guard_{event}")
        for event in ("insert", "update", "delete")
    }

    assert wanted <= guards()


def test_every_table_that_hangs_on_a_release_is_guarded() -> None:
    pointing = {
        relation.related_model
        for relation in Release._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel)
    }

    assert pointing == {
        *(YearTotals, ApplicantResult, PlacementResult, SpecialtyResult),
        *(ScoreSummary, Footnote, EDITORS),
        # Goes when its version is published: it says nothing of what is public.
        ScheduledPublication,
        # Says who looked at what, and nothing of what is public.
        ReviewNote,
        # Comes after publication, and is kept by its own action.
        SecondLook,
        # Comes after publication, and has guards of its own once it is confirmed.
        Withdrawal,
    }


def test_migrate_puts_a_lost_guard_back() -> None:
    before = guards()
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TRIGGER stats_footnote_guard_delete"
            if connection.vendor == "sqlite"
            else "DROP TRIGGER stats_footnote_guard_delete ON stats_footnote"
        )
    assert guards() != before

    call_command("migrate", verbosity=0)

    assert guards() == before


def test_guards_can_be_installed_again() -> None:
    before = guards()

    install_guards(using="default")

    assert guards() == before


@pytest.mark.parametrize(
    ("app_label", "lifted"), [("stats", True), ("profiles", False)]
)
def test_guards_are_lifted_for_a_migration_of_figures(
    app_label: str, lifted: bool
) -> None:
    before = guards()

    lift_guards(using="default", plan=[(Migration("0002_more", app_label), False)])

    assert guards() == (set() if lifted else before)
