"""What was exported comes back as it was; what was not is refused with its place."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from imgportal.lib import clock
from imgportal.models import SecurityEvent, User
from profiles import member_record
from profiles.actions import delete_record
from profiles.choices import AttemptState, Item, ItemState
from profiles.exceptions import FileRefused
from profiles.models import CertificationItem, ExamAttempt, ReminderChoice
from profiles.portable import json_document, parse_document
from tests import effort, factories
from tests.effort import examples, part_of
from tests.profiles import forms, records
from tests.reading import html_of

UPLOAD, CONFIRM = "/me/data/import/", "/me/data/import/confirm/"


def exported(user: User) -> dict[str, Any]:
    return json_document.export_record(
        user, member_record.read_all(user), now=clock.now()
    )


def text_of_record(user: User) -> str:
    return json_document.as_text(exported(user)["record"])


def as_file(content: Any) -> SimpleUploadedFile:
    """A file of this content; what is not bytes becomes JSON."""
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    return SimpleUploadedFile("record.json", content)


def preview(client: Client, content: Any) -> Any:
    return client.post(UPLOAD, {"file": as_file(content)})


def answer_to(page: Any, **changes: Any) -> dict[str, Any]:
    """What the form of the preview sends when nothing is ticked or unticked."""
    context = page.context
    return {
        "content": context["content"],
        "token": context["token"],
        "take": [
            it.entry.name
            for shown in context["shown"].values()
            for it in shown
            if it.is_ticked
        ],
    } | changes


def bring_back(client: Client, content: Any) -> Any:
    page = preview(client, content)
    assert page.status_code == 200
    return client.post(CONFIRM, answer_to(page))


# --- Without a loss -------------------------------------------------------------------

days = st.dates(date(2012, 1, 1), date(2027, 6, 30)).map(str)
maybe_day = st.one_of(st.just(""), days)
yes_no = st.sampled_from(["", "yes", "no"])
score = st.one_of(st.just(""), st.integers(1, 300).map(str))
oet = st.one_of(st.just(""), st.integers(0, 50).map(lambda tens: str(10 * tens)))
result = st.sampled_from(["", "pass", "fail"])
note = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)

attempt = st.fixed_dictionaries(
    {
        "on": days,
        "state": st.sampled_from(["taken", "taken", "taken", *AttemptState.values]),
        "outcome": result,
        "score": score,
        "result_on": maybe_day,
        "applied_on": maybe_day,
    },
    optional={"for_time_limit": st.just("on"), "second_day": days},
)
PAGES = {
    "/me/exams/add/step1/": attempt,
    "/me/exams/add/step1-with-score/": attempt,
    "/me/exams/add/step2ck/": attempt,
    "/me/exams/add/step2cs/": attempt,
    "/me/exams/add/step3/": attempt,
    "/me/exams/add/oet/": st.fixed_dictionaries(
        {
            "on": days,
            "listening": oet,
            "reading": oet,
            "writing": oet,
            "speaking": oet,
            "released": yes_no,
        }
    ),
    "/me/certification/pathways/add/": st.fixed_dictionaries(
        {
            "season": st.integers(2021, 2033).map(str),
            "number": st.sampled_from(["", *"123456"]),
            "submitted_on": maybe_day,
            "accepted_on": maybe_day,
            "refused_on": maybe_day,
            "valid_to": maybe_day,
        }
    ),
    "/me/certification/certificate/edit/": st.fixed_dictionaries(
        {
            "issued_on": days,
            "basis": st.sampled_from(["", "pathway", "step2cs"]),
            "expires_on": maybe_day,
            "training_months": st.one_of(st.just(""), st.integers(0, 600).map(str)),
            "us_licence": yes_no,
            "validated_on": maybe_day,
        }
    ),
    "/me/profile/": st.fixed_dictionaries(
        {
            "us_citizen": yes_no,
            "school_country": st.sampled_from(["", "IN", "NG", "DE"]),
            "graduated_on": maybe_day,
            "season": st.sampled_from(["", "2021", "2027", "2033"]),
            "specialties": st.lists(
                st.sampled_from(["neurology", "internal-medicine", "pathology"]),
                unique=True,
            ),
            "time_zone": st.sampled_from(["", "UTC", "Pacific/Kiritimati"]),
        }
    ),
    "/me/certification/pathways/": st.fixed_dictionaries(
        {"licence_held": yes_no, "licence_valid_on": maybe_day, "school_wfme": yes_no}
    ),
    "/me/reminders/": st.fixed_dictionaries(
        {"leads": st.lists(st.sampled_from(["90", "60", "14", "1"]), unique=True)},
        optional={"is_on": st.just("on")},
    ),
    **{
        f"/me/certification/{item.value}/": st.fixed_dictionaries(
            {
                "state": st.sampled_from(["", *ItemState.values]),
                "since": maybe_day,
                "note": note,
            }
        )
        for item in (Item.ACCOUNT, Item.DIPLOMA)
    },
}
entries = st.lists(
    st.sampled_from(sorted(PAGES)).flatmap(
        lambda page: st.tuples(st.just(page), PAGES[page])
    ),
    max_size=14,
)


def forgotten(owner: User) -> None:
    """As if the member had never been here, nor brought a file this hour."""
    cache.clear()
    delete_record.delete_entries(owner)
    ReminderChoice.objects.all().delete()


def test_export_delete_import_export_is_the_same(as_ana: Client, ana: User) -> None:
    kept = []

    @examples(100, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(entries)
    def there_and_back(typed: list[tuple[str, dict[str, Any]]]) -> None:
        forgotten(ana)
        for page, values in typed:
            # What the forms refuse is not in the record, and that is as well.
            seen = "1" if member_record.read(ana).profile.version == 1 else "0"
            as_ana.post(page, values | {"seen": seen})
        before = text_of_record(ana)
        content = json_document.as_text(exported(ana)).encode()
        forgotten(ana)
        assert member_record.read(ana).is_empty

        bring_back(as_ana, content)

        assert text_of_record(ana) == before
        kept.append(before)

    there_and_back()
    # Most of what was typed came into the record at all.
    assert sum('"exam":' in text for text in kept) >= part_of(11)
    assert sum('"note":' in text for text in kept) >= part_of(11)
    # Too seldom to be met by the few examples of the quick form.
    assert effort.quick or sum('"leads":' in text for text in kept) > 5


def test_full_record_comes_back_into_another_account(
    as_ana: Client, ana: User, client: Client
) -> None:
    records.full_record(ana, attempts=40)
    records.attempt(ana, "step3", on=date(2025, 5, 5), second_day=date(2025, 5, 7))
    before = text_of_record(ana)
    content = as_ana.post("/me/data/record.json").content
    ben = factories.person("ben")
    client.force_login(ben)

    done = bring_back(client, content)

    assert done.status_code == 302
    assert text_of_record(ben) == before
    assert text_of_record(ana) == before
    assert SecurityEvent.objects.get(user=ben).kind == "imported"
    assert ben.email not in content.decode()


@pytest.mark.parametrize("country", ["BV", "XK"])
def test_a_country_that_is_not_offered_comes_back(
    as_ana: Client, ana: User, country: str
) -> None:
    records.profile(ana, school_country=country)
    before = text_of_record(ana)
    content = exported(ana)
    delete_record.delete_entries(ana)

    bring_back(as_ana, content)

    assert text_of_record(ana) == before


def test_what_was_entered_backwards_comes_back(as_ana: Client, ana: User) -> None:
    # The later one first, so that nothing said it was a sitting after a pass.
    for on in ("2025-03-10", "2024-03-10"):
        as_ana.post("/me/exams/add/step2ck/", forms.STEP2CK | {"on": on})
    before = text_of_record(ana)
    content = exported(ana)
    delete_record.delete_entries(ana)

    bring_back(as_ana, content)

    assert text_of_record(ana) == before
    assert ExamAttempt.objects.count() == 2


def test_a_file_of_version_1_is_read_and_leaves_reminders_alone(
    as_ana: Client, ana: User
) -> None:
    ReminderChoice.objects.create(owner=ana, is_on=False, leads="90")
    content = good() | {"version": 1}
    del content["record"]["reminders"]
    bring_back(as_ana, content)

    assert ExamAttempt.objects.count() == 1
    assert ReminderChoice.objects.get().leads == "90"


def test_version_1_has_no_reminders(as_ana: Client) -> None:
    page = preview(as_ana, good() | {"version": 1})

    assert page.status_code == 422
    assert "record.reminders: There is no such field" in html_of(page)


APPLICATION = {
    "season": 2026,
    "number": 3,
    "submitted_on": "2025-12-20",
    "accepted_on": None,
    "valid_to": None,
}


def test_a_file_of_version_2_is_read_without_what_came_later(
    as_ana: Client, ana: User
) -> None:
    content = good() | {"version": 2}
    content["record"]["pathway_applications"] = [APPLICATION]
    bring_back(as_ana, content)

    assert exported(ana)["record"]["pathway_applications"] == [
        APPLICATION | {"refused_on": None}
    ]


def test_version_2_knows_no_refusal_and_version_3_asks_for_it(as_ana: Client) -> None:
    later = good() | {"version": 2}
    later["record"]["pathway_applications"] = [APPLICATION | {"refused_on": None}]
    sooner = good()
    sooner["record"]["pathway_applications"] = [APPLICATION]

    assert "[1].refused_on: There is no such field" in html_of(preview(as_ana, later))
    assert "[1].refused_on: This field is missing" in html_of(preview(as_ana, sooner))


def test_a_file_of_version_2_forgets_no_refusal_unasked(
    as_ana: Client, ana: User
) -> None:
    records.pathway(ana, season=2026, number=3, refused_on=date(2026, 11, 3))
    content = good() | {"version": 2}
    content["record"]["pathway_applications"] = [APPLICATION]
    page = preview(as_ana, content)

    assert "pathway_applications-1" not in answer_to(page)["take"]
    assert "3 November 2026" in html_of(page)


def test_reminders_are_compared_like_the_rest(as_ana: Client, ana: User) -> None:
    row = ReminderChoice.objects.create(
        owner=ana, leads="90", bounced="ana@example.org"
    )
    page = preview(as_ana, good())
    text = html_of(page)

    assert "Days before a date" in text
    assert "60, 14" in text
    assert "reminders-1" not in answer_to(page)["take"]
    as_ana.post(CONFIRM, answer_to(page, take=["reminders-1"]))
    row.refresh_from_db()
    assert (row.is_on, row.leads) == (False, "60,14")
    # Where messages came back from is no choice, and no file changes it.
    assert row.bounced == "ana@example.org"


@pytest.mark.parametrize("leads", ["", "60,2", "sixty", "14;3", ","])
def test_odd_times_of_reminders_are_refused(as_ana: Client, leads: str) -> None:
    page = preview(as_ana, with_value("record.reminders.leads", leads))

    assert [it.entry.name for it in page.context["shown"]["refused"]] == ["reminders-1"]


def test_reminders_stay_off_when_the_record_is_deleted(ana: User) -> None:
    ReminderChoice.objects.create(owner=ana, is_on=False)
    delete_record.delete_entries(ana)

    assert not ReminderChoice.objects.get().is_on


# --- New, same, different --------------------------------------------------------------


def changed(ana: User) -> dict[str, Any]:
    """Three entries in the file: one as it is stored, one changed, one new."""
    records.attempt(ana, score=245)
    records.item(ana, note="Sent by courier.")
    content = exported(ana)
    mine = content["record"]
    mine["certification_items"][0]["note"] = "Sent twice."
    mine["pathway_applications"] = [
        {
            "season": 2027,
            "number": 3,
            "submitted_on": None,
            "accepted_on": None,
            "refused_on": None,
            "valid_to": None,
        }
    ]
    return content


def test_preview_says_what_is_new_same_and_different(as_ana: Client, ana: User) -> None:
    content = changed(ana)
    records.sitting(ana)
    before = text_of_record(ana)

    page = preview(as_ana, content)

    text = html_of(page)
    assert "1 new, 1 different, 1 the same" in text
    for words in (
        *("2027 Match", "Pathway 3", "Sent by courier.", "Sent twice."),
        *("Step 2 CK, 10 March 2025", "1 entry more", "It stays."),
    ):
        assert words in text, words
    assert answer_to(page)["take"] == ["pathway_applications-1"]
    assert text_of_record(ana) == before
    assert "no-store" in page["Cache-Control"]


def test_only_what_is_ticked_is_taken_over(as_ana: Client, ana: User) -> None:
    page = preview(as_ana, changed(ana))

    as_ana.post(CONFIRM, answer_to(page, take=["certification_items-1"]))

    mine = exported(ana)["record"]
    assert mine["certification_items"][0]["note"] == "Sent twice."
    assert mine["pathway_applications"] == []
    assert mine["exam_attempts"][0]["score"] == 245


def test_nothing_ticked_is_nothing_written(as_ana: Client, ana: User) -> None:
    page = preview(as_ana, changed(ana))
    before = text_of_record(ana)

    answer = as_ana.post(CONFIRM, answer_to(page, take=[]))

    assert answer.status_code == 422
    assert "Choose at least one entry" in html_of(answer)
    assert text_of_record(ana) == before


def test_what_changed_meanwhile_is_shown_again(as_ana: Client, ana: User) -> None:
    page = preview(as_ana, changed(ana))
    CertificationItem.objects.update(note="From another tab.", version=2)
    before = text_of_record(ana)

    answer = as_ana.post(CONFIRM, answer_to(page))

    assert answer.status_code == 409
    assert "From another tab." in html_of(answer)
    assert text_of_record(ana) == before
    # And from there it can be finished.
    assert as_ana.post(CONFIRM, answer_to(answer)).status_code == 302


def test_sent_twice_is_written_once(as_ana: Client, ana: User) -> None:
    answer = answer_to(preview(as_ana, changed(ana)))

    assert as_ana.post(CONFIRM, answer).status_code == 302
    once = text_of_record(ana)
    again = as_ana.post(CONFIRM, answer)

    assert again.status_code == 409
    assert text_of_record(ana) == once


def test_all_or_nothing(as_ana: Client, ana: User) -> None:
    records.full_record(ana, attempts=5)
    content = exported(ana)
    delete_record.delete_entries(ana)
    # Room for two of the five.
    records.failed_attempts(ana, 298)
    before = text_of_record(ana)
    full = preview(as_ana, content)

    answer = as_ana.post(CONFIRM, answer_to(full))

    assert answer.status_code == 409
    assert "Nothing was written. A record holds 300 of these" in html_of(answer)
    assert text_of_record(ana) == before


def test_what_a_form_refuses_cannot_be_taken_over(as_ana: Client, ana: User) -> None:
    records.attempt(ana, "step1", on=date(2024, 3, 10))
    content = exported(ana)
    first = content["record"]["exam_attempts"][0]
    content["record"]["exam_attempts"] += [
        first | {"exam": "step2ck", "on": "2027-03-10"},
        first | {"exam": "step2cs", "on": "2023-03-10"},
        first | {"exam": "step2ck", "on": "2025-03-10", "second_day": "2025-03-12"},
        # After a pass that is in the record already.
        first | {"exam": "step1", "on": "2025-03-10"},
        first | {"exam": "step2ck", "on": "2025-04-10"},
    ]

    page = preview(as_ana, content)

    text = html_of(page)
    assert "1 new, 0 different, 1 the same, 4 that cannot be taken over" in text
    for rule in ("F-DATE-1", "U-CS-1", "Only Step 3 has a second day", "U-ATT-4"):
        assert rule in text
    forged = [f"exam_attempts-{number}" for number in range(1, 7)]
    done = as_ana.post(CONFIRM, answer_to(page, take=forged))
    assert done.status_code == 302
    assert ExamAttempt.objects.count() == 2


def test_somebody_elses_record_is_never_touched(as_ana: Client, ana: User) -> None:
    ben = factories.person("ben")
    records.full_record(ben)
    before = text_of_record(ben)

    bring_back(as_ana, exported(ben))

    assert text_of_record(ben) == before
    assert text_of_record(ana) == before


# --- Bad files -------------------------------------------------------------------------


def good() -> dict[str, Any]:
    return {
        "format": "imgportal-record",
        "version": 3,
        "exported_at": "2026-11-22T12:00:00+00:00",
        "record": {
            "profile": None,
            "exam_attempts": [
                {
                    "exam": "step2ck",
                    "on": "2025-03-10",
                    "second_day": None,
                    "state": "taken",
                    "outcome": "pass",
                    "score": 245,
                    "result_on": None,
                    "applied_on": None,
                    "for_time_limit": False,
                }
            ],
            "oet_sittings": [],
            "pathway_applications": [],
            "certification_items": [
                {"item": "account", "state": None, "since": None, "note": "A note."}
            ],
            "certificate": None,
            "reminders": {"is_on": False, "leads": "60,14"},
        },
        "account": {"whatever": ["is", "here"]},
    }


def with_value(path: str, value: Any) -> dict[str, Any]:
    """The good file with one value changed, at a place like `record.profile`."""
    content: Any = good()
    *way, last = path.split(".")
    found = content
    for step in way:
        found = found[int(step)] if step.isdecimal() else found[step]
    found[last] = value
    return dict(content)


ATTEMPT = "record.exam_attempts.0"
BAD_FILES: list[tuple[Any, str]] = [
    (b"{", "line 1, column 2: This is not JSON"),
    (b"exam,on\r\nstep1,2024-03-10", "line 1, column 1: This is not JSON"),
    (b'{"a": 1,\n "b": }', "line 2, column 7: This is not JSON"),
    (b"\xff\xfe{}", "byte 1: This byte is not UTF-8 text."),
    (b" " * 1_000_001, "It is larger than 1,000,000 bytes"),
    (b"[" * 100_000, "line 1: Brackets are nested more than 20 deep"),
    (b'{"a":' * 100_000, "line 1: Brackets are nested more than 20 deep"),
    (b'{"format": 1, "format": 2}', "format: This name stands twice in one place."),
    (b'{"a": NaN}', "NaN is no number that JSON knows."),
    (b"null", "A record is an object in braces, and this is null."),
    (b"[]", "A record is an object in braces, and this is a list."),
    (b"1e999", "and this is a number with a decimal point."),
    (b"9" * 9_000, "and this is a number."),
    ({}, "format: “imgportal-record” is missing here"),
    (with_value("format", "other"), "format: “imgportal-record” is missing here"),
    (
        with_value("version", 5),
        "version: This site reads versions 1, 2, 3 and 4, and this is 5.",
    ),
    (with_value("version", True), "version: This site reads versions 1"),
    (with_value("version", "1" * 99), "version: This site reads versions 1"),
    (with_value("extra", 1), "extra: There is no such field"),
    (with_value("record", []), "record: Expected an object in braces, not a list."),
    (with_value("record.luck", []), "record.luck: There is no such field"),
    (
        with_value("record.exam_attempts", None),
        "Expected a list in brackets, not null.",
    ),
    (with_value("record.exam_attempts", ["x"]), "record.exam_attempts[1]: Expected an"),
    (with_value("record.profile", []), "record.profile: Expected an object in braces"),
    (
        with_value(f"{ATTEMPT}.luck", 1),
        "record.exam_attempts[1].luck: There is no such",
    ),
    (
        with_value(f"{ATTEMPT}.score", "245"),
        "[1].score: Expected a whole number, not “2",
    ),
    (
        with_value(f"{ATTEMPT}.score", 245.5),
        "[1].score: Expected a whole number, not a",
    ),
    (
        with_value(f"{ATTEMPT}.score", True),
        "[1].score: Expected a whole number, not tr",
    ),
    (
        with_value(f"{ATTEMPT}.score", 10**40),
        "[1].score: Expected a number from 1 to 300",
    ),
    (with_value(f"{ATTEMPT}.on", None), "[1].on: This may not be null."),
    (
        with_value(f"{ATTEMPT}.on", "10.3.2025"),
        "[1].on: Expected a day like 2025-03-10",
    ),
    (
        with_value(f"{ATTEMPT}.on", "2025-02-30"),
        "2025-02-30 is no day of the calendar.",
    ),
    (with_value(f"{ATTEMPT}.on", "1066-10-14"), "[1].on: A record reaches from 1950"),
    (
        with_value(f"{ATTEMPT}.on", "\uff12\uff10\uff12\uff15-03-10"),
        "[1].on: Expected a day like",
    ),
    (
        with_value(f"{ATTEMPT}.exam", "step9"),
        "[1].exam: Expected one of step1, step2ck",
    ),
    (with_value(f"{ATTEMPT}.exam", ["step1"]), "[1].exam: Expected one of step1"),
    (
        with_value(f"{ATTEMPT}.for_time_limit", None),
        "for_time_limit: This may not be nul",
    ),
    (
        with_value(f"{ATTEMPT}.for_time_limit", 1),
        "for_time_limit: Expected true or false",
    ),
    (
        with_value("record.certification_items.0.note", "a\0b"),
        "record.certification_items[1].note: There is a NUL character in this text",
    ),
    (
        with_value("record.certification_items.0.note", "\ud800"),
        "[1].note: There is half a character in this text",
    ),
    (
        with_value("record.certification_items.0.note", "x" * 10_001),
        "[1].note: This text has 10,001 characters, and 10,000 are kept.",
    ),
    (
        with_value("record.certification_items.0.note", {"a": 1}),
        "[1].note: Expected text, not an object.",
    ),
    (
        with_value("record.exam_attempts", good()["record"]["exam_attempts"] * 2),
        "record.exam_attempts[2]: This is the same exam attempt as entry 1. Remove one.",
    ),
    (
        with_value("record.exam_attempts", [{}] * 301),
        "record.exam_attempts: These are 301, and a record holds 300",
    ),
]


@pytest.mark.parametrize(
    ("content", "sentence"), BAD_FILES, ids=[sentence for _, sentence in BAD_FILES]
)
def test_bad_file_is_refused_with_its_place(
    as_ana: Client, ana: User, content: Any, sentence: str
) -> None:
    answer = preview(as_ana, content)

    assert answer.status_code == 422
    told = "\n".join(answer.context["file_form"].errors["file"])
    assert sentence in told
    assert "nothing was written" in html_of(answer)
    assert member_record.read(ana).is_empty


def test_good_file_is_good() -> None:
    rows = parse_document.parse(json.dumps(good()).encode())

    assert len(rows["exam_attempts"]) == 1
    assert parse_document.parse(b"\xef\xbb\xbf" + json.dumps(good()).encode()) == rows
    assert parse_document.parse(json_document.as_file(rows).encode()) == rows


def test_missing_field_is_named() -> None:
    content = good()
    del content["record"]["exam_attempts"][0]["score"]
    del content["record"]["certificate"]

    with pytest.raises(FileRefused) as refused:
        parse_document.parse(json.dumps(content).encode())

    assert [fault.place for fault in refused.value.faults] == [
        "record.exam_attempts[1].score",
        "record.certificate",
    ]


def test_many_faults_have_an_end() -> None:
    content = with_value("record.exam_attempts", [{}] * 300)

    with pytest.raises(FileRefused) as refused:
        parse_document.parse(json.dumps(content).encode())

    assert len(refused.value.faults) == parse_document.MOST_FAULTS


def test_no_file_and_an_empty_one(as_ana: Client) -> None:
    for posted in ({}, {"file": as_file(b"")}, {"file": "no file"}):
        assert as_ana.post(UPLOAD, posted).status_code == 422


NASTY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.just("\ud800"),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)


def places(found: Any, path: str = "") -> list[str]:
    inside = found.items() if isinstance(found, dict) else enumerate(found)
    paths = []
    for name, value in inside:
        here = f"{path}.{name}".lstrip(".")
        paths.append(here)
        if isinstance(value, (dict, list)):
            paths += places(value, here)
    return [it for it in paths if not it.split(".")[-1].isdecimal()]


def test_whatever_is_in_a_file_is_answered(as_ana: Client) -> None:
    @examples(120, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(places(good())), NASTY)
    def bring(place: str, value: Any) -> None:
        # How many files an hour are taken is counted there.
        cache.clear()
        page = preview(as_ana, json.dumps(with_value(place, value)).encode())
        assert page.status_code in {200, 422}
        if page.status_code == 200:
            assert as_ana.post(CONFIRM, answer_to(page)).status_code in {302, 422}

    bring()


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"content": "", "token": "", "take": "x"},
        {"content": "[" * 5000, "token": "\0", "take": ["\0", "exam_attempts-1"]},
        {"content": '{"a": "\\ud800"}', "token": "👩🏽‍⚕️"},
        {"content": "null", "token": "x" * 10_000},
    ],
)
def test_nonsense_instead_of_an_answer_begins_again(
    as_ana: Client, posted: dict[str, Any]
) -> None:
    answer = as_ana.post(CONFIRM, posted)

    assert answer.status_code == 302
    assert answer["Location"] == UPLOAD


def test_longest_record_fits(as_ana: Client, ana: User) -> None:
    for item in Item:
        records.item(ana, item.value, note="👩" * 10_000)
    records.failed_attempts(ana, 300)
    content = json_document.as_text(exported(ana)).encode()
    assert len(content) < parse_document.LARGEST
    before = text_of_record(ana)
    delete_record.delete_entries(ana)

    assert bring_back(as_ana, content).status_code == 302

    assert text_of_record(ana) == before
