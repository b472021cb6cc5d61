"""What a browser posts, as dicts that a test changes where it matters."""

from __future__ import annotations

from typing import Any

# The fields of one form each, filled in sensibly.
STEP1 = {"on": "2024-03-10", "state": "taken", "outcome": "pass", "seen": "0"}
STEP1_WITH_SCORE = {
    "on": "2021-03-10",
    "state": "taken",
    "outcome": "pass",
    "score": "231",
    "seen": "0",
}
STEP2CK = STEP1 | {"on": "2025-03-10", "score": "245"}
STEP2CS = STEP1 | {"on": "2019-03-10"}
STEP3 = STEP2CK | {"second_day": "2025-03-12"}
OET = {
    "on": "2026-05-09",
    "listening": "350",
    "reading": "360",
    "writing": "300",
    "speaking": "350",
    "released": "yes",
    "seen": "0",
}
PATHWAY = {"season": "2027", "number": "3", "submitted_on": "2026-09-01", "seen": "0"}
ITEM = {"state": "done", "since": "2026-06-01", "note": "Sent by courier.", "seen": "0"}
CERTIFICATE = {
    "issued_on": "2026-10-01",
    "basis": "pathway",
    "expires_on": "2029-12-31",
    "seen": "0",
}
PROFILE: dict[str, Any] = {
    "permanent_resident": "no",
    "us_citizen": "no",
    "school_country": "IN",
    "graduated_on": "2024-06-30",
    "season": "2027",
    "specialties": ["internal-medicine", "neurology"],
    "time_zone": "Asia/Kolkata",
    "seen": "0",
}
PATHWAY_FACTS = {"licence_held": "no", "school_wfme": "yes", "seen": "0"}
REMINDERS: dict[str, Any] = {"is_on": "on", "leads": ["60", "3"], "seen": "0"}
