"""Describes the interface for programs as OpenAPI 3.1, made of the tables and parameters.

docs/openapi-v1.json is this document; it holds no address of this site and no value of
the data, so that it changes with the program alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from imgportal.api import filters
from imgportal.api.parameters import (
    LONGEST_QUERY,
    MOST_VALUES,
    Parameter,
    ParameterKind,
)
from imgportal.api.resources import RESOURCES, Resource
from imgportal.lib import problems
from imgportal.lib.data_columns import Column, ColumnKind

Schema = dict[str, Any]
VERSION = "1"
# Of the slug of a specialty, the key of a source and what else tells a row apart.
LONGEST_TEXT = 100

_TYPES: Mapping[ColumnKind, Schema] = {
    ColumnKind.YEAR: {"type": "integer"},
    ColumnKind.COUNT: {"type": "integer", "minimum": 0},
    ColumnKind.RATE: {"type": "number"},
    ColumnKind.PRINTED: {"type": "number"},
    ColumnKind.DAY: {"type": "string", "format": "date"},
    ColumnKind.MOMENT: {"type": "string", "format": "date-time"},
    ColumnKind.FLAG: {"type": "boolean"},
    ColumnKind.ADDRESS: {"type": "string", "format": "uri"},
    ColumnKind.LIST: {"type": "array", "items": {"type": "string"}},
    ColumnKind.REASONS: {"type": "object", "additionalProperties": {"type": "string"}},
}
# These are there in every row: an empty list, or no reasons.
_NEVER_NULL = (ColumnKind.LIST, ColumnKind.REASONS)


def document() -> Schema:
    """The whole document, the same for the same program."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "IMG portal: open data",
            "version": VERSION,
            "description": "Published figures of the residency match and the dated rules "
            "of certification, with the source and the grade of each. Read only, "
            "without a key. The page for people, with examples and what this version "
            "promises, is at /api/v1/docs/.",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": {
            "/": {"get": _plain("index", "What can be asked for.", "Index")},
            "/openapi.json": {
                "get": _plain("openapi", "This document.", None),
            },
            **{
                f"/{resource.path}": {"get": _operation(resource)}
                for resource in RESOURCES.values()
            },
        },
        "components": {
            "schemas": {
                **{
                    _schema_name(resource): _row(resource)
                    for resource in RESOURCES.values()
                },
                "Index": _INDEX,
                "Problem": _PROBLEM,
            },
            "parameters": {
                parameter.name: _describe(parameter) for parameter in _SHARED
            },
            "headers": _HEADERS,
            "responses": _REFUSALS,
        },
    }


def _plain(operation: str, summary: str, schema: str | None) -> Schema:
    content = _reference("schemas", schema) if schema else {"type": "object"}
    return {
        "operationId": operation,
        "summary": summary,
        "responses": {
            "200": {
                "description": summary,
                "headers": _headers("ETag"),
                "content": {"application/json": {"schema": content}},
            },
            "304": {"description": "Nothing has changed since."},
            **_refusals("400", "405", "414", "503"),
        },
    }


def _operation(resource: Resource) -> Schema:
    return {
        "operationId": _operation_id(resource),
        "summary": resource.table.title,
        "description": resource.table.description,
        "parameters": [_parameter(parameter) for parameter in resource.parameters],
        "responses": {
            "200": {
                "description": "The rows that satisfy every parameter.",
                "headers": _headers("ETag", "Last-Modified", "Link"),
                "content": {"application/json": {"schema": _answer(resource)}},
            },
            "304": {"description": "Nothing has changed since."},
            **_refusals("400", "405", "414", "503"),
        },
    }


def _operation_id(resource: Resource) -> str:
    """ "figures_applicants" """
    return resource.path.replace("/", "_").replace("-", "_")


def _schema_name(resource: Resource) -> str:
    """ "ApplicantsRow" """
    return "".join(part.title() for part in resource.table.name.split("-")) + "Row"


def _reference(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def _headers(*names: str) -> Schema:
    return {name: _reference("headers", name) for name in names}


def _refusals(*statuses: str) -> Schema:
    return {status: _reference("responses", f"Refused{status}") for status in statuses}


# --- Parameters -----------------------------------------------------------------------


# They are the same in every table that takes them.
_SHARED = (filters.EDITION, filters.AS_OF, filters.LIMIT, filters.OFFSET)


def _parameter(parameter: Parameter) -> Schema:
    if parameter in _SHARED:
        return _reference("parameters", parameter.name)
    return _describe(parameter)


def _describe(parameter: Parameter) -> Schema:
    described: Schema = {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.description
        + (f" If it is left out: {parameter.default}." if parameter.default else ""),
        "schema": _value(parameter),
    }
    if parameter.may_repeat:
        described["schema"] = _list(described["schema"])
        described |= {"style": "form", "explode": True}
    elif parameter.kind is ParameterKind.NAMES:
        described["schema"] = _list(described["schema"]) | {"uniqueItems": True}
        described |= {"style": "form", "explode": False}
    if parameter.example:
        described["example"] = _example(parameter)
    return described


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": MOST_VALUES}


def _example(parameter: Parameter) -> Any:
    value: Any = parameter.example
    if parameter.kind is ParameterKind.NUMBER:
        value = int(value)
    if parameter.kind is ParameterKind.NAMES:
        return value.split(",")
    return [value] if parameter.may_repeat else value


def _value(parameter: Parameter) -> Schema:
    match parameter.kind:
        case ParameterKind.NUMBER:
            bounds = {"minimum": parameter.least, "maximum": parameter.most}
            default = parameter.default
            return {
                "type": "integer",
                **bounds,
                **({"default": int(default)} if default.isdecimal() else {}),
            }
        case ParameterKind.DAY:
            return {"type": "string", "format": "date"}
        case ParameterKind.CODE | ParameterKind.NAMES:
            return {"type": "string", "enum": list(parameter.codes)}
        case ParameterKind.TEXT:
            return {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}


# --- Answers --------------------------------------------------------------------------


def _row(resource: Resource) -> Schema:
    columns = resource.table.columns
    return {
        "type": "object",
        "description": f"{resource.table.description} Every column is there, unless "
        "the parameter columns asked for some.",
        "properties": {column.name: _cell(column) for column in columns},
    }


def _cell(column: Column) -> Schema:
    schema: Schema = dict(_TYPES.get(column.kind, {"type": "string"}))
    if column.codes:
        schema["enum"] = [code for code, _ in column.codes]
    if column.can_be_empty and column.kind not in _NEVER_NULL:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    described = {
        "title": column.title,
        "description": _description(column),
        "x-kind": column.kind.value,
        "x-unit": column.unit,
        "x-of": column.of,
        "x-codes": dict(column.codes),
    }
    return schema | {name: value for name, value in described.items() if value}


def _description(column: Column) -> str:
    if column.is_explained:
        return f"{column.description} Null where it is not known; the column missing says why."
    return column.description


def _answer(resource: Resource) -> Schema:
    properties: Schema = {
        "table": {"const": resource.table.name},
        **(_OF_EDITIONS if resource.has_editions else _OF_RULES),
        "total": _number("How many rows satisfy the parameters, on this page or not."),
        "next": {
            "type": ["string", "null"],
            "format": "uri",
            "description": "Where the rest is; null: there is none.",
        },
        "definitions": _address("What each column means."),
        "rights": {"type": "string", "description": "Whose figures they are."},
        "cite": {"type": "string", "description": "How to name what was read."},
        "results": {
            "type": "array",
            "items": _reference("schemas", _schema_name(resource)),
        },
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def _number(description: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": description}


def _address(description: str) -> Schema:
    return {"type": "string", "format": "uri", "description": description}


def _moment(description: str) -> Schema:
    return {
        "type": ["string", "null"],
        "format": "date-time",
        "description": description,
    }


_OF_EDITIONS: Schema = {
    "edition": _number("Of which publication the answer is. 0: nothing is published."),
    "published_at": _moment("When that was. Null: nothing is published."),
    "pinned": _address("The same answer for ever, whatever is published later."),
}
_OF_RULES: Schema = {
    "changed_at": _moment("When anything in the dated tables was last written."),
}
_INDEX: Schema = {
    "type": "object",
    "required": ["documentation", "openapi", "edition", "published_at", "tables"],
    "properties": {
        "documentation": _address("The page that explains everything."),
        "openapi": _address("The document for programs."),
        "edition": _OF_EDITIONS["edition"],
        "published_at": _OF_EDITIONS["published_at"],
        "rights": {"type": "string"},
        "tables": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["table", "title", "description", "address"],
                "properties": {
                    "table": {"type": "string"},
                    "title": {"type": "string"},
                    "description": {"type": "string"},
                    "address": _address("Its rows."),
                },
            },
        },
    },
}

# --- What is refused ------------------------------------------------------------------

FAULTS = {
    "unknown": "There is no parameter of this name here.",
    "repeated": "It takes one value, and the address has several.",
    "value": "The value is no such thing, or not in the data.",
    "combination": "It does not go with another parameter.",
}
_PROBLEM: Schema = {
    "type": "object",
    "description": "What is wrong with a request, all of it at once (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "Where this kind is explained."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["parameter", "code", "detail"],
                "properties": {
                    "parameter": {"type": "string"},
                    "code": {
                        "enum": list(FAULTS),
                        "description": " ".join(
                            f"{code}: {words}" for code, words in FAULTS.items()
                        ),
                    },
                    "detail": {"type": "string"},
                },
            },
        },
        "nearby": {
            "type": "array",
            "description": "What somebody who missed may have meant.",
            "items": {
                "type": "object",
                "required": ["label", "address"],
                "properties": {
                    "label": {"type": "string"},
                    "address": _address("Where it is."),
                },
            },
        },
    },
}
_HEADERS: Schema = {
    "ETag": {
        "description": "Send it as If-None-Match: what has not changed is answered by 304.",
        "schema": {"type": "string"},
    },
    "Last-Modified": {
        "description": "When anything that the answer is made of was last changed.",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": "rel=next (the rest), describedby (the columns), license.",
        "schema": {"type": "string"},
    },
    "Allow": {
        "description": "The methods that are answered.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "After how many seconds to ask again.",
        "schema": {"type": "string"},
    },
}


def _refusal(description: str, *headers: str) -> Schema:
    return {
        "description": description,
        "headers": _headers(*headers),
        "content": {problems.MEDIA_TYPE: {"schema": _reference("schemas", "Problem")}},
    }


_REFUSALS: Schema = {
    "Refused400": _refusal("A parameter cannot be used; `errors` names each."),
    "Refused405": _refusal("Only GET, HEAD and OPTIONS are answered.", "Allow"),
    "Refused414": _refusal(
        f"The query has more than {LONGEST_QUERY:,} characters. Read the whole table."
    ),
    "Refused503": _refusal("Not now.", "Retry-After"),
}


@cache
def text() -> str:
    """The document as it is served and as docs/ has it."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"
