"""Any record that hypothesis can think of, likely or not."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from profiles.choices import (
    AttemptState,
    Basis,
    Exam,
    Item,
    ItemState,
    Pathway,
    ReportedOutcome,
    SubTest,
)
from profiles.rules.facts import (
    Attempt,
    CertificateFacts,
    EnglishSittingFacts,
    PathwayApplicationFacts,
    Person,
    Record,
    ReportedItem,
)

# Mostly days that matter, now and then the ends of the calendar.
days = st.one_of(
    st.dates(date(2008, 1, 1), date(2030, 12, 31)),
    st.sampled_from(
        [
            date.min,
            date.max,
            date(2020, 2, 29),
            date(2022, 1, 26),
            date(2021, 7, 1),
            date(2027, 3, 3),
            date(2026, 11, 22),
        ]
    ),
)
maybe_day = st.none() | days
maybe = st.none() | st.booleans()
attempts = st.builds(
    Attempt,
    exam=st.sampled_from(Exam),
    on=days,
    state=st.sampled_from(AttemptState),
    outcome=st.none() | st.sampled_from(ReportedOutcome),
    score=st.none() | st.integers(180, 270) | st.integers(-(10**12), 10**12),
    result_on=maybe_day,
    applied_on=maybe_day,
    period_from=maybe_day,
    period_to=maybe_day,
    extended_to=maybe_day,
    for_time_limit=st.booleans(),
)
sittings = st.builds(
    EnglishSittingFacts,
    on=days,
    scores=st.dictionaries(
        st.sampled_from(SubTest),
        st.none() | st.integers(28, 50).map(lambda tens: 10 * tens) | st.integers(),
    ),
    released=maybe,
)
seasons = st.integers(2019, 2030) | st.integers()
pathways = st.builds(
    PathwayApplicationFacts,
    season=seasons,
    number=st.none() | st.sampled_from(Pathway),
    submitted_on=maybe_day,
    accepted_on=maybe_day,
    refused_on=maybe_day,
    valid_to=maybe_day,
)
items = st.dictionaries(
    st.sampled_from(Item),
    st.builds(ReportedItem, state=st.sampled_from(ItemState), on=maybe_day),
)
certificates = st.none() | st.builds(
    CertificateFacts,
    issued_on=days,
    basis=st.none() | st.sampled_from(Basis),
    expires_on=maybe_day,
    validated_on=maybe_day,
    training_months=st.none() | st.integers(),
    us_licence=maybe,
)
countries = st.sampled_from(["", "US", "PR", "CA", "IN", "ca", "??"]) | st.text()
persons = st.builds(
    Person,
    us_citizen=maybe,
    school_country=countries,
    graduation=maybe_day,
    season=st.none() | seasons,
    licence_held=maybe,
    licence_valid_on=maybe_day,
    licence_disciplined=maybe,
    school_osce=maybe,
    school_wfme=maybe,
    school_ncfmea=maybe,
    school_joint_degree=maybe,
    permanent_resident=maybe,
    visa_interview_on=maybe_day,
    visa_expires_on=maybe_day,
)


def records(most: int = 8, **fixed: Any) -> st.SearchStrategy[Record]:
    parts: dict[str, Any] = {
        "person": persons,
        "attempts": st.lists(attempts, max_size=most).map(tuple),
        "sittings": st.lists(sittings, max_size=3).map(tuple),
        "pathways": st.lists(pathways, max_size=3).map(tuple),
        "items": items,
        "certificate": certificates,
    }
    return st.builds(Record, **{**parts, **fixed})
