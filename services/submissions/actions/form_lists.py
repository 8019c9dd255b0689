"""What a form's answers are held against besides the form."""

from dataclasses import dataclass
from datetime import datetime

from services.chassis.clock import province_time
from services.forms.places import Circumstances
from services.submissions.actions.ports import Places, Units


@dataclass(frozen=True)
class FormLists:
    """The lists that people choose places and units from."""

    places: Places
    units: Units

    def at(self, now: datetime) -> Circumstances:
        return Circumstances(province_time(now).date(), self.places, self.units)
