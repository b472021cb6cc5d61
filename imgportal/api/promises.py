"""What version 1 has promised, a line each: docs/api-v1-promises.txt. Pure.

A line that was published once is never taken back. So a column, parameter or code that is
removed, renamed or of another type is seen as a line that no longer holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
NULL = "null"


def promises_of(document: Document) -> list[str]:
    """Everything that an OpenAPI document promises, in order."""
    return sorted(set(_promises(document)))


def _promises(document: Document) -> Iterator[str]:
    for path, operations in document["paths"].items():
        operation = operations["get"]
        yield f"GET {path}"
        for parameter in operation.get("parameters", ()):
            yield from _of_parameter(path, _resolve(document, parameter))
        for status, response in operation["responses"].items():
            yield f"GET {path} answers {status}"
            for media_type, content in (
                _resolve(document, response).get("content", {}).items()
            ):
                place = f"{path} {status} {media_type}"
                yield from _of_schema(place, content["schema"])
    for name, schema in document["components"]["schemas"].items():
        yield from _of_schema(name, schema)


def _of_parameter(path: str, parameter: Mapping[str, Any]) -> Iterator[str]:
    place, schema = f"{path} ?{parameter['name']}", parameter["schema"]
    if schema["type"] == "array":
        yield f"{place}: several"
        schema = schema["items"]
    yield f"{place}: {schema['type']}"
    if "default" in schema:
        yield f"{place}: {schema['default']} where it is left out"
    for code in schema.get("enum", ()):
        yield f"{place}={code}"


def _of_schema(place: str, schema: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        # Described under its own name.
        yield f"{place}: {schema['$ref'].rpartition('/')[2]}"
        return
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    for kind in kinds:
        if kind != NULL:
            yield f"{place}: {kind}"
    if kinds and NULL not in kinds:
        yield f"{place}: never null"
    for mark in ("x-unit", "x-of", "const"):
        if mark in schema:
            yield f"{place}: {mark.removeprefix('x-')} {schema[mark]}"
    for code in schema.get("enum", ()):
        if code is not None:
            yield f"{place}={code}"
    for name, part in schema.get("properties", {}).items():
        yield from _of_schema(f"{place}.{name}", part)
    for name in schema.get("required", ()):
        yield f"{place}.{name}: always there"
    if "items" in schema:
        yield from _of_schema(f"{place}[]", schema["items"])


def _resolve(document: Document, part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a part stands for that refers to another one."""
    while "$ref" in part:
        target: Any = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        part = target
    return part
