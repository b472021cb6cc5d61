"""Addresses are stored in one form: lower case, the domain as its A-label.

Where two accounts are of one mailbox, the one that has the form already keeps it, and the
other one stays as it is: nobody can say which record is the right one.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import F
from django.db.models.functions import Lower

from imgportal.lib.email_addresses import one_form


def take_one_form(apps: Any, schema_editor: Any) -> None:
    accounts = apps.get_model("imgportal", "User").objects
    for user in _written_otherwise(accounts):
        address = one_form(user.email)
        if accounts.filter(email=address).exists():
            continue
        accounts.filter(pk=user.pk).update(email=address)
        addresses = apps.get_model("account", "EmailAddress").objects.filter(
            user_id=user.pk
        )
        for row in addresses.exclude(email=F("user__email")):
            if not addresses.filter(email=one_form(row.email)).exists():
                addresses.filter(pk=row.pk).update(email=one_form(row.email))


def _written_otherwise(accounts: Any) -> list[Any]:
    """Few: whoever has a sign beyond ASCII in the domain. All others are lower case."""
    rows = accounts.exclude(email__regex=r"^[\x20-\x7e]+$") | accounts.exclude(
        email=Lower("email")
    )
    return list(rows.only("pk", "email"))


class Migration(migrations.Migration):
    dependencies = [
        ("imgportal", "0002_staff_choice"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(take_one_form, migrations.RunPython.noop)]
