"""The settings in this environment, as far as they can be read: what is missing stops only the checks that need it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.chassis import settings
from services.chassis.settings import Reading, setting
from services.doctor.verdict import Verdict, absent
from services.roster import SERVICES, settings_of


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The doctor's own, read as DOCTOR_<NAME>; none is needed."""

    folders: tuple[str, ...] = setting("Folders whose disks are looked at, comma between.", default=("/",))
    gateway_address: str = setting(
        "host:port of the gateway, where the public address is not reachable from here.", default=""
    )
    authority: str = setting(
        "File with the certificate of the province's own authority, if it signs the gateway's.", default=""
    )
    mongo_url: str = setting("MongoDB as a user who may read the oplog; the backup's does.", default="", secret=True)
    backup_folder: str = setting("Folder of the backups; BACKUP_FOLDER unless given.", default="")


@dataclass(frozen=True)
class Surroundings:
    services: Mapping[str, Reading]
    own: Reading = field(default_factory=lambda: Reading({}, []))

    def get(self, service: str, name: str) -> Any:
        """None when it can't be read; the settings' own check tells why."""
        return self.services[service].values.get(name)

    def needing(self, service: str, *names: str) -> "Callable[[Callable[..., Verdict]], Callable[[], Verdict]]":
        """Wraps a check that takes these settings; without one of them it is not done."""
        values = [self.get(service, name) for name in names]

        def wrap(check: Callable[..., Verdict]) -> Callable[[], Verdict]:
            if missing := [name for name, value in zip(names, values, strict=True) if value in (None, "")]:
                return lambda: absent(
                    f"not asked: {service} has no usable {', '.join(missing)}, see settings.{service}"
                )
            return lambda: check(*values)

        return wrap

    @property
    def backup_folder(self) -> Path | None:
        given = self.own.values.get("backup_folder") or os.environ.get("BACKUP_FOLDER")
        return Path(given) if given else None


def look_around() -> Surroundings:
    readings = {service: settings.read(settings_of(service), service.upper()) for service in SERVICES}
    return Surroundings(readings, settings.read(Settings, "DOCTOR"))
