"""The public pages, by kind. Whoever adds a kind adds it here, and it is tested."""

from __future__ import annotations

# The rules and their tables: they change by themselves, not with the figures.
RULE_PAGES = {
    "rules": "/rules/",
    "changes of rules": "/rules/changes/",
}
# Made of figures, dated tables and the day together: tests/imgportal/test_home.py.
DATED_PAGES = {"home": "/"}
# Made of figures and dated tables: tests/imgportal/test_open_data.py.
OPEN_DATA_PAGES = {"open data": "/data/", "editions": "/data/editions/"}
# Everything that a reader sees, one address a kind.
PAGES = {
    **RULE_PAGES,
    **DATED_PAGES,
    **OPEN_DATA_PAGES,
    "years": "/match/",
    "years, filtered": "/match/?group=us_md_senior&group=us_img&since=2015&until=2024",
    "all applicants": "/match/all-applicants/",
    "all applicants, of all who registered": "/match/all-applicants/?of=registered",
    "a year": "/match/2024/",
    "a year with an edition of scores": "/match/2022/",
    "the newest year": "/match/2026/",
    "a year without figures after SOAP": "/match/2019/",
    "a version": "/match/2024/v1/",
    "a version that is not current": "/match/2013/v1/",
    "specialties": "/specialties/",
    "specialties of one year": "/specialties/?year=2022",
    "a specialty": "/specialties/internal-medicine/",
    "three specialties compared": "/specialties/compare/"
    "?s=neurology&s=pathology&s=internal-medicine",
    "no specialty compared": "/specialties/compare/",
    "scores": "/scores/",
    "scores, an edition with means": "/scores/?edition=2022",
    "scores of one group": "/scores/?edition=2022&group=us_img",
    "scores of a group that is not there": "/scores/?edition=2026&group=us_img",
    "a specialty with scores withheld": "/specialties/dermatology/",
    "changes": "/changes/",
    "sources": "/sources/",
    "the interface for programs": "/api/v1/docs/",
    "years of an edition": "/match/?edition=1",
    "a year of an edition": "/match/2024/?edition=1",
    "a specialty of an edition": "/specialties/internal-medicine/?edition=1",
    "scores of an edition": "/scores/?edition=1&charting_outcomes=2022",
    "a source": "/sources/nrmp-2021-rd/",
    "about": "/about/",
    "measures": "/about/measures/",
    "accessibility": "/about/accessibility/",
    "privacy": "/about/privacy/",
}
# The guide: pages that change with the dated tables and with the day as well.
GUIDE = {
    "the guide": "/guide/",
    "who is an IMG": "/guide/who-is-an-img/",
    "who is an IMG, answered": "/guide/who-is-an-img/"
    "?school=canada&graduated=since&citizen=no",
    "certification": "/guide/certification/",
    "which Pathway": "/guide/pathways/",
    "which Pathway, answered": "/guide/pathways/"
    "?cs=never&licence=no&graduated=yes&school=wfme",
    "exams": "/guide/exams/",
    "scores and attempts": "/guide/scoring/",
    "the Match and its calendar": "/guide/match/",
    "finding programs": "/guide/finding-programs/",
    "the Match in another time zone": "/guide/match/?zone=Asia/Kolkata",
    "visas": "/guide/visas/",
    "countries": "/guide/countries/",
    "other ways": "/guide/other-ways/",
    "a country": "/guide/countries/egypt/",
    "questions": "/guide/questions/",
    "glossary": "/guide/glossary/",
    "why figures differ": "/guide/why-figures-differ/",
    "the guide to print": "/guide/print/",
}
# The search: made of all of these, so it changes with each of them.
SEARCH = {
    "search, nothing asked": "/search/",
    "search, answered": "/search/?q=how+many+attempts+step+1",
    "search, a word misspelt": "/search/?q=pathwey+1",
    "search, nothing found": "/search/?q=zzzz",
    "search, a country without a page": "/search/?q=iraq",
    "search, with a score": "/search/?q=can+I+match+with+230",
}
# Charts as pages that others frame, one of each kind.
EMBEDS = {
    "the headline figure, embedded": "/embed/headline/",
    "rates over the years, embedded": "/embed/match-rates/",
    "rates of an edition, embedded": "/embed/match-rates/?edition=1&group=us_img",
    "all applicants, embedded": "/embed/all-applicants/",
    "types of a year, embedded": "/embed/match-rate-by-type/?year=2024",
    "placed by type, embedded": "/embed/placed-rate-by-type/",
    "after SOAP, embedded": "/embed/after-soap/",
    "most open, embedded": "/embed/most-open/",
    "a share, embedded": "/embed/img-share/?specialty=neurology",
    "preferred, embedded": "/embed/preferred/",
    "preferred in a specialty, embedded": "/embed/preferred-in-specialty/"
    "?specialty=neurology",
    "scores, embedded": "/embed/scores/",
    "scores of a specialty, embedded": "/embed/scores/?specialty=neurology",
}
# The pages whose table is also CSV and JSON at the same address.
WITH_DATA = {
    "years": "/match",
    "all applicants": "/match/all-applicants",
    "a year": "/match/2024",
    "a version": "/match/2013/v1",
    "totals of a year": "/match/2024/totals",
    "types of a year": "/match/2024/applicants",
    "placed after SOAP in a year": "/match/2024/placements",
    "placed after SOAP": "/match/placements",
    "specialties of a year": "/match/2024/specialties",
    "scores of a year": "/match/2022/scores",
    "scores of a version": "/match/2022/v1/scores",
    "specialties": "/specialties",
    "a specialty": "/specialties/internal-medicine",
    "compared": "/specialties/compare",
    "scores": "/scores",
    "changes": "/changes",
    "sources": "/sources",
}
DATA = [
    f"{path}.{extension}"
    for path in WITH_DATA.values()
    for extension in ("csv", "json")
]
FOR_MACHINES = [
    *("/robots.txt", "/sitemap.xml", "/favicon.ico", "/healthz", "/readyz"),
    *("/changes.atom", "/opensearch.xml", "/guide/match/2027.ics"),
    "/rules/passing-scores.json",
]
MISSED = "/match/1900/"
