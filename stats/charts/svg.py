"""Writes SVG that stands alone: XML, attributes instead of classes, no script. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal
from xml.etree import ElementTree as ET

from stats.charts.palette import Palette

# The stacks of theme.css. A PNG is drawn with the fonts of imgportal/lib/fonts, of which
# Noto Sans is named here and Gelasio stands for `serif`.
SANS = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', "
    "Arial, sans-serif"
)
SERIF = (
    "'Iowan Old Style', 'Palatino Linotype', Palatino, 'URW Palladio L', P052, Georgia, "
    "serif"
)

Anchor = Literal["start", "middle", "end"]

# XML 1.0 has no place for these, not even escaped.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# How wide letters are in the widest font of the stack, as a share of its size.
NARROW, USUAL, CAPITAL, WIDE = 0.3, 0.58, 0.68, 0.95
NARROW_LETTERS = frozenset(" .,:;'|!ijlI·()[]-")
WIDE_LETTERS = frozenset("mwMWÆŒ%@—…")
BOLDER = 1.07  # a semibold letter beside a regular one


def width_of(text: str, size: float, *, is_bold: bool = False) -> float:
    """How much room a line takes, at most, in units of the drawing."""
    ems = sum(
        NARROW
        if letter in NARROW_LETTERS
        else WIDE
        if letter in WIDE_LETTERS
        else CAPITAL
        if letter.isupper()
        else USUAL
        for letter in text
    )
    return ems * size * (BOLDER if is_bold else 1)


def break_lines(text: str, size: float, width: float) -> list[str]:
    """The words in lines that fit; a word that is wider than a line is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if width_of(longer, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _cut_word(word, size, width)
        lines += full
    return [*lines, line] if line else lines


def _cut_word(word: str, size: float, width: float) -> list[str]:
    """The word in pieces that fit, of one letter at least."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and width_of(pieces[-1] + letter, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def balance_lines(text: str, size: float, width: float) -> list[str]:
    """The same in as few lines, of about equal length."""
    lines = break_lines(text, size, width)
    for share in range(50, 100, 5):
        balanced = break_lines(text, size, width * share / 100)
        if len(balanced) == len(lines):
            return balanced
    return lines


def write_number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


class Pen:
    """Draws into one element of a drawing, in the colours of one scheme."""

    def __init__(self, element: ET.Element, palette: Palette) -> None:
        self.element = element
        self.palette = palette

    def add(self, tag: str, **attributes: str | float) -> ET.Element:
        """An element; `_` in the name of an attribute stands for `-`."""
        return ET.SubElement(
            self.element,
            tag,
            {
                name.replace("_", "-"): write_number(value)
                if isinstance(value, (int, float))
                else value
                for name, value in attributes.items()
            },
        )

    def moved(self, x: float, y: float, *, scale: float = 1) -> Pen:
        """A pen whose zero lies there, and whose unit is `scale` of this one's."""
        transform = f"translate({write_number(x)} {write_number(y)})"
        if scale != 1:
            transform += f" scale({scale:.4f})"
        return Pen(self.add("g", transform=transform), self.palette)

    def line(self, d: str, stroke: str, **attributes: str | float) -> None:
        self.add("path", d=d, fill="none", stroke=stroke, **attributes)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 13,
        fill: str = "",
        is_bold: bool = False,
        is_serif: bool = False,
        anchor: Anchor = "start",
        has_halo: bool = False,
    ) -> None:
        """`y` is where the line stands. `has_halo`: read over what lies behind it."""
        attributes: dict[str, str | float] = {"x": x, "y": y, "font_size": size}
        attributes["fill"] = fill or self.palette.quiet
        if is_bold or is_serif:
            attributes["font_weight"] = "600"
        if is_serif:
            attributes["font_family"] = SERIF
        if anchor != "start":
            attributes["text_anchor"] = anchor
        if has_halo:
            attributes |= {
                "paint_order": "stroke",
                "stroke": self.palette.paper,
                "stroke_width": 4,
            }
        self.add("text", **attributes).text = NOT_XML.sub("", words)


def new_drawing(
    palette: Palette, *, title: str, description: str
) -> tuple[ET.Element, Pen]:
    """An empty drawing with its name for whoever cannot see it."""
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "role": "img",
            "font-family": SANS,
            "font-variant": "lining-nums tabular-nums",
        },
    )
    pen = Pen(root, palette)
    pen.add("title").text = NOT_XML.sub("", title)
    pen.add("desc").text = NOT_XML.sub("", description)
    return root, pen


def as_text(root: ET.Element, *, width: float, height: float) -> str:
    """The drawing as a file, of that size."""
    size: Mapping[str, str] = {
        "width": write_number(width),
        "height": write_number(height),
        "viewBox": f"0 0 {write_number(width)} {write_number(height)}",
    }
    root.attrib.update(size)
    return ET.tostring(root, encoding="unicode") + "\n"
