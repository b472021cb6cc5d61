"""Table T7: the certificate, from what is still missing to what makes it permanent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from profiles.choices import Basis, Item
from profiles.rules.days import add_months
from profiles.rules.facts import CertificateFacts
from profiles.rules.numbers import TRAINING_MONTHS, WARNING_MONTHS

# What the certificate takes, in the order of E-CERT-1.
ELEMENTS: tuple[Item, ...] = (
    Item.APPLICATION,
    Item.SCHOOL,
    Item.CREDIT_YEARS,
    Item.DIPLOMA,
    Item.TRANSCRIPT,
    Item.STEP1,
    Item.STEP2CK,
    Item.SEVEN_YEARS,
    Item.CLINICAL,
    Item.COMMUNICATION,
    Item.FEES,
)


class CertificateStatus(StrEnum):
    """The words of table T7."""

    NOT_READY = "NOT_READY"
    READY = "READY"
    PERMANENT = "PERMANENT"
    PERMANENT_ELIGIBLE = "PERMANENT_ELIGIBLE"
    EXPIRED = "EXPIRED"
    EXPIRING = "EXPIRING"
    ISSUED_TEMPORARY = "ISSUED_TEMPORARY"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateState:
    """The answer of table T7."""

    status: CertificateStatus
    missing: tuple[Item, ...] = ()  # of NOT_READY, in the order of E-CERT-1


def not_issued(has: Collection[Item]) -> CertificateState:
    """Table T7 without a certificate: what is missing, or that nothing is."""
    missing = tuple(item for item in ELEMENTS if item not in has)
    if missing:
        return CertificateState(status=CertificateStatus.NOT_READY, missing=missing)
    return CertificateState(status=CertificateStatus.READY)


def issued(
    certificate: CertificateFacts, *, today: date, warning_months: int = WARNING_MONTHS
) -> CertificateState:
    """Table T7 with a certificate. The printed day is still a valid one (E-EXP-1).

    A validation that is on record says by itself that the training or the licence was
    there: ECFMG gives none without.
    """
    validated = (
        certificate.validated_on is not None and certificate.validated_on <= today
    )
    months = certificate.training_months or 0
    if certificate.basis == Basis.STEP2CS or validated:
        status = CertificateStatus.PERMANENT
    elif months >= TRAINING_MONTHS or certificate.us_licence:
        status = CertificateStatus.PERMANENT_ELIGIBLE
    elif certificate.expires_on is not None and today > certificate.expires_on:
        status = CertificateStatus.EXPIRED
    elif certificate.expires_on is not None and certificate.expires_on <= add_months(
        today, warning_months
    ):
        status = CertificateStatus.EXPIRING
    else:
        status = CertificateStatus.ISSUED_TEMPORARY
    return CertificateState(status=status)
