"""Notices and people as MongoDB documents. Names, addresses and the facts of a notice are encrypted."""

from services.chassis.crypto import FieldCipher
from services.chassis.mongo import Document
from services.notifier.domain.delivery import Delivery
from services.notifier.domain.notice import KINDS, Notice, Person


def notice_document(notice: Notice, cipher: FieldCipher) -> Document:
    return {
        "_id": notice.id,
        "event_id": notice.event_id,
        "kind": notice.kind.name,
        "in_inbox": notice.kind.in_inbox,
        "account_id": notice.account_id,
        "facts": cipher.random(dict(notice.facts)),
        "occurred_at": notice.occurred_at,
        "request_id": notice.request_id,
        "secrets_gone": False,
    }


def read_notice(row: Document, cipher: FieldCipher) -> Notice:
    return Notice(
        row["_id"],
        row["event_id"],
        KINDS[row["kind"]],
        row["account_id"],
        cipher.open(row["facts"]),
        row["occurred_at"],
        row["request_id"],
    )


def person_document(person: Person, cipher: FieldCipher) -> Document:
    return {
        "_id": person.account_id,
        "personal": cipher.random({"name": person.name, "email": person.email}),
        "sequence": person.sequence,
    }


def read_person(row: Document | None, cipher: FieldCipher) -> Person | None:
    if row is None:
        return None
    personal = cipher.open(row["personal"])
    return Person(row["_id"], personal["name"], personal["email"], row["sequence"])


def read_delivery(row: Document) -> Delivery:
    return Delivery(
        row["_id"],
        row["account_id"],
        row["state"],
        row["due_at"],
        row["created_at"],
        row["attempts"],
        row["reason"],
        row.get("sent_at"),
    )
