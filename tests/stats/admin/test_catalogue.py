"""The staff pages of sources and specialties."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from stats import public
from stats.models import Source, Specialty
from tests import staff
from tests.factories import person, stored_draft, stored_result, stored_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> Client:
    """Signed in as somebody who may edit, and no more."""
    staff.sign_in(client, staff.editor("alice@example.org"))
    return client


def page(row: Source | Specialty, name: str = "change") -> str:
    return reverse(f"admin:stats_{row._meta.model_name}_{name}", args=[row.pk])


def of_source(source: Source, **changes: str) -> dict[str, str]:
    """What the form of a source sends."""
    return {
        "title": source.title,
        "publisher": source.publisher,
        "kind": source.kind,
        "published": source.published,
        "url": source.url,
        "accessed_on": str(source.accessed_on or ""),
        "rests_on": source.rests_on,
        "sums": source.sums,
        "seen_at": source.changed_at.isoformat(),
        **changes,
    }


def of_specialty(specialty: Specialty, **changes: str) -> dict[str, str]:
    return {
        "name": specialty.name,
        "short_name": specialty.short_name,
        "successor": str(specialty.successor_id or ""),
        "seen_at": specialty.changed_at.isoformat(),
        **changes,
    }


def read_again(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def test_edited_title_is_public_at_once(editor: Client) -> None:
    source = Source.objects.get(key="ecfmg-2014")
    etag = editor.get("/sources/ecfmg-2014/").headers["ETag"]

    response = editor.post(page(source), of_source(source, title="A better title"))

    assert response.status_code == 302
    public_page = editor.get("/sources/ecfmg-2014/", headers={"If-None-Match": etag})
    assert public_page.status_code == 200
    assert "A better title" in public_page.content.decode()


def test_history_says_who_changed_what(editor: Client) -> None:
    source = stored_source()
    editor.post(page(source), of_source(source, title="A better title"))

    html = editor.get(page(source, "history")).content.decode()

    assert "alice@example.org" in html
    assert "Title: was “A new report”, is “A better title”." in html


def test_saving_without_a_change_is_no_edit(editor: Client) -> None:
    source = Source.objects.get(key="ecfmg-2014")
    before = public.everything().publication

    editor.post(page(source), of_source(source))

    assert public.everything().publication == before


def test_new_source_can_be_cited(editor: Client) -> None:
    values = {
        "title": "Results and Data 2060",
        "publisher": "NRMP",
        "kind": "official",
        "published": "2060",
        "url": "example.org/report",
        "accessed_on": "2060-05-01",
        "key": "nrmp-rd2060",
    }

    response = editor.post(reverse("admin:stats_source_add"), values)

    assert response.status_code == 302
    source = Source.objects.get(key="nrmp-rd2060")
    assert source.url == "https://example.org/report"
    assert editor.get("/sources/nrmp-rd2060/").status_code == 200
    assert LogEntry.objects.get().object_repr == "nrmp-rd2060"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("title", ""),
        ("title", "x" * 301),
        ("title", "a\x00b"),
        ("accessed_on", "yesterday"),
        ("kind", "rumour"),
        ("url", "javascript:alert(1)"),
    ],
)
def test_bad_value_of_a_source_is_refused(
    editor: Client, column: str, value: str
) -> None:
    source = Source.objects.get(key="ecfmg-2014")

    response = editor.post(page(source), of_source(source, **{column: value}))

    assert response.status_code == 200
    assert "Please correct the error below." in response.content.decode()
    assert read_again(source).changed_at == source.changed_at


def test_name_in_the_address_cannot_be_edited(editor: Client) -> None:
    source = stored_source()
    specialty = Specialty.objects.get(slug="neurology")

    editor.post(page(source), of_source(source, title="Other", key="other"))
    editor.post(page(specialty), of_specialty(specialty, short_name="N", slug="other"))

    assert (read_again(source).key, read_again(source).title) == ("new-report", "Other")
    assert read_again(specialty).slug == "neurology"
    assert read_again(specialty).short_name == "N"


def test_second_of_two_editors_is_told_and_loses_nothing(editor: Client) -> None:
    source = stored_source()
    mine = of_source(source, title="My title", publisher="My publisher")
    editor.post(page(source), of_source(source, title="Their title"))

    refused = editor.post(page(source), mine)

    html = refused.content.decode()
    assert refused.status_code == 200
    assert "Somebody else has saved “Their title” here meanwhile." in html
    assert "My title" in html
    assert "My publisher" in html
    assert read_again(source).title == "Their title"

    # Both have been seen; saving again is meant.
    again = mine | {"seen_at": read_again(source).changed_at.isoformat()}
    assert again["seen_at"] in html
    editor.post(page(source), again)
    assert read_again(source).title == "My title"


def test_two_editors_who_want_the_same_do_not_collide(editor: Client) -> None:
    source = stored_source()
    wanted = of_source(source, title="A better title")

    for _ in range(2):
        assert editor.post(page(source), wanted).status_code == 302


def test_source_in_use_says_where_and_cannot_be_deleted(editor: Client) -> None:
    source = stored_source()
    stored_result(stored_draft()).sources.set([source])

    change = editor.get(page(source)).content.decode()
    refused = editor.post(page(source, "delete"), {"post": "yes"}, follow=True)

    assert "2060, version 1: 1 row" in change
    assert page(source, "delete") not in change
    assert "cannot be deleted: figures rest on it (2060, version 1: 1 row)" in (
        refused.content.decode()
    )
    assert Source.objects.filter(pk=source.pk).exists()


def test_source_that_nothing_rests_on_can_be_taken_back(editor: Client) -> None:
    source = stored_source()

    assert page(source, "delete") in editor.get(page(source)).content.decode()
    response = editor.post(page(source, "delete"), {"post": "yes"})

    assert response.status_code == 302
    assert not Source.objects.filter(pk=source.pk).exists()


def test_nothing_is_deleted_in_bulk(editor: Client) -> None:
    stored_source()

    editor.post(
        reverse("admin:stats_source_changelist"),
        {
            "action": "delete_selected",
            "_selected_action": list(Source.objects.values_list("pk", flat=True)),
            "post": "yes",
        },
    )

    assert Source.objects.filter(key="new-report").exists()


def test_nobody_deletes_a_specialty(client: Client) -> None:
    staff.sign_in(client, staff.owner())
    specialty = Specialty.objects.create(slug="s", name="S", short_name="S")

    response = client.post(page(specialty, "delete"), {"post": "yes"})

    assert response.status_code == 403
    assert Specialty.objects.filter(pk=specialty.pk).exists()


def test_merger_is_public_at_once(editor: Client) -> None:
    old = Specialty.objects.get(slug="pathology")
    new = Specialty.objects.get(slug="neurology")

    editor.post(page(old), of_specialty(old, successor=str(new.pk)))

    response = editor.get("/specialties/pathology/")
    assert response.status_code == 301
    assert response.headers["Location"] == "/specialties/neurology/"


def test_specialty_is_not_merged_into_itself_or_into_a_merged_one(
    editor: Client,
) -> None:
    old = Specialty.objects.get(slug="pathology")
    new = Specialty.objects.get(slug="neurology")
    Specialty.objects.filter(pk=old.pk).update(successor=new)

    for successor in (new, old):
        response = editor.post(
            page(new), of_specialty(new, successor=str(successor.pk))
        )
        assert "Select a valid choice." in response.content.decode()

    assert read_again(new).successor is None


def test_name_of_another_specialty_is_refused(editor: Client) -> None:
    specialty = Specialty.objects.get(slug="neurology")

    response = editor.post(
        page(specialty), of_specialty(specialty, short_name="Pathology")
    )

    assert "already exists" in response.content.decode()


@pytest.mark.parametrize("name", ["source", "specialty"])
def test_lists_can_be_searched_and_lead_to_the_site(editor: Client, name: str) -> None:
    words = {"source": "ecfmg-2014", "specialty": "neurology"}[name]
    row: Any = (
        Source.objects.get(key=words)
        if name == "source"
        else Specialty.objects.get(slug=words)
    )

    html = editor.get(
        reverse(f"admin:stats_{name}_changelist"), {"q": words}
    ).content.decode()

    assert page(row) in html
    assert f'href="{row.get_absolute_url()}"' in editor.get(page(row)).content.decode()


@pytest.mark.parametrize("name", ["source", "specialty", "problemreport"])
def test_somebody_without_the_right_sees_nothing(client: Client, name: str) -> None:
    address = reverse(f"admin:stats_{name}_changelist")

    assert client.get(address).status_code == 302
    staff.sign_in(client, person("bob", is_staff=True))
    assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rests_on": "rumour"}, "rumour: no source has this key. Add it first."),
        ({"rests_on": "ecfmg-2014"}, "A document cannot rest on itself"),
        # Which itself rests on the document of March 2014.
        ({"key": "nrmp-march-2014", "rests_on": "ecfmg-2014"}, "cannot rest on itself"),
        ({"kind": "repost", "url": ""}, "A reposted text needs its address."),
    ],
)
def test_document_that_cannot_be_is_refused(
    editor: Client, changes: dict[str, str], why: str
) -> None:
    source = Source.objects.get(key=changes.pop("key", "ecfmg-2014"))

    response = editor.post(page(source), of_source(source, **changes))

    assert response.status_code == 200
    assert why in response.content.decode()
    assert read_again(source).changed_at == source.changed_at


def test_what_a_document_is_and_rests_on_is_edited_and_logged(editor: Client) -> None:
    source = stored_source()

    response = editor.post(
        page(source),
        of_source(
            source,
            kind="transcription",
            rests_on=" nrmp-rd-2025 ;nrmp-rd-2025; nrmp-march-2025",
            sums="All add up.",
            accessed_on="",
        ),
    )

    assert response.status_code == 302
    stored = read_again(source)
    assert stored.rests_on_keys == ("nrmp-rd-2025", "nrmp-march-2025")
    assert (stored.kind, stored.sums) == ("transcription", "All add up.")
    assert stored.accessed_on is None
    html = editor.get(page(source, "history")).content.decode()
    assert "is “nrmp-rd-2025;nrmp-march-2025”." in html
    public_page = editor.get(stored.get_absolute_url()).content.decode()
    assert "nobody here has read it" in public_page


def test_document_that_others_rest_on_is_not_deleted(editor: Client) -> None:
    source = Source.objects.get(key="nrmp-rd-2025")

    response = editor.post(page(source, "delete"), {"post": "yes"})

    assert response.status_code in {302, 403}
    assert Source.objects.filter(key="nrmp-rd-2025").exists()
    assert "Other documents rest on it:" in editor.get(page(source)).content.decode()
    with pytest.raises(ProtectedError, match="others rest on"):
        Source.objects.filter(key="nrmp-rd-2025").delete()
