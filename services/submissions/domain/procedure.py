"""A procedure (thủ tục hành chính) as catalogue published it: one immutable version, read into plain objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any, Literal

from services.forms.language import Field, FormStep, read_steps

ServiceLevel = Literal["thong_tin", "mot_phan", "toan_trinh"]
RECEIVING = "receiving"


@dataclass(frozen=True)
class Duration:
    """A legal time limit. `same_day_until`: received by then, it is due the same day; later, the next working day."""

    amount: int
    unit: Literal["hour", "working_day", "day", "month"]
    same_day_until: time | None = None


@dataclass(frozen=True)
class Case:
    """A variant of the procedure (trường hợp) that decides which papers are needed."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Component:
    """A paper the law asks for (thành phần hồ sơ). `cases` is None when every case needs it."""

    code: str
    name: str
    name_en: str
    cases: frozenset[str] | None
    required: bool
    accepts: tuple[str, ...]
    max_files: int
    max_bytes: int
    originals: int = 0
    certified: int = 0
    copies: int = 0
    note: str = ""
    form_file: str = ""

    def belongs_to(self, case: str) -> bool:
        return self.cases is None or case in self.cases


@dataclass(frozen=True)
class WorkflowStep:
    """An internal step; `unit` is "receiving" or a unit's code, `status` the national status it shows as."""

    id: str
    name: str
    role: str
    unit: str
    status: int


@dataclass(frozen=True)
class Fee:
    kind: Literal["phi", "le_phi"]
    code: str
    name: str
    amount: int
    per: str
    channel: str
    when: Literal["before", "result"]
    exemptions: str
    amount_online: int


@dataclass(frozen=True)
class Procedure:
    code: str
    version: int
    name: str
    name_en: str
    field_code: str
    field_name: str
    service_level: ServiceLevel
    applicant_kinds: frozenset[str]
    units: tuple[str, ...]
    duration: Duration
    cases: tuple[Case, ...]
    components: tuple[Component, ...]
    fees: tuple[Fee, ...]
    supplement_days: int
    workflow: tuple[WorkflowStep, ...]
    form: tuple[FormStep, ...]
    service_levels: Mapping[str, ServiceLevel] = field(default_factory=dict)

    def level_at(self, unit: str) -> ServiceLevel:
        """What the unit offers, which may be less than `service_level`."""
        return self.service_levels.get(unit, self.service_level)

    def case(self, code: str) -> Case | None:
        return next((case for case in self.cases if case.code == code), None)

    def component(self, code: str) -> Component | None:
        return next((component for component in self.components if component.code == code), None)

    def form_step(self, step_id: str) -> FormStep | None:
        return next((step for step in self.form if step.id == step_id), None)

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for step in self.form for field in step.fields)


def read_procedure(code: str, version: int, definition: Mapping[str, Any]) -> Procedure:
    """The definition of a `procedure.published` event. Raises: KeyError or ValueError when it is broken."""
    its_field = definition["field"]
    return Procedure(
        code=code,
        version=version,
        name=definition["name"],
        name_en=definition.get("name_en") or definition["name"],
        field_code=its_field["code"],
        field_name=its_field["name"],
        service_level=definition["service_level"],
        applicant_kinds=frozenset(definition["applicant_kinds"]),
        units=tuple(definition["units"]),
        duration=_duration(definition["duration"]),
        cases=tuple(Case(row["code"], row["name"], row.get("name_en") or row["name"]) for row in definition["cases"]),
        components=tuple(_component(row) for row in definition.get("components") or ()),
        fees=tuple(_fee(row) for row in definition.get("fees") or ()),
        supplement_days=int(definition.get("supplement_days") or 30),
        workflow=tuple(
            WorkflowStep(row["id"], row["name"], row["role"], row["unit"], int(row["status"]))
            for row in definition["workflow"]
        ),
        form=read_steps(definition),
        service_levels=definition.get("service_levels") or {},
    )


def _duration(row: Mapping[str, Any]) -> Duration:
    until = row.get("same_day_until")
    return Duration(int(row["amount"]), row["unit"], time.fromisoformat(until) if until else None)


def _component(row: Mapping[str, Any]) -> Component:
    return Component(
        code=row["code"],
        name=row["name"],
        name_en=row.get("name_en") or row["name"],
        cases=frozenset(row["cases"]) if row.get("cases") else None,
        required=bool(row.get("required", True)),
        accepts=tuple(row.get("accepts") or ("pdf", "jpeg", "png", "docx")),
        max_files=int(row.get("max_files") or 3),
        max_bytes=int(row.get("max_megabytes") or 10) * 1024 * 1024,
        originals=int(row.get("originals") or 0),
        certified=int(row.get("certified") or 0),
        copies=int(row.get("copies") or 0),
        note=row.get("note") or "",
        form_file=row.get("form_file") or "",
    )


def _fee(row: Mapping[str, Any]) -> Fee:
    return Fee(
        kind=row["kind"],
        code=row["code"],
        name=row["name"],
        amount=int(row["amount"]),
        amount_online=int((row.get("amounts") or {}).get("online", row["amount"])),
        per=row.get("per") or "",
        channel=row.get("channel") or "all",
        when=row.get("when") or "result",
        exemptions=row.get("exemptions") or "",
    )
