"""Life events (sự kiện): what people live through, and the procedures that come with it."""

import re
from collections import Counter
from collections.abc import Container, Mapping
from typing import Any

from services.catalogue.domain.definition import Fault

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TEXTS = ("name", "name_en", "lead", "lead_en")
STEP_TEXTS = ("title", "title_en")


def read_life_events(document: Any, codes: Container[str]) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The events as they are stored, in order, and what is wrong with them; `codes` are the procedures there are."""
    rows = document.get("life_events") if isinstance(document, Mapping) else None
    if not isinstance(rows, list):
        return [], [Fault("life_events", "missing", "the document needs a list 'life_events'")]
    faults: list[Fault] = []
    for index, row in enumerate(rows):
        faults += _faults(f"life_events[{index}]", row, codes)
    if faults:
        return [], faults
    for slug, times in Counter(row["slug"] for row in rows).items():
        if times > 1:
            faults.append(Fault(f"life_events[{slug}]", "repeated", f"{slug} stands twice"))
    return [{**row, "order": index} for index, row in enumerate(rows, 1)], faults


def _faults(path: str, row: Any, codes: Container[str]) -> list[Fault]:
    if not _texts(row, TEXTS) or not isinstance(row.get("slug"), str) or not SLUG.fullmatch(row["slug"]):
        return [Fault(path, "wrong_shape", f"an event has slug (small letters, hyphens), {', '.join(TEXTS)}")]
    if not _strings(row.get("keywords", [])):
        return [Fault(f"{path}.keywords", "wrong_shape", "keywords are a list of texts")]
    steps = row.get("steps")
    if not isinstance(steps, list) or not steps:
        return [Fault(f"{path}.steps", "missing", "an event has at least one step")]
    faults = []
    for index, step in enumerate(steps):
        place = f"{path}.steps[{index}]"
        if not _texts(step, STEP_TEXTS) or not _strings(step.get("procedures")):
            faults.append(Fault(place, "wrong_shape", "a step has title, title_en and a list of procedures"))
            continue
        unknown = [code for code in step["procedures"] if code not in codes]
        faults += (Fault(f"{place}.procedures", "unknown_code", f"there is no procedure {code}") for code in unknown)
    return faults


def _texts(row: Any, keys: tuple[str, ...]) -> bool:
    return isinstance(row, Mapping) and all(isinstance(row.get(key), str) and row[key] for key in keys)


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
