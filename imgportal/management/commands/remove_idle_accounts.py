"""Let cron run it every night."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from imgportal import outbox
from imgportal.accounts import inactivity
from imgportal.lib import clock

FILES = "django.core.mail.backends.filebased.EmailBackend"


class Command(BaseCommand):
    help = (
        "Removes sign-ups whose address was not confirmed for seven days. Warns members "
        "who have not signed in for long (IDLE_WARNING_MONTHS) and "
        "removes accounts whose owners were warned and did not come back "
        "(IDLE_REMOVAL_DAYS). Never staff. Safe to run at any time, twice at once, and "
        "to be killed. Let cron run it every night."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        if dropped := inactivity.drop_unconfirmed(now=now):
            self.stdout.write(f"Removed {dropped} sign-ups that nobody confirmed.")
        if not settings.IDLE_WARNING_MONTHS:
            self.stdout.write(
                "IDLE_WARNING_MONTHS is 0: no account is removed for being unused."
            )
            return
        if settings.EMAIL_BACKEND == FILES:
            raise CommandError(
                "Messages become files here, so nobody could be warned. Set EMAIL_URL, "
                "or IDLE_WARNING_MONTHS=0. No account was changed."
            )
        result = inactivity.run(
            now=now,
            months=settings.IDLE_WARNING_MONTHS,
            days=settings.IDLE_REMOVAL_DAYS,
        )
        self.stdout.write(f"Warned {result.warned}, removed {result.removed}.")
        try:
            with outbox.Delivery(clock=clock.now) as delivery:
                delivery.send_due()
        except outbox.MailAway as away:
            raise CommandError(str(away)) from None
        if delivery.failed:
            raise CommandError(
                f"{delivery.failed} messages were not taken by the mail server. They "
                "are tried again by the site, and by send_messages."
            )
