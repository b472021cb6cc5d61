"""Where to confirm what is not confirmed here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfficialSite:
    """A site whose word decides, and how a link to it reads."""

    url: str
    label: str


OFFICIAL_SITES = {
    "ecfmg": OfficialSite("https://www.ecfmg.org/", "ecfmg.org"),
    "usmle": OfficialSite("https://www.usmle.org/", "usmle.org"),
    "fsmb": OfficialSite("https://www.fsmb.org/", "fsmb.org"),
    "nrmp": OfficialSite("https://www.nrmp.org/", "nrmp.org"),
    "freida": OfficialSite("https://freida.ama-assn.org/", "freida.ama-assn.org"),
    "explorer": OfficialSite(
        "https://www.residencyexplorer.org/", "residencyexplorer.org"
    ),
    "sfmatch": OfficialSite("https://sfmatch.org/", "sfmatch.org"),
    "aua": OfficialSite("https://www.auanet.org/", "auanet.org"),
    "aamc": OfficialSite("https://students-residents.aamc.org/", "aamc.org"),
    "state": OfficialSite("https://travel.state.gov/", "travel.state.gov"),
    "uscis": OfficialSite("https://www.uscis.gov/", "uscis.gov"),
    "wdoms": OfficialSite("https://www.wdoms.org/", "wdoms.org"),
}
