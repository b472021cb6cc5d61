"""Who may sign in. What they record about themselves lives in `profiles`.

The account stands here, above both applications, so that no foreign key has to
cross between `stats` and `profiles`: each refers to `settings.AUTH_USER_MODEL`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.mail import EmailMessage
from django.db import models
from django.db.models.functions import Lower

from imgportal.lib import email_addresses, sealed_mail


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """Store a new account. Raises ValueError without an e-mail address."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **fields
        )

    def staff_who_may(self, permission: str) -> models.QuerySet[User]:
        """The active staff with a permission, as "stats.publish_release"; owners too."""
        application, _, codename = permission.partition(".")
        return (
            self.filter(is_staff=True, is_active=True)
            .filter(
                models.Q(is_superuser=True)
                | models.Q(
                    groups__permissions__codename=codename,
                    groups__permissions__content_type__app_label=application,
                )
            )
            .distinct()
        )

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """In the one form in which addresses are stored; Django calls it, too."""
        return email_addresses.one_form(email or "")

    def of_address(self, address: str) -> User | None:
        """The account of an address, in whatever case and form it is typed."""
        return self.filter(email=self.normalize_email(address)).first()

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=self.normalize_email(username))


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in, known by an e-mail address and nothing else."""

    email = models.EmailField(
        "e-mail address", unique=True, validators=[email_addresses.refuse_unwritable]
    )
    is_staff = models.BooleanField(
        "staff",
        default=False,
        help_text="May sign in to the staff pages.",
    )
    is_active = models.BooleanField(
        "active",
        default=True,
        help_text="Untick instead of deleting: the history of figures names its editors.",
    )
    date_joined = models.DateTimeField("joined", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "account"
        constraints = (
            # `unique` alone lets Ana@… and ana@… be two people.
            models.UniqueConstraint(
                Lower("email"),
                name="imgportal_user_one_per_email",
                violation_error_message="There is already an account with this address.",
            ),
        )
        indexes = (
            # A handful among any number of members: their list reads them alone.
            models.Index(
                name="imgportal_user_staff",
                fields=("email",),
                condition=models.Q(is_staff=True),
            ),
        )

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        self.email = UserManager.normalize_email(self.email)

    @property
    def address(self) -> str:
        """The e-mail address as people read it."""
        return email_addresses.for_reading(self.email)


class SecurityEvent(models.Model):
    """Something that concerns the safety of an account, for its owner to recognise.

    No network address: the program and the system are enough to recognise a device.
    """

    class Kind(models.TextChoices):
        SIGNED_UP = "signed_up", "Account made"
        NEW_DEVICE = "new_device", "Signed in from a new device"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        ADDRESS_CHANGED = "address_changed", "E-mail address changed"
        APP_ADDED = "app_added", "Authenticator app added"
        APP_REMOVED = "app_removed", "Authenticator app removed"
        PASSKEY_ADDED = "passkey_added", "Passkey added"
        PASSKEY_REMOVED = "passkey_removed", "Passkey removed"
        CODES_MADE = "codes_made", "Recovery codes made"
        CODES_REMOVED = "codes_removed", "Recovery codes removed"
        EXPORTED = "exported", "Record exported"
        IMPORTED = "imported", "Entries imported from a file"
        EMPTIED = "emptied", "Record deleted"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    # In words, e.g. "Firefox on Windows". Empty: done by the operator.
    device = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=["user", "-at"], name="imgportal_event_of_user"),
        )

    def __str__(self) -> str:
        # May stand in a log, so it tells nothing of the owner.
        return f"security event {self.pk}"


class MessageKind(models.IntegerChoices):
    """What a message is about, in the order in which those that wait are sent."""

    ACCOUNT = 1, "Code or notice about an account"
    INACTIVITY = 2, "Warning that an account is not used"
    REMINDER = 3, "Reminder, or notice of changed rules"
    STAFF = 4, "News for the staff"


class MessageState(models.TextChoices):
    """What became of a message."""

    WAITING = "waiting", "To be sent"
    SENT = "sent", "Sent"
    # The mail server was away for as long as it was worth anything.
    EXPIRED = "expired", "Too late"
    # Refused for good, or too often.
    GIVEN_UP = "given_up", "Given up"
    # Twice the program died while it was sending, or the mail server had the text and
    # did not answer: it may be there, and is not sent again.
    UNCLEAR = "unclear", "May have been sent"


class OutgoingMessageManager(models.Manager["OutgoingMessage"]):
    def put(
        self,
        message: EmailMessage,
        *,
        kind: MessageKind,
        owner: User | None,
        now: datetime,
        expires_at: datetime,
    ) -> OutgoingMessage:
        """Store a message with what it is about, in the transaction that is open.

        It goes with the account of `owner`; None: there is no account. Without a
        recipient of its own it is sent to the address that the owner then has.
        """
        return self.create(
            kind=kind,
            owner=owner,
            sealed=sealed_mail.seal(message),
            put_at=now,
            next_try_at=now,
            expires_at=expires_at,
        )


class OutgoingMessage(models.Model):
    """A message of the site, until the mail server has it; see imgportal/outbox.py."""

    kind = models.PositiveSmallIntegerField(choices=MessageKind)
    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="+"
    )
    # Recipient, headers and text, encrypted: there may be a code in it. Empty once it
    # waits no more.
    sealed = models.TextField(blank=True)
    state = models.CharField(
        max_length=10, choices=MessageState, default=MessageState.WAITING
    )
    put_at = models.DateTimeField()
    # The earliest moment of the next try. While a process is sending the message: the
    # moment from which another process may.
    next_try_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField("failures", default=0)
    # How often it was handed to the mail server without a word of how that ended.
    unclear = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    objects = OutgoingMessageManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="imgportal_outgoingmessage_one_warning_an_account",
                fields=("owner",),
                condition=models.Q(kind=MessageKind.INACTIVITY),
            ),
            models.CheckConstraint(
                name="imgportal_outgoingmessage_state_is_known",
                condition=models.Q(state__in=MessageState.values),
            ),
            models.CheckConstraint(
                name="imgportal_outgoingmessage_keeps_no_text_once_finished",
                condition=models.Q(state=MessageState.WAITING, finished_at__isnull=True)
                | models.Q(
                    ~models.Q(state=MessageState.WAITING),
                    finished_at__isnull=False,
                    sealed="",
                ),
            ),
        )
        indexes = (
            # What waits is little beside what was sent.
            models.Index(
                name="imgportal_message_waiting",
                fields=("unclear", "kind", "id"),
                condition=models.Q(state=MessageState.WAITING),
            ),
        )

    def __str__(self) -> str:
        # May stand in a log, so it tells nothing of the owner.
        return f"message {self.pk}"


class StaffNews(models.TextChoices):
    """Of what somebody of the staff is told by mail."""

    REVIEW = "review", "Something waits for your review or approval"
    RETURNED = "returned", "Something of yours was returned or discarded"
    PUBLISHED = "published", "Something of yours was published, approved or scheduled"
    REPORT = "report", "A reader reported a problem"


class StaffChoice(models.Model):
    """Of what somebody of the staff does not want to be told by mail. No row: of all."""

    owner = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    not_told_of = models.JSONField(default=list)  # values of StaffNews

    def __str__(self) -> str:
        return f"choice of messages {self.pk}"


class SecurityCounter(models.Model):
    """How often something was tried, or that a code was used; see security_counters.py.

    The key is a fingerprint: it names no person and no network address in the clear.
    """

    key = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"counter until {self.expires_at}"
