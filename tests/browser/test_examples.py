"""The examples of the open data are run, as a reader would, against a real server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import matplotlib
import matplotlib.pyplot
import pytest

from imgportal.open_data.examples import EXAMPLES, code_cells
from profiles import reference_tables
from stats import public
from stats.choices import ApplicantType

pytestmark = pytest.mark.django_db


def run(*command: str) -> str:
    return subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=120
    ).stdout


def test_pandas(site: str, tmp_path: Path) -> None:
    program = tmp_path / "rates.py"
    program.write_text(EXAMPLES["pandas_rates.py"].text(site))
    output = run(sys.executable, str(program))
    newest = public.everything().newest
    assert newest is not None
    assert newest.imgs is not None

    assert re.search(
        rf"^{newest.match_year} +{newest.imgs.matched_to_pgy1}(?:\.0)? ",
        output,
        re.MULTILINE,
    )
    assert "active_applicants=" in output


def test_duckdb(site: str, tmp_path: Path) -> None:
    """Over the file as it was downloaded: reading an address is an extension of DuckDB."""
    query = EXAMPLES["duckdb_shares.sql"].text(site)
    for address in re.findall(r"http://[^']+", query):
        path = tmp_path / Path(address).name
        path.write_text(run("curl", "--silent", "--fail", address), encoding="utf-8")
        query = query.replace(address, str(path))
    rows = duckdb.execute(query).fetchall()
    shares = sorted(
        (
            float(share.percent)
            for row in public.everything().years[2022].specialties
            if (share := row.img_share)
        ),
        reverse=True,
    )

    assert [row[2] for row in rows] == [round(share, 1) for share in shares[:5]]


def test_curl_and_jq(site: str) -> None:
    output = run("sh", "-ec", EXAMPLES["curl_deadlines.sh"].text(site))
    dates, brace, reasons = output.partition("{")
    season = [
        row
        for row in reference_tables.everything().reference.deadlines
        if row.match_year == 2027
    ]
    counts: dict[str, int] = json.loads(brace + reasons)

    assert [line.split("\t")[0] for line in dates.splitlines()] == sorted(
        row.on.isoformat() for row in season
    )
    assert sum(counts.values()) > 0
    assert "not_found" in counts


def test_curl_and_the_interface_for_programs(site: str) -> None:
    output = run("sh", "-ec", EXAMPLES["curl_api.sh"].text(site))
    rows = [line.split(",") for line in output.splitlines()]

    assert rows == [
        [
            str(year.match_year),
            str(imgs.matched_to_pgy1),
            str(imgs.active_applicants),
        ]
        for year in public.everything().years.values()
        if year.match_year >= 2022 and (imgs := year.imgs)
    ]


def test_the_notebook_draws_the_chart_of_the_home_page(site: str) -> None:
    matplotlib.use("Agg")
    names: dict[str, Any] = {}
    for cell in code_cells(EXAMPLES["home_chart.ipynb"].text(site)):
        exec(compile(cell, "home_chart.ipynb", "exec"), names)  # noqa: S102
    drawn = {
        line.get_label(): dict(
            zip(line.get_xdata().tolist(), line.get_ydata().tolist(), strict=True)
        )
        for line in names["ax"].get_lines()[:2]
    }
    figures = public.everything()
    for key, label in (("us_img", "US IMGs"), ("non_us_img", "Non-US IMGs")):
        rates = {
            year.match_year: float(row.match_rate.percent)
            for year in figures.years.values()
            if (row := year.of_type(ApplicantType(key))) and row.match_rate
        }
        values = {year: rate for year, rate in drawn[label].items() if rate == rate}
        assert values == pytest.approx(rates)
    # Years without a rate are gaps, and no year is left out.
    assert list(drawn["US IMGs"]) == list(figures.years)
    matplotlib.pyplot.close("all")
