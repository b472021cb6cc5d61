"""Adding, changing and removing entries of a record: one view for each, for every table.

A form never loses what was typed: a wrong one comes back as 422, and one that was shown
before the last change as 409 with what is stored now beside it. `/me/exams/add/oet/` is
`add_entry` with `OET`; `/me/certification/account/` is `put_entry` with its item's page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from imgportal.lib import clock
from profiles import member_record
from profiles.actions import save_entry
from profiles.choices import Exam, FeeKind, Item
from profiles.forms.certification import (
    CertificateForm,
    ItemForm,
    PathwayApplicationForm,
)
from profiles.forms.english import EnglishForm
from profiles.forms.exams import AttemptForm
from profiles.forms.fees import FeePaymentForm
from profiles.forms.profile import (
    PathwayFactsForm,
    ProfileForm,
    StartForm,
    VisaDaysForm,
)
from profiles.forms.record_form import RecordForm
from profiles.forms.reminders import ReminderForm
from profiles.forms.season_record import SeasonRecordForm
from profiles.record_tables import (
    ATTEMPTS,
    CERTIFICATE,
    FEE_PAYMENTS,
    ITEMS,
    PATHWAYS,
    PROFILE,
    REMINDERS,
    SEASONS,
    SITTINGS,
    RecordTable,
)
from profiles.rules import numbers
from profiles.rules.days import in_words
from profiles.rules.member_fees import label_of_fee
from profiles.views.member_requests import (
    SignedInRequest,
    confirm_removal,
    either,
    members_only,
    not_here,
    show_gone,
    show_or_save,
    typed,
)
from profiles.views.printed_record import title_of


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """The pages of one kind of entry, and their words.

    Pages are named as in urls.py, with an anchor: "profiles:exam_list#oet". `asks` and
    `removed` may name values of the entry, and "{title}", as its table's title does.
    """

    table: RecordTable
    form: Callable[..., RecordForm]
    part: str  # of the navigation
    onward: str  # where who has saved is led
    back: str = ""  # the page above; empty: none
    # What the address says: of a new entry, and of the rows that can be changed there.
    place: Mapping[str, Any] = field(default_factory=dict)
    rows_with: Mapping[str, Any] = field(default_factory=dict)

    title: str  # of the page that adds one, or puts the only one
    hint: str = ""
    saved: str
    another: str = ""  # where who wants to add another one is led; empty: here again
    gone_title: str = ""  # of a change of what is not there any more
    add: str = ""  # the page that adds another one
    remove: str = ""  # the page that removes one; empty: it cannot be removed
    asks: str = "Remove {title}?"
    removed: str = "Removed: {title}."
    loses: str = ""

    def form_for(
        self,
        request: SignedInRequest,
        stored: member_record.StoredRecord,
        row: Any = None,
    ) -> RecordForm:
        return self.form(
            typed(request),
            row=row,
            stored=stored,
            today=stored.today(clock.now()),
            place=self.place,
        )

    def row_in(self, stored: member_record.StoredRecord, **values: Any) -> Any:
        """The entry that has these values; None: there is none."""
        wanted = {**self.rows_with, **values}.items()
        return next(
            (
                row
                for row in stored.rows[self.table.name]
                if all(getattr(row, name) == value for name, value in wanted)
            ),
            None,
        )

    def words(self, text: str, row: Any) -> str:
        values = self.table.values(row)
        return text.format(**values, title=title_of(self.table, values))

    @property
    def shown(self) -> dict[str, str]:
        return {"back": address_of(self.back), "part": self.part}


def address_of(page: str, **arguments: Any) -> str:
    name, _, anchor = page.partition("#")
    if not name:
        return ""
    return reverse(name, kwargs=arguments) + (f"#{anchor}" if anchor else "")


@members_only
@either
def add_entry(request: SignedInRequest, page: EntryPage) -> HttpResponse:
    form = page.form_for(request, member_record.read(request.user))
    return show_or_save(
        request,
        form,
        write=lambda: save_entry.add(
            page.table.model, owner=request.user, values=form.values
        ),
        onward=address_of(page.another) or request.path
        if "another" in request.POST
        else address_of(page.onward),
        saved=page.saved,
        title=page.title,
        hint=page.hint,
        **page.shown,
    )


@members_only
@either
def change_entry(request: SignedInRequest, page: EntryPage, pk: int) -> HttpResponse:
    stored = member_record.read(request.user)
    row = page.row_in(stored, pk=pk)
    form = page.form_for(request, stored, row)
    if row is None:
        if request.method != "POST":
            raise not_here()
        return show_gone(
            request,
            form,
            action=address_of(page.add, **page.rows_with),
            title=page.gone_title,
            **page.shown,
        )
    return show_or_save(
        request,
        form,
        write=lambda: save_entry.change(
            page.table.model,
            owner=request.user,
            row_id=pk,
            seen=form.seen_version,
            values=form.values,
        ),
        onward=address_of(page.onward),
        saved=page.saved,
        title=page.words("{title}", row),
        remove=address_of(page.remove, **page.rows_with, pk=pk),
        **page.shown,
    )


@members_only
@either
def put_entry(
    request: SignedInRequest,
    page: EntryPage,
    stored: member_record.StoredRecord | None = None,
    **shown: Any,
) -> HttpResponse:
    """Enter or change what a member has one of. `stored` None: it is read here; `shown`
    goes to the template.
    """
    stored = stored or member_record.read(request.user)
    row = page.row_in(stored)
    form = page.form_for(request, stored, row)
    context: dict[str, Any] = {
        "title": page.title,
        "hint": page.hint,
        "remove": address_of(page.remove) if row else "",
        **page.shown,
        **shown,
    }
    return show_or_save(
        request,
        form,
        write=lambda: save_entry.put(
            page.table.model,
            owner=request.user,
            key=page.place,
            seen=form.seen_version,
            values=form.values,
        ),
        onward=address_of(page.onward),
        saved=page.saved,
        **context,
    )


@members_only
@either
def remove_entry(
    request: SignedInRequest, page: EntryPage, **place: Any
) -> HttpResponse:
    """Ask first; remove when the answer is posted."""
    rows = page.table.model.objects.owned_by(request.user)
    row = rows.filter(**page.rows_with, **place).first()
    if row is None:
        raise not_here()
    return confirm_removal(
        request,
        remove=partial(
            save_entry.remove, page.table.model, owner=request.user, row_id=row.pk
        ),
        onward=address_of(page.back),
        removed=page.words(page.removed, row),
        title=page.words(page.asks, row),
        loses=page.loses,
        **page.shown,
    )


# --- Exams ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage(EntryPage):
    """One way to enter an attempt: an exam, and whether it was reported by number."""

    slug: str
    exam: Exam
    label: str


def _step_page(
    slug: str, exam: Exam, hint: str, *, scored: bool, label: str = ""
) -> StepPage:
    label = label or exam.label
    return StepPage(
        slug=slug,
        exam=exam,
        label=label,
        table=ATTEMPTS,
        form=partial(AttemptForm, scored=scored),
        part="exams",
        onward="profiles:exam_list",
        back="profiles:exam_list",
        place={"exam": exam.value},
        rows_with={"exam": slug},
        title=f"Add {label}",
        hint=hint,
        saved=f"Saved: {exam.label}.",
        another="profiles:exam_add",
        gone_title=exam.label,
        add="profiles:attempt_add",
        remove="profiles:attempt_remove",
        loses="the attempt with its result and score",
    )


STEP_PAGES = {
    page.slug: page
    for page in (
        _step_page(
            "step1",
            Exam.STEP1,
            f"Planned, or taken on or after {in_words(numbers.PASS_FAIL_FROM)}: "
            "Pass or Fail, without a number.",
            scored=False,
        ),
        _step_page(
            "step1-with-score",
            Exam.STEP1,
            f"Taken before {in_words(numbers.PASS_FAIL_FROM)}.",
            scored=True,
            label="Step 1 with a score",
        ),
        _step_page(
            "step2ck",
            Exam.STEP2CK,
            "Clinical Knowledge, with a three-digit score.",
            scored=True,
        ),
        _step_page(
            "step2cs",
            Exam.STEP2CS,
            "Clinical Skills, given until January 2021. It still counts.",
            scored=False,
        ),
        _step_page(
            "step3", Exam.STEP3, "Two days; the first one decides.", scored=True
        ),
    )
}
OET = EntryPage(
    table=SITTINGS,
    form=EnglishForm,
    part="exams",
    onward="profiles:exam_list#oet",
    back="profiles:exam_list#oet",
    title="Add OET Medicine",
    hint="Planned or taken. All four parts on one day.",
    saved="Saved: OET Medicine.",
    another="profiles:exam_add",
    gone_title="OET Medicine",
    add="profiles:sitting_add",
    remove="profiles:sitting_remove",
    loses="the sitting with its four scores",
)

# --- Certification ------------------------------------------------------------------------

PATHWAY = EntryPage(
    table=PATHWAYS,
    form=PathwayApplicationForm,
    part="certification",
    onward="profiles:certification",
    back="profiles:certification",
    title="Add a Pathway application",
    saved="Saved: your Pathway application.",
    gone_title="Pathway application",
    add="profiles:pathway_add",
    remove="profiles:pathway_remove",
    asks="Remove the Pathway application of the {season} Match?",
    removed="Removed: your Pathway application.",
    loses="the application with its dates",
)
PATHWAY_FACTS = EntryPage(
    table=PROFILE,
    form=PathwayFactsForm,
    part="certification",
    onward="profiles:certification#pathways",
    back="profiles:certification",
    title="Which Pathway fits?",
    hint="What decides it. Leave empty what you do not know: the answer then says so.",
    saved="Saved.",
)
ISSUED_CERTIFICATE = EntryPage(
    table=CERTIFICATE,
    form=CertificateForm,
    part="certification",
    onward="profiles:certification#certificate",
    back="profiles:certification",
    title="Your certificate",
    hint="Once ECFMG has issued it.",
    saved="Saved: your certificate.",
    remove="profiles:certificate_remove",
    asks="Remove the certificate from your record?",
    removed="Removed: your certificate.",
    loses="the dates of your certificate",
)
ITEM_PAGES = {
    item.value: EntryPage(
        table=ITEMS,
        form=ItemForm,
        part="certification",
        onward=f"profiles:certification#{item.value}",
        back="profiles:certification",
        place={"item": item.value},
        rows_with={"item": item.value},
        title=item.label,
        saved=f"Saved: {item.label}.",
    )
    for item in Item
}

# --- Seasons ------------------------------------------------------------------------------

SEASON_RECORD = EntryPage(
    table=SEASONS,
    form=SeasonRecordForm,
    part="season",
    onward="profiles:season_record_list",
    back="profiles:season_record_list",
    title="Record a season",
    hint="What you did for one Match, and when. Only the Match must be said.",
    saved="Saved: your season.",
    gone_title="Season",
    add="profiles:season_record_add",
    remove="profiles:season_record_remove",
    asks="Remove the record of the {season} Match?",
    removed="Removed: the record of the {season} Match.",
    loses="the days, numbers and outcome of this season",
)

# --- Fees ---------------------------------------------------------------------------------


def fee_page(kind: FeeKind, turn: int) -> EntryPage:
    """The page of one fee that was paid."""
    return EntryPage(
        table=FEE_PAYMENTS,
        form=FeePaymentForm,
        part="season",
        onward="profiles:fee_list",
        back="profiles:fee_list",
        place={"fee": kind.value, "turn": turn},
        rows_with={"fee": kind.value, "turn": turn},
        title=label_of_fee(kind, turn),
        hint="That it is paid is enough. The amount goes into your sum.",
        saved=f"Saved: {label_of_fee(kind, turn)}.",
        asks=f"Was {label_of_fee(kind, turn)} not paid?",
        removed=f"Not paid: {label_of_fee(kind, turn)}.",
        loses="the amount and the day that you paid it",
    )


# --- The member ---------------------------------------------------------------------------

OWN_PROFILE = EntryPage(
    table=PROFILE,
    form=ProfileForm,
    part="profile",
    onward="profiles:profile",
    title="Your profile",
    hint="Every field may stay empty. What needs it then says “not known”, and "
    "which field would settle it.",
    saved="Saved: your profile.",
)
OWN_VISA_DAYS = EntryPage(
    table=PROFILE,
    form=VisaDaysForm,
    part="profile",
    onward="profiles:profile",
    back="profiles:profile",
    title="Your visa days",
    hint="Days only, for yourself. No answer here rests on them, and no sheet for an "
    "adviser shows them.",
    saved="Saved: your visa days.",
)
START = EntryPage(
    table=PROFILE,
    form=StartForm,
    part="dashboard",
    onward="profiles:dashboard",
    title="Three questions to begin with",
    hint="Any of them may stay open, and all can be changed later.",
    saved="Saved. Here is what follows from it.",
)
OWN_REMINDERS = EntryPage(
    table=REMINDERS,
    form=ReminderForm,
    part="season",
    onward="profiles:reminders",
    back="profiles:season",
    title="Reminders",
    saved="Saved: your reminders.",
)
