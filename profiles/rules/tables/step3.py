"""Table T9: who may apply for Step 3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from profiles.rules.tables.attempts import StepStatus


class Step3Status(StrEnum):
    """The words of table T9; after MAY_APPLY table T3 goes on for Step 3."""

    MAY_APPLY = "MAY_APPLY"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"


class Step3Why(StrEnum):
    STEPS = "STEPS"
    ECFMG_CERTIFICATE = "ECFMG_CERTIFICATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step3State:
    """The answer of table T9."""

    status: Step3Status
    why: Step3Why | None = None


def step3_state(
    *,
    step1: StepStatus,
    step2ck: StepStatus,
    is_img: bool,
    certificate_issued_on: date | None,
    today: date,
) -> Step3State:
    """Table T9 (U-S3-1). An application on the day of issue is allowed."""
    if not step1 == step2ck == StepStatus.PASSED:
        return Step3State(status=Step3Status.NOT_ELIGIBLE, why=Step3Why.STEPS)
    has_certificate = (
        certificate_issued_on is not None and certificate_issued_on <= today
    )
    if is_img and not has_certificate:
        return Step3State(
            status=Step3Status.NOT_ELIGIBLE, why=Step3Why.ECFMG_CERTIFICATE
        )
    return Step3State(status=Step3Status.MAY_APPLY)
