"""Addresses of a member's own record: no name in them, so nothing to guess."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from profiles.views import (
    certification,
    dashboard,
    exams,
    my_data,
    notices,
    oet_sittings,
    profile,
    record_import,
    reminders,
    season,
)

app_name = "profiles"

# /me/exams/
exam_urls = [
    path("", exams.exam_list, name="exam_list"),
    path("add/", exams.exam_add, name="exam_add"),
    path("add/oet/", oet_sittings.sitting_add, name="sitting_add"),
    path("add/<slug:slug>/", exams.attempt_add, name="attempt_add"),
    # Above the Steps, which look like it.
    path("oet/<int:pk>/", oet_sittings.sitting_edit, name="sitting_edit"),
    path("oet/<int:pk>/remove/", oet_sittings.sitting_remove, name="sitting_remove"),
    path("<slug:exam>/<int:pk>/", exams.attempt_edit, name="attempt_edit"),
    path("<slug:exam>/<int:pk>/remove/", exams.attempt_remove, name="attempt_remove"),
]

# /me/certification/
certification_urls = [
    path("", certification.certification, name="certification"),
    path("certificate/edit/", certification.certificate_edit, name="certificate_edit"),
    path(
        "certificate/remove/",
        certification.certificate_remove,
        name="certificate_remove",
    ),
    path("pathways/", certification.pathway_facts, name="pathway_facts"),
    path("pathways/add/", certification.pathway_add, name="pathway_add"),
    path("pathways/<int:pk>/", certification.pathway_edit, name="pathway_edit"),
    path(
        "pathways/<int:pk>/remove/",
        certification.pathway_remove,
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
]

# /me/data/
data_urls = [
    path("", my_data.data, name="data"),
    path("record.json", my_data.export_json, name="export_json"),
    path("record.zip", my_data.export_csv, name="export_csv"),
    path("import/", record_import.upload, name="import"),
    path("import/confirm/", record_import.confirm, name="import_confirm"),
    path("print/", my_data.printable, name="printable"),
    path("empty/", my_data.empty, name="empty"),
]

# /me/
urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.dashboard, name="dashboard"),
    path("start/", dashboard.start, name="start"),
    path("exams/", include(exam_urls)),
    path("certification/", include(certification_urls)),
    path("season/", include(season_urls)),
    path("changes/", notices.answer_changes, name="answer_changes"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("profile/", profile.profile, name="profile"),
    path("data/", include(data_urls)),
]
