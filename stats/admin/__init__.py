"""What staff work with. Members' records are not registered anywhere."""

from __future__ import annotations

from stats.admin import releases as releases
