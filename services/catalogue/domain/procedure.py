"""A procedure (thủ tục hành chính): the parts of its definition that our code reasons about.

The whole definition stays beside it as `definition`, just as it was written; that document is what is shown,
published and frozen inside a dossier.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

INFORMATION_ONLY, PARTIAL, FULL = "thong_tin", "mot_phan", "toan_trinh"
OLD_LEVELS = {INFORMATION_ONLY: "2", PARTIAL: "3", FULL: "4"}
"""The number people know a service level by, from before NĐ 42/2022/NĐ-CP."""

PublicStatus = Literal["dang_cong_khai", "sua_doi_bo_sung", "bai_bo"]
PUBLIC_STATUSES: tuple[PublicStatus, ...] = get_args(PublicStatus)


def public_status(version: int, *, retired: bool) -> PublicStatus:
    """Tình trạng công khai (Quyết định 766/QĐ-TTg, 1.2), as the versions tell it."""
    if retired:
        return "bai_bo"
    return "dang_cong_khai" if version == 1 else "sua_doi_bo_sung"


APPLICANT_FIELDS = {
    "applicant_name": "text",
    "applicant_birth_date": "date",
    "applicant_identity_number": "identity_number",
    "applicant_phone": "phone",
    "applicant_email": "email",
    "applicant_address": "textarea",
}
"""What every form's first step carries, with its type; see `definition` for which of them a procedure may leave out."""


@dataclass(frozen=True)
class Field:
    """A field of administration (lĩnh vực)."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Duration:
    amount: int
    unit: str  # hour | working_day | day | month
    same_day_until: str | None = None


@dataclass(frozen=True)
class Method:
    """A way of filing (cách thức thực hiện)."""

    channel: str  # counter | online | post
    duration: Duration
    fee: str
    note: str = ""


@dataclass(frozen=True)
class Case:
    """A case (trường hợp) of a procedure, which decides the papers wanted."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Component:
    """One paper wanted (thành phần hồ sơ); `cases` names the cases it is wanted in."""

    code: str
    name: str
    name_en: str
    required: bool
    cases: frozenset[str]
    form_file: str | None


@dataclass(frozen=True)
class Procedure:
    code: str
    name: str
    name_en: str
    field: Field
    levels: tuple[str, ...]
    service_level: str
    audience: tuple[str, ...]
    applicant_kinds: tuple[str, ...]
    agency: str
    units: tuple[str, ...]
    keywords: tuple[str, ...]
    aliases: tuple[str, ...]
    service_levels: Mapping[str, str]
    duration: Duration
    methods: tuple[Method, ...]
    cases: tuple[Case, ...]
    components: tuple[Component, ...]
    definition: Mapping[str, Any]

    @property
    def fully_online(self) -> bool:
        return self.service_level == FULL

    @property
    def can_be_filed(self) -> bool:
        """Whether a dossier can be sent online at all."""
        return self.service_level != INFORMATION_ONLY

    def level_at(self, unit: str) -> str:
        """What the unit offers, which may be less than the whole."""
        return self.service_levels.get(unit, self.service_level)

    @property
    def form_files(self) -> tuple[str, ...]:
        """The forms to download, each once, in the order of the components."""
        return tuple(dict.fromkeys(c.form_file for c in self.components if c.form_file))

    def components_for(self, case: str) -> tuple[Component, ...]:
        return tuple(c for c in self.components if case in c.cases)


def read_procedure(definition: Mapping[str, Any]) -> Procedure:
    """The procedure of a definition that has passed `definition.check`; an unchecked one may raise KeyError."""
    cases = tuple(Case(c["code"], c["name"], c["name_en"]) for c in definition["cases"])
    every_case = frozenset(case.code for case in cases)
    field = definition["field"]
    return Procedure(
        code=definition["code"],
        name=definition["name"],
        name_en=definition["name_en"],
        field=Field(field["code"], field["name"], field["name_en"]),
        levels=tuple(definition["levels"]),
        service_level=definition["service_level"],
        audience=tuple(definition["audience"]),
        applicant_kinds=tuple(definition.get("applicant_kinds", ())),
        agency=definition["agency"],
        units=tuple(definition["units"]),
        keywords=tuple(definition.get("keywords", ())),
        aliases=tuple(definition.get("aliases", ())),
        service_levels=definition.get("service_levels", {}),
        duration=_duration(definition["duration"]),
        methods=tuple(
            Method(m["channel"], _duration(m["duration"]), m["fee"], m.get("note", "")) for m in definition["methods"]
        ),
        cases=cases,
        components=tuple(_component(c, every_case) for c in definition["components"]),
        definition=definition,
    )


def _duration(row: Mapping[str, Any]) -> Duration:
    return Duration(row["amount"], row["unit"], row.get("same_day_until"))


def _component(row: Mapping[str, Any], every_case: frozenset[str]) -> Component:
    return Component(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        required=row["required"],
        cases=frozenset(row["cases"]) if "cases" in row else every_case,
        form_file=row.get("form_file"),
    )
