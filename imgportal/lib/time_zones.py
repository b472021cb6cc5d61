"""The time zones that somebody may choose."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

# Parts of the world that people live in. The rest are zones for machines.
REGIONS = (
    *("Africa", "America", "Asia", "Atlantic", "Australia", "Europe"),
    *("Indian", "Pacific"),
)


@cache
def list_zones(no_zone: str) -> tuple[tuple[str, Any], ...]:
    """Choices of a form: the zones that this machine knows, by region.

    `no_zone` says what it means to choose none, which comes first.
    """
    regions: dict[str, list[tuple[str, str]]] = {region: [] for region in REGIONS}
    for zone in sorted(available_timezones()):
        region, _, place = zone.partition("/")
        if place and region in regions:
            regions[region].append((zone, place.replace("_", " ").replace("/", ", ")))
    return (
        ("", no_zone),
        ("UTC", "UTC"),
        *((region, tuple(zones)) for region, zones in regions.items() if zones),
    )
