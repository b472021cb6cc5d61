"""Hands every message of the site to the mail server, outside of any request.

A message is stored with what it is about (`OutgoingMessage.objects.put`). After the
commit the one sending thread of the process takes it, or the thread of another process,
or `send_messages` does. Several may work at once, and each may be killed at any point:

- One UPDATE claims a message, for `LEASE`, and counts that it is handed over. Whoever
  comes second has nothing to claim; when the first has died, the claim runs out.
- How it ended is noted afterwards. After two attempts without a recorded end we do not
  try again: the message may have gone out twice already. A mail server that has the text
  and then says nothing leaves no end to record, either.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from threading import Event, Lock, Thread
from traceback import walk_tb
from typing import Any

from django.core.mail import get_connection
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet

from imgportal.lib import clock, sealed_mail
from imgportal.models import MessageKind, MessageState, OutgoingMessage
from profiles.reminders import schedule

logger = logging.getLogger(__name__)

# Longer than a message can take (EMAIL_TIMEOUT), several times over.
LEASE = timedelta(minutes=5)
MOST_UNCLEAR = 2
MOST_TRIES = 8
# What is over is kept so long, without its text, to answer "was it sent?".
KEPT = timedelta(days=30)
# Seconds after which the thread looks anew: for what it could not send, and for what
# another process has left.
RETRY, LOOK = 5, 60


class MailAway(Exception):
    """The mail server cannot be reached; every message waits."""

    def __str__(self) -> str:
        return (
            f"The mail server cannot be reached: {super().__str__()}. Nothing is lost: "
            "the next run sends what waits. Look at EMAIL_URL."
        )


class Delivery:
    """Sends what is due over one connection, which it closes at the end of `with`.

    `clock` is asked for every message, because a run may take hours.
    """

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.sent = 0
        self.failed = 0
        self.unclear = 0  # may have been sent, and are not sent again
        self._server: Any = get_connection()

    def __enter__(self) -> Delivery:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def open(self) -> None:
        """Raises MailAway."""
        try:
            self._server.open()
        except OSError as error:
            raise MailAway(str(error)) from error

    def _close(self) -> None:
        with suppress(OSError):
            self._server.close()

    def send_due(self) -> None:
        """Raises MailAway; then no try is counted for any message."""
        self.unclear += _close_what_is_over(self.clock())
        while (row := _due(self.clock()).select_related("owner").first()) is not None:
            is_reminder = row.kind == MessageKind.REMINDER
            if is_reminder and row.owner and not schedule.wants(row.owner):
                row.delete()
                continue
            self.open()
            if (claimed := _claim(row, self.clock())) is not None:
                self._hand_over(row, claimed)

    def _hand_over(
        self, row: OutgoingMessage, claimed: QuerySet[OutgoingMessage]
    ) -> None:
        # From the claim to the note below nobody can tell whether it went out.
        try:
            message = sealed_mail.unseal(row.sealed)
            if not message.to and row.owner:
                message.to = [row.owner.email]
            if not self._server.send_messages([message]):
                raise OSError("The mail server took no message.")
        except Exception as error:  # one odd message must not stop all the others
            # No address in the log, and no text of the server: it may repeat the address.
            logger.warning(
                "A message (%s) was not sent: %s",
                row.get_kind_display(),
                type(error).__name__,
            )
            self._note_failure(row, claimed, error)
            self._close()
        else:
            _finish(claimed, MessageState.SENT, now=self.clock())
            self.sent += 1

    def _note_failure(
        self,
        row: OutgoingMessage,
        claimed: QuerySet[OutgoingMessage],
        error: Exception,
    ) -> None:
        self.failed += 1
        tries = row.tries + 1
        for_good = False
        if isinstance(error, SMTPRecipientsRefused):
            codes = [code for code, _ in error.recipients.values()]
            for_good = all(500 <= code < 600 for code in codes)
            if for_good and row.owner and row.owner.email in error.recipients:
                schedule.note_bounce(row.owner.pk, row.owner.email)
        if for_good or tries >= MOST_TRIES:
            _finish(claimed, MessageState.GIVEN_UP, now=self.clock())
        else:
            claimed.update(
                tries=tries,
                unclear=row.unclear + _may_be_there(error),
                next_try_at=self.clock() + back_off(tries),
            )


def _may_be_there(error: Exception) -> bool:
    """Did the mail server have the text, and no answer of it came in time?

    It may have taken the message, so that each further try would be a further copy.
    """
    return not isinstance(error, SMTPResponseException) and any(
        frame.f_code is SMTP.data.__code__ for frame, _ in walk_tb(error.__traceback__)
    )


def back_off(tries: int) -> timedelta:
    """How long to wait after so many failures: seconds at first, because somebody may
    sit and wait for a code, then four times as long each time, half a day at most.
    """
    return min(timedelta(seconds=5 * 4 ** (tries - 1)), timedelta(hours=12))


def _due(now: datetime) -> QuerySet[OutgoingMessage]:
    # What a process was killed at comes last: were it the first again, the next kill
    # would meet it again, and there is no third time.
    return OutgoingMessage.objects.filter(
        state=MessageState.WAITING,
        next_try_at__lte=now,
        expires_at__gt=now,
        unclear__lt=MOST_UNCLEAR,
    ).order_by("unclear", "kind", "pk")


def _claim(row: OutgoingMessage, now: datetime) -> QuerySet[OutgoingMessage] | None:
    """The message, for as long as the claim is ours; None: somebody was quicker."""
    message = OutgoingMessage.objects.filter(pk=row.pk, state=MessageState.WAITING)
    until = now + LEASE
    was_free = message.filter(next_try_at=row.next_try_at).update(
        next_try_at=until, unclear=F("unclear") + 1
    )
    # Whoever claims it after us sets another moment.
    return message.filter(next_try_at=until) if was_free else None


def _finish(
    messages: QuerySet[OutgoingMessage], state: MessageState, *, now: datetime
) -> int:
    return messages.update(state=state, sealed="", finished_at=now)


def _close_what_is_over(now: datetime) -> int:
    """Close what is too late or was begun too often; how many of the latter there are."""
    idle = OutgoingMessage.objects.filter(
        state=MessageState.WAITING, next_try_at__lte=now
    )
    unclear = _finish(
        idle.filter(unclear__gte=MOST_UNCLEAR), MessageState.UNCLEAR, now=now
    )
    waiting = OutgoingMessage.objects.filter(state=MessageState.WAITING)
    # A process may be at it just now, unless the time for that is over, too.
    too_late = waiting.filter(Q(unclear=0) | Q(next_try_at__lte=now))
    _finish(too_late.filter(expires_at__lte=now), MessageState.EXPIRED, now=now)
    return unclear


def forget(*, now: datetime) -> None:
    """Delete what is long over; that somebody was warned counts until they come back."""
    OutgoingMessage.objects.filter(finished_at__lt=now - KEPT).exclude(
        kind=MessageKind.INACTIVITY
    ).delete()


# --- The thread -----------------------------------------------------------------------


class SendingThread:
    """At most one in a process, and none in a command: that sends before it ends."""

    def __init__(self) -> None:
        self._serves = False
        self._begin_anew()
        # A copy of this process has no thread, and perhaps a lock that nobody opens.
        os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = Lock()
        self._woken = Event()
        self._thread: Thread | None = None

    def serve(self) -> None:
        """This process serves the site. Begins with what others have left."""
        self._serves = True
        self.wake()

    def wake(self) -> None:
        """Something waits. Returns at once, and does nothing in a command."""
        if not self._serves:
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._work, name="outbox", daemon=True)
                self._thread.start()
        self._woken.set()

    def _work(self) -> None:
        is_away = False
        while True:
            self._woken.clear()
            wait = RETRY
            try:
                with Delivery(clock=clock.now) as delivery:
                    delivery.send_due()
                is_away = False
                waiting = OutgoingMessage.objects.filter(state=MessageState.WAITING)
                if not waiting.exists():
                    wait = LOOK
            except MailAway as away:
                if isinstance(away.__cause__, SMTPAuthenticationError):
                    # Who tries a wrong password again and again is locked out.
                    wait = LOOK
                if not is_away:
                    logger.warning("%s", away)
                is_away = True
            except DatabaseError as error:
                logger.warning("The outbox cannot be read: %s", type(error).__name__)
            except Exception:
                wait = LOOK
                logger.exception("The outbox was not emptied")
            finally:
                connection.close()
            self._woken.wait(wait)


thread = SendingThread()


def wake_after_commit(sender: Any, *, created: bool, **kwargs: Any) -> None:
    """Connected to what stores a message; see imgportal/apps.py."""
    if created:
        transaction.on_commit(thread.wake, robust=True)
