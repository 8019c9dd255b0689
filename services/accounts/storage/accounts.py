"""Accounts and the links to them, each change in one transaction with everything it tells."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from services.accounts.domain.account import Account, Kind
from services.accounts.domain.events import AccountEvent, OfficerChanged
from services.accounts.domain.link import Link, Purpose
from services.accounts.domain.refusals import AccountTaken, LinkDead
from services.accounts.storage.documents import from_document, to_document
from services.chassis.crypto import FieldCipher
from services.chassis.errors import Conflict
from services.chassis.mongo import Client, Db, Document, in_transaction

#: Puts events of a subject into the outbox; the number is the sequence of the first.
Tell = Callable[[ClientSession, Sequence[AccountEvent], int], None]


class MongoAccounts:
    """Satisfies `actions.ports.Accounts`."""

    def __init__(self, client: Client, db: Db, cipher: FieldCipher, tell: Tell) -> None:
        self._client = client
        self._rows = db["accounts"]
        self._links = db["links"]
        self._sessions = db["sessions"]
        self._cipher = cipher
        self._tell = tell

    def get(self, account_id: str) -> Account | None:
        return self._read(self._rows.find_one({"_id": account_id}))

    def claimed_by_email(self, email: str) -> Account | None:
        return self._read(self._rows.find_one({"email": self._cipher.exact(email), "claimed": True}))

    def claimed_by_number(self, number: str) -> list[Account]:
        rows = self._rows.find({"number": self._cipher.exact(number), "claimed": True})
        return [from_document(row, self._cipher) for row in rows]

    def waiting_by_email(self, email: str) -> list[Account]:
        rows = self._rows.find({"email": self._cipher.exact(email), "claimed": False}).sort("_id")
        return [from_document(row, self._cipher) for row in rows]

    def waiting_since(self, before: datetime) -> list[Account]:
        rows = self._rows.find({"expires_at": {"$lte": before}, "claimed": False}).limit(500)
        return [from_document(row, self._cipher) for row in rows]

    def officers(self) -> list[Account]:
        return [from_document(row, self._cipher) for row in self._rows.find({"kind": Kind.OFFICER.value})]

    def add(self, account: Account, events: Sequence[AccountEvent], link: Link | None = None) -> None:
        row = {"_id": account.id, "version": 1, "said": len(events), **to_document(account, self._cipher)}

        def work(session: ClientSession) -> None:
            self._rows.insert_one(row, session=session)
            self._keep(session, link)
            self._tell(session, events, 1)

        self._run(work)

    def save(
        self,
        account: Account,
        events: Sequence[AccountEvent],
        *,
        new_link: Link | None = None,
        used_link: str | None = None,
        end_sessions: bool = False,
        keep_session: str | None = None,
    ) -> None:
        change = {
            "$set": to_document(account, self._cipher),
            "$inc": {"version": 1, "said": len(events)},
        }

        def work(session: ClientSession) -> None:
            if used_link and not self._links.delete_one({"_id": used_link}, session=session).deleted_count:
                raise LinkDead("used by another")
            self._change({"_id": account.id, "version": account.version}, change, events, session)
            self._keep(session, new_link)
            if end_sessions:
                self._sessions.delete_many({"account_id": account.id, "id": {"$ne": keep_session}}, session=session)

        self._run(work)

    def remove(self, account: Account, events: Sequence[AccountEvent]) -> None:
        def work(session: ClientSession) -> None:
            row = self._rows.find_one_and_delete({"_id": account.id, "claimed": False}, session=session)
            if row is not None:
                self._tell(session, events, row["said"] + 1)

        self._run(work)

    def tell(self, account: Account, events: Sequence[AccountEvent], *, new_link: Link | None = None) -> None:
        def work(session: ClientSession) -> None:
            if events:
                self._change({"_id": account.id}, {"$inc": {"said": len(events)}}, events, session)
            self._keep(session, new_link)

        self._run(work)

    def find(self, token_hash: str, purpose: Purpose, now: datetime) -> Link | None:
        """The other half of this store: satisfies `actions.ports.Links`."""
        row = self._links.find_one({"_id": token_hash, "purpose": purpose.value, "expires_at": {"$gt": now}})
        return Link(row["_id"], purpose, row["account_id"], row["expires_at"]) if row else None

    def pass_on(self, session: ClientSession, unit: str, successor: str) -> None:
        """Whoever has a duty in `unit` has it in its successor too; what was begun at the old unit stays in reach.

        Heard again it changes nothing.
        """
        serving = {"kind": Kind.OFFICER.value, "duties": {"$elemMatch": {"0": unit}}}
        for row in self._rows.find(serving, session=session):
            account = from_document(row, self._cipher)
            changed = account.serving_too(unit, successor)
            if changed != account:
                duties = [list(duty) for duty in changed.duties]
                change = {"$set": {"duties": duties}, "$inc": {"version": 1, "said": 1}}
                self._change({"_id": account.id}, change, [OfficerChanged(changed)], session)

    def _change(
        self, which: Document, change: Document, events: Sequence[AccountEvent], session: ClientSession
    ) -> None:
        row = self._rows.find_one_and_update(
            which, change, projection={"said": 1}, return_document=ReturnDocument.AFTER, session=session
        )
        if row is None:
            raise Conflict("the account was changed meanwhile")
        self._tell(session, events, row["said"] - len(events) + 1)

    def _keep(self, session: ClientSession, link: Link | None) -> None:
        if link:
            self._links.insert_one(
                {
                    "_id": link.token_hash,
                    "purpose": link.purpose.value,
                    "account_id": link.account_id,
                    "expires_at": link.expires_at,
                },
                session=session,
            )

    def _run(self, work: Callable[[ClientSession], None]) -> None:
        try:
            in_transaction(self._client, work)
        except DuplicateKeyError as fault:
            raise AccountTaken("e-mail or number") from fault

    def _read(self, row: Document | None) -> Account | None:
        return from_document(row, self._cipher) if row else None
