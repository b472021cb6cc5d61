"""`/changes.atom`: every publication as an entry, for feed readers and programs.

A published version never changes, so its entry is never updated. A later version of
the same year is an entry of its own.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from imgportal.lib.http import site_authority
from stats.figures import YearFigures
from stats.formats import data_package
from stats.public import Figures
from stats.public_page import public_page

# A longer list is better read on its page, where the entry leads.
MOST_VALUES = 100
# What XML cannot hold at all, however it is written.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@public_page
def change_feed(request: HttpRequest, figures: Figures) -> HttpResponse:
    page = request.build_absolute_uri(reverse("stats:change_list"))
    feed = Atom1Feed(
        title="IMG portal: changes to published figures",
        subtitle="Every publication and amendment: which value was, which it is, and why.",
        description="",
        link=page,
        feed_url=request.build_absolute_uri(reverse("stats:change_feed")),
        feed_guid=_lasting_name(page, "2026"),
        language="en",
        author_name="IMG portal contributors",
        feed_copyright=data_package.RIGHTS,
    )
    for year in figures.publications:
        release = year.release
        address = request.build_absolute_uri(
            reverse("stats:version_detail", args=[year.match_year, release.version])
        )
        feed.add_item(
            title=f"The {year.match_year} Match, version {release.version}: "
            f"{release.kind.label.lower()}",
            link=address,
            unique_id=_lasting_name(address, f"{release.published_at:%Y-%m-%d}"),
            description=NOT_XML.sub("", _entry(figures, year, page)),
            pubdate=release.published_at,
            updateddate=release.published_at,
            categories=[release.kind.value],
        )
    for item in figures.withdrawals:
        feed.add_item(
            title=f"The {item.match_year} Match, version {item.version}: "
            + ("may be used again" if item.lifts else "withdrawn"),
            link=f"{page}#{item.anchor}",
            unique_id=_lasting_name(
                request.build_absolute_uri(
                    reverse(
                        "stats:version_detail", args=[item.match_year, item.version]
                    )
                    + item.anchor
                ),
                f"{item.at:%Y-%m-%d}",
            ),
            description=NOT_XML.sub("", escape(item.reason)),
            pubdate=item.at,
            updateddate=item.at,
            categories=["lifted" if item.lifts else "withdrawn"],
        )
    # The newest first, whatever it is.
    feed.items.sort(key=lambda entry: entry["pubdate"], reverse=True)
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _lasting_name(address: str, since: str) -> str:
    """A tag (RFC 4151): it stays when the address moves to https or another port, and
    under whichever of its names the site is read.
    """
    host = urlsplit(f"//{site_authority()}").hostname
    return f"tag:{host},{since}:{urlsplit(address).path}"


def _entry(figures: Figures, year: YearFigures, page: str) -> str:
    changes = figures.changes_in(year)
    others = figures.other_changes_in(year)
    room = max(MOST_VALUES - len(changes), 0)
    return render_to_string(
        "stats/change_entry.html",
        {
            "year": year,
            "changes": changes[:MOST_VALUES],
            "others": others[:room],
            "more": max(len(changes) - MOST_VALUES, 0) + max(len(others) - room, 0),
            "page": f"{page}#match-{year.match_year}-v{year.release.version}",
            "tables": [
                f"{rows} {singular if rows == 1 else plural}"
                for rows, singular, plural in (
                    (len(year.applicants), "applicant type", "applicant types"),
                    (len(year.specialties), "specialty", "specialties"),
                    (len(year.scores), "group with scores", "groups with scores"),
                )
                if rows
            ],
        },
    )
