"""Tables T6 and T11: the way to clinical skills, and its deadline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from profiles.choices import Answer, Confidence, Event, Pathway
from profiles.rules.days import days_between
from profiles.rules.facts import Person
from profiles.rules.numbers import CLOSING_SOON_DAYS
from profiles.rules.reference import Deadline, GradedValue, Reference
from profiles.rules.text.rulebook import weakest


class Route(StrEnum):
    """The words of table T6."""

    NONE_NEEDED = "NONE_NEEDED"
    PATHWAY_1 = "PATHWAY_1"
    PATHWAY_2 = "PATHWAY_2"
    PATHWAY_3 = "PATHWAY_3"
    PATHWAY_4 = "PATHWAY_4"
    PATHWAY_5 = "PATHWAY_5"
    PATHWAY_6 = "PATHWAY_6"
    NEEDS_CHECK = "NEEDS_CHECK"


ROUTE_OF = {pathway: Route(f"PATHWAY_{pathway.value}") for pathway in Pathway}
PATHWAY_OF = {route: pathway for pathway, route in ROUTE_OF.items()}
# What each Pathway asks of the school, in the order in which they are tried.
SCHOOL_FIELDS = {
    Pathway.OSCE: "school_osce",
    Pathway.WFME: "school_wfme",
    Pathway.NCFMEA: "school_ncfmea",
    Pathway.JOINT: "school_joint_degree",
}


class FitReason(StrEnum):
    """What decided about one Pathway."""

    FITS = "fits"
    VALID_CS = "valid_cs"  # nobody with a valid Step 2 CS pass uses a Pathway
    CS_FAILED = "cs_failed"
    CS_UNKNOWN = "cs_unknown"
    NO_LICENCE = "no_licence"
    LICENCE_TOO_OLD = "licence_too_old"
    DISCIPLINED = "disciplined"
    LICENCE_UNKNOWN = "licence_unknown"
    DISCIPLINE_UNKNOWN = "discipline_unknown"
    CUT_OFF_UNKNOWN = "cut_off_unknown"
    SEASON_UNKNOWN = "season_unknown"
    GRADUATED_TOO_EARLY = "graduated_too_early"
    GRADUATION_UNKNOWN = "graduation_unknown"
    SCHOOL_DOES_NOT = "school_does_not"
    SCHOOL_UNKNOWN = "school_unknown"
    EARLIER_FITS = "earlier_fits"
    EARLIER_UNKNOWN = "earlier_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Whether one Pathway is somebody's, and what decided."""

    pathway: Pathway
    answer: Answer
    why: FitReason
    settles: tuple[str, ...] = ()
    cut_off: GradedValue[date] | None = None  # the one that was compared with
    earlier: Pathway | None = None  # the one that goes first, if that decided


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayRoute:
    """The answer of table T6, with every Pathway in order."""

    route: Route
    fits: tuple[Fit, ...]
    # Known only when every field that matters was filled in.
    is_known: bool
    settles: tuple[str, ...] = ()


def find_route(
    person: Person,
    *,
    cs_pass_valid: bool | None,
    cs_fails: int,
    season: int | None,
    reference: Reference,
) -> PathwayRoute:
    """Table T6 for one season. `cs_pass_valid` None: nobody can say yet.

    Fields that were left empty leave the answer open, unless an earlier line of the
    table decides without them.
    """
    if cs_pass_valid:
        return _all(Route.NONE_NEEDED, FitReason.VALID_CS)
    if cs_pass_valid is None:
        return _open(FitReason.CS_UNKNOWN, ("attempts.outcome",))
    if cs_fails:
        return _all(Route.PATHWAY_6, FitReason.CS_FAILED)
    if season is None:
        return _open(FitReason.SEASON_UNKNOWN, ("person.season",))
    row = reference.season(season)
    if row is None or (row.licence_from is None and row.graduated_from is None):
        return _open(FitReason.CUT_OFF_UNKNOWN, ())
    fits = [_licence(person, row.licence_from)]
    fits += [_school(person, pathway, row.graduated_from) for pathway in SCHOOL_FIELDS]
    return _first(fits)


def _all(route: Route, why: FitReason) -> PathwayRoute:
    """Step 2 CS decides: at most Pathway 6 is left, whatever else is known."""
    return PathwayRoute(
        route=route,
        is_known=True,
        fits=tuple(
            Fit(pathway=pathway, answer=Answer.MET, why=FitReason.FITS)
            if ROUTE_OF[pathway] == route
            else Fit(pathway=pathway, answer=Answer.NOT_MET, why=why)
            for pathway in Pathway
        ),
    )


def _open(why: FitReason, settles: tuple[str, ...]) -> PathwayRoute:
    return PathwayRoute(
        route=Route.NEEDS_CHECK,
        is_known=False,
        settles=settles,
        fits=tuple(
            Fit(pathway=pathway, answer=Answer.NOT_KNOWN, why=why, settles=settles)
            for pathway in Pathway
        ),
    )


def _licence(person: Person, cut_off: GradedValue[date] | None) -> Fit:
    """Pathway 1 (E-PATH-3)."""

    def answer(answer: Answer, why: FitReason, *settles: str) -> Fit:
        return Fit(
            pathway=Pathway.LICENCE,
            answer=answer,
            why=why,
            settles=settles,
            cut_off=cut_off,
        )

    if cut_off is None:
        return answer(Answer.NOT_KNOWN, FitReason.CUT_OFF_UNKNOWN)
    if person.licence_held is False and person.licence_valid_on is None:
        return answer(Answer.NOT_MET, FitReason.NO_LICENCE)
    if person.licence_disciplined:
        return answer(Answer.NOT_MET, FitReason.DISCIPLINED)
    if person.licence_valid_on is None:
        wanted = "licence_valid_on" if person.licence_held else "licence_held"
        return answer(Answer.NOT_KNOWN, FitReason.LICENCE_UNKNOWN, f"person.{wanted}")
    if person.licence_valid_on < cut_off.value:
        return answer(Answer.NOT_MET, FitReason.LICENCE_TOO_OLD)
    if person.licence_disciplined is None:
        return answer(
            Answer.NOT_KNOWN, FitReason.DISCIPLINE_UNKNOWN, "person.licence_disciplined"
        )
    return answer(Answer.MET, FitReason.FITS)


def _school(person: Person, pathway: Pathway, cut_off: GradedValue[date] | None) -> Fit:
    """One of Pathways 2 to 5 (E-PATH-4, E-PATH-5)."""
    field = SCHOOL_FIELDS[pathway]
    has_it: bool | None = getattr(person, field)

    def answer(answer: Answer, why: FitReason, *settles: str) -> Fit:
        return Fit(
            pathway=pathway, answer=answer, why=why, settles=settles, cut_off=cut_off
        )

    if cut_off is None:
        return answer(Answer.NOT_KNOWN, FitReason.CUT_OFF_UNKNOWN)
    if has_it is False:
        return answer(Answer.NOT_MET, FitReason.SCHOOL_DOES_NOT)
    if person.graduation is None:
        return answer(
            Answer.NOT_KNOWN, FitReason.GRADUATION_UNKNOWN, "person.graduation"
        )
    if person.graduation < cut_off.value:
        return answer(Answer.NOT_MET, FitReason.GRADUATED_TOO_EARLY)
    if has_it is None:
        return answer(Answer.NOT_KNOWN, FitReason.SCHOOL_UNKNOWN, f"person.{field}")
    return answer(Answer.MET, FitReason.FITS)


def _first(fits: list[Fit]) -> PathwayRoute:
    """The first line that fits; an open one before it leaves the route open."""
    done: list[Fit] = []
    unknown: list[Fit] = []
    chosen: Fit | None = None
    for fit in fits:
        if chosen is not None and fit.answer != Answer.NOT_MET:
            fit = _after(chosen, fit)
        elif fit.answer == Answer.NOT_KNOWN:
            unknown.append(fit)
        elif fit.answer == Answer.MET and unknown:
            fit = _after(unknown[0], fit)
        elif fit.answer == Answer.MET:
            chosen = fit
        done.append(fit)
    last = Fit(pathway=Pathway.ENCOUNTERS, answer=Answer.MET, why=FitReason.FITS)
    if chosen is not None or not unknown:
        done.append(last if chosen is None else _after(chosen, last))
        route = ROUTE_OF[(chosen or last).pathway]
        return PathwayRoute(route=route, fits=tuple(done), is_known=True)
    settles = tuple(dict.fromkeys(name for fit in unknown for name in fit.settles))
    return PathwayRoute(
        route=Route.NEEDS_CHECK,
        fits=(*done, replace(_after(unknown[0], last), settles=settles)),
        is_known=False,
        settles=settles,
    )


def _after(earlier: Fit, fit: Fit) -> Fit:
    """A Pathway behind an earlier one that fits, or may fit.

    Whoever qualifies for the earlier one uses it (E-PATH-3 and the order of table T6 of
    docs/rules.md), so this one is not met; or not known, while the earlier one is open.
    """
    is_open = earlier.answer == Answer.NOT_KNOWN
    return Fit(
        pathway=fit.pathway,
        answer=Answer.NOT_KNOWN if is_open else Answer.NOT_MET,
        why=FitReason.EARLIER_UNKNOWN if is_open else FitReason.EARLIER_FITS,
        settles=earlier.settles,
        earlier=earlier.pathway,
        cut_off=fit.cut_off,
    )


class SeasonStatus(StrEnum):
    """The words of table T11."""

    OPEN = "OPEN"
    CLOSING_SOON = "CLOSING_SOON"
    CLOSED_FOR_MATCH = "CLOSED_FOR_MATCH"
    NEEDS_CHECK = "NEEDS_CHECK"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonState:
    status: SeasonStatus
    deadline: Deadline | None = None


def season_state(
    match_year: int,
    *,
    reference: Reference,
    today: date,
    soon: int = CLOSING_SOON_DAYS,
) -> SeasonState:
    """Table T11 (E-PATH-6). The day of the deadline itself still counts."""
    deadline = reference.pathways_deadline(match_year)
    if deadline is None:
        return SeasonState(status=SeasonStatus.NEEDS_CHECK)
    if today > deadline.on:
        status = SeasonStatus.CLOSED_FOR_MATCH
    elif days_between(today, deadline.on) <= soon:
        status = SeasonStatus.CLOSING_SOON
    else:
        status = SeasonStatus.OPEN
    return SeasonState(status=status, deadline=deadline)


# Training begins on 1 July of the Match year (E-NRMP-4): a season lasts no longer.
LAST_DAY_BEFORE_TRAINING = (6, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonEnd:
    """Whether a season of the Pathways is over. What is not complete by then is refused,
    and a new application and fee are needed (E-PATH-9).
    """

    is_over: bool
    last_day: date | None  # None: not known, and then the begin of training decides
    confidence: Confidence
    sources: tuple[str, ...] = ()


def season_end(match_year: int, *, reference: Reference, today: date) -> SeasonEnd:
    """The last day itself still counts; `today` is the day in New York."""
    season = reference.season(match_year)
    closes = reference.deadline(match_year, Event.PATHWAYS_CLOSE)
    if closes is not None:
        return SeasonEnd(
            is_over=today > closes.on,
            last_day=closes.on,
            confidence=closes.confidence,
            sources=closes.sources,
        )
    if season is not None and season.closes_on is not None:
        return SeasonEnd(
            is_over=today > season.closes_on,
            last_day=season.closes_on,
            confidence=Confidence.CONFIRMED,
            sources=season.sources,
        )
    now = (today.year, today.month, today.day)
    return SeasonEnd(
        is_over=now > (match_year, *LAST_DAY_BEFORE_TRAINING),
        last_day=None,
        confidence=Confidence.UNCONFIRMED,
    )


def weakest_cut_off(fits: tuple[Fit, ...]) -> Confidence | None:
    """How far the cut-offs can be trusted that had a say; None: none had."""
    used = [
        fit.cut_off.confidence
        for fit in fits
        if fit.cut_off is not None
        and fit.why
        in {FitReason.FITS, FitReason.LICENCE_TOO_OLD, FitReason.GRADUATED_TOO_EARLY}
    ]
    return weakest(used) if used else None
