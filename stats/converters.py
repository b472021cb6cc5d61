"""Types of the parts of addresses."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter, StringConverter, get_converters

from stats.choices import FigureTable


class ExtensionConverter(StringConverter):
    """The data of a page: the same address with .csv or .json."""

    regex = "csv|json"


class PictureConverter(StringConverter):
    """A chart as a picture."""

    regex = "svg|png"


class NumberConverter(IntConverter):
    """A Match year or a version. Without leading zeros, so that each has one address."""

    regex = "[1-9][0-9]*"

    def to_python(self, value: str) -> int:
        # No year or version has more digits, and a longer number costs time to read.
        return int(value[:9])


class TableConverter(StringConverter):
    regex = "|".join(FigureTable.values)


def register() -> None:
    """Make the converters known, once: both the pages and the admin need them."""
    if "table" not in get_converters():
        register_converter(ExtensionConverter, "extension")
        register_converter(PictureConverter, "picture")
        register_converter(NumberConverter, "number")
        register_converter(TableConverter, "table")
