"""What the notifier tells the other services."""

from pymongo.client_session import ClientSession

from services.chassis.messages.outbox import Outbox
from services.notifier.domain.notice import Notice


class Outgoing:
    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def notice_failed(self, session: ClientSession, notice: Notice, reason: str) -> None:
        data = {"notice_id": notice.id, "kind": notice.kind.name, "account_id": notice.account_id, "reason": reason}
        self._outbox.tell(session, "notice.failed", subject=notice.id, sequence=1, data=data)
