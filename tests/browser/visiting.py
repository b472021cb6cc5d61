"""Looking at a page in the browser and writing down what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urljoin

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

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
RULES_ABOUT_COLOUR = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}

# Runs before anything else on a page, and notes what only the page itself learns.
NOTE = """
window.seen = {refused: [], shift: 0};
addEventListener("securitypolicyviolation", (event) =>
  seen.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


@dataclass(slots=True)
class Visit:
    """What one page did when it was opened, and what it looked like."""

    status: int = 0
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # by the content policy
    violations: dict[str, list[str]] = field(default_factory=dict)  # by look
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
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        _check(page, seen, f"{width}")
    unfold_everything(page)
    page.set_viewport_size({"width": widths[0], "height": HEIGHT})
    _check(page, seen, f"{widths[0]}, unfolded")
    seen.stored = page.evaluate("localStorage.length + sessionStorage.length")
    seen.cookies = list(context.cookies())
    context.close()
    return seen


def _check(page: Page, seen: Visit, look: str) -> None:
    """Every rule in light; in dark those that a colour can break."""
    page.emulate_media(color_scheme="light")
    seen.violations[f"{look}, light"] = broken_rules(page, EVERY_RULE)
    page.emulate_media(color_scheme="dark")
    seen.violations[f"{look}, dark"] = broken_rules(page, RULES_ABOUT_COLOUR)


def unfold_everything(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('details').forEach((it) => it.open = true)"
    )


def broken_rules(page: Page, rules: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options={**rules, "resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def faults(page: Page, name: str = "") -> list[str]:
    """What axe finds and what is too wide, in the page as it is now and unfolded.

    Every rule, on a phone and on a desk, in light and dark. What was folded is folded
    again.
    """
    found = []
    where = name or page.title()
    page.evaluate("folded = document.querySelectorAll('details:not([open])')")
    unfold_everything(page)
    for width in (WIDTHS[0], WIDTHS[-1]):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{where}: wider than {width} px")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found += [
                f"{where}, {width} px, {scheme}: {fault}"
                for fault in broken_rules(page, EVERY_RULE)
            ]
    page.evaluate("folded.forEach((it) => it.open = false)")
    return found
