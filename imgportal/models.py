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

    def __str__(self) -> str:
        return self.email
