"""What is read once stays until something is written, and is asked for cheaply."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.sql.compiler import SQLCompiler
from pytest_django import DjangoAssertNumQueries

from imgportal.lib.memo import Memo, PreparedQuery
from profiles import reference_tables
from profiles.actions import change_rule
from profiles.models import PassingStandard
from stats import public
from stats.models import Source
from tests.factories import NOW, stored_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that Django writes in SQL, in their order."""
    texts: list[str] = []
    as_sql = SQLCompiler.as_sql

    def counted(compiler: SQLCompiler, *args: object, **kwargs: object) -> object:
        texts.append(str(compiler.query.model))
        return as_sql(compiler, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(SQLCompiler, "as_sql", counted)
    return texts


@pytest.mark.parametrize("everything", [public.everything, reference_tables.everything])
def test_question_of_every_page_is_described_once(
    everything: Callable[[], object],
    described: list[str],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    before = everything()
    described.clear()

    with django_assert_num_queries(1):
        assert everything() is before

    assert described == []


def test_prepared_query_is_answered_anew_each_time(described: list[str]) -> None:
    query = PreparedQuery(lambda: Source.objects.filter(key="new-report").values("key"))

    assert query.rows() == ()
    stored_source()
    described.clear()

    assert query.rows() == (("new-report",),)
    assert described == []


def test_value_is_read_again_only_in_another_state() -> None:
    state, readings = [("a",)], []
    memo = Memo(state=lambda: tuple(state), read=lambda now: readings.append(now))

    memo.value()
    memo.value()
    state.append(("b",))
    memo.value()
    memo.forget()
    memo.value()

    assert readings == [(("a",),), (("a",), ("b",)), (("a",), ("b",))]


def test_state_is_asked_before_reading() -> None:
    """What is written while reading is read by the next request."""
    state = [("before",)]

    def read(told: object) -> object:
        state[0] = ("after",)
        return told

    memo = Memo(state=lambda: tuple(state), read=read)

    assert memo.value() == (("before",),)
    assert memo.value() == (("after",),)


def test_tables_say_when_they_were_last_written() -> None:
    later = NOW + timedelta(days=1)
    row = PassingStandard.objects.earliest("pk")
    row.note = "Read again."

    change_rule.save(row=row, columns=["note"], note="It says more.", now=later)

    assert reference_tables.everything().changed_at == later
