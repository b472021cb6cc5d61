"""What others want to hear of, who stand above this application.

What happens to a whole record, for the list of security events of the account
(imgportal/accounts/security_events.py): sent with `request` and `user`.

That a dated table was changed, for whoever keeps something made of it
(imgportal/search/index.py): sent when everybody can see the change.
"""

from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal

record_exported = Signal()
record_imported = Signal()
record_emptied = Signal()
tables_changed = Signal()


def tell_of_tables() -> None:
    """Call it inside the transaction of the change. A listener that fails undoes nothing."""
    transaction.on_commit(lambda: tables_changed.send(sender=None), robust=True)
