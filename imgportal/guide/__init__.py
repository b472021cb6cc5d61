"""The guide: pages in plain English whose numbers come from the tables."""

from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
