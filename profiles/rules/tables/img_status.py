"""Table T10: who is an IMG, and of which kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from profiles.rules.numbers import CANADA_IMG_FROM, COUNTS_AS_CANADA, COUNTS_AS_US

CANADA_FLAG = "CANADA_2025_CHECK"


class ImgClass(StrEnum):
    """The words of table T10, and one for an IMG whose citizenship is unsaid."""

    NOT_IMG = "NOT_IMG"
    US_IMG = "US_IMG"
    NON_US_IMG = "NON_US_IMG"
    IMG = "IMG"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImgState:
    """The answer of table T10. None: not enough is known."""

    img_class: ImgClass | None
    flag: str = ""
    settles: tuple[str, ...] = ()

    @property
    def is_img(self) -> bool | None:
        return None if self.img_class is None else self.img_class != ImgClass.NOT_IMG


def classify_graduate(
    *, school_country: str, graduation: date | None, us_citizen: bool | None
) -> ImgState:
    """Table T10 (IMG-1 to 3a, IMG-5). `school_country` is ISO 3166-1 alpha-2, or XK
    for Kosovo.
    """
    country = school_country.strip().upper()
    if not country:
        return ImgState(img_class=None, settles=("person.school_country",))
    if country in COUNTS_AS_US:
        return ImgState(img_class=ImgClass.NOT_IMG)
    flag = ""
    if country in COUNTS_AS_CANADA:
        if graduation is None:
            return ImgState(img_class=None, settles=("person.graduation",))
        if graduation < CANADA_IMG_FROM:
            return ImgState(img_class=ImgClass.NOT_IMG)
        flag = CANADA_FLAG
    if us_citizen is None:
        return ImgState(
            img_class=ImgClass.IMG, flag=flag, settles=("person.us_citizen",)
        )
    kind = ImgClass.US_IMG if us_citizen else ImgClass.NON_US_IMG
    return ImgState(img_class=kind, flag=flag)
