"""Every "no" this service says. `code` and `status` are public interface; words stand in the text catalogue."""

from http import HTTPStatus

from services.chassis.errors import Conflict, InvalidInput, NotAllowed, Refusal, TooLarge, TooMany, Unavailable


class NotOffered(NotAllowed):
    """The procedure can't be filed online: its service level is information only, or it has been retired."""

    code = "procedure_not_online"


class WrongApplicant(NotAllowed):
    """The procedure is not for this kind of account."""

    code = "wrong_applicant_kind"


class WrongUnit(InvalidInput):
    """The chosen unit does not receive this procedure, or has closed."""

    code = "wrong_unit"


class UnitClosed(WrongUnit):
    """The chosen unit has closed and nobody follows it."""

    code = "unit_closed"


class UnitFollowed(WrongUnit):
    """The chosen unit has closed and several go on with its work: the person has to choose; `successors` names them."""

    code = "unit_followed"


class UnitNotOnline(WrongUnit):
    """The chosen unit takes this procedure at its desk only."""

    code = "unit_not_online"


class WrongCase(InvalidInput):
    code = "wrong_case"


class NotNow(Conflict):
    """The dossier's status does not allow this step."""

    code = "not_in_this_status"


class NotYours(NotAllowed):
    """Only the role and unit that hold the dossier's current step may do this."""

    code = "not_your_step"


class ChangedMeanwhile(Conflict):
    """Somebody else changed the dossier first; nothing of this request was stored."""

    code = "changed_meanwhile"


class EditedElsewhere(Refusal):
    """`If-Match` names an older state of the answers."""

    code = "edited_elsewhere"
    status = HTTPStatus.PRECONDITION_FAILED


class KeyUsedBefore(Conflict):
    """The idempotency key was used for another dossier of this account."""

    code = "idempotency_key_reused"


class Incomplete(InvalidInput):
    """Something is missing or at fault; `fields` names each, `component.<code>` for papers."""

    code = "dossier_incomplete"


class ReasonNeeded(InvalidInput):
    code = "reason_needed"


class SupplementAskedBefore(Conflict):
    """A dossier is sent back once; a second time needs a leader."""

    code = "supplement_asked_before"


class SupplementMissing(InvalidInput):
    """Papers that the office asked for have not been added yet."""

    code = "supplement_missing"


class ResultNeeded(InvalidInput):
    """An online procedure can't be finished without a result file or a note."""

    code = "result_needed"


class StepsLeft(Conflict):
    """Only the last working step finishes; the others pass on."""

    code = "steps_left"


class NoStepLeft(Conflict):
    """The last working step finishes, it does not pass on."""

    code = "no_step_left"


class CodesUsedUp(Conflict):
    """More than 9,999 receptions of one unit on one day."""

    code = "codes_used_up"


class CodeUnreadable(InvalidInput):
    code = "code_unreadable"


class CalendarMissing(Unavailable):
    """The working calendar of a year that a deadline falls in has not been published."""

    code = "calendar_missing"


class FileKindRefused(InvalidInput):
    code = "file_kind_refused"


class FileEmpty(InvalidInput):
    code = "file_empty"


class FileTooLarge(TooLarge):
    code = "file_too_large"


class TooManyFiles(Conflict):
    code = "too_many_files"


class StorageUsedUp(TooMany):
    """The dossier's files together are larger than one dossier may be."""

    code = "storage_used_up"


class FileNameRefused(InvalidInput):
    code = "file_name_refused"


class UnknownComponent(InvalidInput):
    code = "unknown_component"


class UploadMissing(Conflict):
    """The file never arrived in storage under the key that was given out."""

    code = "upload_missing"


class StillChecking(Conflict):
    """Documents are dark until the scanner has spoken."""

    code = "document_still_checking"


class DocumentRefused(Conflict):
    """The document was refused; `reason` says why."""

    code = "document_refused"
