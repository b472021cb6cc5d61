"""What an address asks of a table: the rows, the edition that they are of, and every fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from imgportal.api import filters, parameters
from imgportal.api.parameters import Query, Value
from imgportal.api.resources import Resource
from imgportal.api.table_states import Row, TableState, TableStates
from imgportal.lib.eastern_time import eastern_day
from imgportal.lib.problems import ParameterFault
from profiles import reference_tables
from stats import editions
from stats.editions import NoSuchEdition
from stats.public import Figures

_of_figures, _of_rules = TableStates(), TableStates()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the story of the figures."""

    edition: int  # 0: nothing is published
    published_at: datetime | None
    # A Match year and version, current or not. None: the versions that were current.
    version: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        return f"{self.edition}/{self.version or ''}"

    def figures_of(self, figures: Figures) -> Figures:
        """The figures as they stood there."""
        if self.version:
            return figures.with_current(figures.versions[self.version])
        return editions.at_edition(figures, self.edition) if self.edition else figures


@dataclass(frozen=True, slots=True, kw_only=True)
class TableQuestion:
    """One address of a table, understood as far as it can be."""

    resource: Resource
    query_string: str
    query: Query
    faults: Sequence[ParameterFault]
    place: Place
    state: TableState
    # Stands for everything that an answer is made of.
    token: str
    changed_at: datetime | None

    @property
    def rows(self) -> Sequence[Row]:
        """Every row that satisfies the parameters, on this page or not."""
        return filters.choose(self.state.rows, self.query, self.resource.parameters)

    @property
    def limit(self) -> int:
        return self.query.number("limit") or filters.MOST_ROWS

    @property
    def offset(self) -> int:
        return self.query.number("offset") or 0


def read(
    resource: Resource, query_string: str, figures: Figures, *, today: date
) -> TableQuestion:
    """What is asked of what is public now; with a fault nothing but it is to be answered.

    `today` is a day in New York.
    """
    query = parameters.read(query_string, resource.parameters)
    rules = None if resource.has_editions else reference_tables.everything()
    year = resource.year_of_versions
    contradictions = tuple(_contradictions(query, year))
    faults = [*query.faults, *contradictions]
    place = _newest_place(figures)
    if not contradictions:
        asked = _find_place(query, figures, year, today)
        if isinstance(asked, Place):
            place = asked
        else:
            faults.append(asked)
    states = _of_rules if rules else _of_figures
    state = states.get(
        resource,
        figures,
        token=rules.token if rules else "",
        place=place.name,
        choose=lambda: place.figures_of(figures),
    )
    faults += filters.unknown_values(query, resource.parameters, state.offered)
    token, changed_at = figures.publication.token, figures.publication.changed_at
    if rules:
        token, changed_at = rules.token, rules.changed_at
    return TableQuestion(
        resource=resource,
        query_string=query_string,
        query=query,
        faults=faults,
        place=place,
        state=state,
        token=token,
        changed_at=changed_at,
    )


def _contradictions(query: Query, year: str) -> Iterator[ParameterFault]:
    pins = [name for name in ("edition", "as_of", "version") if query.values.get(name)]
    for name in pins[1:]:
        yield _combination(
            name, f"{name} does not go with {pins[0]}: give one of them."
        )
    if "version" in pins and len(query.values.get(year, ())) != 1:
        yield _combination(
            "version",
            f"A version belongs to one year: give one {year} with it.",
        )
    since, until = query.number("since"), query.number("until")
    if since is not None and until is not None and since > until:
        yield _combination("since", f"since={since} is later than until={until}.")


def _combination(parameter: str, detail: str) -> ParameterFault:
    return ParameterFault(parameter=parameter, code="combination", detail=detail)


def _newest_place(figures: Figures) -> Place:
    moments = editions.published_at(figures)
    return Place(edition=figures.edition, published_at=moments.get(figures.edition))


def _find_place(
    query: Query, figures: Figures, year: str, today: date
) -> Place | ParameterFault:
    """Where the figures are asked for, or why there is no such place."""
    moments = editions.published_at(figures)
    number, day = query.number("edition"), query.day("as_of")
    if (version := query.number("version")) is not None:
        return _find_version(figures, query.values[year][0], version)
    if day is not None:
        if day > today:
            return _no_place("as_of", f"What will be public on {day} is not known yet.")
        try:
            number = editions.edition_of_day(figures, day)
        except NoSuchEdition:
            return _no_place("as_of", f"Nothing was public on {day}. {_first(moments)}")
    if number is None:
        return _newest_place(figures)
    if number not in moments:
        return _no_place("edition", f"There is no edition {number}. {_newest(moments)}")
    return Place(edition=number, published_at=moments[number])


def _find_version(
    figures: Figures, year: Value, version: int
) -> Place | ParameterFault:
    place = (int(str(year)), version)
    if place not in figures.versions:
        there_are = ", ".join(
            str(other.release.version) for other in figures.versions_of(place[0])
        )
        return _no_place(
            "version",
            f"The year {year} has no version {version}."
            + (f" There are: {there_are}." if there_are else ""),
        )
    release = figures.versions[place].release
    return Place(
        edition=release.edition, published_at=release.published_at, version=place
    )


def _no_place(parameter: str, detail: str) -> ParameterFault:
    return ParameterFault(parameter=parameter, code="value", detail=detail)


def _first(moments: Mapping[int, datetime]) -> str:
    if not moments:
        return "Nothing is public yet."
    first = next(iter(moments.values()))
    return f"The first edition was published on {eastern_day(first)}."


def _newest(moments: Mapping[int, datetime]) -> str:
    return f"The newest is {max(moments)}." if moments else "Nothing is public yet."
