"""What happens to a whole record, for the list of security events of the account, and to
proposed changes of rules, for the staff.

Both stand above this application (imgportal/accounts/security_events.py and
imgportal/staff_messages.py).
"""

from __future__ import annotations

from django.dispatch import Signal

# With `request` and `user`.
record_exported = Signal()
record_imported = Signal()
record_emptied = Signal()
# With `proposal`, `by` and `now`, within the transaction of the deed.
proposal_handed_on = Signal()
