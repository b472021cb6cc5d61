"""What a reviewer sees before publication, and what an editor answers to a return."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from imgportal.models import User
from stats import review_list
from stats.actions import edit_draft, open_version, publish_version, review_version
from stats.choices import FigureTable, ReleaseStep, Status
from stats.exceptions import NoteMissing, SamePerson
from stats.models import ApplicantResult, Release, ReleaseEvent, ReviewNote
from stats.review_list import ReviewItem
from tests import factories, staff
from tests.factories import NOW
from tests.reading import html_of, text_of

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    staff.sign_in(client, person)
    return client


def page(release: Release, name: str = "change") -> str:
    return f"/admin/stats/release/{release.pk}/{name}/"


def test_the_public_page_is_shown_as_it_will_be(
    alice: User, bert: User, client: Client
) -> None:
    release = factories.in_review_by(
        alice, active_applicants=5501, matched_to_pgy1=2750
    )

    response = signed_in(bert).get(page(release, "preview"))

    seen = text_of(response)
    assert "The 1990 Match" in seen
    assert "Not public yet." in seen
    assert "5,501" in seen
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex"
    assert client.get("/match/1990/").status_code == 404
    publish_version.publish(release_id=release.pk, by=bert, now=NOW)
    public_page = text_of(client.get("/match/1990/"))
    assert "5,501" in public_page
    assert "Not public yet." not in public_page


def test_an_amendment_is_shown_in_place_of_what_is_public(
    alice: User, bert: User, client: Client
) -> None:
    first = factories.published_by(alice, bert, active_applicants=5501)
    from_now = client.get("/match/1990/")
    assert "5,501" in text_of(from_now)
    second = factories.stored_draft(version=2)
    factories.stored_result(second, active_applicants=7701, matched_to_pgy1=100)

    seen = text_of(signed_in(bert).get(page(second, "preview")))

    assert "7,701" in seen
    assert "5,501" in text_of(client.get("/match/1990/"))
    assert first.match_year == 1990


def test_a_version_without_rows_has_nothing_to_show(alice: User) -> None:
    release = factories.stored_draft(2061)

    response = signed_in(alice).get(page(release, "preview"), follow=True)

    assert "nothing to show yet" in text_of(response)


def test_a_return_stands_on_top_and_asks_what_was_done(alice: User, bert: User) -> None:
    release = factories.in_review_by(alice)
    publish_version.return_with_comment(
        release_id=release.pk, comment="US IMGs: look at page 15.", by=bert, now=NOW
    )
    client = signed_in(alice)
    html = html_of(client.get(page(release)))
    assert html.index("US IMGs: look at page 15.") < html.index("Checklist")

    refused = client.post(page(release, "submit"))

    assert refused.status_code == 422
    assert "Say what you did about the comment" in text_of(refused)
    release.refresh_from_db()
    assert release.status == Status.DRAFT
    client.post(page(release, "submit"), {"answer": "Page 15 agrees now."})
    release.refresh_from_db()
    assert release.status == Status.IN_REVIEW
    event = ReleaseEvent.objects.filter(step=ReleaseStep.SUBMITTED).latest("pk")
    assert event.detail == "Page 15 agrees now."
    assert "Page 15 agrees now." in text_of(signed_in(bert).get(page(release)))


def test_a_first_submission_is_asked_nothing(alice: User) -> None:
    release = factories.draft_by(alice)

    signed_in(alice).post(page(release, "submit"))

    release.refresh_from_db()
    assert release.status == Status.IN_REVIEW


def test_review_lists_what_is_said_otherwise_of_the_values(alice: User) -> None:
    release = open_version.open_amendment(match_year=2024, by=alice, now=NOW)
    editing = signed_in(alice)
    assert "Nothing differs from what is public" in text_of(editing.get(page(release)))
    table = FigureTable.APPLICANTS
    row = factories.rows_of(release, table)[0]
    edit_draft.change_rows(
        release_id=release.pk,
        table=table,
        edits=[factories.edit(table, row, locator="Table 9", confidence="C")],
        by=alice,
        now=NOW,
    )

    seen = text_of(editing.get(page(release)))

    assert "Nothing differs from what is public" not in seen
    assert "US MD seniors Grade: was “" in seen
    assert "is “Use with care”" in seen
    assert "Place in the source: was" in seen


# --- Ticks and comments --------------------------------------------------------------


def amended_by(editor: User) -> Release:
    """US IMGs of 2024 have another count of those who matched, and are in review."""
    release = open_version.open_amendment(match_year=2024, by=editor, now=NOW)
    mend(release, editor, matched_to_pgy1=3171, published_match_rate=None)
    return publish_version.submit(release_id=release.pk, by=editor, now=NOW)


def mend(release: Release, editor: User, **becomes: object) -> None:
    row = ApplicantResult.objects.get(release=release, applicant_type="us_img")
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[factories.edit(FigureTable.APPLICANTS, row, **becomes)],
        by=editor,
        now=NOW,
    )


def difference_of(release: Release) -> ReviewItem:
    (item,) = (
        item
        for item in review_list.current_items(release, now=NOW)
        if (item.row_key, item.is_remark) == ("us_img", False)
    )
    return item


def look(release: Release, by: User, comment: str = "", *, ticks: bool = True) -> int:
    mark = difference_of(release).mark
    return review_version.keep_notes(
        release_id=release.pk,
        ticked=[mark] if ticks else [],
        comments={mark: comment},
        by=by,
        now=NOW,
    )


def last(step: ReleaseStep) -> str:
    return ReleaseEvent.objects.filter(step=step).latest("pk").detail


def test_a_difference_stands_beside_its_rate_and_the_last_known_year(
    alice: User, bert: User
) -> None:
    release = amended_by(alice)

    seen = text_of(signed_in(bert).get(page(release)))

    assert "Matched to PGY-1: was 3,181, is 3,171 (3,356 in 2023)" in seen
    assert "Rate, computed: 66.7%, public: 67.0%, 67.6% in 2023" in seen


def test_all_that_a_first_version_says_is_to_be_looked_through(
    alice: User, bert: User
) -> None:
    release = factories.in_review_by(
        alice, 2060, active_applicants=5501, matched_to_pgy1=2750
    )

    item = difference_of(release)

    texts = [line.text for line in item.lines]
    assert texts[:2] == [
        "Active applicants: 5,501",
        "Matched to PGY-1: 2,750",
    ]
    assert item.lines[0].last_known.endswith(" in 2026")
    assert any(text.startswith("Grade: “") for text in texts)
    assert item.rate.startswith("50.0%, ")
    seen = text_of(signed_in(bert).get(page(release)))
    assert "What it says, of which nothing is public yet" in seen
    assert "Active applicants: 5,501" in seen


def test_a_reviewer_ticks_and_comments(alice: User, bert: User) -> None:
    release = amended_by(alice)
    client = signed_in(bert)
    mark = difference_of(release).mark
    assert f"0 of {len(review_list.current_items(release, now=NOW))}" in text_of(
        client.get(page(release))
    )

    answer = client.post(
        page(release, "notes"),
        {
            "looked_at": mark,
            f"note-{mark}": "Agrees with page 15.",
            "public_note": "The report was read again.",
        },
    )

    seen = html_of(answer)
    assert "Your ticks and comments are saved." in seen
    assert "Agrees with page 15.</textarea>" in seen
    assert "The report was read again.</textarea>" in seen
    note = ReviewNote.objects.get()
    assert (note.is_ticked, note.comment, note.by) == (
        True,
        "Agrees with page 15.",
        bert,
    )
    assert difference_of(release).is_ticked
    editing = text_of(signed_in(alice).get(page(release)))
    assert "✓ US IMGs" in editing
    assert "Agrees with page 15." in editing


def test_a_tick_is_taken_back(alice: User, bert: User) -> None:
    release = amended_by(alice)
    look(release, bert, "Wrong?")

    look(release, bert, ticks=False)

    assert not ReviewNote.objects.exists()


def test_reviewers_leave_what_the_other_said(alice: User, bert: User) -> None:
    release = amended_by(alice)
    carla = staff.publisher("carla@example.org")
    look(release, bert, "Agrees.")

    look(release, carla, ticks=False)

    assert difference_of(release).is_ticked
    assert "Agrees." in text_of(signed_in(carla).get(page(release)))


def test_who_changed_a_value_ticks_nothing(alice: User) -> None:
    owner = staff.owner()
    release = amended_by(owner)

    with pytest.raises(SamePerson):
        look(release, owner)

    assert 'name="looked_at"' not in html_of(signed_in(owner).get(page(release)))
    assert 'name="looked_at"' not in html_of(signed_in(alice).get(page(release)))


def test_a_tick_counts_no_more_when_its_reviewer_changes_a_value(
    alice: User, bert: User
) -> None:
    release = amended_by(alice)
    look(release, bert)

    release.editors.add(bert)

    assert not difference_of(release).is_ticked


def test_a_tick_falls_with_the_value(alice: User, bert: User) -> None:
    release = amended_by(alice)
    looked_at = difference_of(release).mark
    look(release, bert)
    publish_version.return_with_comment(
        release_id=release.pk, comment="Page 16, not 15.", by=bert, now=NOW
    )
    mend(release, alice, matched_to_pgy1=3172)
    publish_version.submit(release_id=release.pk, by=alice, now=NOW)
    assert not difference_of(release).is_ticked

    answer = signed_in(bert).post(
        page(release, "notes"), {"looked_at": looked_at, f"note-{looked_at}": ""}
    )

    assert "1 of what you ticked or commented says something else" in text_of(answer)
    assert not difference_of(release).is_ticked


def test_a_return_carries_the_comments(alice: User, bert: User) -> None:
    release = amended_by(alice)
    mark = difference_of(release).mark

    signed_in(bert).post(
        page(release, "return"), {f"note-{mark}": "Page 15 says 3,170.", "comment": ""}
    )

    release.refresh_from_db()
    assert release.status == Status.DRAFT
    assert last(ReleaseStep.RETURNED).startswith(
        "Results by applicant type, US IMGs (Matched to PGY-1: was 3,181, is 3,171"
    )
    assert last(ReleaseStep.RETURNED).endswith(": Page 15 says 3,170.")
    assert "Page 15 says 3,170." in text_of(signed_in(alice).get(page(release)))


def test_a_return_without_a_word_is_refused(alice: User, bert: User) -> None:
    release = amended_by(alice)

    refused = signed_in(bert).post(page(release, "return"), {"comment": " "})

    assert refused.status_code == 422
    assert "Say what should be changed" in text_of(refused)
    with pytest.raises(NoteMissing):
        publish_version.return_with_comment(
            release_id=release.pk, comment="", by=bert, now=NOW
        )


def test_publishing_takes_the_ticks_along_and_says_what_is_not_ticked(
    alice: User, bert: User
) -> None:
    release = amended_by(alice)
    items = review_list.current_items(release, now=NOW)
    mark = difference_of(release).mark
    sent = {
        "looked_at": mark,
        f"note-{mark}": "",
        "kind": "correction",
        "public_note": "It was mistyped.",
    }

    signed_in(bert).post(page(release, "publish"), sent)

    said = last(ReleaseStep.PUBLISHED).splitlines()
    assert said[0] == "It was mistyped."
    assert len(items) == 5
    assert said[1].startswith(
        "Not ticked, 4 of 5: First-year positions by specialty, Family Medicine; "
    )
    release.refresh_from_db()
    assert release.public_note == "It was mistyped."


def test_a_refused_publication_keeps_the_ticks(alice: User, bert: User) -> None:
    release = amended_by(alice)
    mark = difference_of(release).mark

    refused = signed_in(bert).post(
        page(release, "publish"), {"looked_at": mark, f"note-{mark}": ""}
    )

    assert refused.status_code == 422
    assert difference_of(release).is_ticked


def test_who_is_alone_is_sent_to_nobody_else(settings: Settings) -> None:
    settings.FIGURES_REQUIRE_TWO_PEOPLE = False
    owner = staff.owner()
    release = amended_by(owner)

    html = html_of(signed_in(owner).get(page(release)))

    assert "Somebody else publishes it." not in html
    assert 'name="looked_at"' in html
    look(release, owner)
    assert difference_of(release).is_ticked
