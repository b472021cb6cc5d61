"""Where owners manage the staff. Nobody else sees it, and no account is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from imgportal.accounts import addresses, invitations, second_factor, sessions
from imgportal.lib import clock, email_addresses
from imgportal.models import User

if TYPE_CHECKING:
    StaffFormBase = forms.ModelForm[User]
    StaffAdminBase = admin.ModelAdmin[User]
else:
    StaffFormBase = forms.ModelForm
    StaffAdminBase = admin.ModelAdmin


def waits_for_a_password(person: User | None) -> bool:
    """Was this person invited, and has not chosen a password yet?"""
    return (
        person is not None
        and person.pk is not None
        and not person.has_usable_password()
    )


class StaffForm(StaffFormBase):
    new_password = forms.CharField(
        label="Password",
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    invites_again = forms.BooleanField(
        label="Invite once more",
        required=False,
        help_text="No password is chosen yet. The link that was sent before ends.",
    )

    class Meta:
        model = User
        fields = ("email", "groups", "is_superuser", "is_active")
        widgets: ClassVar[dict[str, Any]] = {
            # Somebody else's: a browser would offer the owner's own.
            "email": forms.EmailInput(attrs={"autocomplete": "off", "size": 40}),
            "groups": forms.CheckboxSelectMultiple,
        }
        labels: ClassVar[dict[str, str]] = {"is_superuser": "Owner"}
        help_texts: ClassVar[dict[str, str]] = {
            # The check boxes name this id in aria-describedby, and the admin writes it
            # for no list of check boxes.
            "groups": format_html(
                '<span id="id_groups_helptext">{}</span>',
                "Editors enter figures; publishers also publish what others entered.",
            ),
            "is_superuser": "May do everything, and manages the staff.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["new_password"]
        if not waits_for_a_password(self.instance):
            del self.fields["invites_again"]
        password.help_text = password_validators_help_text_html()
        if self.instance.pk:
            password.label = "New password"
            password.help_text += "<p>Leave empty to keep the one there is.</p>"
        else:
            password.help_text += (
                "<p>Leave empty to invite the person: they get a message with a link, which "
                f"works once and for {invitations.IS_GOOD_FOR.days} days.</p>"
            )

    def clean_email(self) -> str:
        return email_addresses.one_form(self.cleaned_data["email"])

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, User(email=self.data.get("email", "")))
        return password

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # The form of one's own account does not ask whether one is an owner.
        is_owner = self.cleaned_data.get("is_superuser", self.instance.is_superuser)
        if not is_owner and not self.cleaned_data.get("groups"):
            self.add_error(
                "groups",
                "Choose what this person may do: without it the account opens nothing.",
            )
        # A member may have confirmed further addresses beside the one of the account.
        confirmed = EmailAddress.objects.filter(
            email=self.cleaned_data.get("email"), verified=True
        )
        if confirmed.exclude(user_id=self.instance.pk).exists():
            self.add_error(
                "email",
                ValidationError("There is already an account with this address."),
            )
        return cleaned


@admin.register(User)
class StaffAdmin(StaffAdminBase):
    form = StaffForm
    list_display = ("email", "roles", "second_factor", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("email",)
    ordering = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "new_password")}),
        (
            "What this person may do",
            {"fields": ("groups", "is_superuser", "is_active")},
        ),
    )
    actions = None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        words = [email_addresses.one_form(word) for word in search_term.split()]
        return super().get_search_results(request, queryset, " ".join(words))

    def has_view_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        # Permissions do not matter here: only owners manage the staff.
        return request.user.is_active and request.user.is_superuser

    has_module_permission = has_view_permission
    has_add_permission = has_view_permission
    has_change_permission = has_view_permission

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        # Only staff: no member is listed anywhere.
        factors = Authenticator.objects.filter(
            user=OuterRef("pk"), type__in=second_factor.SECOND_FACTORS
        )
        return (
            super()
            .get_queryset(request)
            .filter(is_staff=True)
            .annotate(has_second_factor=Exists(factors))
            .prefetch_related("groups")
        )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        (name, first), *others = super().get_fieldsets(request, obj)
        if waits_for_a_password(obj):
            first = {"fields": (*first["fields"], "invites_again")}
        return [(name, first), *others]

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> tuple[str, ...]:
        # The last owner must not be able to shut everybody out, themselves first.
        return ("is_superuser", "is_active") if obj == request.user else ()

    def save_model(
        self, request: HttpRequest, obj: User, form: Any, change: bool
    ) -> None:
        owner = cast(User, request.user)
        obj.is_staff = True
        password = form.cleaned_data.get("new_password")
        is_invited = not password and (
            not change or form.cleaned_data.get("invites_again", False)
        )
        if password:
            obj.set_password(password)
        super().save_model(request, obj, form, change)
        addresses.vouch_for_address(obj)
        if "is_active" in form.changed_data and change:
            # Nobody comes back in a session from before they left.
            sessions.delete_sessions(obj)
        if is_invited:
            invitations.invite(obj, by=owner, now=clock.now())

    @admin.display(description="Role")
    def roles(self, user: User) -> str:
        names = [group.name for group in user.groups.all()]
        return ", ".join(["Owner"] * user.is_superuser + names)

    @admin.display(description="Second factor", boolean=True)
    def second_factor(self, user: User) -> bool:
        return bool(getattr(user, "has_second_factor"))  # noqa: B009
