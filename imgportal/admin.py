"""Where Django looks for what the admin shows."""

from __future__ import annotations

from imgportal.accounts.staff_admin import StaffAdmin

__all__ = ["StaffAdmin"]
