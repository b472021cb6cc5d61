"""`/scores/`: placing a score of one's own, without sending it anywhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from stats import score_position
from stats.charts import Quartiles
from stats.choices import ScoreOutcome

WHOSE = {"matched": "of those who matched", "not_matched": "of those who did not match"}
INTERNAL_MEDICINE = "/specialties/internal-medicine/"


@pytest.fixture
def scores(page: Page, site: str) -> Page:
    page.goto(f"{site}/scores/")
    return page


def place(page: Page, score: str) -> None:
    page.get_by_label("Your Step 2 CK score").fill(score)
    page.get_by_role("button", name="Place it").click()


def position(score: int, row: dict[str, Any]) -> str:
    """Where a score lies, from the published values and not from what is drawn."""
    if score < row["step2_ck_q1"]:
        return "in the lower quarter"
    if score > row["step2_ck_q3"]:
        return "in the upper quarter"
    if score == row["step2_ck_median"]:
        return "at the middle"
    side = "below" if score < row["step2_ck_median"] else "above"
    return f"{side} the middle"


def expected_words(rows: list[dict[str, Any]], slug: str, score: int) -> str:
    said = [
        f"{position(score, row)} {WHOSE[row['outcome']]}"
        for row in rows
        if row["slug"] == slug and row["step2_ck_q1"] is not None
    ]
    return f"{score}: {', '.join(said)}."


@pytest.mark.parametrize("score", [200, 245, 300])
def test_score_is_put_into_words_under_every_strip(
    scores: Page, site: str, score: int
) -> None:
    rows = scores.request.get(f"{site}/scores.json").json()["rows"]
    cards = scores.locator(".strip-card")

    place(scores, str(score))

    assert cards.count() > 15
    for card in cards.all():
        address = card.get_by_role("link").get_attribute("href") or ""
        slug = address.strip("/").rpartition("/")[2]
        expect(card.locator("[data-words]")).to_have_text(
            expected_words(rows, slug, score)
        )


@pytest.mark.parametrize(
    ("score", "matched", "not_matched"),
    [
        # Internal Medicine: 240 · 251 · 259 matched, 233 · 243 · 253 not matched.
        (232, "in the lower quarter", "in the lower quarter"),
        (233, "in the lower quarter", "below the middle"),
        (239, "in the lower quarter", "below the middle"),
        (240, "below the middle", "below the middle"),
        (243, "below the middle", "at the middle"),
        (250, "below the middle", "above the middle"),
        (251, "at the middle", "above the middle"),
        (252, "above the middle", "above the middle"),
        (253, "above the middle", "above the middle"),
        (254, "above the middle", "in the upper quarter"),
        (259, "above the middle", "in the upper quarter"),
        (260, "in the upper quarter", "in the upper quarter"),
    ],
)
def test_words_change_exactly_at_the_quartiles(
    scores: Page, score: int, matched: str, not_matched: str
) -> None:
    card = scores.locator(".strip-card").filter(
        has=scores.locator(f'a[href="{INTERNAL_MEDICINE}"]')
    )

    place(scores, str(score))

    expect(card.locator("[data-words]")).to_have_text(
        f"{score}: {matched} of those who matched, {not_matched} of those who did not match."
    )


@pytest.mark.parametrize(("score", "share"), [(250, 0.5), (200, 0), (300, 1), (150, 0)])
def test_mark_stands_where_the_score_lies_on_the_axis(
    scores: Page, score: int, share: float
) -> None:
    row = scores.locator("[data-strip] [data-outcome]").first
    strip = scores.locator("[data-strip]").first
    assert (strip.get_attribute("data-low"), strip.get_attribute("data-high")) == (
        "200",
        "300",
    )

    place(scores, str(score))

    mark = row.locator("[data-own]")
    expect(mark).to_have_attribute("visibility", "visible")
    track = row.locator("svg").bounding_box()
    assert track is not None
    # A line has no width, so the browser's own measure is asked.
    at = mark.evaluate("(line) => line.getBoundingClientRect().x")
    assert at == pytest.approx(track["x"] + share * track["width"], abs=1)
    # What the axis does not reach is pointed at.
    arrow = row.locator("[data-edge]")
    assert arrow.get_attribute("visibility") == ("visible" if score < 200 else "hidden")


def test_score_stays_in_the_browser(scores: Page) -> None:
    scores.wait_for_load_state("networkidle")
    address = scores.url
    asked: list[str] = []
    scores.on("request", lambda request: asked.append(request.url))

    place(scores, "245")
    scores.get_by_label("Your Step 2 CK score").press("Enter")
    scores.wait_for_timeout(300)

    assert asked == []
    assert scores.url == address
    assert scores.evaluate("document.cookie") == ""
    assert scores.evaluate("localStorage.length + sessionStorage.length") == 0
    assert scores.evaluate("history.length") == 2  # the empty tab and this page


def test_what_happened_is_told_to_screen_readers(scores: Page) -> None:
    place(scores, "245")

    expect(scores.get_by_role("status")).to_have_text(
        "245 is marked on "
        f"{scores.locator('[data-strip]').count()} strips below, with words under each. "
        "It says where a score lay among others, not what will happen."
    )


@pytest.mark.parametrize("score", [150, 217, 218, 300])
def test_score_below_the_minimum_of_today_is_said_to_be(
    scores: Page, site: str, score: int
) -> None:
    standards = scores.request.get(f"{site}/rules/passing-scores.json").json()[
        "step2ck"
    ]
    assert standards[-1]["minimum"] == 218
    scores.wait_for_load_state("networkidle")

    place(scores, str(score))

    said = " is below 218, the minimum for exams since 1 July 2025, reported."
    result = scores.get_by_role("status").inner_text()
    assert result.endswith(f" {score}{said}") == (score < 218)


@pytest.mark.parametrize("typed", ["", "0", "301", "12.5", "-5", "abc", "1e1000"])
def test_what_is_no_score_is_said_and_drawn_nowhere(scores: Page, typed: str) -> None:
    place(scores, "245")
    field = scores.get_by_label("Your Step 2 CK score")
    field.fill("")
    # Typed as a hand would: a browser leaves out letters that no number has.
    field.press_sequentially(typed)

    scores.get_by_role("button", name="Place it").click()

    expect(scores.get_by_role("status")).to_have_text(
        "Enter a whole number from 1 to 300, as on your score report."
    )
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    for words in scores.locator("[data-words]").all():
        expect(words).to_be_hidden()
    expect(scores.locator("[data-own][visibility=visible]")).to_have_count(0)

    place(scores, "245")
    assert field.get_attribute("aria-invalid") is None
    expect(scores.locator("[data-words]").first).to_be_visible()


def test_nothing_moves_when_the_field_appears(page: Page, site: str) -> None:
    held: list[Any] = []
    page.route("**/own-score*.js", lambda route: held.append(route))
    page.goto(f"{site}/scores/", wait_until="commit")
    heading = page.get_by_role("heading", name="By specialty")
    heading.wait_for()
    field = page.get_by_label("Your Step 2 CK score")
    expect(field).to_be_hidden()
    before = heading.bounding_box()
    page.wait_for_function("performance.getEntriesByType('paint').length > 0")

    held[0].continue_()
    expect(field).to_be_visible()

    assert heading.bounding_box() == before


def test_distance_from_a_mean_is_put_into_words_as_the_server_says_it(
    page: Page, site: str
) -> None:
    page.goto(f"{site}/scores/?edition=2022")
    rows = page.request.get(f"{site}/scores.json?edition=2022").json()["rows"]
    means = [row["step2_ck_mean"] for row in rows if row["step2_ck_mean"] is not None]

    place(page, "236")

    cards = page.locator(".strip-card")
    expect(cards).to_have_count(len(means))
    said = [card.locator("[data-words]").inner_text() for card in cards.all()]
    assert sorted(said) == sorted(
        f"236: {score_position.distance(236, Decimal(str(mean)))} of those who matched."
        for mean in means
    )


def test_browser_and_server_say_the_same_words(page: Page, site: str) -> None:
    page.goto(f"{site}{INTERNAL_MEDICINE}")
    strips = page.locator("[data-strip]").all()

    for score in (1, 232, 233, 235, 240, 243, 247, 251, 255, 259, 260, 300):
        place(page, str(score))

        said = [strip.locator("[data-words]").inner_text() for strip in strips]
        assert said == [server_words(strip, score) for strip in strips]
    assert len(strips) == 2  # quartiles of one group, means of the other


def server_words(strip: Locator, score: int) -> str:
    said = []
    for row in strip.locator("[data-outcome]").all():
        value = {
            name: Decimal(row.get_attribute(f"data-{name}") or "0")
            for name in ("mean", "q1", "median", "q3")
        }
        outcome = ScoreOutcome(row.get_attribute("data-outcome") or "")
        if value["mean"]:
            where = score_position.distance(score, value.pop("mean"))
        else:
            del value["mean"]
            where = score_position.position(
                score, Quartiles(outcome=outcome, label="", n=None, **value)
            )
        said.append(f"{where} {score_position.WHO[outcome]}")
    low, high = (
        int(strip.get_attribute(f"data-{end}") or 0) for end in ("low", "high")
    )
    if not low <= score <= high:
        said.insert(0, f"outside what is drawn ({low} to {high})")
    return f"{score}: {', '.join(said)}."


def test_all_specialties_share_one_axis_that_stays(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{site}/scores/")
    axis = page.locator(".scores__axis")
    last = page.locator(".strip-card").last

    last.scroll_into_view_if_needed()

    expect(axis).to_have_count(1)
    expect(axis).to_be_in_viewport()
    track, scale = (
        last.locator("svg").first.bounding_box(),
        axis.locator("svg").bounding_box(),
    )
    assert track is not None
    assert scale is not None
    assert (track["x"], track["width"]) == (scale["x"], scale["width"])
    # 22 specialties: three screens, where each had an axis of its own it was eight.
    chart = page.locator(".scores").bounding_box()
    assert chart is not None
    assert chart["height"] < 2_400


def test_one_specialty_is_chosen(page: Page, site: str) -> None:
    page.goto(f"{site}/scores/")
    page.get_by_label("Specialty", exact=True).select_option("neurology")
    page.get_by_role("button", name="Show").click()

    expect(page.locator(".strip-card")).to_have_count(1)
    expect(page.locator(".strip-card").get_by_role("link")).to_have_text("Neurology")
    rows = page.request.get(page.url.replace("/scores/", "/scores.json")).json()["rows"]
    assert {row["slug"] for row in rows} == {"neurology"}


def test_axis_of_a_line_chart_stays_on_the_screen(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{site}/match/")
    scroller = page.locator("[data-chart] .scroller")

    for left in (-1_000, -200, 0):  # from its oldest year to its newest
        scroller.evaluate("(box, left) => { box.scrollLeft = left }", left)
        label = scroller.locator(".plot__axis text").first.bounding_box()
        assert label is not None
        assert 0 <= label["x"] <= label["x"] + label["width"] <= 60
    assert scroller.evaluate("(box) => box.scrollWidth > box.clientWidth")


def test_specialty_without_any_score_has_no_field(page: Page, site: str) -> None:
    page.goto(f"{site}/specialties/thoracic-surgery/")

    expect(page.get_by_role("heading", name="Thoracic Surgery").first).to_be_visible()
    expect(page.locator("#own")).to_have_count(0)
    expect(page.get_by_text("too few to publish").first).to_be_visible()
