"""Parts of addresses that only take what exists."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import get_converters

from stats.choices import Table


class ExtensionConverter:
    """The data twins of a page: the same address with .csv or .json."""

    regex = "csv|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class NumberConverter:
    """A Match year or a version. One address each: no zeros in front."""

    regex = "[1-9][0-9]*"

    def to_python(self, value: str) -> int:
        # The first digits of a longer number name as little as all of them.
        return int(value[:9])

    def to_url(self, value: int) -> str:
        return str(value)


class TableConverter(ExtensionConverter):
    regex = "|".join(Table.values)


def register() -> None:
    """Make the converters known. Both the pages and the admin need them."""
    if "table" not in get_converters():
        register_converter(ExtensionConverter, "extension")
        register_converter(NumberConverter, "number")
        register_converter(TableConverter, "table")
