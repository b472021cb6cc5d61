"""What happens to versions and reports, for those of the staff who should hear of it.

They are told above this application (imgportal/staff_messages.py), within the transaction
of the deed.
"""

from __future__ import annotations

from django.dispatch import Signal

# With `release`, `step` (choices.ReleaseStep), `detail`, `by` and `now`.
version_handed_on = Signal()
# With `report` and `now`.
problem_reported = Signal()
