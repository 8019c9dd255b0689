"""Builders of forms: fields with defaults, a step of them, and places to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.forms.check import Checked, check_step
from services.forms.language import FormStep, read_steps
from services.forms.places import Circumstances

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Place:
    code: str
    name: str


class Lists:
    """Two provinces, and two units of the types xa and so_nganh."""

    def provinces(self) -> Sequence[Place]:
        return (Place("38", "Tỉnh Thanh Hóa"), Place("40", "Tỉnh Nghệ An"))

    def communes(self, province: str) -> Sequence[Place]:
        communes = {"38": (Place("14758", "Phường Hạc Thành"), Place("15853", "Phường Quảng Phú"))}
        return communes.get(province, (Place("16681", "Phường Thành Vinh"),) if province == "40" else ())

    def active(self, types: frozenset[str]) -> Sequence[Place]:
        units = {"xa": Place("000.17.22.H56", "UBND xã Một"), "so_nganh": Place("000.00.14.H56", "Sở Hai")}
        return [unit for type, unit in units.items() if not types or type in types]


NOW = Circumstances(TODAY, Lists(), Lists())


def field(name: str, type: str = "text", **rules: Any) -> dict[str, Any]:
    """A field as a definition writes it."""
    return {"name": name, "type": type, "label": name.capitalize(), "label_en": name.capitalize(), **rules}


def choice(name: str, *values: str, **rules: Any) -> dict[str, Any]:
    options = [{"value": value, "label": value.upper(), "label_en": value.upper()} for value in values]
    return field(name, "choice", options=options, **rules)


def steps(*pages: Sequence[dict[str, Any]]) -> tuple[FormStep, ...]:
    """A step for each list of fields."""
    rows = [{"id": f"s{n}", "title": f"S{n}", "fields": list(page)} for n, page in enumerate(pages)]
    return read_steps({"form": {"steps": rows}})


def checked(fields: Sequence[dict[str, Any]], given: dict[str, Any], now: Circumstances = NOW) -> Checked:
    """The answers of a form of one step."""
    form = steps(fields)
    return check_step(form, form[0], given, {}, now)


def codes(found: Checked) -> dict[str, str]:
    return {fault.name: fault.code for fault in found.faults}
