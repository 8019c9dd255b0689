"""What tracking tells the other services."""

from pymongo.client_session import ClientSession

from services.chassis.crypto import Sealer
from services.chassis.messages.outbox import Outbox
from services.tracking.actions.ports import CodeFor
from services.tracking.domain.proof import CODE_MINUTES


class Outgoing:
    def __init__(self, outbox: Outbox, sealer: Sealer) -> None:
        self._outbox = outbox
        self._sealer = sealer

    def code_requested(self, session: ClientSession, request_id: str, sequence: int, code: CodeFor) -> None:
        data = {
            "request_id": request_id,
            "account_ids": [code.account_id] if code.account_id else [],
            "private": self._sealer.seal({"code": code.code, "valid_minutes": CODE_MINUTES}),
        }
        self._outbox.tell(session, "lookup.code_requested", subject=request_id, sequence=sequence, data=data)
