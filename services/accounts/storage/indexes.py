"""The shape of the accounts database."""

from services.chassis import captcha, trust
from services.chassis.messages import outbox
from services.chassis.mongo import Db, Migration


def _first(db: Db) -> None:
    db["accounts"].create_index("email", unique=True, partialFilterExpression={"claimed": True}, name="claimed_email")
    db["accounts"].create_index(
        [("number", 1), ("kind", 1)],
        unique=True,
        partialFilterExpression={"claimed": True, "number": {"$type": "binData"}},
        name="claimed_number",
    )
    db["accounts"].create_index("email", name="email")
    db["accounts"].create_index("kind")
    db["accounts"].create_index("expires_at", partialFilterExpression={"claimed": False}, name="waiting")
    db["links"].create_index("expires_at", expireAfterSeconds=0)
    db["sessions"].create_index("account_id")
    db["sessions"].create_index("ends_at", expireAfterSeconds=0)
    db["guesses"].create_index("last_at", expireAfterSeconds=24 * 3600)
    db["signing_keys"].create_index(
        "order", unique=True, partialFilterExpression={"order": {"$type": "string"}}, name="one_first"
    )
    trust.create_indexes(db)
    outbox.create_indexes(db)
    captcha.create_indexes(db)


MIGRATIONS = (Migration("0001_first", _first),)
