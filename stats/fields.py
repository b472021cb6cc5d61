"""Column types of our own."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import models

if TYPE_CHECKING:
    _Base = models.Field[Decimal | str | None, Decimal | None]
else:
    _Base = models.Field

# The time of the last edit of a row that nobody has edited: before all figures.
NEVER_EDITED = datetime(2026, 1, 1, tzinfo=UTC)

printed_number = RegexValidator(
    r"\A\d{1,4}(\.\d{1,2})?\Z", "Enter a number such as 61.2, without a percent sign."
)


class PrintedDecimalField(_Base):
    """A number as its source prints it: 41, 41.0 and 41.00 stay different.

    A source that prints "41" has rounded (or cut) to whole percent, and a source that
    prints "41.0" has not; a numeric column would forget which. Stored as text,
    read as a Decimal that keeps its digits. None means that none was printed.
    Whatever is no such number raises ValidationError, on saving too.
    """

    description = "A number with the digits its source prints"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 7
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, list(args), dict(kwargs)

    def get_internal_type(self) -> str:
        return "CharField"

    def from_db_value(self, value: str | None, *_: object) -> Decimal | None:
        return None if value is None else Decimal(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        printed_number(text)
        return Decimal(text)

    def get_prep_value(self, value: Any) -> str | None:
        decimal = self.to_python(value)
        return None if decimal is None else format(decimal, "f")

    def formfield(self, **kwargs: Any) -> Any:
        # An empty cell of a form is a number that was not printed, not a text.
        return super().formfield(**{"empty_value": None, **kwargs})
