"""Every action of this service in one place: what `api`, `pages` and the worker stand on."""

from dataclasses import dataclass

from services.submissions.actions.answer_office import SendSupplement, Withdraw
from services.submissions.actions.attach_document import AttachDocument, RemoveDocument
from services.submissions.actions.check_document import CheckDocuments
from services.submissions.actions.choose_case import ChooseCase
from services.submissions.actions.discard_draft import DiscardDraft
from services.submissions.actions.download_document import DownloadDocument
from services.submissions.actions.handle_dossier import (
    Extend,
    Finish,
    PassStep,
    Receive,
    RecordFee,
    Refuse,
    RequestFee,
    RequestSupplement,
    ReturnResult,
)
from services.submissions.actions.read_dossiers import ReadDossiers
from services.submissions.actions.record_reading import RecordReading
from services.submissions.actions.save_step import SaveStep
from services.submissions.actions.start_draft import StartDraft
from services.submissions.actions.stop_unanswered import StopUnanswered
from services.submissions.actions.submit_dossier import SubmitDossier
from services.submissions.actions.tidy_storage import TidyStorage


@dataclass(frozen=True)
class Actions:
    """Everything a person, an officer or the worker can have done; what `api` and `pages` stand on."""

    read: ReadDossiers
    readings: RecordReading
    start_draft: StartDraft
    save_step: SaveStep
    choose_case: ChooseCase
    discard_draft: DiscardDraft
    attach: AttachDocument
    remove_document: RemoveDocument
    download: DownloadDocument
    submit: SubmitDossier
    send_supplement: SendSupplement
    withdraw: Withdraw
    receive: Receive
    refuse: Refuse
    request_supplement: RequestSupplement
    pass_step: PassStep
    extend: Extend
    request_fee: RequestFee
    record_fee: RecordFee
    finish: Finish
    return_result: ReturnResult
    check_documents: CheckDocuments
    stop_unanswered: StopUnanswered
    tidy_storage: TidyStorage
