"""What every measure means. One text for the pages and for docs/data-dictionary.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One measure. `key` is its anchor, `columns` its names in downloads."""

    key: str
    name: str
    columns: tuple[str, ...]
    definition: str
    denominator: str  # empty: a count, so of nothing
    unit: str
    caveats: str = ""


DEFINITIONS = (
    Definition(
        key="match-year",
        name="Match year",
        columns=("match_year",),
        definition="The calendar year in which the Main Residency Match is decided, in "
        "March. Training begins in July of the same year.",
        denominator="",
        unit="year",
        caveats="A Charting Outcomes edition may describe an earlier Match than its own "
        "year says: the edition of 2014 describes the Match of 2013.",
    ),
    Definition(
        key="registered-applicants",
        name="Registered applicants",
        columns=("registered_applicants",),
        definition="Everyone who registered for the Match, including those who withdrew "
        "or never submitted a rank order list.",
        denominator="",
        unit="people",
    ),
    Definition(
        key="active-applicants",
        name="Active applicants",
        columns=("active_applicants",),
        definition="Applicants who certified a rank order list by the deadline.",
        denominator="",
        unit="people",
        caveats="Always fewer than those who registered. A rate of active applicants is "
        "higher than a rate of registered ones would be.",
    ),
    Definition(
        key="matched",
        name="Matched to PGY-1",
        columns=("matched_to_pgy1",),
        definition="Active applicants who matched to a first-year (PGY-1) position.",
        denominator="",
        unit="people",
        caveats="Positions taken outside the Match, or in the Supplemental Offer and "
        "Acceptance Program (SOAP), are not counted.",
    ),
    Definition(
        key="match-rate",
        name="Match rate",
        columns=("match_rate_percent", "published_match_rate"),
        definition="Applicants who matched to a PGY-1 position as a share of active "
        "applicants.",
        denominator="active applicants of the same group and year",
        unit="percent",
        caveats="Computed from the two counts where both are known. Otherwise the rate "
        "is shown as its source prints it, marked “p”. It says how a whole group fared "
        "and nothing about one person.",
    ),
    Definition(
        key="rate-of-all-applicants",
        name="Match rate of all applicants",
        columns=("rate_of", "rate_percent"),
        definition="Everyone who matched to a PGY-1 position, IMG or not, as a share of "
        "those who certified a rank order list (`ranked`) or of all who registered "
        "(`registered`).",
        denominator="active applicants or registered applicants of the year",
        unit="percent",
        caveats="Numbers of those who registered are published for all applicants "
        "together only, so no group of applicants can be given this choice.",
    ),
    Definition(
        key="us-img",
        name="US IMG",
        columns=("applicant_type",),
        definition="A US citizen who graduated from a medical school outside the United "
        "States and Canada.",
        denominator="",
        unit="group",
    ),
    Definition(
        key="non-us-img",
        name="Non-US IMG",
        columns=("applicant_type",),
        definition="A graduate of a medical school outside the United States and Canada "
        "who is not a US citizen. Green-card holders belong here.",
        denominator="",
        unit="group",
    ),
    Definition(
        key="all-imgs",
        name="All IMGs",
        columns=("applicant_type",),
        definition="US IMGs and non-US IMGs together. Added only when both counts are "
        "known, and then labelled as a sum; otherwise the published total is "
        "shown and labelled so.",
        denominator="",
        unit="group",
        caveats="Fifth Pathway applicants (to 2017) are in neither group and not in the "
        "sum.",
    ),
    Definition(
        key="us-do",
        name="US DO seniors, and US DO students and graduates",
        columns=("applicant_type",),
        definition="Two different groups. Until 2019 students and graduates of US DO "
        "schools were published together; from 2019 seniors stand alone.",
        denominator="",
        unit="group",
        caveats="Never drawn as one line. In 2020 the single Match for MD and DO "
        "programs was complete.",
    ),
    Definition(
        key="positions-offered",
        name="Positions offered",
        columns=(
            "positions_offered",
            "pgy1_positions_offered",
            "all_positions_offered",
        ),
        definition="Positions that programs offered in the Main Residency Match.",
        denominator="",
        unit="positions",
        caveats="PGY-1 positions begin in the first year of training. All positions "
        "include those that begin in the second year (PGY-2). Tables by specialty "
        "count PGY-1 positions only.",
    ),
    Definition(
        key="positions-filled",
        name="Positions filled",
        columns=("positions_filled", "pgy1_positions_filled", "all_positions_filled"),
        definition="Positions offered that were filled in the Match, before SOAP.",
        denominator="",
        unit="positions",
    ),
    Definition(
        key="programs",
        name="Programs",
        columns=("programs",),
        definition="Programs that offered first-year positions in the specialty.",
        denominator="",
        unit="programs",
    ),
    Definition(
        key="filled-by",
        name="Filled by US IMGs, non-US IMGs, US MD seniors, US DO and others",
        columns=(
            "filled_us_img",
            "filled_non_us_img",
            "filled_img_total",
            "filled_us_md_senior",
            "filled_us_do",
            "filled_other",
        ),
        definition="Filled first-year positions by the group of the person who matched.",
        denominator="",
        unit="positions",
        caveats="US MD graduates of earlier years are not published for every "
        "specialty, so the groups need not add up to all filled positions.",
    ),
    Definition(
        key="img-share",
        name="IMG share",
        columns=("img_share_percent", "published_img_share"),
        definition="Positions filled by IMGs (US and non-US) as a share of the filled "
        "first-year positions of a specialty.",
        denominator="filled PGY-1 positions of the specialty in that year",
        unit="percent",
        caveats="“Most open to IMGs” orders specialties by this share. It says who "
        "filled the positions, not how likely anybody is to fill one.",
    ),
    Definition(
        key="step-2-ck",
        name="Step 2 CK scores",
        columns=(
            "step2_ck_mean",
            "step2_ck_q1",
            "step2_ck_median",
            "step2_ck_q3",
        ),
        definition="The mean, or the quartiles, of the USMLE Step 2 CK scores of a group "
        "and outcome. A quarter of the people scored below the first quartile, half "
        "below the median, a quarter above the third quartile.",
        denominator="applicants of the group and outcome who have a score",
        unit="points on the three-digit scale, 1 to 300",
        caveats="Editions before 2026 give means of matched applicants only; the edition "
        "of 2026 gives quartiles of both outcomes for non-US IMGs. Means and "
        "quartiles are never joined to a trend.",
    ),
    Definition(
        key="outcome",
        name="Matched and not matched, in score tables",
        columns=("outcome",),
        definition="Matched: matched to the preferred specialty. Not matched: not "
        "matched to the preferred specialty.",
        denominator="",
        unit="outcome",
        caveats="Some who did not match to their preferred specialty matched to another.",
    ),
    Definition(
        key="applicants-with-score",
        name="Applicants, and applicants with a score",
        columns=("applicants", "applicants_with_score"),
        definition="How many people a score row is about, and how many of them had a "
        "score that could be counted.",
        denominator="",
        unit="people",
        caveats="Fewer than five people: the publisher withholds the scores.",
    ),
    Definition(
        key="contiguous-ranks",
        name="Contiguous ranks",
        columns=("contiguous_ranks_mean", "contiguous_ranks_median"),
        definition="How many programs of the preferred specialty stand at the top of "
        "the rank order list before a program of another specialty.",
        denominator="applicants of the group and outcome",
        unit="programs",
    ),
    Definition(
        key="confidence",
        name="Confidence",
        columns=("confidence",),
        definition="A, confirmed: two or more publications agree and the arithmetic "
        "closes. B, good: one good source, and the arithmetic closes. C, use with care: "
        "derived exactly from stated differences, or secondary sources only.",
        denominator="",
        unit="grade",
    ),
    Definition(
        key="missing",
        name="Missing",
        columns=("missing",),
        definition="Why values of a row are empty: suppressed (fewer than five people, "
        "withheld by the publisher), not_published, not_found (not in the sources we "
        "hold), restated (a new rate was published without its count).",
        denominator="",
        unit="reason",
        caveats="An empty value is never a zero and never enters a sum.",
    ),
    Definition(
        key="where-from",
        name="Sources, locator and note",
        columns=("sources", "locator", "note", "made_by"),
        definition="The keys of the documents that a row rests on, joined with “;”; "
        "where in them it stands; how a value was found or derived; and, for figures of "
        "several groups together, how they were put together.",
        denominator="",
        unit="text",
        caveats="Every key is listed with its document in the table of sources.",
    ),
    Definition(
        key="footnotes",
        name="Footnotes",
        columns=("footnotes",),
        definition="What has to be known to read the row, in whole sentences.",
        denominator="",
        unit="text",
    ),
    Definition(
        key="specialty",
        name="Specialty",
        columns=("specialty", "slug"),
        definition="The specialty as NRMP names it, and its lasting name in addresses. "
        "The slug is empty for all specialties together.",
        denominator="",
        unit="name",
    ),
    Definition(
        key="edition",
        name="Edition",
        columns=("edition",),
        definition="The year that a Charting Outcomes edition carries in its title.",
        denominator="",
        unit="year",
    ),
    Definition(
        key="changes",
        name="Changes",
        columns=(
            "kind",
            "published_at",
            "table",
            "row",
            "column",
            "before",
            "after",
            "public_note",
        ),
        definition="One value that a later version changed: in which table, row and "
        "column, from what to what, when that was published, as what kind of change, "
        "and why.",
        denominator="",
        unit="one changed value a row",
        caveats="Empty before: the value was not there. Empty after: it is not there "
        "any more. Neither is a zero. Where only the digits differ with which a source "
        "prints a number, both are texts: 41, 41.0.",
    ),
    Definition(
        key="source",
        name="Source",
        columns=(
            "key",
            "title",
            "publisher",
            "url",
            "published",
            "accessed_on",
            "kind",
            "figures_resting_on_it",
        ),
        definition="One document: its short name here, what it is called, who published "
        "it, where and when, on which day it was read for this site, whether it is "
        "official, and how many rows of current figures rest on it.",
        denominator="",
        unit="one document a row",
        caveats="Published: as loosely as the document dates itself. An empty address: "
        "it is not online.",
    ),
    Definition(
        key="version",
        name="Version",
        columns=("version",),
        definition="Published figures of a year never change. A change is a further "
        "version with a public note: a correction (we were wrong) or a revision (the "
        "source changed).",
        denominator="",
        unit="number, from 1",
    ),
)


# The columns of the figure tables, as a sentence would name them.
COLUMN_NAMES = {
    "pgy1_positions_offered": "PGY-1 positions offered",
    "pgy1_positions_filled": "PGY-1 positions filled",
    "all_positions_offered": "All positions offered",
    "all_positions_filled": "All positions filled",
    "registered_applicants": "Registered applicants",
    "active_applicants": "Active applicants",
    "matched_to_pgy1": "Matched to PGY-1",
    "published_match_rate": "Match rate as published, percent",
    "programs": "Programs",
    "positions_offered": "Positions offered",
    "positions_filled": "Positions filled",
    "filled_us_md_senior": "Filled by US MD seniors",
    "filled_us_do": "Filled by US DO",
    "filled_us_img": "Filled by US IMGs",
    "filled_non_us_img": "Filled by non-US IMGs",
    "filled_img_total": "Filled by all IMGs",
    "filled_other": "Filled by others",
    "published_img_share": "IMG share as published, percent",
    "applicants": "Applicants",
    "applicants_with_score": "Applicants with a score",
    "step2_ck_mean": "Step 2 CK mean",
    "step2_ck_q1": "Step 2 CK lower quartile",
    "step2_ck_median": "Step 2 CK median",
    "step2_ck_q3": "Step 2 CK upper quartile",
    "contiguous_ranks_mean": "Contiguous ranks, mean",
    "contiguous_ranks_median": "Contiguous ranks, median",
}


def as_markdown() -> str:
    """docs/data-dictionary.md, whole."""
    lines = [
        "# Data dictionary",
        "",
        "What every measure means: on the pages, in the downloads and in the code.",
        "Made from `stats/definitions.py` by `script/manage write_data_dictionary`;",
        "a test compares the two.",
        "",
        "Rates are exact until they are shown: pages round once, to one decimal;",
        "downloads carry the unrounded value.",
    ]
    for item in DEFINITIONS:
        columns = ", ".join(f"`{column}`" for column in item.columns)
        lines += ["", f'<a id="{item.key}"></a>', "", f"## {item.name}", ""]
        lines += [item.definition, "", f"- Columns: {columns}"]
        if item.denominator:
            lines.append(f"- Of: {item.denominator}")
        lines.append(f"- Unit: {item.unit}")
        if item.caveats:
            lines.append(f"- Mind: {item.caveats}")
    return "\n".join(lines) + "\n"
