"""Accounts as MongoDB documents: personal data encrypted, e-mail and number also so that they can be found."""

from dataclasses import asdict
from datetime import date
from typing import Any

from services.accounts.domain.account import Account, Kind, Profile, State
from services.chassis.crypto import FieldCipher
from services.chassis.mongo import Document


def to_document(account: Account, cipher: FieldCipher) -> Document:
    """Everything but `_id`, `version` and `said`, which the store counts itself."""
    profile = account.profile
    return {
        "kind": account.kind.value,
        "state": account.state.value,
        "claimed": account.state not in (State.WAITING, State.CLOSED),
        "email": cipher.exact(profile.email),
        "number": cipher.exact(profile.identity_number) if profile.identity_number else None,
        "personal": cipher.random(_plain(profile)),
        "password_hash": account.password_hash,
        "created_at": account.created_at,
        "duties": [list(duty) for duty in account.duties],
        "before_lock": account.before_lock.value if account.before_lock else None,
        "must_change_password": account.must_change_password,
        "expires_at": account.expires_at,
    }


def from_document(row: Document, cipher: FieldCipher) -> Account:
    return Account(
        id=row["_id"],
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        profile=_profile(cipher.open(row["personal"])),
        password_hash=row["password_hash"],
        created_at=row["created_at"],
        duties=tuple((unit, role) for unit, role in row["duties"]),
        before_lock=State(row["before_lock"]) if row["before_lock"] else None,
        must_change_password=row["must_change_password"],
        expires_at=row["expires_at"],
        version=row["version"],
    )


def _plain(profile: Profile) -> dict[str, Any]:
    return {
        **asdict(profile),
        "details": dict(profile.details),
        "doubts": list(profile.doubts),
        "birth_date": profile.birth_date.isoformat() if profile.birth_date else None,
    }


def _profile(kept: dict[str, Any]) -> Profile:
    return Profile(
        **{
            **kept,
            "doubts": tuple(kept["doubts"]),
            "birth_date": date.fromisoformat(kept["birth_date"]) if kept["birth_date"] else None,
        }
    )
