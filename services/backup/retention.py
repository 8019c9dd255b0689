"""Which sets are kept: the last of each of so many days, weeks and months of the province's calendar."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.backup.documents import DocumentStore, read_stored
from services.backup.faults import Damaged
from services.backup.sets import STORED, BackupFolder, made_at, read_manifest
from services.backup.settings import Settings
from services.chassis.clock import province_time


@dataclass(frozen=True)
class Pruned:
    removed: list[str]
    kept: list[str]
    unfinished: list[str]
    documents: int


def prune(settings: Settings) -> Pruned:
    """Remove the sets whose time is over and the documents that none names any more.

    Raises: AlreadyRunning; Damaged, before anything is removed, when a set that stays can't tell its documents.
    """
    folder = BackupFolder(settings.folder)
    with folder.locked():
        names = folder.names()
        kept = keep(names, settings.keep_daily, settings.keep_weekly, settings.keep_monthly)
        named: set[str] = set()
        for name in kept:
            try:
                named.update(read_stored(folder.sets / name / STORED))
            except (OSError, EOFError) as fault:
                raise Damaged(f"{name}: its list of documents can't be read; nothing was removed.") from fault
        removed = [name for name in names if name not in kept]
        unfinished = folder.sweep()
        for name in removed:
            # Without its manifest it is no set any more, should this be cut off.
            (folder.sets / name / "manifest.json").unlink()
            shutil.rmtree(folder.sets / name)
        documents = DocumentStore(folder.documents).remove_unnamed(named)
    return Pruned(removed, kept, unfinished, documents)


def keep(names: Sequence[str], daily: int, weekly: int, monthly: int) -> list[str]:
    """Oldest first; the newest set always stays."""
    days: Callable[[datetime], object] = lambda at: at.date()  # noqa: E731
    weeks: Callable[[datetime], object] = lambda at: at.isocalendar()[:2]  # noqa: E731
    months: Callable[[datetime], object] = lambda at: (at.year, at.month)  # noqa: E731
    newest_first = sorted(names, reverse=True)
    kept = set(newest_first[:1])
    for count, span in ((daily, days), (weekly, weeks), (monthly, months)):
        last_of: dict[object, str] = {}
        for name in newest_first:
            last_of.setdefault(span(province_time(made_at(name))), name)
        kept.update(list(last_of.values())[:count])
    return sorted(kept)


def last_good(settings: Settings) -> datetime | None:
    """When the newest set was made that can be read."""
    folder = BackupFolder(settings.folder)
    for name in reversed(folder.names()):
        try:
            read_manifest(folder.sets / name)
        except Damaged:
            continue
        return made_at(name)
    return None
