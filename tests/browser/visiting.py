"""Looking at a page in the browser and writing down what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Literal
from urllib.parse import urljoin

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests import effort
from tests.pages import GUIDE, MISSED, PAGES, SEARCH

# Drawn by the same templates as the pages beside them: once is enough here.
ALIKE = {"the newest year", "a version", "no specialty compared"}
VISITED = {name: path for name, path in PAGES.items() if name not in ALIKE}
VISITED |= GUIDE | SEARCH
VISITED["a page that is not there"] = MISSED
WIDTHS = (320, 768, 1280)
HEIGHT = 800
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERY_RULE = {"runOnly": {"type": "tag", "values": LEVELS}}
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
RULES_ABOUT_COLOUR = {"runOnly": {"type": "rule", "values": COLOUR_RULES}}
RULES_BUT_COLOUR = {
    **EVERY_RULE,
    "rules": {name: {"enabled": False} for name in COLOUR_RULES},
}

AXE = Axe().axe_script
# Runs before anything else on a page, and notes what only the page itself learns.
NOTE = """
window.seen = {refused: [], shift: 0};
addEventListener("securitypolicyviolation", (event) =>
  seen.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a page with axe."""

    width: int
    scheme: Literal["light", "dark"]
    unfolded: bool = False

    def __str__(self) -> str:
        return f"{self.width} px, {self.scheme}{', unfolded' * self.unfolded}"

    @property
    def rules(self) -> dict[str, Any]:
        """Every rule in light; in dark those that a colour can break. The quick form
        looks at the colours on a desk only: they take axe two thirds of its time.
        """
        if self.scheme == "dark":
            return RULES_ABOUT_COLOUR
        if effort.quick and self.width == WIDTHS[0]:
            return RULES_BUT_COLOUR
        return EVERY_RULE


def looks_at(widths: Sequence[int]) -> list[Look]:
    """From which sides a page is looked at, everything unfolded last.

    The quick form looks once on a phone, once on a desk, and once at the dark colours.
    """
    phone, desk = widths[0], widths[-1]
    if effort.quick:
        return [
            Look(phone, "light", True),
            Look(desk, "light", True),
            Look(desk, "dark", True),
        ]
    folded = product(widths, SCHEMES)
    return [
        *(Look(width, scheme) for width, scheme in folded),
        *(Look(phone, scheme, True) for scheme in SCHEMES),
    ]


@dataclass(slots=True)
class Visit:
    """What one page did when it was opened, and what it looked like."""

    status: int = 0
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # by the content policy
    violations: dict[Look, list[str]] = field(default_factory=dict)
    widths: dict[int, int] = field(default_factory=dict)  # of the document, by window
    cookies: list[Any] = field(default_factory=list)
    stored: int = 0
    shift: float = 0


def visit(
    browser: Browser,
    address: str,
    *,
    session: str = "",
    widths: Sequence[int] = WIDTHS,
) -> Visit:
    """Open a page, look at it from every side, and write down what was seen.

    As a visitor, or as whoever the session belongs to.
    """
    seen = Visit()
    complaints: list[str] = []
    context = browser.new_context(color_scheme="light")
    if session:
        root = urljoin(address, "/")
        context.add_cookies([{"name": "sessionid", "value": session, "url": root}])
    context.add_init_script(NOTE)
    page = context.new_page()

    def heard(message: ConsoleMessage) -> None:
        # That a missed address is missed is no complaint about the page shown then.
        if message.location["url"] != address:
            complaints.append(f"{message.type}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    page.set_viewport_size({"width": widths[0], "height": HEIGHT})
    response = page.goto(address, wait_until="load")
    seen.status = response.status if response else 0
    seen.shift = page.evaluate("seen.shift")
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        seen.widths[width] = page.evaluate("document.documentElement.scrollWidth")
    unfold_everything(page)
    page.set_viewport_size({"width": widths[0], "height": HEIGHT})
    wide = page.evaluate("document.documentElement.scrollWidth")
    seen.widths[widths[0]] = max(seen.widths[widths[0]], wide)
    # Before axe comes, which tries styles of its own and is refused them.
    seen.refused = page.evaluate("seen.refused")
    seen.complaints = list(complaints)
    page.reload(wait_until="load")
    for look in looks_at(widths):
        if look.unfolded:
            unfold_everything(page)
        seen.violations[look] = broken_rules(page, look)
    seen.stored = page.evaluate("localStorage.length + sessionStorage.length")
    seen.cookies = list(context.cookies())
    context.close()
    return seen


def unfold_everything(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('details').forEach((it) => it.open = true)"
    )


def broken_rules(page: Page, look: Look) -> list[str]:
    """What axe finds when the page is looked at in one way."""
    page.set_viewport_size({"width": look.width, "height": HEIGHT})
    page.emulate_media(color_scheme=look.scheme)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {**look.rules, "resultTypes": ["violations"]}
    violations = page.evaluate(
        "(options) => axe.run(options).then((results) => results.violations)", options
    )
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in violations
        for node in rule["nodes"]
    ]


def faults(page: Page, name: str = "") -> list[str]:
    """What axe finds and what is too wide, in the page as it is now and unfolded.

    On a phone and on a desk, in light and dark. What was folded is folded again.
    """
    where = name or page.title()
    page.evaluate("folded = document.querySelectorAll('details:not([open])')")
    unfold_everything(page)
    phone, desk = WIDTHS[0], WIDTHS[-1]
    looks = [Look(phone, "light"), Look(desk, "light"), Look(desk, "dark")]
    if not effort.quick:
        looks.append(Look(phone, "dark"))
    found = []
    for look in looks:
        found += [f"{where}, {look}: {fault}" for fault in broken_rules(page, look)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{where}, {look}: wider than the window")
    page.evaluate("folded.forEach((it) => it.open = false)")
    return found
