"""Pages that are found by a sentence about them: what they show is found by itself. Data."""

from __future__ import annotations

PLACES = (
    # name of the address, title, what is there
    (
        "stats:year_list",
        "Match years",
        "Every Match: who took part, who matched, the match rate of US IMGs "
        "and non-US IMGs. Chart and table, CSV and JSON.",
    ),
    (
        "stats:specialty_list",
        "Specialties",
        "First-year positions of every specialty, and how many US IMGs and non-US IMGs "
        "filled. Sort by IMG share, offered or filled.",
    ),
    (
        "stats:specialty_compare",
        "Compare specialties",
        "Up to four specialties side by side.",
    ),
    (
        "stats:score_list",
        "Step 2 CK scores",
        "Scores of those who matched and of those who did not, by specialty and group. "
        "Place your own score without sending it anywhere.",
    ),
    (
        "stats:change_list",
        "Changes",
        "Every publication and correction of a figure: what it was, what it is, and why.",
    ),
    (
        "stats:source_list",
        "Sources",
        "Every document that a figure rests on, how far it can be trusted, and rights.",
    ),
    (
        "stats:report",
        "Report a problem",
        "Tell us that a figure or a page is wrong. No account is needed.",
    ),
    (
        "guide:overview",
        "The guide",
        "From a medical school abroad to residency in the United States, step by step.",
    ),
    ("guide:print", "The whole guide", "All pages of the guide on one, to print."),
    (
        "rules:changes",
        "Changes of the rules",
        "What was changed in the dated tables, when, and why.",
    ),
    (
        "profiles:dashboard",
        "My record",
        "Keep your exams, your certification and your deadlines in one place, and see "
        "what is done, what is next and what expires. You need an account.",
    ),
    (
        "account_signup",
        "Sign up",
        "Make an account, with an e-mail address and a password or a passkey.",
    ),
    ("account_login", "Sign in", "Sign in to your record."),
)
