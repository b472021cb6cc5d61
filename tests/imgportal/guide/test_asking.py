"""The two small forms: what they answer, and that nothing upsets them."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client

from profiles.models import PathwaySeason
from tests.reading import html_of, text_of

pytestmark = pytest.mark.django_db

NONSENSE = [
    "",
    "maybe",
    "\x00",
    "us\x00",
    "😀" * 50,
    "x" * 10_000,
    "' OR 1=1 --",
    "<b>",
]


def asked(client: Client, path: str, **answers: str) -> str:
    response = client.get(f"{path}?{urlencode(answers)}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return text_of(response)


@pytest.mark.parametrize(
    ("school", "graduated", "citizen", "answer"),
    [
        ("us", "", "", "You are not an IMG."),
        ("us", "since", "no", "You are not an IMG."),
        ("canada", "before", "yes", "You are not an IMG."),
        ("canada", "before", "no", "You are not an IMG."),
        ("canada", "since", "no", "You are a non-US IMG."),
        ("canada", "since", "yes", "You are a US IMG."),
        ("canada", "", "yes", "We cannot say yet. Tell us when you graduated."),
        ("elsewhere", "", "no", "You are a non-US IMG."),
        ("elsewhere", "before", "yes", "You are a US IMG."),
        ("elsewhere", "", "", "You are an IMG."),
        ("", "since", "no", "We cannot say yet. Tell us where your medical school is."),
    ],
)
def test_classifier_answers_by_the_table(
    client: Client, school: str, graduated: str, citizen: str, answer: str
) -> None:
    text = asked(
        client,
        "/guide/who-is-an-img/",
        school=school,
        graduated=graduated,
        citizen=citizen,
    )

    assert answer in text
    # Only the Canadian boundary is in doubt.
    in_doubt = school == "canada" and graduated == "since"
    assert ("The sources disagree on the exact start" in text) is in_doubt


@pytest.mark.parametrize(
    ("answers", "headline"),
    [
        ({"cs": "passed"}, "You need no Pathway."),
        ({"cs": "failed", "licence": "yes"}, "Pathway 6 is yours."),
        ({"cs": "never", "licence": "yes", "discipline": "no"}, "Pathway 1 is yours."),
        (
            {"cs": "never", "licence": "no", "graduated": "yes", "school": "wfme"},
            "Pathway 3 is yours.",
        ),
        (
            {"cs": "never", "licence": "no", "graduated": "yes", "school": "osce"},
            "Pathway 2 is yours.",
        ),
        (
            {"cs": "never", "licence": "no", "graduated": "yes", "school": "ncfmea"},
            "Pathway 4 is yours.",
        ),
        (
            {"cs": "never", "licence": "no", "graduated": "yes", "school": "joint"},
            "Pathway 5 is yours.",
        ),
        (
            {"cs": "never", "licence": "no", "graduated": "no", "school": "wfme"},
            "Pathway 6 is yours.",
        ),
        (
            {"cs": "never", "licence": "no", "school": "none"},
            "Pathway 6 is yours.",
        ),
        (
            {"cs": "never", "graduated": "yes", "school": "wfme"},
            "We cannot say yet. Tell us whether you had a licence.",
        ),
        (
            {"cs": "never", "licence": "yes", "school": "none"},
            "We cannot say yet. Tell us whether your licence was disciplined.",
        ),
        (
            {"licence": "yes", "discipline": "no"},
            "We cannot say yet. Tell us whether you took Step 2 CS.",
        ),
    ],
)
def test_pathway_is_found_by_the_table(
    client: Client, answers: dict[str, str], headline: str
) -> None:
    assert headline in asked(client, "/guide/pathways/", **answers)


def test_a_question_without_any_choice_is_answered(client: Client) -> None:
    names = ("cs", "licence", "discipline", "graduated", "school")
    text = asked(client, "/guide/pathways/", **dict.fromkeys(names, ""))

    assert "We cannot say yet. Tell us whether you took Step 2 CS" in text
    assert text.count("not known. ") >= 6
    assert 'class="ask__answer"' not in html_of(client.get("/guide/pathways/"))


def test_an_unknown_answer_is_told_in_a_sentence(client: Client) -> None:
    text = asked(client, "/guide/pathways/", cs="no")

    assert (
        "We do not know the answer “no” to “Did you take Step 2 CS?”, "
        "so we leave it open." in text
    )


def test_answer_that_rests_on_unconfirmed_days_says_so(client: Client) -> None:
    answers = {"cs": "never", "licence": "no", "graduated": "yes", "school": "wfme"}
    doubt = "The days that this rests on are not confirmed."

    assert doubt in asked(client, "/guide/pathways/", **answers)
    assert doubt not in asked(client, "/guide/pathways/", cs="failed")


def test_season_without_days_leaves_the_pathway_open(client: Client) -> None:
    PathwaySeason.objects.all().delete()

    text = asked(client, "/guide/pathways/", cs="never", licence="yes", discipline="no")

    assert "We cannot say. " in text
    assert "We did not find the season’s first day for it." in text


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: ascii(value)[:12])
@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/guide/who-is-an-img/", ("school", "graduated", "citizen")),
        ("/guide/pathways/", ("cs", "licence", "discipline", "graduated", "school")),
        ("/guide/visas/", ("school",)),
    ],
)
def test_nonsense_is_answered_politely(
    client: Client, path: str, names: tuple[str, ...], value: str
) -> None:
    response = client.get(f"{path}?{urlencode(dict.fromkeys(names, value))}")

    assert response.status_code == 200
    assert "<b>" not in html_of(response)
    if value and path != "/guide/visas/":
        assert text_of(response).count("We do not know the") == len(names)
        assert 'class="ask__answer"' not in html_of(response)


@pytest.mark.parametrize("path", ["/guide/who-is-an-img/", "/guide/pathways/"])
def test_nothing_can_be_sent(client: Client, path: str) -> None:
    assert client.post(path, {"school": "us"}).status_code == 405
    assert "csrfmiddlewaretoken" not in html_of(client.get(path))
    assert "Nothing that you choose here is stored." in text_of(client.get(path))
