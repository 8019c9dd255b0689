"""What visitors read: fields, units, one procedure, and searching with filters that may be wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from services.catalogue.actions.finder import Finder
from services.catalogue.actions.ports import Registers, Shelf
from services.catalogue.actions.records import Document, FormFile, Hits, Listing, Procedure, Query, Standing
from services.catalogue.domain.everyday import Everyday
from services.chassis.clock import Clock
from services.chassis.errors import NotFound
from services.chassis.remembered import Remembered

REFRESH = timedelta(seconds=1)
LONGEST_TEXT = 200
MOST_PAGES = 500
PAGE = 20
SUGGESTIONS = 8
AUDIENCES = (
    "cong_dan_viet_nam",
    "nguoi_viet_nam_o_nuoc_ngoai",
    "nguoi_nuoc_ngoai",
    "to_chuc",
    "doanh_nghiep",
    "hop_tac_xa",
    "co_quan_nha_nuoc",
)
SERVICE_LEVELS = ("toan_trinh", "mot_phan", "thong_tin")
LEVELS = ("bo", "tinh", "xa")


@dataclass(frozen=True)
class Snapshot:
    """One revision of the catalogue, as lists need it; `counts` of each field.

    `aliases`, in small letters, lead to codes; `replaced_by` names the published ones that stand in a code's place.
    """

    revision: int
    fields: Mapping[str, Document]
    units: Mapping[str, Document]
    events: Mapping[str, Document]
    listings: Mapping[str, Listing]
    finder: Finder
    counts: Mapping[str, int]
    aliases: Mapping[str, str]
    replaced_by: Mapping[str, tuple[str, ...]]

    @property
    def total(self) -> int:
        return len(self.listings)


@dataclass(frozen=True)
class Asked:
    """A search as a person put it, any of it possibly wrong."""

    text: str = ""
    field: str = ""
    unit: str = ""
    audience: str = ""
    level: str = ""
    service_level: str = ""
    page: str = ""


@dataclass(frozen=True)
class Found:
    """`ignored` names the filters of `Asked` whose values mean nothing here; `page` counts from 1."""

    hits: Hits
    query: Query
    page: int
    pages: int
    ignored: tuple[str, ...]


class Browse:
    """One for each process. The revision is looked up at most once a second; when it has moved, registers and the
    procedures that changed are read again. So processes agree within a second.
    """

    def __init__(self, shelf: Shelf, registers: Registers, clock: Clock, everyday: Everyday) -> None:
        self._shelf = shelf
        self._registers = registers
        self._everyday = everyday
        self._snapshot: Snapshot | None = None
        self._remembered = Remembered(self._look, clock, REFRESH)

    def snapshot(self) -> Snapshot:
        return self._remembered.get()

    def meant_by(self, name: str) -> str | None:
        """The code of the procedure that has `name` as an alias."""
        return self.snapshot().aliases.get(name.lower())

    def procedure(self, code: str) -> Procedure:
        """Also a retired one, so that its page can say so. Raises: NotFound."""
        procedure = self._shelf.one(code)
        if procedure is None:
            raise NotFound(f"no procedure {code}")
        return procedure

    def form(self, code: str, name: str) -> FormFile:
        """Raises: NotFound."""
        form = self._shelf.form(code, name)
        if form is None:
            raise NotFound(f"no form {name}")
        return form

    def find(self, asked: Asked) -> Found:
        """A wrong filter is left out and named; a page past the end becomes the last one."""
        query, ignored = self._understand(asked)
        page, broken = _page(asked.page)
        ignored += ("page",) if broken else ()
        hits = self.search(replace(query, offset=(page - 1) * PAGE))
        pages = max(1, -(-hits.total // PAGE))
        if page > pages:
            page = pages
            hits = self.search(replace(query, offset=(page - 1) * PAGE))
        return Found(hits, query, page, pages, ignored)

    def search(self, query: Query) -> Hits:
        return self.snapshot().finder.search(query)

    def suggest(self, text: str) -> Hits:
        """What an unfinished text may be about."""
        return self.snapshot().finder.search(Query(text[:LONGEST_TEXT], limit=SUGGESTIONS), unfinished=True)

    def may_be_named(self) -> Mapping[str, frozenset[str]]:
        """What an article may point at."""
        snapshot = self.snapshot()
        return {"procedures": frozenset(snapshot.listings), "events": frozenset(snapshot.events)}

    def event(self, slug: str) -> Document:
        """A life event. Raises: NotFound."""
        event = self.snapshot().events.get(slug)
        if event is None:
            raise NotFound(f"no life event {slug}")
        return event

    def unit(self, code: str) -> Document:
        """Also a closed one. Raises: NotFound."""
        unit = self.snapshot().units.get(code)
        if unit is None:
            raise NotFound(f"no unit {code}")
        return unit

    def _look(self) -> Snapshot:
        revision = self._shelf.revision()
        if self._snapshot is None or self._snapshot.revision != revision:
            self._snapshot = self._read(revision)
        return self._snapshot

    def _read(self, revision: int) -> Snapshot:
        standings = self._shelf.standings()
        listings = self._listings(standings)
        events = {entry.code: entry.document for entry in self._registers.all("life_events")}
        finder = Finder(listings.values(), events.values(), self._everyday)
        counts = finder.count_by_field()
        return Snapshot(
            revision,
            {entry.code: entry.document for entry in self._registers.all("fields")},
            {entry.code: entry.document for entry in self._registers.all("units")},
            events,
            listings,
            finder,
            counts,
            {alias.lower(): code for code, one in standings.items() for alias in one.neighbour.aliases},
            _replaced_by(standings),
        )

    def _listings(self, standings: Mapping[str, Standing]) -> Mapping[str, Listing]:
        """The published ones; only those that are new or changed since the last snapshot are read."""
        versions = {code: one.version for code, one in standings.items() if one.status == "published"}
        known = self._snapshot.listings if self._snapshot else {}
        kept = {code: one for code, one in known.items() if versions.get(code) == one.version}
        read = self._shelf.listings([code for code in versions if code not in kept])
        return {**kept, **{one.code: one for one in read}}

    def _understand(self, asked: Asked) -> tuple[Query, tuple[str, ...]]:
        snapshot = self.snapshot()
        allowed = {
            "field": snapshot.fields.keys(),
            "unit": snapshot.units.keys(),
            "audience": AUDIENCES,
            "level": LEVELS,
            "service_level": SERVICE_LEVELS,
        }
        given: dict[str, str] = {name: getattr(asked, name) for name in allowed}
        ignored = tuple(name for name, value in given.items() if value and value not in allowed[name])
        kept = {name: "" if name in ignored else value for name, value in given.items()}
        query = Query(
            text=asked.text[:LONGEST_TEXT].strip(),
            field=kept["field"],
            unit=kept["unit"],
            audience=kept["audience"],
            level=kept["level"],
            service_level=kept["service_level"],
            limit=PAGE,
        )
        return query, ignored


def _replaced_by(standings: Mapping[str, Standing]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, one in sorted(standings.items()):
        for old in one.neighbour.replaces if one.status == "published" else ():
            found[old] = (*found.get(old, ()), code)
    return found


def _page(text: str) -> tuple[int, bool]:
    if not text:
        return 1, False
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return (number, False) if 1 <= number <= MOST_PAGES else (1, True)
