"""Frozen, typed settings from the environment, each also as `<NAME>_FILE`.

A settings class is a frozen dataclass whose fields are made by `setting("what it is", default=...)`.
Fields of `Shared` are read as `MOTCUA_<FIELD>`, the others as `<SERVICE>_<FIELD>`. `load` names every
missing, broken or unknown one at once.
"""

import dataclasses
import os
from dataclasses import MISSING, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, cast, get_type_hints

from environs import EnvValidationError, FileAwareEnv

T = TypeVar("T", bound="Shared")


class SettingsFault(Exception):
    """The start is refused; the message has one line for each setting at fault."""


def setting(doc: str, *, default: Any = MISSING, secret: bool = False) -> Any:
    """One setting; without a default it must be given. `secret` ones are never shown."""
    metadata = {"doc": doc, "secret": secret}
    if default is MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Shared:
    """The settings every service has."""

    public_url: str = setting("Address of the gateway as people see it, without a slash at the end.")
    amqp_url: str = setting("RabbitMQ, amqp://user:password@host:port/vhost.", secret=True)
    web_key: str = setting("Signs form tokens and short-lived cookies; the same for all services.", secret=True)
    events_key: str = setting("Fernet keys, newest first, comma between: seal personal data in events.", secret=True)
    log_level: str = setting("debug, info, warning or error.", default="info")
    schemas_dir: Path = setting(
        "Folder of the event schemas.", default=Path(__file__).parents[2] / "deploy" / "schemas"
    )
    site_name: str = setting("Name of the portal in titles and mails.", default="Cổng dịch vụ công tỉnh Thanh Hóa")


@dataclass(frozen=True)
class Described:
    """A setting for `motcua doctor --settings`."""

    name: str
    doc: str
    default: str
    secret: bool


def load(cls: type[T], prefix: str) -> T:
    """Read `cls` from the environment.

    Raises: SettingsFault, with every fault in one message.
    """
    faults: list[str] = []
    env = FileAwareEnv(eager=False, strip_whitespace=True)
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    for field in dataclasses.fields(cls):
        name = _variable(cls, field.name, prefix)
        required = field.default is MISSING
        try:
            read = _reader(env, hints[field.name])
            values[field.name] = read(name) if required else read(name, field.default)
        except ValueError as fault:
            faults.append(f"{name}: {fault}")
    try:
        env.seal()
    except EnvValidationError as fault:
        faults += [
            f"{name}: {'; '.join(map(str, texts))}"
            for name, texts in cast(dict[str, Any], fault.error_messages).items()
        ]
    known = {_variable(cls, field.name, prefix) for field in dataclasses.fields(cls)}
    faults += [
        f"{name}: unknown setting"
        for name in sorted(os.environ)
        if name.startswith(f"{prefix}_") and name.removesuffix("_FILE") not in known
    ]
    if faults:
        raise SettingsFault("Settings at fault:\n  " + "\n  ".join(faults))
    return cls(**values)


def describe(cls: type[Shared], prefix: str) -> list[Described]:
    """Every setting of a class as an operator writes it."""
    return [
        Described(
            _variable(cls, field.name, prefix),
            field.metadata["doc"],
            "" if field.default is MISSING else str(field.default),
            field.metadata["secret"],
        )
        for field in dataclasses.fields(cls)
    ]


def _variable(cls: type[Shared], field: str, prefix: str) -> str:
    shared = any(
        field in vars(base).get("__annotations__", {}) and base.__module__.startswith("services.chassis.")
        for base in cls.__mro__
    )
    return f"{'MOTCUA' if shared else prefix}_{field.upper()}"


def _reader(env: FileAwareEnv, kind: Any) -> Any:
    readers = {
        str: env.str,
        int: env.int,
        float: env.float,
        bool: env.bool,
        Path: env.path,
        timedelta: env.timedelta,
    }
    if kind == tuple[str, ...]:
        return lambda name, *default: tuple(env.list(name, *default) or ())
    return readers[kind]
