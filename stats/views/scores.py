"""`/scores/`: Step 2 CK of those who matched and of those who did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from imgportal.lib import numbers
from stats import charts, exports
from stats.caching import public_page
from stats.charts import DotChart, DotItem, Quartiles, ScoreStrip
from stats.choices import ApplicantType, Outcome, Table
from stats.figures import ScoreRow, Specialty
from stats.forms import EditionForm, OwnScoreForm, year_choices
from stats.public import Figures
from stats.views import answers
from stats.views.years import ScoreGroup, score_groups

MEAN_LABELS = {ApplicantType.US_IMG: "US", ApplicantType.NON_US_IMG: "non-US"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The score strip of one specialty and group, with the rows it is drawn from."""

    specialty: Specialty
    applicant_type: ApplicantType
    edition: int
    drawing: ScoreStrip
    rows: tuple[ScoreRow, ...]


def strips(rows: Sequence[ScoreRow]) -> tuple[Strip, ...]:
    """One strip for each specialty, group and edition that has quartiles.

    All of them share one axis, so that they can be read against one another.
    """
    grouped: dict[tuple[Specialty, ApplicantType, int], list[ScoreRow]] = {}
    for row in rows:
        grouped.setdefault((row.specialty, row.applicant_type, row.edition), []).append(
            row
        )
    found = []
    for (specialty, applicant_type, edition), members in grouped.items():
        drawing = charts.score_strip(
            [quartiles for row in members if (quartiles := _quartiles(row))]
        )
        if drawing is not None:
            found.append(
                Strip(
                    specialty=specialty,
                    applicant_type=applicant_type,
                    edition=edition,
                    drawing=drawing,
                    rows=tuple(members),
                )
            )
    return tuple(found)


def _quartiles(row: ScoreRow) -> Quartiles | None:
    if (
        row.step2_ck_q1 is None
        or row.step2_ck_median is None
        or row.step2_ck_q3 is None
    ):
        return None
    return Quartiles(
        outcome=row.outcome.value,
        label=str(row.outcome.label),
        q1=row.step2_ck_q1,
        median=row.step2_ck_median,
        q3=row.step2_ck_q3,
        n=row.applicants_with_score,
    )


def mean_chart(groups: Sequence[ScoreGroup], edition: int) -> DotChart | None:
    """Mean scores of matched US and non-US IMGs, one row a specialty."""
    items = []
    for group in groups:
        means = [
            (kind, row.step2_ck_mean)
            for kind in (ApplicantType.US_IMG, ApplicantType.NON_US_IMG)
            if (row := group.of(kind, Outcome.MATCHED))
            and row.step2_ck_mean is not None
        ]
        items.append(
            DotItem(
                label=group.heading,
                points=tuple((kind.value, Fraction(mean)) for kind, mean in means),
                text=" · ".join(
                    f"{MEAN_LABELS[kind]} {numbers.printed(mean)}"
                    for kind, mean in means
                ),
            )
        )
    return charts.dot_chart(
        name="mean-scores",
        title=f"Mean Step 2 CK score of matched applicants, edition {edition}",
        items=items,
        low=210,
        high=260,
    )


@public_page
def score_list(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    form = EditionForm(
        request.GET,
        offers={"edition": year_choices(figures.editions)},
        initial={"edition": str(figures.editions[0]) if figures.editions else ""},
    )
    chosen = form.chosen["edition"]
    year = figures.years.get(int(chosen)) if chosen else None
    rows = year.scores if year else ()
    title = f"Step 2 CK scores, edition {chosen}" if chosen else "Step 2 CK scores"
    if extension != "html":
        export = exports.scores(
            [(year, row) for row in rows] if year else [],
            name=f"scores-{chosen}" if chosen else "scores",
            title=title,
        )
        return answers.download(request, figures, export, extension, form.notices)
    groups = score_groups(rows)
    with_quartiles = strips(rows)
    return answers.page(
        request,
        "stats/score_list.html",
        {
            "form": form,
            "own_score_form": OwnScoreForm() if with_quartiles else None,
            "year": year,
            "strips": with_quartiles,
            "score_groups": groups,
            "overall": next((group for group in groups if not group.url), None),
            "withheld": tuple(row for row in rows if row.provenance.missing),
            "chart": None if with_quartiles else mean_chart(groups, int(chosen or 0)),
            "published_at": year.release.published_at if year else None,
            "cite_title": title,
            "cite_path": reverse(
                "stats:version_detail", args=[year.match_year, year.release.version]
            )
            if year
            else "",
            "dataset": answers.dataset(
                request,
                name="Step 2 CK scores of matched and not matched IMGs",
                description="Means and quartiles by specialty, group and outcome from "
                "Charting Outcomes editions, with sources.",
                rows=rows,
                figures=figures,
                query=form.query(),
                twins=answers.twins("score_list", query=form.query()),
            ),
            "footnotes": year.footnotes_of(Table.SCORES) if year else (),
            **answers.twins("score_list", query=form.query()),
        },
    )
