"""What is public was changed: for whoever keeps something made of it.

Sent when the change is in the database for everybody, and never before. Who listens
stands above this application; see imgportal/search/index.py.
"""

from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal

public_figures_changed = Signal()


def tell() -> None:
    """Call it inside the transaction of the change. A listener that fails undoes nothing."""
    transaction.on_commit(lambda: public_figures_changed.send(sender=None), robust=True)
