"""Draws an SVG file as a PNG: the same bytes on every machine."""

from __future__ import annotations

from pathlib import Path

FONTS = Path(__file__).with_name("fonts")


def draw_png(svg: str, *, width: int) -> bytes:
    """The drawing, `width` pixels wide. Only the fonts beside this module are used."""
    # Here, so that a process that draws none does not load it.
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width,
            skip_system_fonts=True,
            font_files=sorted(str(path) for path in FONTS.glob("*.ttf")),
            font_family="Noto Sans",
            sans_serif_family="Noto Sans",
            serif_family="Gelasio",
        )
    )
