"""Where a page leads from a verdict: to the field that settles it, to an official site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from imgportal.lib.official_sites import OFFICIAL_SITES
from profiles.choices import Item
from profiles.rules.text.rulebook import Rule

# Where to confirm what rests on no official text, by the beginning of a rule's id.
DECIDES = (("E-NRMP", "nrmp"), ("U-", "usmle"), ("", "ecfmg"))
# Where a field of the record is filled in, by its name in `settles`.
IN_PROFILE = {
    "person.us_citizen": ("whether you are a US citizen", "us_citizen"),
    "person.school_country": ("the country of your medical school", "school_country"),
    "person.graduation": ("your graduation date", "graduated_on"),
    "person.season": ("the Match you are aiming at", "season"),
}
IN_PATHWAY_FACTS = {
    "person.licence_held": "whether you have held a licence",
    "person.licence_valid_on": "the last day your licence was valid",
    "person.licence_disciplined": "whether a licence was ever disciplined",
    "person.school_osce": "whether your regulator requires the school's exam",
    "person.school_wfme": "who accredits your school (WFME)",
    "person.school_ncfmea": "who accredits your school (NCFMEA)",
    "person.school_joint_degree": "whether your degree is a joint one",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    label: str
    url: str


def field_link(name: str) -> Link:
    """Where the member fills in a field, and what it is called there."""
    if name in IN_PROFILE:
        label, field = IN_PROFILE[name]
        return Link(label=label, url=f"{reverse('profiles:profile')}#id_{field}")
    if name in IN_PATHWAY_FACTS:
        field = name.removeprefix("person.")
        return Link(
            label=IN_PATHWAY_FACTS[name],
            url=f"{reverse('profiles:pathway_facts')}#id_{field}",
        )
    kind, _, field = name.partition(".")
    if kind == "items" and field in Item.values:
        return Link(
            label=f"“{Item(field).label}”",
            url=f"{reverse('profiles:certification')}#{field}",
        )
    if kind == "pathways":
        return Link(
            label="your Pathway application",
            url=f"{reverse('profiles:certification')}#pathways",
        )
    if kind == "sittings":
        return Link(
            label="your OET sittings", url=f"{reverse('profiles:exam_list')}#oet"
        )
    if kind == "certificate":
        return Link(label="your certificate", url=reverse("profiles:certificate_edit"))
    return Link(label="your exams", url=reverse("profiles:exam_list"))


def entered_at(item: Item) -> Link | None:
    """Where the facts of an item are entered that is not only reported."""
    exams = reverse("profiles:exam_list")
    if item in (Item.STEP1, Item.STEP2CK, Item.SEVEN_YEARS):
        return Link(label="Your exams", url=exams)
    if item == Item.CLINICAL:
        url = f"{reverse('profiles:certification')}#pathways"
        return Link(label="Your Pathway", url=url)
    if item == Item.COMMUNICATION:
        return Link(label="Your OET sittings", url=f"{exams}#oet")
    if item == Item.CERTIFICATE:
        return Link(
            label="The dates of the certificate",
            url=reverse("profiles:certificate_edit"),
        )
    return None


def official_site(rules: Iterable[Rule]) -> Link:
    first = next((rule.id for rule in rules), "")
    name = next(name for beginning, name in DECIDES if first.startswith(beginning))
    return Link(label=OFFICIAL_SITES[name].label, url=OFFICIAL_SITES[name].url)
