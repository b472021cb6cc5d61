"""Lighthouse's four scores of each kind of public page, with its profile of a phone.

The site runs as in production, behind nginx with deploy/nginx.conf over plain HTTP on
loopback. Lighthouse is installed into a temporary directory; it and the browser talk
to loopback only. The aim is 100 in all four, on every page.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import running

PAGES = (
    "/",
    "/match/",
    "/match/2024/",
    "/match/2013/v2/",
    "/specialties/",
    "/specialties/internal-medicine/",
    "/specialties/compare/?s=internal-medicine&s=family-medicine",
    "/scores/",
    "/changes/",
    "/sources/",
    "/sources/ecfmg-2014/",
    "/about/",
    "/about/measures/",
    "/about/accessibility/",
    "/about/privacy/",
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
# The newest Lighthouse that runs on the Node.js at hand.
NEWEST_NEEDS_NODE = (22, 19)
FOR_OLDER_NODE = "lighthouse@12"


@dataclass(frozen=True, kw_only=True)
class Report:
    page: str
    scores: Mapping[str, float]
    kilobytes: float  # over the wire, everything the first visit needs
    layout_shift: float
    wishes: tuple[str, ...]  # what costs points, in Lighthouse's words


def find_browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or running.need("chromium", "chromium")


def install_lighthouse(directory: Path) -> Path:
    npm, node = running.need("npm", "npm"), running.need("node", "nodejs")
    words = running.first_line(node, "--version").lstrip("v").split(".")
    version = tuple(int(word) for word in words[:2])
    package = "lighthouse" if version >= NEWEST_NEEDS_NODE else FOR_OLDER_NODE
    place = directory / "npm"
    place.mkdir()
    running.say(f"Installing {package} into a temporary directory ...")
    subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund", package],
        cwd=place,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return place / "node_modules" / ".bin" / "lighthouse"


def examine(
    lighthouse: Path, browser: str, address: str, page: str, directory: Path
) -> Report:
    output = directory / "report.json"
    profile = directory / "profile"
    done = subprocess.run(
        [
            *(lighthouse, f"{address}{page}", "--quiet", "--output=json"),
            *(f"--output-path={output}", "--form-factor=mobile"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={' '.join((*FLAGS, f'--user-data-dir={profile}'))}",
        ],
        env=os.environ | {"CHROME_PATH": browser, "CI": "true"},
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    shutil.rmtree(profile, ignore_errors=True)
    if done.returncode:
        sys.exit(f"Lighthouse could not look at {page}:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    output.unlink()
    if error := found.get("runtimeError"):
        sys.exit(f"Lighthouse could not look at {page}: {error['message']}")
    audits = found["audits"]
    return Report(
        page=page,
        scores={
            name: round(found["categories"][name]["score"] * 100) for name in CATEGORIES
        },
        kilobytes=audits["total-byte-weight"]["numericValue"] / 1000,
        layout_shift=audits["cumulative-layout-shift"]["numericValue"],
        wishes=tuple(_wishes(found)),
    )


def _wishes(found: Mapping[str, Any]) -> list[str]:
    wishes = []
    for name in CATEGORIES:
        for reference in found["categories"][name]["auditRefs"]:
            audit = found["audits"][reference["id"]]
            score = audit.get("score")
            if reference["weight"] and score is not None and score < 0.9:
                shown = audit.get("displayValue", "")
                wishes.append(f"{name}: {audit['title']} {shown}".rstrip())
                for item in (audit.get("details") or {}).get("items", [])[:5]:
                    node = item.get("node") if isinstance(item, dict) else None
                    if node:
                        wishes.append(f"    {node.get('snippet', '')[:160]}")
    return wishes


def results(reports: Mapping[str, Sequence[Report]]) -> str:
    rows = []
    for page, found in reports.items():
        rows.append(
            [
                f"`{page}`",
                *(
                    f"{statistics.median(one.scores[name] for one in found):.0f}"
                    for name in CATEGORIES
                ),
                f"{found[-1].kilobytes:.0f}",
                f"{max(one.layout_shift for one in found):.3f}",
            ]
        )
    return running.table(["page", *CATEGORIES, "KB in all", "layout shift"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="the median counts")
    parser.add_argument("pages", nargs="*", default=PAGES, help="addresses to look at")
    options = parser.parse_args()
    running.stop_cleanly()
    about = running.machine()
    browser = find_browser()
    with ExitStack() as stack:
        directory = stack.enter_context(running.temporary_directory())
        lighthouse = install_lighthouse(directory)
        environment = running.prepare_site(directory)
        site = stack.enter_context(
            running.site(directory, environment, name="site", threads=4)
        )
        port = stack.enter_context(
            running.proxy(directory, site_port=site, static=directory / "static")
        )
        reports: dict[str, list[Report]] = {}
        for number in range(1, options.rounds + 1):
            for page in options.pages:
                running.say(f"Round {number}: {page}")
                report = examine(
                    lighthouse, browser, f"http://localhost:{port}", page, directory
                )
                reports.setdefault(page, []).append(report)
                for wish in report.wishes:
                    running.say(f"  {wish}")
        versions = (
            f"Lighthouse {running.first_line(str(lighthouse), '--version')}, "
            f"{running.first_line(browser, '--version')}"
        )
    print(f"Machine: {about}; {versions}.\n")
    print(results(reports))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped; nothing was left behind.")
