"""Read a folder's documents and name all of their faults at once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jsonschema_rs import Draft202012Validator

from services.catalogue.actions import import_calendar
from services.catalogue.actions.bundle import Bundle, BundleFault, BundleRefused, Source, located
from services.catalogue.actions.ports import Register
from services.catalogue.actions.records import Document, Entry, Standing
from services.catalogue.domain.addresses import read_addresses
from services.catalogue.domain.definition import Known, check
from services.catalogue.domain.faults import Neighbour, neighbour
from services.catalogue.domain.life_events import read_life_events
from services.catalogue.domain.units import read_units

LARGEST_FORM = 2 * 1024 * 1024
FIELD_KEYS = ("code", "name", "name_en")


@dataclass(frozen=True)
class Checked:
    """A bundle without a fault: documents of each register in order, and definitions."""

    registers: Mapping[Register, tuple[Document, ...]]
    definitions: tuple[Document, ...]


def checked(
    bundle: Bundle,
    schema: Mapping[str, Any],
    stored: Mapping[Register, Iterable[Entry]],
    standings: Mapping[str, Standing],
    today: date,
) -> Checked:
    """`schema` is that of a definition; `stored` is what stands in for a register the bundle does not carry, and
    `standings` tell of the procedures there are beside those of the bundle.

    Raises: BundleRefused.
    """
    faults = list(bundle.faults)
    fields = _fields(bundle.fields, faults)
    units = _units(bundle.units, faults)
    years = import_calendar.years(bundle.calendar, stored["calendar"], today, faults)
    addresses = _addresses(bundle.addresses, faults)
    faults += _form_faults(bundle.forms)
    known = Known(
        units=frozenset(
            unit["code"] for unit in (units if bundle.units else _documents(stored, "units")) if unit["active"]
        ),
        fields={field["code"]: field["name"] for field in (fields if bundle.fields else _documents(stored, "fields"))},
        form_files=frozenset(bundle.forms),
        procedures={code: one.neighbour for code, one in standings.items()} | _neighbours(bundle.procedures),
    )
    quick = Draft202012Validator({**schema}, validate_formats=True)
    for source in bundle.procedures:
        faults += (
            BundleFault(source.path, f.path, f.code, f.words)
            for f in check(source.document, schema, known, quick.is_valid)
        )
    faults += _double_codes(bundle.procedures)
    events = _events(bundle, frozenset(standings), faults)
    if faults:
        raise BundleRefused(located(faults, bundle.sources))
    return Checked(
        {
            "fields": tuple(fields),
            "units": tuple(units),
            "calendar": tuple(years),
            "life_events": tuple(events),
            "addresses": tuple(addresses),
        },
        tuple(source.document for source in bundle.procedures),
    )


def _neighbours(sources: Iterable[Source]) -> dict[str, Neighbour]:
    documents = (source.document for source in sources if isinstance(source.document, Mapping))
    return {one["code"]: neighbour(one) for one in documents if isinstance(one.get("code"), str)}


def _documents(stored: Mapping[Register, Iterable[Entry]], register: Register) -> list[Document]:
    return [entry.document for entry in stored[register]]


def _fields(source: Source | None, faults: list[BundleFault]) -> list[Document]:
    if source is None:
        return []
    rows = source.document.get("fields") if isinstance(source.document, Mapping) else None
    if not isinstance(rows, list) or not rows:
        words = "the document needs a list 'fields' with at least one field"
        faults.append(BundleFault(source.path, "fields", "missing", words))
        return []
    good: list[Document] = []
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping) or not all(isinstance(row.get(key), str) and row[key] for key in FIELD_KEYS):
            words = f"a field has {', '.join(FIELD_KEYS)}, each a text"
            faults.append(BundleFault(source.path, f"fields[{index}]", "wrong_shape", words))
        else:
            good.append({**row, "order": index + 1})
    for code, times in Counter(row["code"] for row in good).items():
        if times > 1:
            faults.append(BundleFault(source.path, f"fields[{code}]", "repeated", f"code {code} stands twice"))
    return good


def _units(source: Source | None, faults: list[BundleFault]) -> list[Document]:
    if source is None:
        return []
    units, wrong = read_units(source.document)
    faults += (BundleFault(source.path, fault.path, fault.code, fault.words) for fault in wrong)
    return [unit.as_data() for unit in units]


def _addresses(source: Source | None, faults: list[BundleFault]) -> list[Document]:
    if source is None:
        return []
    provinces, wrong = read_addresses(source.document)
    faults += (BundleFault(source.path, fault.path, fault.code, fault.words) for fault in wrong)
    return [*provinces]


def _events(bundle: Bundle, stored_codes: frozenset[str], faults: list[BundleFault]) -> list[Document]:
    source = bundle.life_events
    if source is None:
        return []
    documents = (procedure.document for procedure in bundle.procedures)
    brought = {str(document.get("code")) for document in documents if isinstance(document, Mapping)}
    events, wrong = read_life_events(source.document, stored_codes | brought)
    faults += (BundleFault(source.path, fault.path, fault.code, fault.words) for fault in wrong)
    return [*events]


def _form_faults(forms: Mapping[str, bytes]) -> Iterable[BundleFault]:
    for name, content in forms.items():
        if len(content) > LARGEST_FORM:
            yield BundleFault(f"forms/{name}", "", "too_large", "a form has at most 2 MB")
        if not name.endswith(".docx") or not content.startswith(b"PK\x03\x04"):
            yield BundleFault(f"forms/{name}", "", "wrong_type", "a form is a .docx document")


def _double_codes(sources: Iterable[Source]) -> Iterable[BundleFault]:
    """Two files of one code would overwrite each other; a file is named after its code, so that it is found."""
    first: dict[str, str] = {}
    for source in sources:
        code = source.document.get("code") if isinstance(source.document, Mapping) else None
        if not isinstance(code, str):
            continue
        if code in first:
            yield BundleFault(source.path, "code", "repeated", f"{code} stands in {first[code]} too")
        elif source.path.rpartition("/")[2] != f"{code}.yaml":
            yield BundleFault(source.path, "code", "misnamed", f"the file of {code} is named {code}.yaml")
        first.setdefault(code, source.path)
