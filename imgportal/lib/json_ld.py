"""Descriptions of a page for programs, in the words of schema.org."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe


def draw_json_ld(description: Any) -> SafeString:
    """A schema.org description as a data block, which a browser never runs."""
    text = json.dumps(description, ensure_ascii=False, separators=(",", ":"))
    # What could end the block early is written as an escape instead.
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(  # noqa: S308 - escaped on the line above
        f'<script type="application/ld+json">{text}</script>'
    )
