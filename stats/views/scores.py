"""`/scores/`: Step 2 CK of those who matched and of those who did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from stats import exports
from stats.asked_edition import rename_years
from stats.choices import ApplicantType, FigureTable
from stats.figures import ScoreRow, SpecialtyFacts, YearFigures
from stats.forms import EditionForm, OwnScoreForm, year_choices
from stats.preferred_match import by_share, list_preferred
from stats.public import Figures
from stats.public_page import charting_page
from stats.score_position import SCORE_GROUPS, mean_strips, strips
from stats.views import responses
from stats.views.preferred_charts import draw_preferred, newest_preferred_charts
from stats.views.score_groups import group_by_specialty


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentGroup:
    """A group that an edition does not cover, with what other editions say of it."""

    applicant_type: ApplicantType
    edition: int  # the newest that covers it
    # What has a score in the newest edition that covers the group and the specialty.
    rows: tuple[ScoreRow, ...]

    @property
    def overall(self) -> tuple[ScoreRow, ...]:
        """Of all specialties together."""
        return tuple(row for row in self.rows if not row.specialty.slug)


@charting_page
def score_list(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    query = rename_years(request.GET)
    form, group = _read_address(request.GET, figures)
    chosen = form.chosen["charting_outcomes"]
    instead = _edition_instead(figures, chosen, group)
    notice = (
        f"The edition of {chosen} does not cover {group.label}. The newest that does is "
        f"that of {instead}."
        if instead and group
        else ""
    )
    if extension == "html" and instead:
        # The page shows what there is; its fields and links say which edition that is.
        query = query.copy()
        query.setlist("charting_outcomes", [str(instead)])
        form, group = _read_address(query, figures)
        chosen = form.chosen["charting_outcomes"]
    if notice:
        form.notices.append(notice)
    year = figures.years.get(int(chosen)) if chosen else None
    specialty = figures.specialties.get(form.chosen["specialty"])
    rows = _narrow(year.scores if year else (), group, specialty)
    title = f"Step 2 CK scores, edition {chosen}" if chosen else "Step 2 CK scores"
    if group:
        title = f"{title}, {group.label}"
    if specialty:
        title = f"{title}, {specialty.short_name}"
    if extension != "html":
        narrowed = (chosen, group.value if group else "", form.chosen["specialty"])
        name = "-".join(["scores", *filter(None, narrowed)])
        export = exports.figure_table(
            FigureTable.SCORES,
            [(year, row) for row in rows] if year else [],
            name=name,
            title=title,
        )
        return responses.download(request, figures, export, extension, form)
    groups = group_by_specialty(rows)
    # An edition gives quartiles or only means.
    drawn = strips(rows) or mean_strips(rows)
    has_quartiles = any(strip.has_quartiles for strip in drawn)
    covered = _groups_of(year)
    preferred = list_preferred(rows)
    return responses.FiguresPage(
        template="stats/score_list.html",
        address="score_list",
        query=form.query(),
        content_query=form.content_query,
        cite_title=title,
        cite_path=responses.lasting_address(
            figures,
            reverse("stats:score_list"),
            # By name: a newer edition of theirs would take its place.
            form.query(),
        )
        if year
        else "",
        cite_name=f"scores-{chosen}",
        published_at=year.release.published_at if year else None,
        dataset_name="Step 2 CK scores of matched and not matched IMGs",
        dataset_query=form.query(),
        description="Means and quartiles by specialty, group and outcome from "
        "Charting Outcomes editions, with sources.",
        rows=rows,
        rows_of=lambda figures: _narrow(
            figures.years[int(chosen)].scores if chosen else (), group, specialty
        ),
    ).respond(
        request,
        figures,
        {
            "form": form,
            "own_score_form": OwnScoreForm() if drawn else None,
            "year": year,
            # An edition of one group is about that group, also without asking for it.
            "group": covered[0] if len(covered) == 1 else group,
            "specialty": specialty,
            # The newest that says anything of it.
            "specialty_edition": next(
                (row.edition for row in figures.scores_of.get(specialty.slug, ())), None
            )
            if specialty
            else None,
            "strips": drawn,
            "has_quartiles": has_quartiles,
            "score_groups": groups,
            "overall": next((group for group in groups if not group.url), None),
            "withheld": tuple(row for row in rows if row.provenance.missing),
            "footnotes": year.footnotes_of(FigureTable.SCORES) if year else (),
            "preferred": preferred,
            "preferred_charts": [
                draw_preferred(results)
                for kind in SCORE_GROUPS
                if (
                    results := by_share(
                        item
                        for item in preferred
                        if item.applicant_type == kind and item.specialty.slug
                    )
                )
            ],
            # Where this edition has no counts of a group, the newest that has them.
            "preferred_elsewhere": [
                chart
                for chart in newest_preferred_charts(figures)
                if not specialty
                and group in (None, chart.applicant_type)
                and chart.applicant_type
                not in {item.applicant_type for item in preferred if item.share}
            ],
            "silent_groups": [
                silent
                for kind in SCORE_GROUPS
                if group is None
                and covered
                and kind not in covered
                and (silent := _silent_group(figures, kind, specialty))
                and silent.rows
            ],
        },
    )


def _read_address(
    query: QueryDict, figures: Figures
) -> tuple[EditionForm, ApplicantType | None]:
    """The form, and the group that is asked for; None: all that the edition covers.

    Without an edition, the newest that covers the group is meant. "Both groups" is
    offered where an edition has both; where it has one, that one is what it shows.
    """
    asked = next(
        (kind for kind in SCORE_GROUPS if query.getlist("group") == [kind]), None
    )
    newest = figures.newest_edition_of(asked) if asked else None
    newest = newest or next(iter(figures.charting_editions), None)
    named = rename_years(query).getlist("charting_outcomes")
    shown = next(
        (year for year in figures.charting_editions if named == [str(year)]), newest
    )
    covered = _groups_of(figures.years[shown] if shown else None)
    offers = [
        ("", "Both groups"),
        *((kind.value, str(kind.label)) for kind in SCORE_GROUPS),
    ]
    is_of_one = len(covered) == 1
    if is_of_one:
        offers = [("", str(covered[0].label))]
        offers += [
            (kind.value, f"{kind.label}: edition {edition}")
            for kind in SCORE_GROUPS
            if kind not in covered and (edition := figures.newest_edition_of(kind))
        ]
        if asked in covered:
            query = query.copy()
            query.setlist("group", [""])
    form = EditionForm(
        query,
        offers={
            "charting_outcomes": year_choices(figures.charting_editions),
            "group": offers,
            "specialty": [
                ("", "All specialties"),
                *(
                    (slug, figures.specialties[slug].short_name)
                    for slug in figures.scores_of
                    if slug
                ),
            ],
        },
        initial={
            "charting_outcomes": str(newest or ""),
            "group": "",
            "specialty": "",
        },
        kept=figures.pin,
    )
    return form, asked


def _groups_of(year: YearFigures | None) -> tuple[ApplicantType, ...]:
    """The groups that the edition of a year covers."""
    kinds = {row.applicant_type for row in year.scores} if year else set()
    return tuple(kind for kind in SCORE_GROUPS if kind in kinds)


def _edition_instead(
    figures: Figures, chosen: str, group: ApplicantType | None
) -> int | None:
    """The newest edition that covers the group, where the chosen one does not."""
    year = figures.years.get(int(chosen)) if chosen else None
    if year is None or group is None or group in _groups_of(year):
        return None
    return figures.newest_edition_of(group)


def _silent_group(
    figures: Figures, kind: ApplicantType, specialty: SpecialtyFacts | None
) -> SilentGroup | None:
    edition = figures.newest_edition_of(kind)
    if edition is None:
        return None
    slugs = (
        (specialty.slug,)
        if specialty
        else ("", *(item.slug for item in figures.specialties_with_figures))
    )
    positions = (figures.score_position(slug, kind) for slug in slugs)
    return SilentGroup(
        applicant_type=kind,
        edition=edition,
        rows=tuple(
            row
            for position in positions
            if position
            for strip in position.strips
            for row in strip.rows
            if not row.provenance.missing
        ),
    )


def _narrow(
    rows: Sequence[ScoreRow],
    group: ApplicantType | None,
    specialty: SpecialtyFacts | None,
) -> tuple[ScoreRow, ...]:
    return tuple(
        row
        for row in rows
        if group in (None, row.applicant_type) and specialty in (None, row.specialty)
    )
