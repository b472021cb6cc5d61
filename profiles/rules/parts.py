"""The parts of a record, by name: where something is entered, or its reason told."""

from __future__ import annotations

from enum import StrEnum


class RecordPart(StrEnum):
    EXAMS = "exams"
    CERTIFICATION = "certification"
    SEASON = "season"
    PROFILE = "profile"
