"""Addresses of a member's own record: no name in them, so nothing to guess."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from profiles.views import (
    adviser_sheets,
    certification,
    dashboard,
    entry_pages,
    exams,
    fees,
    my_data,
    notices,
    profile,
    record_import,
    reminders,
    season,
    season_records,
    way,
)
from profiles.views.entry_pages import (
    ISSUED_CERTIFICATE,
    OET,
    OWN_VISA_DAYS,
    PATHWAY,
    PATHWAY_FACTS,
    SEASON_RECORD,
    START,
)

app_name = "profiles"

# /me/exams/
exam_urls = [
    path("", exams.exam_list, name="exam_list"),
    path("add/", exams.exam_add, name="exam_add"),
    path("add/oet/", entry_pages.add_entry, {"page": OET}, name="sitting_add"),
    path("add/<slug:exam>/", exams.attempt_add, name="attempt_add"),
    # Above the Steps, which look like it.
    path("oet/<int:pk>/", entry_pages.change_entry, {"page": OET}, name="sitting_edit"),
    path(
        "oet/<int:pk>/remove/",
        entry_pages.remove_entry,
        {"page": OET},
        name="sitting_remove",
    ),
    path("<slug:exam>/<int:pk>/", exams.attempt_edit, name="attempt_edit"),
    path("<slug:exam>/<int:pk>/remove/", exams.attempt_remove, name="attempt_remove"),
]

# /me/certification/
certification_urls = [
    path("", certification.certification, name="certification"),
    path(
        "certificate/edit/",
        entry_pages.put_entry,
        {"page": ISSUED_CERTIFICATE},
        name="certificate_edit",
    ),
    path(
        "certificate/remove/",
        entry_pages.remove_entry,
        {"page": ISSUED_CERTIFICATE},
        name="certificate_remove",
    ),
    path(
        "pathways/",
        entry_pages.put_entry,
        {"page": PATHWAY_FACTS},
        name="pathway_facts",
    ),
    path("pathways/add/", entry_pages.add_entry, {"page": PATHWAY}, name="pathway_add"),
    path(
        "pathways/<int:pk>/",
        entry_pages.change_entry,
        {"page": PATHWAY},
        name="pathway_edit",
    ),
    path(
        "pathways/<int:pk>/remove/",
        entry_pages.remove_entry,
        {"page": PATHWAY},
        name="pathway_remove",
    ),
    path("<slug:item>/", certification.item_edit, name="item_edit"),
]

# /me/season/
season_urls = [
    path("", season.season, name="season"),
    path("calendar.ics", season.download, name="season_download"),
    path("address/", season.feed_renew, name="feed_renew"),
    path("address/off/", season.feed_revoke, name="feed_revoke"),
    path("record/", season_records.season_record_list, name="season_record_list"),
    path(
        "record/add/",
        entry_pages.add_entry,
        {"page": SEASON_RECORD},
        name="season_record_add",
    ),
    path(
        "record/<int:pk>/",
        entry_pages.change_entry,
        {"page": SEASON_RECORD},
        name="season_record_edit",
    ),
    path(
        "record/<int:pk>/remove/",
        entry_pages.remove_entry,
        {"page": SEASON_RECORD},
        name="season_record_remove",
    ),
]

# /me/fees/
fee_urls = [
    path("", fees.fee_list, name="fee_list"),
    path("<slug:fee>/<int:turn>/", fees.fee_edit, name="fee_edit"),
    path("<slug:fee>/<int:turn>/remove/", fees.fee_remove, name="fee_remove"),
]

# /me/data/
data_urls = [
    path("", my_data.data, name="data"),
    path("record.json", my_data.export_json, name="export_json"),
    path("record.zip", my_data.export_csv, name="export_csv"),
    path("import/", record_import.upload, name="import"),
    path("import/example.csv", record_import.example, name="import_example"),
    path("import/confirm/", record_import.confirm, name="import_confirm"),
    path("print/", my_data.printable, name="printable"),
    path("empty/", my_data.empty, name="empty"),
    path("sheets/", adviser_sheets.sheet_list, name="sheet_list"),
    path("sheets/add/", adviser_sheets.sheet_add, name="sheet_add"),
    path("sheets/<int:pk>/end/", adviser_sheets.sheet_end, name="sheet_end"),
]

# /me/
urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.dashboard, name="dashboard"),
    path("start/", entry_pages.put_entry, {"page": START}, name="start"),
    path("exams/", include(exam_urls)),
    path("certification/", include(certification_urls)),
    path("season/", include(season_urls)),
    path("fees/", include(fee_urls)),
    path("way/", way.way, name="way"),
    path("changes/", notices.answer_changes, name="answer_changes"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("profile/", profile.profile, name="profile"),
    path(
        "profile/visa/",
        entry_pages.put_entry,
        {"page": OWN_VISA_DAYS},
        name="visa_days",
    ),
    path("data/", include(data_urls)),
]
