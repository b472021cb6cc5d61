"""A sheet for an adviser: who gets it, what is on it, and when it is over."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imgportal.accounts import deletion
from imgportal.lib import clock
from imgportal.models import User
from profiles import member_record, reference_tables
from profiles.actions import adviser_sheet, delete_record, save_entry
from profiles.exceptions import ChangedMeanwhile, TooMany
from profiles.models import AdviserSheet
from profiles.models.adviser_sheets import LONGEST_TITLE, PARTS
from profiles.portable.parse_document import parse
from profiles.record_tables import TABLES
from profiles.rules.judge_record import judge
from profiles.rules.plan import make_plan
from tests import factories, staff
from tests.profiles import records
from tests.reading import html_of, text_of

LIST, ADD = "/me/data/sheets/", "/me/data/sheets/add/"
NOTE = "Only Ana may read this."
HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))
CHOSEN = {"seen": "0", "parts_shown": ["exams", "season"], "days": "7"}


@pytest.fixture
def full(ana: User) -> User:
    """Ana has something for each part."""
    records.profile(ana)
    records.attempt(ana, "step1", on=date(2024, 3, 10))
    records.attempt(ana, on=date(2024, 8, 3), outcome="fail", score=201)
    records.attempt(ana, on=date(2025, 3, 10), score=287)
    records.sitting(ana, writing=290)
    records.pathway(ana)
    records.item(ana, "account", note=NOTE)
    return ana


def later(monkeypatch: pytest.MonkeyPatch, **time: int) -> None:
    monkeypatch.setattr(clock, "now", lambda: factories.NOW + timedelta(**time))


def headings(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", page)


# --- What is on it --------------------------------------------------------------------


def test_a_sheet_has_every_part_that_was_chosen(client: Client, full: User) -> None:
    page = client.get(records.sheet(full, title="For my advisor"))

    assert page.status_code == 200
    assert headings(html_of(page)) == [
        *("What is next", "What could go wrong", "Exams", "Certification"),
        *("The 2027 Match", "Notes on certification"),
    ]
    text = text_of(page)
    for words in (
        "For my advisor",
        "As of 22 November 2026",
        "287",
        "201",
        "290",
        NOTE,
    ):
        assert words in text, words
    assert full.email not in text


@pytest.mark.parametrize("part", [part for part in PARTS if part != "scores"])
def test_a_sheet_has_no_other_part(client: Client, full: User, part: str) -> None:
    page = html_of(client.get(records.sheet(full, part)))

    wanted = {
        "exams": ["Exams"],
        "certification": ["Certification"],
        "steps": ["What is next", "What could go wrong"],
        "season": ["The 2027 Match"],
        "notes": ["Notes on certification"],
    }
    assert headings(page) == wanted[part]
    assert (NOTE in page) == (part == "notes")


def test_items_that_nothing_is_entered_about_are_one_sentence(
    client: Client, full: User
) -> None:
    records.item(full, "identity", state="under_way")

    page = client.get(records.sheet(full, "certification"))

    (sentence,) = re.findall(r"Nothing is entered about ([^.]+)\.", text_of(page))
    items = re.findall(r"<h3>([^<]+)</h3>", html_of(page))
    assert "Four credit years" in sentence.split(", ")
    # What was reported, and what the exams say, stands by itself.
    for name in ("MyIntealth account", "Identity confirmed", "Step 2 CK"):
        assert name in items
        assert name not in sentence
    pathway = items.index("Which Pathway?")
    assert pathway + len(sentence.split(", ")) == 14


def test_notes_are_shown_only_when_they_were_chosen(client: Client, full: User) -> None:
    others = [part for part in PARTS if part != "notes"]

    assert NOTE not in html_of(client.get(records.sheet(full, *others)))
    assert NOTE in html_of(client.get(records.sheet(full, "notes")))


def test_scores_are_shown_only_when_they_were_chosen(
    client: Client, full: User
) -> None:
    # Contradicts its score, so that a sentence would name it.
    records.attempt(full, "step3", on=date(2025, 9, 1), outcome="fail", score=244)
    without = [part for part in PARTS if part not in ("scores", "notes")]

    hidden = html_of(client.get(records.sheet(full, *without)))
    shown = html_of(client.get(records.sheet(full, *without, "scores")))

    for score in ("201", "287", "290", "244"):
        number = re.compile(rf"(?<![\w.]){score}(?![\w.])")
        assert number.search(shown), score
        found = number.search(hidden)
        assert not found, hidden[found.start() - 150 : found.end() + 50]
    assert "Scores are not shown" in hidden
    # The answers are the same: the rules still had them.
    assert text(shown).count("Passed") == text(hidden).count("Passed") > 0
    assert "Not passed" in hidden


def text(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", page)


@pytest.mark.parametrize("history", HISTORIES, ids=lambda path: path.stem)
def test_no_sentence_about_any_history_tells_a_score(
    history: Path, client: Client, ana: User
) -> None:
    """A score here is a number that occurs nowhere else, so that it can be looked for."""
    parsed = parse(history.read_bytes())
    for table in TABLES:
        for values in parsed[table.name]:
            if not table.is_setting:
                save_entry.add(table.model, owner=ana, values=values)
    stored = member_record.read(ana)
    reference = reference_tables.everything().reference
    day = stored.today(clock.now())
    hidden_record = stored.for_reader(scores=False, notes=False)
    open_facts, hidden_facts = stored.facts, hidden_record.facts

    judged_open = judge(open_facts, reference, day)
    judged_hidden = judge(hidden_facts, reference, day)
    plan = make_plan(hidden_facts, reference, judged_hidden, eastern=day)

    assert all(row.score is None for row in hidden_record.attempts)
    assert not any(row.note for row in hidden_record.items.values())
    assert answers(judged_hidden) == answers(judged_open)
    sentences = [
        *words_of(judged_hidden),
        *(step.what + step.why for step in plan.steps),
        *(risk.verdict.reason for risk in plan.risks),
    ]
    scores = {
        str(int(score))
        for score in (
            *(attempt.score for attempt in hidden_facts.attempts),
            *(it for row in hidden_facts.sittings for it in row.scores.values()),
        )
        if score is not None
    }
    minimums = {str(standard.minimum) for standard in reference.standards}
    for sentence in sentences:
        numbers = set(re.findall(r"\d+", sentence))
        assert not numbers & (scores - minimums), sentence
    page = client.get(records.sheet(ana, *(p for p in PARTS if p != "scores")))
    assert page.status_code == 200


def answers(judgement: Any) -> list[tuple[str, str]]:
    return [
        (verdict.answer, verdict.status)
        for verdict in (
            *judgement.items.values(),
            *judgement.steps.values(),
            *(judgement.match, judgement.english, judgement.certificate),
        )
    ]


def words_of(judgement: Any) -> list[str]:
    return [
        f"{verdict.reason} {verdict.next_step} {verdict.needs_look}"
        for verdict in (
            *judgement.items.values(),
            *judgement.steps.values(),
            *(judgement.match, judgement.english, judgement.certificate),
            *(it.verdict for it in judgement.sittings),
        )
    ] + list(judgement.needs_look)


def test_nothing_on_a_sheet_leads_into_the_record(client: Client, full: User) -> None:
    page = html_of(client.get(records.sheet(full)))

    links = re.findall(r'href="([^"#]*)', page)
    assert links
    assert [link for link in links if link.startswith(("/me", "/accounts"))] == [
        # The entry of every page to one's own record.
        link
        for link in links
        if link == "/me/"
    ]
    assert "your time" not in page
    assert "Asia/Kolkata" not in page


def test_a_sheet_follows_the_record_as_it_is(client: Client, full: User) -> None:
    address = records.sheet(full, "exams")
    records.attempt(full, "step3", on=date(2026, 10, 1), outcome="pass", score=222)

    assert "1 October 2026" in html_of(client.get(address))


def test_a_sheet_of_an_empty_record(client: Client, ana: User) -> None:
    page = client.get(records.sheet(ana))

    assert page.status_code == 200
    assert "Exams" in headings(html_of(page))


def test_a_title_is_text(client: Client, ana: User) -> None:
    page = html_of(client.get(records.sheet(ana, title="<script>x</script>")))

    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


# --- Who gets it ----------------------------------------------------------------------


def test_no_session_is_needed_or_read(client: Client, full: User) -> None:
    address = records.sheet(full)
    client.force_login(full)

    with CaptureQueriesContext(connection) as queries:
        signed_in = client.get(address)
    client.logout()
    signed_out = client.get(address)

    assert not any("session" in query["sql"] for query in queries)
    assert html_of(signed_in) == html_of(signed_out)
    assert signed_in.cookies == {}
    assert "Cookie" not in signed_in.get("Vary", "")


def test_nobody_keeps_it_or_finds_it(client: Client, full: User) -> None:
    address = records.sheet(full)

    for path in (address, "/sheets/never/"):
        response = client.get(path)
        assert response["Cache-Control"] == "no-store, private"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        page = html_of(response)
        assert '<meta name="robots" content="noindex' in page
        # No page repeats its address: on paper it could be read by anybody.
        assert path.split("/")[2] not in page
        assert not re.findall(
            r'(?:src|href)="(?:https?:)?//(?!testserver)',
            "".join(re.findall(r"<(?:link|script|img)[^>]*>", page)),
        )


@pytest.mark.parametrize("length", [1, 40])
def test_a_sheet_takes_as_many_queries_as_ever(
    client: Client, ana: User, length: int
) -> None:
    records.full_record(ana, attempts=length)
    address = records.sheet(ana)
    # What is kept in memory is read by the first page after a change.
    client.get(address)

    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200

    # Which sheet, that it was opened, six for the record, and whether the dated tables
    # and the published names are those in memory.
    assert len(queries) == 11


NONSENSE = ["a", "0" * 43, "x" * 10_000, "-_-", "%00", "a%00b", "é", "👩", "..%2f"]


@pytest.mark.parametrize("token", NONSENSE)
def test_an_unknown_address_is_404_after_one_query(
    client: Client, full: User, token: str
) -> None:
    records.sheet(full)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/sheets/{token}/")

    assert response.status_code == 404
    assert len(queries) <= 1


def test_the_hash_that_is_stored_opens_nothing(client: Client, full: User) -> None:
    address = records.sheet(full)
    stored = AdviserSheet.objects.get().token_hash

    assert stored not in address
    assert client.get(f"/sheets/{stored}/").status_code == 404


def test_the_secret_is_long(ana: User) -> None:
    tokens = {records.sheet(ana, days=1).split("/")[2] for _ in range(3)}

    assert len(tokens) == 3
    # 43 characters of 6 bits.
    assert all(len(token) == 43 for token in tokens)


def test_a_sheet_can_only_be_read(client: Client, full: User) -> None:
    address = records.sheet(full)

    for method in (client.post, client.put, client.delete, client.patch):
        assert method(address).status_code == 405


# --- When it is over ------------------------------------------------------------------


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_sheet_ends_by_itself(
    client: Client, full: User, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    address = records.sheet(full, days=days)
    never = client.get("/sheets/never/")

    later(monkeypatch, days=days, seconds=-1)
    assert client.get(address).status_code == 200
    later(monkeypatch, days=days)
    with CaptureQueriesContext(connection) as queries:
        ended = client.get(address)

    assert ended.status_code == never.status_code == 404
    assert ended.content == never.content
    assert ended.headers == never.headers
    assert len(queries) == 1
    assert AdviserSheet.objects.get().opened_count == 1


def test_a_sheet_is_ended_at_once(as_ana: Client, full: User) -> None:
    address, other = records.sheet(full), records.sheet(full, "season")
    mine = adviser_sheet.newest(full)
    assert mine is not None
    end = f"{LIST}{AdviserSheet.objects.exclude(pk=mine.pk).get().pk}/end/"
    assert as_ana.get(end).status_code == 200
    assert as_ana.get(address).status_code == 200

    assert as_ana.post(end)["Location"] == LIST

    never = as_ana.get("/sheets/never/")
    assert as_ana.get(address).content == never.content
    assert as_ana.get(other).status_code == 200
    assert as_ana.post(end).status_code == 404


def test_signing_out_ends_no_sheet(as_ana: Client, full: User) -> None:
    address = records.sheet(full)
    as_ana.post("/accounts/logout/")

    assert Client().get(address).status_code == 200


@pytest.mark.parametrize("how", ["closed", "account deleted", "record deleted"])
def test_a_sheet_goes_with_what_it_shows(client: Client, full: User, how: str) -> None:
    address = records.sheet(full)

    if how == "closed":
        User.objects.filter(pk=full.pk).update(is_active=False)
    elif how == "account deleted":
        assert deletion.delete_account(full, message=None, now=clock.now())
    else:
        delete_record.delete_entries(full)

    assert client.get(address).status_code == 404
    assert AdviserSheet.objects.exists() == (how == "closed")


# --- How often it was opened ----------------------------------------------------------


def test_every_reading_is_counted_and_nothing_of_the_reader(
    client: Client, full: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = records.sheet(full)
    client.get(address, REMOTE_ADDR="192.0.2.77", HTTP_USER_AGENT="Reader/1")
    later(monkeypatch, hours=3)
    client.get(address, REMOTE_ADDR="192.0.2.78")

    row = AdviserSheet.objects.values().get()
    assert row["opened_count"] == 2
    assert row["last_opened_at"] == factories.NOW + timedelta(hours=3)
    assert "192.0.2" not in str(row)
    assert "Reader" not in str(row)


def test_a_look_of_a_program_is_not_counted(client: Client, full: User) -> None:
    address = records.sheet(full)

    assert client.head(address).status_code == 200
    for name in ("Sec-Purpose", "Purpose", "X-Moz"):
        assert client.get(address, headers={name: "prefetch"}).status_code == 200
    for words in ("prefetch;prerender", "preview"):
        assert client.get(address, headers={"Purpose": words}).status_code == 200

    assert AdviserSheet.objects.get().opened_count == 0


def test_the_member_reads_how_often_and_when(
    as_ana: Client, full: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = records.sheet(full, "exams", "scores", title="For my advisor", days=1)
    assert "Not opened yet." in text_of(as_ana.get(LIST))
    later(monkeypatch, hours=2)
    Client().get(address)
    Client().get(address)

    page = as_ana.get(LIST)
    words = text_of(page)

    assert "For my advisor" in words
    assert "Made on 22 November 2026, 12:00." in words
    assert "Shows exams, scores." in words
    assert "Ends by itself on 23 November 2026, 12:00." in words
    assert "Opened 2 times, last on 22 November 2026, 14:00." in words
    # Neither the address nor its fingerprint can be read again.
    assert "/sheets/" not in html_of(page).replace(LIST, "")
    assert AdviserSheet.objects.get().token_hash not in html_of(page)
    later(monkeypatch, days=2)
    assert "Ended on 23 November 2026" in text_of(as_ana.get(LIST))


# --- Making one -----------------------------------------------------------------------


def shown_address(response: Any) -> str:
    found = re.search(r'value="http://testserver(/sheets/[\w-]+/)"', html_of(response))
    assert found is not None
    return found.group(1)


def test_a_sheet_is_made_and_its_address_shown_once(as_ana: Client, full: User) -> None:
    form = html_of(as_ana.get(ADD))
    # Neither scores nor notes, and a week, unless the member chooses otherwise.
    checked = re.findall(r'name="(\w+)" value="(\w+)"[^>]* checked', form)
    checked += [
        (name, value)
        for tag in re.findall(r"<input[^>]*checked[^>]*>", form)
        for name in re.findall(r'name="(\w+)"', tag)
        for value in re.findall(r'value="(\w+)"', tag)
    ]
    assert set(checked) == {
        *(("parts_shown", part) for part in PARTS if part not in ("scores", "notes")),
        ("days", "7"),
    }

    made = as_ana.post(ADD, CHOSEN | {"title": "For\tmy\u2028 advisor"})

    address = shown_address(made)
    assert "only time" in text_of(made)
    assert made["Cache-Control"] == "no-store, private"
    row = AdviserSheet.objects.get()
    assert row.title == "For my advisor"
    assert row.parts_shown == ["exams", "season"]
    assert row.ends_at - row.made_at == timedelta(days=7)
    assert Client().get(address).status_code == 200


def test_the_same_form_sent_twice_makes_one_sheet(
    as_ana: Client, full: User, ben: User
) -> None:
    # So that its number is not the number of its version as well.
    records.sheet(ben)
    records.sheet(ben)
    as_ana.post(ADD, CHOSEN)

    again = as_ana.post(ADD, CHOSEN | {"title": "Still here"})

    assert again.status_code == 409
    assert "sent twice" in text_of(again)
    assert 'value="Still here"' in html_of(again)
    # The form that came back is good.
    last = AdviserSheet.objects.get(owner=full).pk
    assert f'name="seen" value="{last}"' in html_of(again)
    assert as_ana.post(ADD, CHOSEN | {"seen": str(last)}).status_code == 200


def test_there_are_five_at_a_time(
    as_ana: Client, full: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(adviser_sheet.MOST_OPEN):
        records.sheet(full, days=1)
    last = adviser_sheet.newest(full)
    assert last is not None

    refused = as_ana.post(ADD, CHOSEN | {"seen": str(last.pk)})

    assert refused.status_code == 422
    assert "End one of them first" in text_of(refused)
    assert ADD not in html_of(as_ana.get(LIST))
    with pytest.raises(TooMany):
        records.sheet(full)
    with pytest.raises(ChangedMeanwhile):
        adviser_sheet.make(
            owner=full, seen=0, title="", shows=(), days=1, now=clock.now()
        )
    later(monkeypatch, days=1)
    records.sheet(full)


def test_ended_sheets_are_forgotten(
    full: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for week in range(3):
        later(monkeypatch, days=7 * week)
        for _ in range(5):
            records.sheet(full, days=1)
    later(monkeypatch, days=21)
    records.sheet(full, days=1)

    # The ten that ended last, and the open one.
    assert AdviserSheet.objects.count() == 11
    later(monkeypatch, days=60)
    records.sheet(full, days=1)
    assert AdviserSheet.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"parts_shown": []}, "Choose at least one."),
        ({"parts_shown": ["scores"]}, "choose one of these, too"),
        ({"parts_shown": ["email"]}, "Choose among these."),
        ({"days": "8"}, "Choose among these."),
        ({"days": ""}, "Choose how long."),
        ({"days": "9" * 5000}, "Choose among these."),
        ({"title": "x" * (LONGEST_TITLE + 1)}, "At most 60 characters; these are 61."),
        ({"title": "a\x00b"}, "Null characters"),
    ],
)
def test_wrong_input_is_said_and_kept(
    as_ana: Client, ana: User, wrong: dict[str, Any], words: str
) -> None:
    response = as_ana.post(ADD, CHOSEN | {"title": "Kept"} | wrong)

    assert response.status_code == 422
    assert words in text_of(response)
    if "title" not in wrong:
        assert 'value="Kept"' in html_of(response)
    assert not AdviserSheet.objects.exists()


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 5_000, "\x00"])
def test_nonsense_makes_no_sheet(as_ana: Client, ana: User, seen: str) -> None:
    assert as_ana.post(ADD, CHOSEN | {"seen": seen}).status_code in {409, 422}
    assert not AdviserSheet.objects.exists()


def test_who_makes_one_shows_who_they_are_and_loses_nothing(
    client: Client, full: User
) -> None:
    full.set_password(staff.PASSWORD)
    full.save()
    client.force_login(full)
    again = "/accounts/reauthenticate/"
    assert client.get(ADD)["Location"] == f"{again}?next=%2Fme%2Fdata%2Fsheets%2Fadd%2F"

    # Filled in before the five minutes were over, sent after them.
    asked = client.post(ADD, CHOSEN | {"title": "For my advisor"})
    assert asked["Location"].startswith(again)
    assert not AdviserSheet.objects.exists()
    made = client.post(asked["Location"], {"password": staff.PASSWORD, "next": ADD})

    assert AdviserSheet.objects.get().title == "For my advisor"
    assert client.get(shown_address(made)).status_code == 200
    # For five minutes nothing asks again.
    assert client.get("/me/season/address/").status_code == 200


def test_an_address_of_the_calendar_asks_who_it_is(client: Client, full: User) -> None:
    full.set_password(staff.PASSWORD)
    full.save()
    client.force_login(full)

    asked = client.post("/me/season/address/", {"seen": "0"})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    made = client.post(
        asked["Location"],
        {"password": staff.PASSWORD, "next": "/me/season/address/"},
    )

    assert "/calendar/" in html_of(made)


def test_who_has_only_codes_signs_in_anew(client: Client, full: User) -> None:
    client.force_login(full)

    for path in (ADD, "/me/season/address/"):
        for answer in (client.get(path), client.post(path, CHOSEN)):
            assert "Sign in again first" in html_of(answer)
    assert not AdviserSheet.objects.exists()
