"""What staff work with. Members' records are not registered anywhere."""

from __future__ import annotations

from stats.admin import catalogue as catalogue
from stats.admin import releases as releases
from stats.admin import reports as reports
