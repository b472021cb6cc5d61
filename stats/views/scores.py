"""`/scores/`: Step 2 CK of those who matched and of those who did not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from django.http import HttpRequest, HttpResponse

from imgportal.lib import numbers
from stats import charts, exports
from stats.charts import DotChart, DotItem
from stats.choices import IMG_GROUPS, ApplicantType, Outcome, Table
from stats.figures import ScoreRow
from stats.forms import EditionForm, OwnScoreForm, year_choices
from stats.public import Figures
from stats.public_page import public_page
from stats.score_position import mean_strips, strips
from stats.views import responses
from stats.views.years import ScoreGroup, score_groups

MEAN_LABELS = {ApplicantType.US_IMG: "US", ApplicantType.NON_US_IMG: "non-US"}


def mean_chart(groups: Sequence[ScoreGroup], edition: int) -> DotChart | None:
    """Mean scores of matched US and non-US IMGs, one row a specialty."""
    items = []
    for group in groups:
        means = [
            (kind, row.step2_ck_mean)
            for kind in IMG_GROUPS
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
        initial={
            "edition": str(figures.editions[0]) if figures.editions else "",
            "group": "",
        },
    )
    chosen = form.chosen["edition"]
    group = ApplicantType(form.chosen["group"]) if form.chosen["group"] else None
    year = figures.years.get(int(chosen)) if chosen else None
    rows = _of_group(year.scores if year else (), group)
    title = f"Step 2 CK scores, edition {chosen}" if chosen else "Step 2 CK scores"
    if group:
        title = f"{title}, {group.label}"
    if extension != "html":
        name = "-".join(["scores", *filter(None, (chosen, form.chosen["group"]))])
        export = exports.scores(
            [(year, row) for row in rows] if year else [], name=name, title=title
        )
        return responses.download(request, figures, export, extension, form.notices)
    groups = score_groups(rows)
    # An edition gives quartiles or only means.
    drawn = strips(rows) or mean_strips(rows)
    has_quartiles = any(strip.has_quartiles for strip in drawn)
    return responses.FiguresPage(
        template="stats/score_list.html",
        address="score_list",
        query=form.query(),
        cite_title=title,
        cite_path=responses.version_address(year) if year else "",
        published_at=year.release.published_at if year else None,
        dataset_name="Step 2 CK scores of matched and not matched IMGs",
        dataset_query=form.query(),
        description="Means and quartiles by specialty, group and outcome from "
        "Charting Outcomes editions, with sources.",
        rows=rows,
    ).respond(
        request,
        figures,
        {
            "form": form,
            "own_score_form": OwnScoreForm() if drawn else None,
            "year": year,
            "group": group,
            "other_editions": tuple(
                edition
                for edition in figures.editions
                if _of_group(figures.years[edition].scores, group)
            ),
            "strips": drawn,
            "has_quartiles": has_quartiles,
            "score_groups": groups,
            "overall": next((group for group in groups if not group.url), None),
            "withheld": tuple(row for row in rows if row.provenance.missing),
            "chart": mean_chart(groups, int(chosen or 0))
            if group is None and not has_quartiles
            else None,
            "footnotes": year.footnotes_of(Table.SCORES) if year else (),
        },
    )


def _of_group(
    rows: Sequence[ScoreRow], group: ApplicantType | None
) -> tuple[ScoreRow, ...]:
    return tuple(row for row in rows if group in (None, row.applicant_type))
