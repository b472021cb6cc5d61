"""Who may sign in. What they record about themselves lives in `profiles`.

The account stands here, above both applications, so that no foreign key has to
cross between `stats` and `profiles`: each refers to `settings.AUTH_USER_MODEL`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """Store a new account. Raises ValueError without an e-mail address."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        # allauth compares addresses in lower case, and so does the constraint below.
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **fields
        )

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of an address, whatever the case it is typed in."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in, known by an e-mail address and nothing else."""

    email = models.EmailField("e-mail address", unique=True)
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


class IdleWarning(models.Model):
    """The warning to somebody who has not signed in for long that the account will go."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    # When a run took it upon itself to send the message, and when it was sent.
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"idle warning {self.pk}"


class SecurityCounter(models.Model):
    """How often something was tried, or that a code was used; see security_counters.py.

    The key is a fingerprint: it names no person and no network address in the clear.
    """

    key = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"counter until {self.expires_at}"
