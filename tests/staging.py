"""The staff pages in every state there is, for browser tests and for pictures.

Run on a site with the founding figures and nothing else:
`script/manage shell -v0 -c "from tests import staging; staging.main()"` prints the
sessions and the addresses as JSON. Everything is reached through the actions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from imgportal.lib import clock
from imgportal.models import User
from profiles.actions import propose_rule
from profiles.choices import ProposalAct
from profiles.models import Country, PassingStandard, RuleProposal, SeasonDeadline
from stats.actions import edit_draft, handle_reports, open_version, publish_version
from stats.choices import FigureConfidence, FigureTable, ReleaseKind
from stats.models import ApplicantResult, ProblemReport, Release, Source, Specialty
from tests import staff
from tests.factories import edit, fill_in, rows_of, stored_source

NEW_YEAR = 2027
REPORT = "nrmp-2027-rd"
# Active applicants, matched to PGY-1, and the rate as printed. Nobody has seen them.
ENTERED = {
    "us_md_senior": (20_310, 18_977, "93.4"),
    "us_do_senior": (8_701, 8_065, "92.7"),
    "us_img": (4_688, 3_142, "67.0"),
    "non_us_img": (12_420, 7_005, "56.4"),
}


# Every page that is staged, and who looks at it.
PAGES = {
    "start": "ana",
    "pages about figures": "ana",
    "versions": "ana",
    "a new year": "ana",
    "an amendment": "ana",
    "in review": "ben",
    "in review, for who entered it": "ana",
    "a first version in review": "ben",
    "published": "ana",
    "published before": "ana",
    "totals of a new year": "ana",
    "applicants of a new year": "ana",
    "specialties of a new year": "ana",
    "scores of a new year": "ana",
    "applicants of an amendment": "ana",
    "scores of an amendment": "ana",
    "footnotes": "ana",
    "import": "ana",
    "every source": "ana",
    "a source": "ana",
    "a new source": "ana",
    "history of a source": "ana",
    "a source that nothing rests on": "ana",
    "deleting a source": "ana",
    "every specialty": "ana",
    "a specialty": "ana",
    "a new specialty": "ana",
    "history of a specialty": "ana",
    "every minimum score": "ana",
    "a deadline": "ana",
    "a new season": "ana",
    "every country": "ana",
    "a country": "ana",
    "proposed changes of rules": "ben",
    "a proposed change": "ben",
    "a proposed change, for who wrote it": "ana",
    "a row with a proposed change": "ana",
    "rules to compare": "ana",
    "withdrawing a rule": "ana",
    "every report": "olga",
    "a report": "olga",
    "a report that was answered": "olga",
    "history of a report": "olga",
    "deleting a report": "olga",
    "every account": "olga",
    "an account": "olga",
    "a new account": "olga",
    "history of an account": "olga",
}


@dataclass(slots=True)
class Stage:
    """What was made: a session for each person, an address for each page."""

    sessions: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)


def main() -> None:
    stage = staged(now=clock.now())
    print(json.dumps({"sessions": stage.sessions, "pages": stage.pages}))


def staged(*, now: datetime) -> Stage:
    stage = Stage()
    ana, ben = staff.editor("ana@example.org"), staff.publisher("ben@example.org")
    olga = staff.owner("olga@example.org")
    for person in (ana, ben, olga):
        client = Client()
        staff.sign_in(client, person)
        stage.sessions[str(person).partition("@")[0]] = str(client.session.session_key)
    staff.editor("carla@example.org")

    new_year = _new_year(by=ana, now=now)
    amendment = _amendment(2024, by=ana, now=now)
    in_review = publish_version.submit(
        release_id=_amendment(2025, by=ana, now=now).pk, by=ana, now=now
    )
    published = _amendment(2023, by=ana, now=now)
    publish_version.submit(release_id=published.pk, by=ana, now=now)
    publish_version.publish(
        release_id=published.pk,
        by=ben,
        now=now,
        public_note="We had read the number of the row above.",
        kind=ReleaseKind.CORRECTION,
    )
    first_in_review = _first_in_review(by=ana, now=now)
    reports = _reports(by=ben, now=now)
    unused = stored_source("not-used-yet")

    proposal = _proposal(by=ana, now=now)

    amended_scores = _amendment(2026, by=ana, now=now)
    source = Source.objects.get(key=REPORT)
    specialty = Specialty.objects.get(slug="pathology")

    stage.pages |= {
        "start": reverse("admin:index"),
        "pages about figures": _at("app_list", "stats"),
        "versions": _at("stats_release_changelist"),
        "a new year": _of(new_year, "change"),
        "an amendment": _of(amendment, "change"),
        "in review": _of(in_review, "change"),
        "in review, for who entered it": _of(in_review, "change"),
        "a first version in review": _of(first_in_review, "change"),
        "published": _of(published, "change"),
        "published before": _of(
            Release.objects.get(match_year=2013, version=1), "change"
        ),
        "totals of a new year": _of(new_year, "grid", FigureTable.TOTALS),
        "applicants of a new year": _of(new_year, "grid", FigureTable.APPLICANTS),
        "specialties of a new year": _of(new_year, "grid", FigureTable.SPECIALTIES),
        "scores of a new year": _of(new_year, "grid", FigureTable.SCORES),
        "applicants of an amendment": _of(amendment, "grid", FigureTable.APPLICANTS),
        "scores of an amendment": _of(amended_scores, "grid", FigureTable.SCORES),
        "footnotes": _of(amendment, "footnotes"),
        "import": _of(new_year, "import", FigureTable.APPLICANTS),
        "every source": _at("stats_source_changelist"),
        "a source": _at("stats_source_change", source.pk),
        "a new source": _at("stats_source_add"),
        "history of a source": _at("stats_source_history", source.pk),
        "a source that nothing rests on": _at("stats_source_change", unused.pk),
        "deleting a source": _at("stats_source_delete", unused.pk),
        "every specialty": _at("stats_specialty_changelist"),
        "a specialty": _at("stats_specialty_change", specialty.pk),
        "a new specialty": _at("stats_specialty_add"),
        "history of a specialty": _at("stats_specialty_history", specialty.pk),
        "every minimum score": _at("profiles_passingstandard_changelist"),
        "a deadline": _at(
            "profiles_seasondeadline_change", SeasonDeadline.objects.earliest("pk").pk
        ),
        "a new season": _at("profiles_pathwayseason_add"),
        "every country": _at("profiles_country_changelist"),
        "a country": _at("profiles_country_change", Country.objects.earliest("pk").pk),
        "proposed changes of rules": _at("profiles_ruleproposal_changelist"),
        "a proposed change": _at("profiles_ruleproposal_change", proposal.pk),
        "a proposed change, for who wrote it": _at(
            "profiles_ruleproposal_change", proposal.pk
        ),
        "a row with a proposed change": _at(
            "profiles_passingstandard_change", proposal.row_id
        ),
        "rules to compare": f"{_at('profiles_ruleproposal_due')}?within=all",
        "withdrawing a rule": _at(
            "profiles_ruleproposal_withdraw",
            "passingstandard",
            PassingStandard.objects.earliest("pk").pk,
        ),
        "every report": _at("stats_problemreport_changelist"),
        "a report": _at("stats_problemreport_change", reports[-1].pk),
        "a report that was answered": _at("stats_problemreport_change", reports[0].pk),
        "history of a report": _at("stats_problemreport_history", reports[0].pk),
        "deleting a report": _at("stats_problemreport_delete", reports[-1].pk),
        "every account": _at("imgportal_user_changelist"),
        "an account": _at("imgportal_user_change", ana.pk),
        "a new account": _at("imgportal_user_add"),
        "history of an account": _at("imgportal_user_history", ana.pk),
    }
    return stage


def _at(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def _of(release: Release, name: str, *args: Any) -> str:
    return _at(f"stats_release_{name}", release.pk, *args)


def _new_year(*, by: User, now: datetime) -> Release:
    """Half entered: most rows wait, some remarks, one printed rate that is off."""
    stored_source(
        REPORT,
        title="Results and Data: 2027 Main Residency Match",
        published="2027",
    )
    release = open_version.start_year(match_year=NEW_YEAR, by=by, now=now)
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[
            edit(
                FigureTable.APPLICANTS,
                row,
                active_applicants=ENTERED[row.applicant_type][0],
                matched_to_pgy1=ENTERED[row.applicant_type][1],
                published_match_rate=ENTERED[row.applicant_type][2],
                missing="",
                confidence=FigureConfidence.A,
                sources=REPORT,
                locator="Table 4",
            )
            for row in rows_of(release, FigureTable.APPLICANTS)
            if row.applicant_type in ENTERED
        ],
        by=by,
        now=now,
    )
    return release


def _amendment(match_year: int, *, by: User, now: datetime) -> Release:
    """One value of US IMGs is another than in public, and with it the printed rate."""
    release = open_version.open_amendment(match_year=match_year, by=by, now=now)
    row = ApplicantResult.objects.get(release=release, applicant_type="us_img")
    matched = row.matched_to_pgy1
    assert matched is not None
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[
            edit(
                FigureTable.APPLICANTS,
                row,
                matched_to_pgy1=matched - 10,
                published_match_rate=None,
                note="Read again from the printed table.",
            )
        ],
        by=by,
        now=now,
    )
    return release


def _first_in_review(*, by: User, now: datetime) -> Release:
    """A first version has no public one beside it."""
    release = open_version.start_year(match_year=1996, by=by, now=now)
    fill_in(release, by=by, now=now)
    return publish_version.submit(release_id=release.pk, by=by, now=now)


def _proposal(*, by: User, now: datetime) -> RuleProposal:
    """A minimum that was asked about. Nobody has announced it."""
    row = PassingStandard.objects.get(measured="step2ck", minimum_score=218)
    row.minimum_score = 219
    return propose_rule.propose(
        row=row,
        act=ProposalAct.CHANGE,
        columns=["minimum_score"],
        note="The page was read wrongly.",
        doubts=["1 July 2025 is past. Exams taken since then would be judged anew."],
        reason="The page has said so since that day.",
        by=by,
        now=now,
    )


def _reports(*, by: User, now: datetime) -> list[ProblemReport]:
    """An inbox, the oldest first: one answered, one without an address, one long."""
    texts = [
        "The share of IMGs in pathology differs from the table in the report: 41.3%.",
        "Is the number of US IMGs of 2024 before or after the SOAP?",
        "I cannot find the score of those who ranked two specialties. " * 12,
        "The number of US IMGs who matched is 3,181 in my copy of the report, page 15.",
    ]
    reports = []
    for days, text in zip(range(len(texts), 0, -1), texts, strict=True):
        report = handle_reports.receive(
            text=text,
            email="" if days == 3 else "reader@example.org",
            match_year=2024,
            version=1,
            table=FigureTable.APPLICANTS,
            row="us_img",
            now=now - timedelta(days=days),
        )
        if days == 4:
            handle_reports.answer(report_id=report.pk, note="Mended.", by=by, now=now)
        reports.append(report)
    return reports
