"""Frozen, typed settings from the environment, each also as `<NAME>_FILE`.

A settings class is a frozen dataclass whose fields are made by `setting("what it is", default=...)`.
Fields of `Shared` are read as `MOTCUA_<FIELD>`, the others as `<SERVICE>_<FIELD>`. `load` names every
missing, broken or unknown one at once.
"""

import dataclasses
import os
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from environs import EnvError, EnvValidationError, FileAwareEnv

from services.chassis import secret_files
from services.chassis.crypto import Sealer

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

#: Any frozen dataclass of settings; `Shared` is the one of services.
T = TypeVar("T", bound="DataclassInstance")


class SettingsFault(Exception):
    """The start is refused; `faults` has one line for each setting at fault."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("Settings at fault:\n  " + "\n  ".join(faults))
        self.faults = tuple(faults)


def setting(
    doc: str, *, default: Any = MISSING, secret: bool = False, check: Callable[[Any], object] | None = None
) -> Any:
    """One setting; without a default it must be given. `secret` ones are never shown, and their file is ours alone.

    `check` raises ValueError, in plain words, when the value is of no use.
    """
    metadata = {"doc": doc, "secret": secret, "check": check}
    if default is MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Shared:
    """The settings every service has."""

    public_url: str = setting("Address of the gateway as people see it, without a slash at the end.")
    web_key: str = setting("Signs form tokens and short-lived cookies; the same for all services.", secret=True)
    events_key: str = setting(
        "Fernet keys, newest first, comma between: seal personal data in events.", secret=True, check=Sealer
    )
    traces_url: str = setting(
        "OTLP/HTTP collector of traces, http://host:4318/v1/traces; empty for no traces.", default=""
    )
    worker_host: str = setting("Address that a worker's health and metrics listen on.", default="127.0.0.1")
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
    required: bool


@dataclass(frozen=True)
class Reading:
    """The settings that could be read, by field, and one line for each that could not."""

    values: dict[str, Any]
    faults: list[str]


def load(cls: type[T], prefix: str) -> T:
    """Read `cls` from the environment.

    Raises: SettingsFault, with every fault in one message.
    """
    found = read(cls, prefix)
    if found.faults:
        raise SettingsFault(found.faults)
    return cls(**found.values)


def read(cls: "type[DataclassInstance]", prefix: str) -> Reading:
    """As much of `cls` as the environment gives; for those who must go on with what there is."""
    values: dict[str, Any] = {}
    faults: list[str] = []
    hints = get_type_hints(cls)
    known = {_variable(cls, field.name, prefix): field for field in dataclasses.fields(cls)}
    for name, field in known.items():
        try:
            values[field.name] = _value(field, name, hints[field.name])
        except EnvValidationError as fault:
            faults.append(f"{name}: {'; '.join(map(str, fault.error_messages))}")
        except (EnvError, ValueError) as fault:
            faults.append(f"{name}: {fault}".replace(f"{name}: {name}", name))
    faults += [
        f"{name}: unknown setting"
        for name in sorted(os.environ)
        if name.startswith(f"{prefix}_") and name.removesuffix("_FILE") not in known
    ]
    return Reading(values, faults)


def secret_file(cls: type[Any], field: str, prefix: str) -> Path | None:
    """The file a secret setting is to be read from, whether or not it is there."""
    return _file(_variable(cls, field, prefix), get_type_hints(cls)[field])


def _file(name: str, kind: Any) -> Path | None:
    given = os.environ.get(f"{name}_FILE") or (os.environ.get(name) if kind is Path else None)
    return Path(given) if given else None


def _value(field: "dataclasses.Field[Any]", name: str, kind: Any) -> Any:
    """Raises: ValueError, EnvError."""
    read_one = _reader(FileAwareEnv(strip_whitespace=True), kind)
    file = _file(name, kind)
    if field.metadata["secret"] and file and (fault := secret_files.fault_of(file)):
        raise ValueError(fault)
    value = read_one(name) if field.default is MISSING else read_one(name, field.default)
    if check := field.metadata["check"]:
        check(value)
    return value


def describe(cls: "type[DataclassInstance]", prefix: str) -> list[Described]:
    """Every setting of a class as an operator writes it."""
    return [
        Described(
            _variable(cls, field.name, prefix),
            field.metadata["doc"],
            "" if field.default is MISSING else str(field.default),
            field.metadata["secret"],
            field.default is MISSING,
        )
        for field in dataclasses.fields(cls)
    ]


def _variable(cls: type[Any], field: str, prefix: str) -> str:
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
