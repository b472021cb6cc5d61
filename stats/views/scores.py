"""`/scores/`: Step 2 CK of those who matched and of those who did not."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from stats import exports
from stats.choices import ApplicantType, FigureTable
from stats.figures import ScoreRow, SpecialtyFacts
from stats.forms import EditionForm, OwnScoreForm, year_choices
from stats.public import Figures
from stats.public_page import public_page
from stats.score_position import mean_strips, strips
from stats.views import responses
from stats.views.score_groups import group_by_specialty


@public_page
def score_list(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    form = EditionForm(
        request.GET,
        offers={
            "edition": year_choices(figures.editions),
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
            "edition": str(figures.editions[0]) if figures.editions else "",
            "group": "",
            "specialty": "",
        },
    )
    chosen = form.chosen["edition"]
    group = ApplicantType(form.chosen["group"]) if form.chosen["group"] else None
    year = figures.years.get(int(chosen)) if chosen else None
    specialty = figures.specialties.get(form.chosen["specialty"])
    rows = _narrow(year.scores if year else (), group, specialty)
    title = f"Step 2 CK scores, edition {chosen}" if chosen else "Step 2 CK scores"
    if group:
        title = f"{title}, {group.label}"
    if specialty:
        title = f"{title}, {specialty.short_name}"
    if extension != "html":
        narrowed = (chosen, form.chosen["group"], form.chosen["specialty"])
        name = "-".join(["scores", *filter(None, narrowed)])
        export = exports.figure_table(
            FigureTable.SCORES,
            [(year, row) for row in rows] if year else [],
            name=name,
            title=title,
        )
        return responses.download(request, figures, export, extension, form.notices)
    groups = group_by_specialty(rows)
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
            "specialty": specialty,
            "other_editions": tuple(
                edition
                for edition in figures.editions
                if _narrow(figures.years[edition].scores, group, specialty)
            ),
            "strips": drawn,
            "has_quartiles": has_quartiles,
            "score_groups": groups,
            "overall": next((group for group in groups if not group.url), None),
            "withheld": tuple(row for row in rows if row.provenance.missing),
            "footnotes": year.footnotes_of(FigureTable.SCORES) if year else (),
        },
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
