"""Why something is not done to a draft or a version."""

from services.catalogue.domain.faults import Fault
from services.chassis.errors import Conflict, InvalidInput, NotAllowed


class OwnDraft(NotAllowed):
    """An author never approves his own text."""

    code = "own_text"


class DraftExists(Conflict):
    code = "draft_exists"


class WrongState(Conflict):
    """The draft is in a state in which this can't be done."""

    code = "wrong_state"


class DraftOutdated(Conflict):
    """Another version has come since the draft was begun; published now, it would undo that one."""

    code = "draft_outdated"


class VersionUsed(Conflict):
    """Dossiers were sent under it: a mistake is now corrected by a new version."""

    code = "version_used"


class DraftFaulty(InvalidInput):
    """A text with faults can be edited, not sent, approved or published."""

    code = "draft_faulty"

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{one.path}: {one.words}" for one in faults), count=len(faults))
