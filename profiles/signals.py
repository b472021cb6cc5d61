"""What happens to a whole record, for the list of security events of the account.

Sent with `request` and `user`. The list belongs to the account, which stands above
this application; see imgportal/security.py.
"""

from __future__ import annotations

from django.dispatch import Signal

record_exported = Signal()
record_imported = Signal()
record_emptied = Signal()
