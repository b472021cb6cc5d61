"""How long reading the figures and drawing a page takes, and how it grows.

Three databases: the founding figures, five times as many versions of each year, and
five times as many years. The number of queries must be the same in all of them.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import running

PAGES = (
    "/",
    "/match/",
    "/match/2024/",
    "/specialties/",
    "/specialties/internal-medicine/",
    "/scores/",
    "/changes/",
    "/sources/",
)
TIMES_AS_MANY = 5


@dataclass(kw_only=True)
class Measured:
    """Milliseconds, medians."""

    versions: int
    rows: int
    cold_queries: int
    warm_queries: int
    cold: float
    warm: float
    # By page: with nothing remembered, and as every later reader has it.
    first: dict[str, float] = field(default_factory=dict)
    later: dict[str, float] = field(default_factory=dict)
    page_queries: set[int] = field(default_factory=set)


def median_ms(
    act: Callable[[], object], times: int, before: Callable[[], object] | None = None
) -> float:
    taken = []
    for _ in range(times):
        if before:
            before()
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def forget_drawings() -> None:
    """Empty what the site's own code remembers of charts, forms and table rows."""
    kind = type(cache(len))
    for thing in gc.get_objects():
        if type(thing) is kind and str(thing.__module__).startswith("stats."):
            thing.cache_clear()


def queries_of(act: Callable[[], object]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def measure(times: int) -> Measured:
    from django.test import Client

    from stats import public

    def read_all() -> object:
        public.memo.forget()
        return public.everything()

    client = Client(headers={"accept-encoding": "gzip"})

    def ask(page: str) -> None:
        response = client.get(page)
        if response.status_code != 200 or not response.content:
            sys.exit(f"{page} answered {response.status_code}.")

    figures = public.everything()
    measured = Measured(
        versions=len(figures.versions),
        rows=sum(1 for year in figures.versions.values() for _ in year.rows()),
        cold_queries=queries_of(read_all),
        warm_queries=queries_of(public.everything),
        cold=median_ms(read_all, times),
        warm=median_ms(public.everything, times * 10),
    )
    for page in PAGES:
        ask(page)
        draw = partial(ask, page)
        measured.page_queries.add(queries_of(draw))
        measured.first[page] = median_ms(draw, times, before=forget_drawings)
        measured.later[page] = median_ms(draw, times * 3)
    return measured


# --- More figures ---------------------------------------------------------------------


def copy_release(original: Any, *, match_year: int, version: int) -> None:
    """Publish the figures of one release again, as another version or year."""
    from stats.choices import ReleaseKind, Status
    from stats.guards import FIGURE_MODELS
    from stats.models import Footnote, Release

    release = Release.objects.create(
        match_year=match_year,
        version=version,
        kind=ReleaseKind.FIRST if version == 1 else ReleaseKind.CORRECTION,
        public_note="" if version == 1 else "Published again, for measuring.",
        founding=True,
        opened_at=original.opened_at,
    )
    for model in FIGURE_MODELS:
        rows: list[Any] = list(
            model._default_manager.filter(release=original).order_by("pk")
        )
        owner = f"{model._meta.model_name}_id"
        through: Any = model._meta.get_field("sources").remote_field.through  # type: ignore[union-attr]
        cited: dict[int, list[int]] = {}
        for row_id, source_id in through.objects.filter(
            **{f"{owner}__in": [row.pk for row in rows]}
        ).values_list(owner, "source_id"):
            cited.setdefault(row_id, []).append(source_id)
        sources = [cited.get(row.pk, []) for row in rows]
        for row in rows:
            row.pk, row.release = None, release
        model._default_manager.bulk_create(rows)
        through.objects.bulk_create(
            through(**{owner: row.pk, "source_id": source_id})
            for row, found in zip(rows, sources, strict=True)
            for source_id in found
        )
    notes = list(Footnote.objects.filter(release=original))
    for note in notes:
        note.pk, note.release = None, release
    Footnote.objects.bulk_create(notes)
    Release.objects.filter(match_year=match_year, is_current=True).update(
        is_current=False
    )
    Release.objects.filter(pk=release.pk).update(
        status=Status.PUBLISHED,
        published_at=original.published_at,
        is_current=True,
        edition=original.edition,
    )


def current_releases() -> Sequence[Any]:
    from stats.models import Release

    return list(Release.objects.filter(is_current=True).order_by("match_year"))


def add_versions() -> None:
    for original in current_releases():
        for step in range(1, TIMES_AS_MANY):
            copy_release(
                original,
                match_year=original.match_year,
                version=original.version + step,
            )


def add_years() -> None:
    from stats.choices import FIRST_MATCH_YEAR, LAST_MATCH_YEAR

    originals = current_releases()
    taken = {original.match_year for original in originals}
    free = [
        year
        for year in range(FIRST_MATCH_YEAR, LAST_MATCH_YEAR + 1)
        if year not in taken
    ]
    for place, year in enumerate(free[: len(originals) * (TIMES_AS_MANY - 1)]):
        copy_release(originals[place % len(originals)], match_year=year, version=1)


def measure_growth(times: int) -> Iterator[tuple[str, Measured]]:
    from django.db import transaction

    yield "founding figures", measure(times)
    for name, add in (
        (f"{TIMES_AS_MANY} times the versions", add_versions),
        (f"{TIMES_AS_MANY} times the years", add_years),
    ):
        running.say(f"Measuring with {name} ...")
        with transaction.atomic():
            add()
            yield name, measure(times)
            transaction.set_rollback(True)


# --- Results --------------------------------------------------------------------------


def results(found: Sequence[tuple[str, Measured]]) -> str:
    (_, base), *_ = found

    def with_ratio(value: float, of: float) -> str:
        return (
            f"{value:.2f}" if value is of else f"{value:.2f} ({value / of:.1f} times)"
        )

    def line(what: str, pick: Callable[[Measured], float]) -> list[str]:
        return [what, *(with_ratio(pick(one), pick(base)) for _, one in found)]

    def exact(what: str, pick: Callable[[Measured], object]) -> list[str]:
        return [what, *(str(pick(one)) for _, one in found)]

    header = ["", *(name for name, _ in found)]
    reading = [
        exact("published versions", lambda one: one.versions),
        exact("rows of figures", lambda one: one.rows),
        exact("queries, cold", lambda one: one.cold_queries),
        exact("queries, warm", lambda one: one.warm_queries),
        exact("queries of a page", lambda one: max(one.page_queries)),
        line("reading everything, cold", lambda one: one.cold),
        line("reading everything, warm", lambda one: one.warm),
    ]
    drawing = [
        [f"`{page}`, {when}", *(with_ratio(pick[page], of[page]) for pick in picked)]
        for page in PAGES
        for when, of, picked in (
            ("nothing remembered", base.first, [one.first for _, one in found]),
            ("later", base.later, [one.later for _, one in found]),
        )
    ]
    return "\n\n".join(
        (
            "Reading (milliseconds, median):",
            running.table(header, reading),
            "Drawing a page, without the page cache (milliseconds, median):",
            running.table(header, drawing),
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10, help="of each measurement")
    options = parser.parse_args()
    running.stop_cleanly()
    about = running.machine()
    with running.temporary_directory() as directory:
        environment = running.prepare_site(directory)
        os.environ.update(environment | {"ANSWERS_MEGABYTES": "0"})
        sys.path.insert(0, str(running.ROOT))

        import django

        django.setup()
        from django.conf import settings

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        running.say("Measuring with the founding figures ...")
        found = list(measure_growth(options.times))
    print(f"Machine: {about}.\n")
    print(results(found))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped; nothing was left behind.")
