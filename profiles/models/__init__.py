from __future__ import annotations

from profiles.models.reference import Country as Country
from profiles.models.reference import PassingStandard as PassingStandard
from profiles.models.reference import PathwaySeason as PathwaySeason
from profiles.models.reference import RuleChange as RuleChange
from profiles.models.reference import SeasonDeadline as SeasonDeadline
