"""What happens to a whole record, for the list of security events of the account.

The list stands above this application (imgportal/accounts/security_events.py). Each signal
is sent with `request` and `user`.
"""

from __future__ import annotations

from django.dispatch import Signal

record_exported = Signal()
record_imported = Signal()
record_emptied = Signal()
