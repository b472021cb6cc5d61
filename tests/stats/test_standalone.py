"""Charts as files that stand alone: XML, the colours of the pages, nothing left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgportal.lib.png import draw_png
from stats.charts import (
    BarItem,
    DerivedValue,
    Quartiles,
    Series,
    bar_chart,
    line_chart,
    score_strip,
)
from stats.charts.palette import PALETTES, SERIES, Palette
from stats.charts.standalone import (
    Drawing,
    Frame,
    KeyedBars,
    LargeFigure,
    LegendItem,
    StripPanel,
    StripPanels,
    social_picture,
    standalone,
)
from stats.charts.svg import balance_lines, break_lines, width_of

ROOT = Path(__file__).resolve().parent.parent.parent
THEME = (ROOT / "imgportal" / "static" / "imgportal" / "theme.css").read_text()
SVG = "{http://www.w3.org/2000/svg}"
FRAME = Frame(
    title="Match rate of IMGs",
    subtitle="Percent of active applicants.",
    description="2020: 50%.",
    grade="B",
    trust="Good.",
    sources="Source: NRMP.",
    as_of="As of edition 3 of the figures, 2 May 2026.",
    address="example.org/match/",
    notes=("2021: derived.",),
)

LINES = line_chart(
    name="lines",
    title="Lines",
    description="Lines.",
    years=[2019, 2020, 2021, 2023],
    series=[
        Series(key="us_img", label="US IMGs", values=(50, None, 60, 61)),
        Series(
            key="non_us_img",
            label="Non-US IMGs",
            values=(40, None, 45, 48),
            derived=(
                DerivedValue(
                    year=2020, least=Fraction(41), most=Fraction(42), reason="So."
                ),
            ),
        ),
        Series(key="us_md_grad", label="US MD graduates", values=(45, 46, 47, 0)),
        Series(key="imgs", label="All IMGs", values=(43, 44, 46, 50)),
    ],
)
BARS = bar_chart(
    name="bars",
    title="Bars",
    items=[
        BarItem(label="Known", key="us_img", parts=(("us_img", 40),), text="40.0%"),
        BarItem(label="Not known", key="non_us_img", parts=None, text="not known"),
        BarItem(label="None", key="us_md_senior", parts=(("us_img", 0),), text="0.0%"),
    ],
    top=100,
)
SPLIT = bar_chart(
    name="split",
    title="Split",
    items=[
        BarItem(label="A", parts=(("non_us_img", 20), ("us_img", 10)), text="30.0%")
    ],
)
STRIP = score_strip(
    [
        Quartiles(
            outcome=outcome,
            label=label,
            q1=Decimal(230),
            median=Decimal(240),
            q3=Decimal(250),
            n=n,
        )
        for outcome, label, n in (
            ("matched", "Matched", 1234),
            ("not_matched", "Not matched", None),
        )
    ]
)


def drawings() -> dict[str, Drawing]:
    assert LINES
    assert BARS
    assert SPLIT
    assert STRIP
    panel = StripPanel(heading="Neurology", key="us_img", group="US IMGs", strip=STRIP)
    return {
        "lines": LINES,
        "bars": BARS,
        "split bars": KeyedBars(
            chart=SPLIT,
            legend=(
                LegendItem(key="non_us_img", label="Non-US IMGs"),
                LegendItem(key="us_img", label="US IMGs", is_hatched=True),
            ),
        ),
        "strips": StripPanels(panels=(panel, replace(panel, heading="Pathology"))),
        "a figure": LargeFigure(
            number="9,045", of_what="of 14,772 matched", parts=(("us_img", "67.0%"),)
        ),
    }


EVERY = pytest.mark.parametrize("drawing", drawings().values(), ids=drawings().keys())


def words_of(svg: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]


def theme_colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))


def test_colours_are_those_of_the_pages() -> None:
    light, _, rest = THEME.partition("@media (prefers-color-scheme: dark)")
    dark = rest.partition("\n}\n")[0]

    for name, css in (("light", light), ("dark", dark)):
        colours = theme_colours(css)
        for field in fields(Palette):
            key = field.name.replace("_", "-")
            assert getattr(PALETTES[name], field.name) == colours[key], (name, key)


def test_groups_have_the_colours_of_the_pages() -> None:
    rules = {}
    for names, series in re.findall(
        r"((?:\.g-\w+,?\s*)+)\{ --series: var\(--([\w-]+)\); \}", THEME
    ):
        for name in re.findall(r"\.g-(\w+)", names):
            rules[name] = series.replace("-", "_")

    assert rules
    assert {name: rule for name, rule in rules.items() if rule != "ink"} == SERIES


@EVERY
@pytest.mark.parametrize("theme", PALETTES)
def test_file_is_xml_and_says_what_it_shows(drawing: Drawing, theme: str) -> None:
    svg = standalone(drawing, FRAME, theme=theme)

    words = " ".join(words_of(svg))
    for said in (
        *(FRAME.title, FRAME.subtitle, FRAME.trust, FRAME.sources),
        *(FRAME.as_of, FRAME.address, *FRAME.notes, "IMG portal"),
    ):
        assert said in words
    root = ET.fromstring(svg)
    assert root.findtext(f"{SVG}title") == FRAME.title
    assert root.findtext(f"{SVG}desc") == FRAME.description


@EVERY
def test_file_asks_for_nothing_and_runs_nothing(drawing: Drawing) -> None:
    for svg in (standalone(drawing, FRAME), social_picture(drawing, FRAME)):
        for element in ET.fromstring(svg).iter():
            assert element.tag.removeprefix(SVG) in {
                *("svg", "title", "desc", "g", "path", "rect", "circle", "text"),
                "pattern",
            }
            for name, value in element.attrib.items():
                assert name not in {"class", "style", "href"}
                assert not name.startswith("on")
                assert "var(" not in value
                # Numbers that could not be computed.
                assert "nan" not in value.lower().split()


@EVERY
def test_nothing_lies_outside_of_the_file(drawing: Drawing) -> None:
    root = ET.fromstring(standalone(drawing, FRAME))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])

    for text in root.iter(f"{SVG}text"):
        assert -8 <= float(text.attrib["x"]) <= width
        assert float(text.attrib["y"]) <= height


@given(title=st.text(max_size=300), label=st.text(min_size=1, max_size=80))
def test_any_words_make_a_file_that_is_xml(title: str, label: str) -> None:
    bars = bar_chart(
        name="x",
        title=title,
        items=[BarItem(label=label, parts=(("us_img", 5),), text=label)],
    )
    assert bars
    frame = replace(FRAME, title=title, sources=label, description=title)

    for svg in (standalone(bars, frame), social_picture(bars, frame)):
        ET.fromstring(svg)


@given(
    text=st.text(max_size=200),
    size=st.integers(8, 60),
    width=st.integers(20, 1200),
)
def test_broken_lines_keep_every_letter_and_fit(
    text: str, size: int, width: int
) -> None:
    for lines in (break_lines(text, size, width), balance_lines(text, size, width)):
        assert "".join("".join(lines).split()) == "".join(text.split())
        for line in lines:
            assert len(line) == 1 or width_of(line, size) <= width


def test_lines_of_a_title_are_about_as_long() -> None:
    text = "Internal Medicine: share of filled PGY-1 positions that IMGs filled"

    lines = balance_lines(text, 23, 744)

    assert len(lines) == 2
    assert min(map(len, lines)) > 25


def bars_of(svg: str, colours: Sequence[str]) -> list[float]:
    return [
        float(rect.attrib["width"])
        for rect in ET.fromstring(svg).iter(f"{SVG}rect")
        if rect.attrib.get("height") == "16" and rect.attrib["fill"] in colours
    ]


def test_missing_value_has_no_bar_and_is_named() -> None:
    svg = standalone(drawings()["bars"], FRAME)

    colours = [PALETTES["light"].of_group("us_img")]
    widths = bars_of(svg, colours)
    # A known zero is a bar of no width; what is not known is no bar at all.
    assert len(widths) == 2
    assert widths[0] > 0 == widths[1]
    assert "not known" in words_of(svg)
    assert "Matched, n = 1,234" in words_of(standalone(drawings()["strips"], FRAME))
    assert "Not matched, n = not known" in words_of(
        standalone(drawings()["strips"], FRAME)
    )


def test_lines_are_those_of_the_page() -> None:
    svg = standalone(drawings()["lines"], FRAME)

    drawn = {path.attrib["d"] for path in ET.fromstring(svg).iter(f"{SVG}path")}
    assert LINES
    for line in LINES.lines:
        assert line.marks in drawn
        assert not line.path or line.path in drawn
        assert not line.derived_marks or line.derived_marks in drawn


def test_second_part_of_a_bar_differs_by_more_than_colour() -> None:
    root = ET.fromstring(standalone(drawings()["split bars"], FRAME))

    hatched = [
        rect for rect in root.iter(f"{SVG}rect") if rect.attrib["fill"] == "url(#hatch)"
    ]
    assert len(hatched) == 2  # in the bar and in the legend


@EVERY
def test_picture_is_the_same_bytes_twice(drawing: Drawing) -> None:
    svg = standalone(drawing, FRAME)

    first = draw_png(svg, width=800)

    assert first.startswith(b"\x89PNG\r\n\x1a\n")
    assert draw_png(svg, width=800) == first


def test_words_are_drawn_with_the_fonts_of_the_repository() -> None:
    def draw(words: str) -> bytes:
        frame = replace(FRAME, title=words, subtitle=words)
        return draw_png(social_picture(None, frame), width=1200)

    # Of a font that was not found, no word would be drawn.
    assert draw("Alpha") != draw("Bravo")


@EVERY
def test_picture_for_links_has_the_size_that_networks_ask_for(drawing: Drawing) -> None:
    png = draw_png(social_picture(drawing, FRAME), width=1200)

    assert png[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)


def test_picture_for_links_says_how_much_it_leaves_out() -> None:
    panels = drawings()["strips"]
    assert isinstance(panels, StripPanels)
    many = StripPanels(panels=panels.panels * 10)

    words = words_of(social_picture(many, FRAME))

    shown = sum(word in {"Neurology", "Pathology"} for word in words)
    assert 0 < shown < 20
    assert f"and {20 - shown} more" in words
