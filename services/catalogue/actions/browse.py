"""What visitors read: fields, units, one procedure, and searching with filters that may be wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from services.catalogue.actions.ports import Registers, Shelf
from services.catalogue.actions.records import Document, FormFile, Hit, Hits, Procedure, Query
from services.catalogue.domain.search import tokens
from services.chassis.clock import Clock
from services.chassis.errors import NotFound
from services.chassis.remembered import Remembered

REFRESH = timedelta(seconds=1)
LONGEST_TEXT = 200
MOST_WORDS = 8
MOST_PAGES = 500
PAGE = 20
FIRSTS = 4
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
    """The registers at one revision of the catalogue; `counts` and `firsts` (some procedures) are of each field."""

    revision: int
    fields: Mapping[str, Document] = field(default_factory=dict)
    units: Mapping[str, Document] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    firsts: Mapping[str, tuple[Hit, ...]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Asked:
    """A search as a person put it, any of it possibly wrong."""

    text: str = ""
    field: str = ""
    unit: str = ""
    audience: str = ""
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
    """One for each process. Registers and revision are looked up at most once a second."""

    def __init__(self, shelf: Shelf, registers: Registers, clock: Clock) -> None:
        self._shelf = shelf
        self._registers = registers
        self._snapshot: Snapshot | None = None
        self._remembered = Remembered(self._look, clock, REFRESH)

    def snapshot(self) -> Snapshot:
        return self._remembered.get()

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
        hits = self._shelf.search(replace(query, offset=(page - 1) * PAGE))
        pages = max(1, -(-hits.total // PAGE))
        if page > pages:
            page = pages
            hits = self._shelf.search(replace(query, offset=(page - 1) * PAGE))
        return Found(hits, query, page, pages, ignored)

    def search(self, query: Query) -> Hits:
        return self._shelf.search(query)

    def _look(self) -> Snapshot:
        revision = self._shelf.revision()
        if self._snapshot is None or self._snapshot.revision != revision:
            self._snapshot = self._read(revision)
        return self._snapshot

    def _read(self, revision: int) -> Snapshot:
        counts = self._shelf.count_by_field()
        return Snapshot(
            revision,
            {entry.code: entry.document for entry in self._registers.all("fields")},
            {entry.code: entry.document for entry in self._registers.all("units")},
            counts,
            {code: self._shelf.search(Query(field=code, limit=FIRSTS)).items for code in counts},
        )

    def _understand(self, asked: Asked) -> tuple[Query, tuple[str, ...]]:
        snapshot = self.snapshot()
        allowed = {
            "field": snapshot.fields.keys(),
            "unit": snapshot.units.keys(),
            "audience": AUDIENCES,
            "service_level": SERVICE_LEVELS,
        }
        given: dict[str, str] = {name: getattr(asked, name) for name in allowed}
        ignored = tuple(name for name, value in given.items() if value and value not in allowed[name])
        kept = {name: "" if name in ignored else value for name, value in given.items()}
        query = Query(
            words=asked_words(asked.text),
            field=kept["field"],
            unit=kept["unit"],
            audience=kept["audience"],
            service_level=kept["service_level"],
            limit=PAGE,
        )
        return query, ignored


def asked_words(text: str) -> tuple[str, ...]:
    """The folded words of a search; a whole story is cut after its first words."""
    return tuple(tokens(text[:LONGEST_TEXT])[:MOST_WORDS])


def _page(text: str) -> tuple[int, bool]:
    if not text:
        return 1, False
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return (number, False) if 1 <= number <= MOST_PAGES else (1, True)
