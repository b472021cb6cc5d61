"""Through which services somebody applies: by specialty and Match (rule E-APP-1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from profiles.choices import Confidence, Service
from profiles.rules.reference import Reference, UsedService


def application_services(
    specialties: Iterable[str], season: int, reference: Reference
) -> tuple[Service, ...]:
    """The services of these specialties (slugs) for one Match, in the order of `Service`.

    A specialty without a row uses ERAS, and nobody who named none is told anything else.
    An unconfirmed row adds a service and takes ERAS from nobody.
    """
    of_specialty = {row.specialty: row for row in reference.services_for(season)}
    used: set[Service] = set()
    for specialty in specialties:
        row = of_specialty.get(specialty)
        if row is None or row.confidence == Confidence.UNCONFIRMED:
            used.add(Service.ERAS)
        if row is not None:
            used.add(row.service)
    return tuple(service for service in Service if service in (used or {Service.ERAS}))


def used_elsewhere(
    season: int, reference: Reference, specialties: Iterable[str] | None = None
) -> tuple[UsedService, ...]:
    """Of these specialties those that take applications elsewhere than in ERAS, by name.

    None: of all specialties.
    """
    named = None if specialties is None else set(specialties)
    return tuple(
        row
        for row in reference.services_for(season)
        if row.service != Service.ERAS and (named is None or row.specialty in named)
    )


def why_service(specialties: Collection[str], season: int, reference: Reference) -> str:
    """Which of these specialties take applications elsewhere than in ERAS; for who named
    none, which ones do at all. Empty: none is known.
    """
    if not specialties:
        return exceptions_in_words(used_elsewhere(season, reference))
    rows = used_elsewhere(season, reference, specialties)
    return " ".join(map(service_in_words, rows))


def service_in_words(row: UsedService) -> str:
    """What holds for a specialty that does not, or not only, use ERAS."""
    if row.confidence == Confidence.UNCONFIRMED:
        return (
            f"{row.specialty_name}: applications may go through {row.service.label}, "
            "through ERAS or through both. That is not confirmed."
        )
    return (
        f"{row.specialty_name} takes applications in {row.service.label}, not in ERAS."
    )


def exceptions_in_words(rows: Iterable[UsedService]) -> str:
    """For who named no specialty: which ones do not use ERAS. Empty: none is known."""
    named = [
        f"{row.specialty_name} ({row.service.label}"
        + (", not confirmed)" if row.confidence == Confidence.UNCONFIRMED else ")")
        for row in rows
    ]
    return f"Some specialties use another service: {', '.join(named)}." if named else ""
