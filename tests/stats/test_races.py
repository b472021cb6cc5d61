"""Several people at the same moment, each with a connection of their own.

`meanwhile` makes a race certain: one transaction stays open until the other waits
for it. `at_once` leaves the order to chance.
"""

from __future__ import annotations

import csv
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from imgportal.models import User
from stats import columns, drafts, imports, public
from stats.actions import edit_draft, open_version, publish_version
from stats.actions.import_file import import_file
from stats.choices import FigureTable, Missing, ReleaseKind, ReleaseStep, Status
from stats.editions import at_edition
from stats.exceptions import AlreadyOpen, EditRefused, PlanOutdated, WrongStatus
from stats.models import (
    ApplicantResult,
    Edition,
    Release,
    ReleaseEvent,
    Source,
    Specialty,
)
from stats.open_tables import build_archive
from tests import staff
from tests.factories import (
    NOW,
    draft_by,
    edit,
    in_review_by,
    person,
    published_by,
    rows_of,
)
from tests.stats.imports.files import csv_file, good

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

Call = Callable[[], Any]
PATIENCE = 30  # seconds, for a machine that does much else
LATER = NOW + timedelta(days=1)


@pytest.fixture
def ana() -> User:
    return person("ana")


@pytest.fixture
def boris() -> User:
    return person("boris")


@pytest.fixture
def olga() -> User:
    return person("olga", is_staff=True, is_superuser=True)


@pytest.fixture(autouse=True)
def _few_specialties() -> None:
    """Two active ones are enough, and quicker to enter than thirty."""
    kept = Specialty.objects.get(slug="dermatology")
    others = Specialty.objects.exclude(slug__in=[kept.slug, "neurology"])
    others.update(successor=kept)


def outcome(call: Call) -> Any:
    """What a call returned or raised, on the thread and connection of its own."""
    try:
        return call()
    except Exception as error:
        return error
    finally:
        connection.close()


def wait_until_blocked(*futures: Future[Any]) -> None:
    """Come back when all of them wait, at last for the transaction that is open here."""
    deadline = time.monotonic() + PATIENCE
    waiting = 0
    while waiting < len(futures):
        for future in futures:
            assert not future.done(), f"It did not wait: {future.result()!r}"
        assert time.monotonic() < deadline, "Nobody waited for our transaction."
        time.sleep(0.01)
        with connection.cursor() as cursor:
            # A list of activities is kept until the end of a transaction otherwise.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity "
                "USING (pid) WHERE NOT granted AND datname = current_database()"
            )
            (waiting,) = cursor.fetchone()


def meanwhile(first: Call, second: Call) -> Any:
    """The outcome of `second`, begun while the transaction of `first` was open."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            future = pool.submit(outcome, second)
            wait_until_blocked(future)
        return future.result(timeout=PATIENCE)


def at_once(*calls: Call) -> list[Any]:
    """The outcomes of calls that begin at the same moment."""
    gate = threading.Barrier(len(calls), timeout=PATIENCE)

    def run(call: Call) -> Any:
        connection.ensure_connection()
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(outcome, partial(run, call)) for call in calls]
        return [future.result(timeout=PATIENCE) for future in futures]


def publish(release: Release, by: User) -> Release:
    return publish_version.publish(
        release_id=release.pk,
        by=by,
        now=LATER,
        public_note="Mistyped.",
        kind=ReleaseKind.CORRECTION,
    )


def submit(release: Release, by: User) -> Release:
    return publish_version.submit(release_id=release.pk, by=by, now=LATER)


def discard(release: Release, by: User) -> None:
    open_version.discard(release_id=release.pk, by=by, now=LATER)


def amend(by: User, match_year: int = 1990) -> Release:
    return open_version.open_amendment(match_year=match_year, by=by, now=LATER)


def first_row(release: Release) -> ApplicantResult:
    return ApplicantResult.objects.filter(release=release).order_by("pk")[0]


def change_note(release: Release, by: User, note: str) -> Call:
    """Prepared now, as by a browser that shows a form; sent when it is called."""
    wanted = edit(FigureTable.APPLICANTS, first_row(release), note=note)
    return lambda: edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[wanted],
        by=by,
        now=LATER,
    )


def happened(step: ReleaseStep, match_year: int = 1990) -> int:
    return ReleaseEvent.objects.filter(match_year=match_year, step=step).count()


# --- Publishing ----------------------------------------------------------------------


def test_two_publishers_make_one_publication(
    ana: User, boris: User, olga: User
) -> None:
    release = in_review_by(ana)

    second = meanwhile(lambda: publish(release, boris), lambda: publish(release, olga))

    assert isinstance(second, WrongStatus)
    assert "published by now" in str(second)
    release.refresh_from_db()
    assert release.published_by == boris
    assert happened(ReleaseStep.PUBLISHED) == 1


def test_publishers_who_press_at_once_make_one_publication(
    ana: User, boris: User, olga: User
) -> None:
    for match_year in range(1990, 1996):
        release = in_review_by(ana, match_year)

        outcomes = at_once(
            partial(publish, release, boris),
            partial(publish, release, olga),
            partial(publish, release, boris),
        )

        assert [type(found) for found in outcomes].count(Release) == 1
        assert [type(found) for found in outcomes].count(WrongStatus) == 2
        assert happened(ReleaseStep.PUBLISHED, match_year) == 1
        assert (
            Release.objects.filter(match_year=match_year, is_current=True).count() == 1
        )


def test_publications_of_two_years_at_once_are_two_editions(
    ana: User, boris: User
) -> None:
    years = [in_review_by(ana, 1990), in_review_by(ana, 1991)]
    before = public.everything().edition

    results = at_once(*(partial(publish, release, boris) for release in years))

    assert sorted(release.edition for release in results) == [before + 1, before + 2]
    last = max(results, key=lambda release: release.edition)
    for edition in Edition.objects.filter(number__gt=before):
        assert bytes(edition.archive) == build_archive(
            at_edition(public.everything(), edition.number)
        )
    assert public.everything().edition == last.edition


def test_second_of_two_publications_waits_for_its_number(
    ana: User, boris: User
) -> None:
    first, second = in_review_by(ana, 1990), in_review_by(ana, 1991)

    later = meanwhile(partial(publish, first, boris), partial(publish, second, boris))

    first.refresh_from_db()
    assert [first.edition, later.edition] == [2, 3]


def test_version_that_is_being_returned_is_not_published(
    ana: User, boris: User, olga: User
) -> None:
    release = in_review_by(ana)

    second = meanwhile(
        lambda: publish_version.return_with_comment(
            release_id=release.pk, comment="See Table 4.", by=boris, now=LATER
        ),
        lambda: publish(release, olga),
    )

    assert isinstance(second, WrongStatus)
    assert 1990 not in public.everything().years


def test_version_that_is_being_published_is_not_returned(
    ana: User, boris: User, olga: User
) -> None:
    release = in_review_by(ana)

    second = meanwhile(
        lambda: publish(release, boris),
        lambda: publish_version.return_with_comment(
            release_id=release.pk, comment="See Table 4.", by=olga, now=LATER
        ),
    )

    assert isinstance(second, WrongStatus)
    assert 1990 in public.everything().years


# --- Changing while somebody submits or publishes ---------------------------------------


def test_change_that_comes_while_it_is_submitted_is_refused(
    ana: User, boris: User
) -> None:
    release = draft_by(ana)

    second = meanwhile(
        lambda: submit(release, ana), change_note(release, boris, "Late.")
    )

    assert isinstance(second, WrongStatus)
    assert first_row(release).note == ""
    assert boris not in release.editors.all()


def test_change_under_way_is_in_what_is_submitted(ana: User, boris: User) -> None:
    release = draft_by(ana)

    second = meanwhile(
        change_note(release, boris, "In time."), lambda: submit(release, ana)
    )

    assert isinstance(second, Release)
    assert first_row(release).note == "In time."
    assert boris in release.editors.all()


def test_change_is_in_before_the_publication_or_not_at_all(
    ana: User, boris: User, olga: User
) -> None:
    for match_year in range(1990, 1996):
        release = draft_by(ana, match_year)

        def hurry(release: Release = release) -> tuple[str, ...]:
            submit(release, olga)
            publish(release, olga)
            # What the public reads from the first moment on.
            return tuple(
                row.provenance.note for row in drafts.figures_of(release).rows()
            )

        notes, changed = at_once(hurry, change_note(release, boris, "Changed."))

        row = first_row(release)
        assert row.note == ("Changed." if changed == 1 else "")
        assert changed == 1 or isinstance(changed, WrongStatus)
        assert ("Changed." in notes) is (changed == 1)


def test_no_program_changes_a_row_while_its_version_is_published(
    ana: User, boris: User
) -> None:
    release = in_review_by(ana)
    rows = ApplicantResult.objects.filter(release=release)
    links = ApplicantResult.sources.through.objects.filter(
        applicantresult__release=release
    )
    source = Source.objects.get(key="ecfmg-2015")
    past_the_actions: list[Call] = [
        lambda: rows.update(note="Late."),
        lambda: links.update(source=source),
        lambda: links._raw_delete("default"),
        lambda: release.editors.add(boris),
        lambda: release.editors.clear(),
        lambda: release.footnotes.create(table=FigureTable.TOTALS, text="Late."),
    ]
    before = drafts.figures_of(release)
    with ThreadPoolExecutor(len(past_the_actions)) as pool:
        with transaction.atomic():
            publish(release, boris)
            futures = [pool.submit(outcome, call) for call in past_the_actions]
            wait_until_blocked(*futures)
        outcomes = [future.result(timeout=PATIENCE) for future in futures]

    assert [type(found) for found in outcomes] == [IntegrityError] * len(outcomes)
    assert list(drafts.figures_of(release).rows()) == list(before.rows())
    assert list(release.editors.all()) == [ana]


def test_publication_waits_for_a_program_that_changes_a_row(
    ana: User, boris: User
) -> None:
    release = in_review_by(ana)
    row = ApplicantResult.objects.filter(pk=first_row(release).pk)

    published = meanwhile(
        lambda: row.update(note="In time."), lambda: publish(release, boris)
    )

    assert isinstance(published, Release)
    (first, *_) = public.everything().years[1990].applicants
    assert first.provenance.note == "In time."


# --- Two editors ---------------------------------------------------------------------


def test_second_of_two_editors_of_one_value_is_told(
    ana: User, boris: User, olga: User
) -> None:
    release = draft_by(ana)

    second = meanwhile(
        change_note(release, boris, "Mine."), change_note(release, olga, "Theirs.")
    )

    assert isinstance(second, EditRefused)
    (conflict,) = second.conflicts
    assert (conflict.was, conflict.stored, conflict.entered) == ("", "Mine.", "Theirs.")
    assert first_row(release).note == "Mine."


def test_draft_that_is_being_discarded_is_not_changed(ana: User, boris: User) -> None:
    release = draft_by(ana)
    late = change_note(release, boris, "Late.")

    second = meanwhile(lambda: discard(release, ana), late)

    assert isinstance(second, WrongStatus)
    assert "discarded" in str(second)


# --- Importing -----------------------------------------------------------------------


def confirm(release: Release, by: User, **values: Any) -> Call:
    """Compared with the draft now; *Import* is pressed when it is called."""
    row = good(FigureTable.APPLICANTS, match_year=release.match_year, **values)
    content = csv_file(FigureTable.APPLICANTS, row)
    parsed = imports.read("report.csv", content, FigureTable.APPLICANTS)
    seen = imports.plan(release, parsed)
    assert seen.changes
    assert not seen.refusals
    return lambda: import_file(
        release_id=release.pk,
        parsed=parsed,
        fingerprint=seen.fingerprint,
        by=by,
        now=LATER,
    )


def matched(release: Release) -> int | None:
    row = ApplicantResult.objects.get(release=release, applicant_type="us_img")
    return row.matched_to_pgy1


def test_file_that_is_confirmed_twice_at_once_is_written_once(ana: User) -> None:
    release = draft_by(ana)
    press = confirm(release, ana)

    second = meanwhile(press, press)

    assert isinstance(second, PlanOutdated)
    assert matched(release) == 4751
    assert happened(ReleaseStep.IMPORTED) == 1


def test_second_of_two_files_sees_what_the_first_wrote(ana: User, boris: User) -> None:
    release = draft_by(ana)

    second = meanwhile(
        confirm(release, ana),
        confirm(release, boris, matched_to_pgy1=4000, published_match_rate="80.0"),
    )

    assert isinstance(second, PlanOutdated)
    assert matched(release) == 4751
    assert boris not in release.editors.all()


def test_file_is_not_written_over_a_value_that_is_being_typed(
    ana: User, boris: User
) -> None:
    release = draft_by(ana)
    row = ApplicantResult.objects.get(release=release, applicant_type="us_img")
    wanted = edit(
        FigureTable.APPLICANTS, row, active_applicants=9, matched_to_pgy1=8, missing=""
    )

    second = meanwhile(
        lambda: edit_draft.change_rows(
            release_id=release.pk,
            table=FigureTable.APPLICANTS,
            edits=[wanted],
            by=boris,
            now=LATER,
        ),
        confirm(release, ana),
    )

    assert isinstance(second, PlanOutdated)
    assert matched(release) == 8


def test_file_that_comes_while_it_is_submitted_is_refused(
    ana: User, boris: User
) -> None:
    release = draft_by(ana)
    late = confirm(release, boris)

    second = meanwhile(lambda: submit(release, ana), late)

    assert isinstance(second, WrongStatus)
    assert matched(release) is None


@pytest.mark.parametrize(
    ("ended", "said", "leads_to"),
    [
        (submit, "is in review by now", "change"),
        (discard, "This version was discarded", "changelist"),
    ],
)
def test_page_says_why_a_file_came_too_late(
    ana: User, ended: Callable[[Release, User], object], said: str, leads_to: str
) -> None:
    release = draft_by(ana)
    client = Client()
    staff.sign_in(client, staff.editor())
    url = reverse(
        "admin:stats_release_import", args=[release.pk, FigureTable.APPLICANTS]
    )
    row = good(FigureTable.APPLICANTS, match_year=release.match_year)
    file = SimpleUploadedFile("report.csv", csv_file(FigureTable.APPLICANTS, row))
    page = client.post(url, {"file": file}, follow=True)
    sent = {
        "kept": page.context["preview"].token,
        "fingerprint": page.context["plan"].fingerprint,
    }

    answer = meanwhile(
        lambda: ended(release, ana), lambda: client.post(url, sent, follow=True)
    )

    assert said in " ".join(str(message) for message in answer.context["messages"])
    place = [release.pk] if leads_to == "change" else []
    wanted = reverse(f"admin:stats_release_{leads_to}", args=place)
    assert answer.redirect_chain == [(wanted, 302)]


# --- Opening -------------------------------------------------------------------------


def test_year_is_started_once(ana: User, boris: User) -> None:
    def start(by: User) -> Release:
        return open_version.start_year(match_year=1990, by=by, now=NOW)

    second = meanwhile(lambda: start(ana), lambda: start(boris))

    assert isinstance(second, AlreadyOpen)
    assert "Go on with that version" in str(second)
    assert happened(ReleaseStep.STARTED) == 1


def test_amendment_is_opened_once(ana: User, boris: User) -> None:
    second = meanwhile(lambda: amend(ana, 2024), lambda: amend(boris, 2024))

    assert isinstance(second, AlreadyOpen)
    assert "Go on with that version" in str(second)
    assert Release.objects.filter(match_year=2024).count() == 2
    assert happened(ReleaseStep.AMENDED, 2024) == 1


def test_amendments_opened_at_once_are_one(ana: User, boris: User, olga: User) -> None:
    for match_year in range(2019, 2025):
        outcomes = at_once(
            *(partial(amend, by, match_year) for by in (ana, boris, olga))
        )

        assert [type(found) for found in outcomes].count(Release) == 1
        assert [type(found) for found in outcomes].count(AlreadyOpen) == 2


def test_amendment_opened_during_a_publication_is_made_of_what_it_published(
    ana: User, boris: User
) -> None:
    published_by(ana, boris)
    second = amend(ana)
    change_note(second, ana, "Corrected.")()
    submit(second, ana)

    third = meanwhile(lambda: publish(second, boris), lambda: amend(ana))

    assert isinstance(third, Release)
    assert third.version == 3
    assert first_row(third).note == "Corrected."


def test_nobody_waits_for_ever_when_one_publishes_and_another_amends(
    ana: User, boris: User, olga: User
) -> None:
    published_by(ana, boris)
    for _ in range(6):
        versions = Release.objects.filter(match_year=1990)
        release = versions.exclude(status=Status.PUBLISHED).first() or amend(ana)
        change_note(release, ana, f"Version {release.version}.")()
        submit(release, ana)

        published, amended, again = at_once(
            partial(publish, release, boris),
            lambda: amend(olga),
            lambda: amend(boris),
        )

        assert isinstance(published, Release)
        assert isinstance(amended, Release | AlreadyOpen)
        assert isinstance(again, Release | AlreadyOpen)
        assert versions.exclude(status=Status.PUBLISHED).count() <= 1
        assert versions.get(is_current=True) == release


# --- Readers -------------------------------------------------------------------------


def write_everywhere(release: Release, by: User) -> None:
    """Give every row numbers that tell the version: 7,002 in the second one."""
    version = release.version
    about = {"sources": "ecfmg-2014", "missing": Missing.NOT_FOUND}
    numbers: dict[FigureTable, dict[str, Any]] = {
        FigureTable.TOTALS: dict.fromkeys(
            columns.COUNTS[FigureTable.TOTALS], 90_000 + version
        ),
        FigureTable.APPLICANTS: {
            "active_applicants": 7000 + version,
            "matched_to_pgy1": 6000 + version,
        },
        FigureTable.SPECIALTIES: {
            "programs": 3000 + version,
            "positions_offered": 3000 + version,
            "positions_filled": 3000 + version,
        },
    }
    for table, values in numbers.items():
        edit_draft.change_rows(
            release_id=release.pk,
            table=table,
            edits=[
                edit(table, row, **about | values) for row in rows_of(release, table)
            ],
            by=by,
            now=NOW,
        )


def versions_in_page(text: str) -> set[int]:
    """From the stored numbers in table cells; sums of groups look different."""
    cells = re.findall(r"<td[^>]*>\s*([^<]*?)\s*<", text)
    stored = [re.fullmatch(r"(?:90|7|6|3),0(\d\d)", cell) for cell in cells]
    return {int(match[1]) for match in stored if match}


def versions_in_csv(text: str) -> set[int]:
    found: set[int] = set()
    for row in csv.DictReader(text.splitlines()):
        found.add(int(row["version"]))
        if row.get("applicant_type") == "all_imgs":
            continue  # a sum, whose digits name twice the version
        found |= {int(row[name]) % 100 for name in COUNTS if row.get(name)}
    return found


def versions_in_json(text: str) -> set[int]:
    found: set[int] = set()
    for row in rows_in(json.loads(text)):
        found.add(row["version"])
        if row.get("applicant_type") == "all_imgs":
            continue
        found |= {row[name] % 100 for name in COUNTS if row.get(name) is not None}
    return found


def rows_in(data: Any) -> Iterator[dict[str, Any]]:
    """Every row of figures in an answer, however deep."""
    if isinstance(data, dict):
        if "version" in data and "confidence" in data:
            yield data
        for value in data.values():
            yield from rows_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from rows_in(value)


COUNTS = {column for counts in columns.COUNTS.values() for column in counts}


def addresses() -> dict[str, Callable[[str], set[int]]]:
    """Pages and files about 1990, each with how to find the versions it shows."""
    found: dict[str, Callable[[str], set[int]]] = {
        reverse("stats:year_detail", args=[1990]): versions_in_page
    }
    for extension, versions in (("csv", versions_in_csv), ("json", versions_in_json)):
        if extension == "json":
            found[reverse("stats:year_data", args=[1990, extension])] = versions
        for table in (
            FigureTable.TOTALS,
            FigureTable.APPLICANTS,
            FigureTable.SPECIALTIES,
        ):
            address = reverse("stats:year_table_data", args=[1990, table, extension])
            found[address] = versions
    return found


def test_readers_see_the_old_version_or_the_new_one_and_never_both(
    ana: User, boris: User
) -> None:
    pages = addresses()
    first = draft_by(ana)
    write_everywhere(first, ana)
    submit(first, ana)
    publish(first, boris)
    assert {
        address: versions(Client().get(address).content.decode())
        for address, versions in pages.items()
    } == {address: {1} for address in pages}
    finished = threading.Event()

    def read() -> dict[str, list[set[int]]]:
        """What each page showed, again and again until everything is published."""
        client = Client()
        shown: dict[str, list[set[int]]] = {address: [] for address in pages}
        while True:
            last_round = finished.is_set()
            for address, versions in pages.items():
                response = client.get(address)
                assert response.status_code == 200
                shown[address].append(versions(response.content.decode()))
            if last_round:
                return shown

    newest = 6
    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(outcome, read) for _ in range(3)]
        try:
            for _ in range(2, newest + 1):
                release = amend(ana)
                write_everywhere(release, ana)
                submit(release, ana)
                publish(release, boris)
        finally:
            finished.set()
        seen = [reader.result(timeout=PATIENCE) for reader in readers]

    for shown in seen:
        assert isinstance(shown, dict), shown
        for address, versions in shown.items():
            # One version at a time, never an older one again, the newest at last.
            assert {len(found) for found in versions} == {1}, address
            order = [min(found) for found in versions]
            assert order == sorted(order), address
            assert order[-1] == newest, address
    assert len({min(found) for shown in seen for found in shown[next(iter(pages))]}) > 2
