"""`/specialties/compare/`: up to four specialties side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from stats import exports
from stats.charts import Spark
from stats.figures import SpecialtyFacts, SpecialtyRow
from stats.forms import CompareForm
from stats.later_changes import rows_of_specialties
from stats.preferred_match import PreferredMatch
from stats.public import Figures
from stats.public_page import edition_page
from stats.score_position import SCORE_GROUPS, Strip, find_position
from stats.views import responses
from stats.views.preferred_charts import compare_specialties
from stats.views.specialties import draw_trend


def _common_year(figures: Figures, slugs: Sequence[str]) -> int | None:
    """The newest year in which each of the specialties has a known IMG share, if any."""
    years = [
        {
            row.provenance.match_year
            for row in figures.specialty_years.get(slug, ())
            if row.img_share
        }
        for slug in slugs
    ]
    shared = set.intersection(*years) if years else set()
    return max(shared, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSpecialty:
    specialty: SpecialtyFacts
    row: SpecialtyRow | None  # None: no year with a known IMG share
    trend: Spark | None
    trend_in_words: str
    # Of each group the newest edition that has scores of it.
    strips: tuple[Strip, ...]
    # The newest edition with counts of each group of SCORE_GROUPS; None: there is none.
    preferred: tuple[PreferredMatch | None, ...]


@edition_page
def specialty_compare(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    # An old address may name what was merged since: it means the successor.
    query = request.GET.copy()
    query.setlist(
        "s",
        [
            now.slug if (now := figures.specialty(slug)) else slug
            for slug in query.getlist("s")
        ],
    )
    form = CompareForm(
        query,
        offers={
            "s": [
                (specialty.slug, specialty.short_name)
                for specialty in figures.specialties_with_figures
            ]
        },
        initial={"s": []},
        kept=figures.pin,
    )
    slugs = form.chosen["s"]
    common = _common_year(figures, slugs)
    if extension != "html":
        export = exports.specialty_table(
            [
                (row.specialty, row)
                for slug in slugs
                for row in reversed(figures.specialty_years.get(slug, ()))
            ],
            figures.years,
            figures.newest_preferred,
            name="specialties-compared",
            title="First-year positions of the chosen specialties over the years",
        )
        return responses.download(request, figures, export, extension, form)
    compared = []
    for slug in slugs:
        specialty = figures.specialties[slug]
        rows = figures.specialty_years.get(slug, ())
        spark, words = draw_trend(figures, slug)
        compared.append(
            ComparedSpecialty(
                specialty=specialty,
                row=next(
                    (
                        row
                        for row in reversed(rows)
                        if row.img_share and common in (None, row.provenance.match_year)
                    ),
                    None,
                ),
                trend=spark,
                trend_in_words=words,
                strips=find_position(
                    specialty, figures.scores_of.get(slug, ()), None
                ).strips,
                preferred=tuple(
                    figures.newest_preferred(slug, group) for group in SCORE_GROUPS
                ),
            )
        )
    preferred_groups = [
        (group, items, any(item.has_ranks for item in items if item))
        for place, group in enumerate(SCORE_GROUPS)
        if any(items := [item.preferred[place] for item in compared])
    ]
    return responses.page(
        request,
        figures,
        "stats/specialty_compare.html",
        {
            "form": form,
            **responses.citation_of(
                request,
                figures,
                # Any choice of specialties is a page; each of them has its own files.
                name="",
                title="Specialties compared: first-year positions and scores",
                path=responses.lasting_address(
                    figures, reverse("stats:specialty_compare"), form.content_query
                ),
            ),
            "compared": compared,
            "common_year": common,
            "preferred_groups": preferred_groups,
            "preferred_chart": compare_specialties(figures, slugs),
            "data_edition": figures.edition,
            **responses.download_addresses("specialty_compare", query=form.query()),
        },
        lambda figures: rows_of_specialties(figures, slugs),
    )
