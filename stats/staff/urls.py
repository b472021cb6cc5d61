"""The addresses of a version's pages, below those of Django's list of versions."""

from __future__ import annotations

from django.urls import URLPattern, path

from stats import converters
from stats.staff import footnotes, imports, tables, versions
from stats.staff.requests import View


def _page(route: str, view: View, name: str, **kwargs: str) -> URLPattern:
    return path(route, view, kwargs, name=f"stats_release_{name}")


converters.register()
TABLE = "<int:pk>/<table:table>"
urlpatterns = [
    _page("start/", versions.start_year, "start"),
    _page("amend/<int:match_year>/", versions.open_amendment, "amend"),
    _page("<int:pk>/preview/", versions.preview, "preview"),
    _page("<int:pk>/submit/", versions.submit_for_review, "submit"),
    _page("<int:pk>/notes/", versions.keep_review_notes, "notes"),
    _page("<int:pk>/return/", versions.return_to_editors, "return"),
    _page("<int:pk>/publish/", versions.make_public, "publish"),
    _page("<int:pk>/publish-alone/", versions.publish_alone, "publish_alone"),
    _page("<int:pk>/take-over/<int:person>/", versions.take_over, "take_over"),
    _page("<int:pk>/second-look/", versions.note_second_look, "second_look"),
    _page("<int:pk>/withdraw/", versions.propose_withdrawal, "withdraw"),
    _page(
        "<int:pk>/withdraw/<int:seen>/confirm/", versions.confirm_withdrawal, "confirm"
    ),
    _page(
        "<int:pk>/withdraw/<int:seen>/drop/", versions.drop_withdrawal, "drop_proposal"
    ),
    _page("<int:pk>/call-off/", versions.call_off, "call_off"),
    _page("<int:pk>/discard/", versions.discard_draft, "discard"),
    _page("<int:pk>/footnotes/", footnotes.change_footnotes, "footnotes"),
    _page(f"{TABLE}/", tables.fill_in_table, "grid"),
    _page(f"{TABLE}/add-row/", tables.add_row, "add_row"),
    _page(f"{TABLE}/add-last-rows/", tables.add_last_rows, "add_last_rows"),
    _page(f"{TABLE}/remove-row/<int:row_id>/", tables.remove_row, "remove_row"),
    _page(f"{TABLE}/import/", imports.import_table, "import"),
    _page(f"{TABLE}.csv", tables.export_table, "export", extension="csv"),
    _page(f"{TABLE}.xlsx", tables.export_table, "workbook", extension="xlsx"),
]
