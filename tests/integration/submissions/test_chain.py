"""One dossier from draft to returned result, on real MongoDB, object storage and scanner."""

import io

import pytest
import requests

from services.chassis.errors import NotFound
from services.submissions.domain.document import State
from services.submissions.domain.dossier import Channel, Status
from tests.support.submissions import Bench, citizen, image, officer, pdf, soon


def test_a_dossier_travels_from_draft_to_returned_result(service: Bench) -> None:
    act, me = service.actions, citizen()
    draft = service.draft()
    upload = act.attach.begin(me, draft.id, "giay-chung-sinh", "giấy chứng sinh.pdf", len(pdf()))
    assert requests.put(upload.url, data=pdf(), timeout=10).status_code == 200
    act.attach.confirm(me, draft.id, upload.document.id)

    sent = act.submit(me, draft.id, key="press-0001", channel=Channel.ONLINE)
    assert sent.status is Status.SUBMITTED
    assert sent.provisional_code.startswith("TN-1722-261123-")

    assert act.check_documents() == 1
    link = act.download.at_desk(officer("receiver"), sent.id, upload.document.id)
    assert requests.get(link, timeout=10).content == pdf()

    received = act.receive(officer("receiver"), sent.id, version=sent.version)
    assert received.code == "000.17.22.H56-261123-0001"
    act.pass_step(officer("receiver"), sent.id)

    waiting = act.request_supplement(officer("specialist"), sent.id, [("giay-chung-sinh", "mờ")], "Xin chụp lại.")
    assert waiting.status is Status.SUPPLEMENT
    soon(service.clock, days=2)
    service.attach(sent.id, image(), "chup-lai.jpg")
    resumed = act.send_supplement(me, sent.id)
    assert resumed.status is Status.PROCESSING
    assert resumed.due_at is not None
    assert received.due_at is not None
    assert resumed.due_at > received.due_at

    act.pass_step(officer("specialist"), sent.id)
    result = act.attach.store_result(officer("leader"), sent.id, "Giấy khai sinh.pdf", io.BytesIO(pdf()), len(pdf()))
    assert act.check_documents() == 2
    act.finish(officer("leader"), sent.id, "Số 12/2026")
    with pytest.raises(NotFound):
        act.download.own(me, sent.id, result.id)
    returned = act.return_result(officer("returner"), sent.id)

    assert returned.status is Status.RETURNED
    view = act.read.own(me, sent.id)
    assert [document.state for document in view.results] == [State.CLEAN]
    assert requests.get(act.download.own(me, sent.id, result.id), timeout=10).content == pdf()
    verbs = ["submitted", "received", "step_changed", "supplement_requested", "supplemented", "step_changed",
             "finished", "returned"]  # fmt: skip
    assert service.told() == service.told("motcua.events") == [f"dossier.{verb}" for verb in verbs]
    assert [entry.verb for entry in returned.history] == verbs
