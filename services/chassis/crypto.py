"""Personal data at rest and in transit between our services.

`FieldCipher` is MongoDB's own client-side field encryption, explicit: what is stored can be read only with the
master key file. `Sealer` closes the private block of an internal event, so that outbox rows and broker queues
hold nothing readable.
"""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any, cast

from bson.binary import STANDARD, Binary
from bson.codec_options import CodecOptions
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pymongo.errors import EncryptionError
from pymongo.synchronous.encryption import ClientEncryption

from services.chassis.mongo import Client, Db, Document

KEY_VAULT = "key_vault"
DATA_KEY = "personal"
MASTER_KEY_BYTES = 96
EXACT = "AEAD_AES_256_CBC_HMAC_SHA_512-Deterministic"
RANDOM = "AEAD_AES_256_CBC_HMAC_SHA_512-Random"


class SealBroken(Exception):
    """A sealed block does not open with any of our keys."""


class FieldCipher:
    """Encrypts single values of one service's database.

    `exact` gives equal ciphertext for equal text, so that an identity number can be found; use it for nothing
    else. The data key lives in the database, wrapped by the newest master key of `master_key_file`.
    """

    def __init__(self, client: Client, db: Db, master_key_file: Path) -> None:
        keys = read_master_keys(master_key_file)
        self._newest = list(keys)[-1]
        self._vault = db[KEY_VAULT]
        self._encryption: ClientEncryption[Document] = ClientEncryption(
            {name: {"key": key} for name, key in keys.items()},
            f"{db.name}.{KEY_VAULT}",
            client,
            CodecOptions(document_class=dict, tz_aware=True, uuid_representation=STANDARD),
            key_expiration_ms=3_600_000,
        )

    def ensure_key(self) -> None:
        """Make the data key unless it is there; called once at start."""
        self._vault.create_index("keyAltNames", unique=True, partialFilterExpression={"keyAltNames": {"$exists": True}})
        if self._encryption.get_key_by_alt_name(DATA_KEY) is None:
            try:
                self._encryption.create_data_key(self._newest, key_alt_names=[DATA_KEY])
            except EncryptionError:
                if self._encryption.get_key_by_alt_name(DATA_KEY) is None:
                    raise

    def exact(self, text: str) -> Binary:
        return self._encryption.encrypt(text, EXACT, key_alt_name=DATA_KEY)

    def random(self, value: Any) -> Binary:
        """Any BSON value, a whole sub-document included; equal values give different ciphertext."""
        return self._encryption.encrypt(
            value if isinstance(value, (str, dict, list)) else {"value": value},
            RANDOM,
            key_alt_name=DATA_KEY,
        )

    def open(self, value: Binary) -> Any:
        return self._encryption.decrypt(value)

    def rotate(self) -> int:
        """Wrap every data key with the newest master key; stored values stay as they are. Returns the count."""
        keys = self._vault.count_documents({})
        self._encryption.rewrap_many_data_key({}, provider=self._newest)
        return keys


class Sealer:
    """Seals a small JSON document with the newest of the shared keys and opens it with any of them."""

    def __init__(self, keys: str) -> None:
        """`keys`: Fernet keys, newest first, separated by commas. Raises: ValueError, when one is none."""
        try:
            self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
        except ValueError as fault:
            raise ValueError("not Fernet keys with commas between; put the file back from a backup") from fault

    def seal(self, content: dict[str, Any]) -> str:
        return self._fernet.encrypt(json.dumps(content, ensure_ascii=False).encode()).decode()

    def open(self, sealed: str) -> dict[str, Any]:
        """Raises: SealBroken."""
        try:
            return cast(dict[str, Any], json.loads(self._fernet.decrypt(sealed.encode())))
        except (InvalidToken, ValueError) as fault:
            raise SealBroken("the sealed block does not open") from fault


def read_master_keys(file: Path) -> dict[str, bytes]:
    """The master keys of a file, oldest first, under the provider names MongoDB keeps beside each data key.

    One key a line, 96 bytes in base64; the n-th line is the n-th key ever made, so lines are only ever added.
    Raises: ValueError, when a line is no key.
    """
    keys: dict[str, bytes] = {}
    for number, line in enumerate(file.read_bytes().split(), start=1):
        try:
            key = base64.b64decode(line, validate=True)
        except ValueError:
            key = b""
        if len(key) != MASTER_KEY_BYTES:
            raise ValueError(f"line {number} of {file} is no master key; put the file back from a backup")
        keys[f"local:key{number}"] = key
    return keys


def add_master_key(file: Path) -> None:
    """Append a new master key, making the file (mode 0600) when it is not there yet."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab") as target:
        target.write(base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)) + b"\n")
