"""Which score of a record is laid among the published ones."""

from __future__ import annotations

from profiles.choices import Exam
from profiles.rules.judgement import JudgedAttempt, Judgement
from profiles.rules.tables.outcomes import SittingOutcome


def own_score(judgement: Judgement) -> JudgedAttempt | None:
    """The newest passed sitting of Step 2 CK that has a score, on the day of the
    judgement. None: there is none, or what is entered of it contradicts itself.

    Published scores are those of applicants, who have passed.
    """
    passed = [
        judged
        for judged in judgement.attempts
        if judged.attempt.exam == Exam.STEP2CK
        and judged.outcome == SittingOutcome.PASS
        and judged.attempt.score is not None
    ]
    return max(passed, key=lambda judged: judged.attempt.on, default=None)
