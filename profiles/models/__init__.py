from __future__ import annotations

from profiles.models.adviser_sheets import AdviserSheet as AdviserSheet
from profiles.models.attempts import EnglishSitting as EnglishSitting
from profiles.models.attempts import ExamAttempt as ExamAttempt
from profiles.models.calendar import CalendarFeed as CalendarFeed
from profiles.models.certification import Certificate as Certificate
from profiles.models.certification import CertificationItem as CertificationItem
from profiles.models.certification import PathwayApplication as PathwayApplication
from profiles.models.fees import FeePayment as FeePayment
from profiles.models.notices import AnswerChange as AnswerChange
from profiles.models.notices import Compared as Compared
from profiles.models.profile import Profile as Profile
from profiles.models.reference import Country as Country
from profiles.models.reference import PassingStandard as PassingStandard
from profiles.models.reference import PathwaySeason as PathwaySeason
from profiles.models.reference import RuleChange as RuleChange
from profiles.models.reference import RuleNumber as RuleNumber
from profiles.models.reference import SeasonDeadline as SeasonDeadline
from profiles.models.reference import SpecialtyService as SpecialtyService
from profiles.models.reminders import OccasionCheck as OccasionCheck
from profiles.models.reminders import RecordChange as RecordChange
from profiles.models.reminders import Reminder as Reminder
from profiles.models.reminders import ReminderChoice as ReminderChoice
from profiles.models.rule_proposals import RuleProposal as RuleProposal
from profiles.models.seasons import SeasonRecord as SeasonRecord
