"""The OpenAPI document: complete, true, and never less than was promised."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.test import Client
from jsonschema_rs import Draft202012Validator, ValidationError

from imgportal.api import openapi
from imgportal.api.promises import promises_of
from imgportal.api.resources import RESOURCES
from imgportal.open_data.tables import OPEN_TABLES

DOCS = Path(__file__).resolve().parents[3] / "docs"
PROMISES = (DOCS / "api-v1-promises.txt").read_text(encoding="utf-8").splitlines()
Document = dict[str, Any]


def test_document_is_served_as_it_is_in_docs(client: Client, db: None) -> None:
    answer = client.get("/api/v1/openapi.json")

    assert answer.content == (DOCS / "openapi-v1.json").read_bytes()


def test_document_is_openapi() -> None:
    schemathesis.openapi.from_dict(openapi.document()).validate()


def test_document_that_is_not_openapi_is_seen() -> None:
    document = openapi.document()
    document["paths"]["/changes"]["get"]["parameters"].append({"name": "nameless"})

    with pytest.raises(ValidationError):
        schemathesis.openapi.from_dict(document).validate()


def test_every_table_is_there() -> None:
    assert {resource.table.name for resource in RESOURCES.values()} == set(OPEN_TABLES)
    assert {f"/{path}" for path in RESOURCES} < set(openapi.document()["paths"])


def test_every_column_is_described() -> None:
    schemas = openapi.document()["components"]["schemas"]
    columns = [
        (name, column, schema)
        for name, row in schemas.items()
        if name.endswith("Row")
        for column, schema in row["properties"].items()
    ]

    assert len(columns) > 100
    assert [place[:2] for place in columns if not place[2].get("description")] == []
    assert [
        place[:2]
        for place in columns
        if place[2].get("x-kind") in ("count", "rate") and not place[2].get("x-unit")
    ] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(RESOURCES))
def test_answer_is_as_described(client: Client, path: str) -> None:
    """Also for a validator that knows nothing of OpenAPI."""
    document = openapi.document()
    operation = document["paths"][f"/{path}"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]

    Draft202012Validator(
        schema | {"components": document["components"]}, validate_formats=True
    ).validate(json.loads(client.get(f"/api/v1/{path}").content))


# --- What was promised ----------------------------------------------------------------


def test_no_promise_is_broken() -> None:
    """A line that no longer holds breaks programs of others. Before version 1 of the
    interface is released, it may be taken out of docs/api-v1-promises.txt by hand.
    """
    current = set(promises_of(openapi.document()))

    assert [line for line in PROMISES if line not in current] == []


def rows(document: Document) -> Document:
    part: Document = document["components"]["schemas"]["ApplicantsRow"]["properties"]
    return part


def parameters(document: Document) -> list[Document]:
    part: list[Document] = document["paths"]["/figures/applicants"]["get"]["parameters"]
    return part


def parameter(document: Document, name: str) -> Document:
    return next(entry for entry in parameters(document) if entry.get("name") == name)


def rename_column(document: Document) -> None:
    rows(document)["matched"] = rows(document).pop("matched_to_pgy1")


def retype_column(document: Document) -> None:
    rows(document)["matched_to_pgy1"]["type"] = ["string", "null"]


def change_unit(document: Document) -> None:
    rows(document)["matched_to_pgy1"]["x-unit"] = "programs"


def empty_column(document: Document) -> None:
    rows(document)["match_year"]["type"] = ["integer", "null"]


def remove_code_of_column(document: Document) -> None:
    rows(document)["confidence"]["enum"].remove("C")


def remove_code_of_parameter(document: Document) -> None:
    parameter(document, "applicant_type")["schema"]["items"]["enum"].remove("us_img")


def rename_parameter(document: Document) -> None:
    parameter(document, "match_year")["name"] = "year"


def take_one_value_only(document: Document) -> None:
    entry = parameter(document, "match_year")
    entry["schema"] = entry["schema"]["items"]


def retype_parameter(document: Document) -> None:
    parameter(document, "since")["schema"] = {"type": "string"}


def change_default(document: Document) -> None:
    document["components"]["parameters"]["limit"]["schema"]["default"] = 100


def remove_shared_parameter(document: Document) -> None:
    parameters(document)[:] = [
        entry for entry in parameters(document) if "edition" not in str(entry)
    ]


def remove_table(document: Document) -> None:
    del document["paths"]["/figures/totals"]


def leave_out_of_answer(document: Document) -> None:
    responses = document["paths"]["/figures/applicants"]["get"]["responses"]
    schema = responses["200"]["content"]["application/json"]["schema"]
    del schema["properties"]["pinned"]
    schema["required"].remove("pinned")


def change_media_type_of_errors(document: Document) -> None:
    content = document["components"]["responses"]["Refused400"]["content"]
    content["application/json"] = content.pop("application/problem+json")


def remove_code_of_error(document: Document) -> None:
    errors = document["components"]["schemas"]["Problem"]["properties"]["errors"]
    errors["items"]["properties"]["code"]["enum"].remove("repeated")


BREAKING: list[Callable[[Document], None]] = [
    *(rename_column, retype_column, change_unit, empty_column, remove_code_of_column),
    *(remove_code_of_parameter, rename_parameter, take_one_value_only),
    *(retype_parameter, change_default, remove_shared_parameter, remove_table),
    *(leave_out_of_answer, change_media_type_of_errors, remove_code_of_error),
]


@pytest.mark.parametrize("change", BREAKING, ids=lambda change: change.__name__)
def test_broken_promise_is_seen(change: Callable[[Document], None]) -> None:
    changed = copy.deepcopy(openapi.document())
    change(changed)

    assert set(promises_of(openapi.document())) - set(promises_of(changed))


def additions(document: Document) -> Iterator[None]:
    rows(document)["new"] = {"type": "string"}
    yield
    rows(document)["confidence"]["enum"].append("D")
    yield
    parameters(document).append({"name": "new", "schema": {"type": "string"}})
    yield
    document["paths"]["/new"] = document["paths"]["/"]
    yield
    rows(document)["made_by"]["description"] = "Other words."
    yield


def test_what_comes_new_breaks_nothing() -> None:
    changed = copy.deepcopy(openapi.document())
    for _ in additions(changed):
        assert set(promises_of(openapi.document())) <= set(promises_of(changed))
