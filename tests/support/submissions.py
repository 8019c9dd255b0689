"""Builders for submissions' tests: a small procedure, people, sound answers, real little files, a wired service."""

import io
import json
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from PIL import Image
from pypdf import PdfWriter

from services.chassis.clock import PROVINCE, FixedClock
from services.chassis.crypto import Sealer, add_master_key
from services.chassis.identity import Duty, Identity
from services.chassis.mongo import Client, Db
from services.submissions import wiring
from services.submissions.domain.calendar import DayKind, WorkingCalendar, Year
from services.submissions.domain.dossier import Dossier, Unit
from services.submissions.domain.procedure import Procedure, read_procedure
from services.submissions.settings import Settings
from tests.support.servers import Servers

UNIT = "000.17.22.H56"
OTHER_UNIT = "000.01.22.H56"
HOURS = ((time(7), time(11, 30)), (time(13, 30), time(17)))
#: A Monday, 08:05 on the province's clock.
MONDAY = datetime(2026, 11, 23, 8, 5, tzinfo=PROVINCE)


def at(text: str) -> datetime:
    """A moment on the province's clock: "2026-11-23 08:05"."""
    return datetime.fromisoformat(text).replace(tzinfo=PROVINCE)


def definition(**changes: Any) -> dict[str, Any]:
    return {
        "code": "1.001193",
        "name": "Đăng ký khai sinh",
        "field": {"code": "ho-tich", "name": "Hộ tịch"},
        "service_level": "toan_trinh",
        "applicant_kinds": ["citizen"],
        "units": [UNIT, OTHER_UNIT],
        "duration": {"amount": 2, "unit": "working_day"},
        "cases": [
            {"code": "thong-thuong", "name": "Thông thường"},
            {"code": "khong-giay", "name": "Không có Giấy chứng sinh"},
        ],
        "components": [
            {
                "code": "giay-chung-sinh",
                "name": "Giấy chứng sinh",
                "cases": ["thong-thuong"],
                "required": True,
                "accepts": ["pdf", "jpeg", "png", "docx"],
                "max_files": 2,
                "max_megabytes": 10,
            },
            {"code": "cam-doan", "name": "Giấy cam đoan", "cases": ["khong-giay"], "required": True},
            {"code": "khac", "name": "Giấy tờ khác", "required": False},
        ],
        "fees": [{"kind": "le_phi", "code": "LP-KS", "name": "Lệ phí", "amount": 8000, "when": "result"}],
        "supplement_days": 30,
        "workflow": [
            {"id": "tiep-nhan", "name": "Tiếp nhận", "role": "receiver", "unit": "receiving", "status": 2},
            {"id": "tham-tra", "name": "Thẩm tra", "role": "specialist", "unit": "receiving", "status": 4},
            {"id": "ky-duyet", "name": "Ký duyệt", "role": "leader", "unit": "receiving", "status": 4},
            {"id": "tra-ket-qua", "name": "Trả kết quả", "role": "returner", "unit": "receiving", "status": 9},
        ],
        "form": {"steps": [_applicant_step(), _child_step()]},
        **changes,
    }


def _applicant_step() -> dict[str, Any]:
    return {
        "id": "nguoi-nop",
        "title": "Người nộp",
        "fields": [
            {
                "name": "applicant_name",
                "type": "text",
                "label": "Họ và tên",
                "required": True,
                "max_length": 100,
                "prefill": "name",
            },
            {"name": "applicant_birth_date", "type": "date", "label": "Ngày sinh", "required": True, "past": True},
            {
                "name": "applicant_identity_number",
                "type": "identity_number",
                "label": "Số CCCD",
                "required": True,
                "prefill": "identity_number",
            },
            {"name": "applicant_phone", "type": "phone", "label": "Điện thoại", "required": True, "prefill": "phone"},
            {"name": "applicant_email", "type": "email", "label": "Thư điện tử"},
            {"name": "applicant_address", "type": "textarea", "label": "Địa chỉ", "required": True, "max_length": 300},
        ],
    }


def _child_step() -> dict[str, Any]:
    return {
        "id": "tre-em",
        "title": "Trẻ em",
        "fields": [
            {"name": "child_name", "type": "text", "label": "Họ tên trẻ", "required": True},
            {"name": "father_known", "type": "boolean", "label": "Ghi tên cha"},
            {
                "name": "father_name",
                "type": "text",
                "label": "Tên cha",
                "required": True,
                "show_if": {"field": "father_known", "in": [True]},
            },
        ],
    }


def procedure(**changes: Any) -> Procedure:
    return read_procedure("1.001193", 1, definition(**changes))


APPLICANT = {
    "applicant_name": "Nguyễn Thị Hương Giang",
    "applicant_birth_date": "05/03/1990",
    "applicant_identity_number": "038190001234",
    "applicant_phone": "0912345678",
    "applicant_email": "huonggiang@example.vn",
    "applicant_address": "12 Lê Lai, phường Quảng Hưng",
}
CHILD = {"child_name": "Trần Bảo An", "father_known": "on", "father_name": "Trần Văn Bảo"}


def answers() -> dict[str, Any]:
    """Sound answers of the whole form, already made uniform."""
    return {**APPLICANT, "applicant_birth_date": "1990-03-05", **CHILD, "father_known": True}


def citizen(account_id: str = "citizen-1", kind: Any = "citizen") -> Identity:
    return Identity(account_id, kind, "Nguyễn Thị Hương Giang", f"s-{account_id}", datetime(2030, 1, 1, tzinfo=UTC))


def officer(role: str, unit: str = UNIT, account_id: str = "") -> Identity:
    return Identity(
        account_id or f"{role}-1",
        "officer",
        "Lê Văn Cán Bộ",
        f"s-{role}",
        datetime(2030, 1, 1, tzinfo=UTC),
        (Duty(unit, role),),
    )


def dossier(**changes: Any) -> Dossier:
    """A complete draft."""
    given = {
        "id": "0193a1c2-7d4e-7b1a-9c3f-2f6b8e1d4a55",
        "account_id": "citizen-1",
        "applicant_kind": "citizen",
        "procedure": procedure(),
        "unit": Unit(UNIT, "UBND phường Quảng Hưng"),
        "opened_at": MONDAY.astimezone(UTC),
        "changed_at": MONDAY.astimezone(UTC),
        "case_code": "thong-thuong",
        "answers": answers(),
    }
    return Dossier(**{**given, **changes})


#: What differs from Monday to Friday in the years of the tests (2026 as decreed, the others for their borders).
SPECIAL_DAYS: dict[int, dict[date, DayKind]] = {
    2025: {},
    2026: {
        date(2026, 1, 1): DayKind.HOLIDAY,
        date(2026, 1, 2): DayKind.DAY_IN_LIEU,
        date(2026, 1, 10): DayKind.MAKE_UP_DAY,
        date(2026, 2, 16): DayKind.HOLIDAY,
        date(2026, 2, 17): DayKind.HOLIDAY,
        date(2026, 2, 18): DayKind.HOLIDAY,
        date(2026, 2, 19): DayKind.HOLIDAY,
        date(2026, 2, 20): DayKind.HOLIDAY,
        date(2026, 4, 27): DayKind.DAY_IN_LIEU,
        date(2026, 4, 30): DayKind.HOLIDAY,
        date(2026, 5, 1): DayKind.HOLIDAY,
        date(2026, 8, 22): DayKind.MAKE_UP_DAY,
        date(2026, 8, 31): DayKind.DAY_IN_LIEU,
        date(2026, 9, 1): DayKind.HOLIDAY,
        date(2026, 9, 2): DayKind.HOLIDAY,
        date(2026, 11, 24): DayKind.HOLIDAY,
    },
    2027: {date(2027, 1, 1): DayKind.HOLIDAY},
}


def calendar(*years: int) -> WorkingCalendar:
    return WorkingCalendar({year: Year(HOURS, SPECIAL_DAYS.get(year, {})) for year in years or SPECIAL_DAYS})


def calendar_event(year: int) -> dict[str, Any]:
    return {
        "year": year,
        "hours": [["07:00", "11:30"], ["13:30", "17:00"]],
        "days": [{"date": day.isoformat(), "kind": str(kind)} for day, kind in SPECIAL_DAYS.get(year, {}).items()],
    }


# --- real little files ---


def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def image(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (180, 30, 30)).save(out, kind)
    return out.getvalue()


def docx(**parts: bytes) -> bytes:
    """A minimal DOCX; `parts` adds entries or replaces them (double underscore for a slash)."""
    entries = {
        "[Content_Types].xml": b'<?xml version="1.0"?><Types/>',
        "word/document.xml": b"<w:document/>",
        **{name.replace("__", "/"): content for name, content in parts.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


# --- the whole service on real servers ---

SCHEMAS = Path(__file__).parents[2] / "deploy" / "schemas"


@dataclass
class Bench:
    """Submissions wired to real servers, with a clock that stands still and the copies of other services filled."""

    parts: wiring.Parts
    clock: FixedClock
    sealer: Sealer

    @property
    def actions(self) -> wiring.Actions:
        return self.parts.actions

    def told(self, exchange: str = "motcua.internal") -> list[str]:
        """Event types in the outbox, oldest first, without prefix and version."""
        rows = self.parts.db["outbox"].find({"exchange": exchange}).sort("_id", 1)
        return [row["headers"]["ce-type"].split(".", 2)[2].rsplit(".", 1)[0] for row in rows]

    def bodies(self, exchange: str = "motcua.internal") -> list[dict[str, Any]]:
        rows = self.parts.db["outbox"].find({"exchange": exchange}).sort("_id", 1)
        return [json.loads(row["body"]) for row in rows]

    def draft(self, person: Identity | None = None, *, unit: str = UNIT, key: str = "") -> Dossier:
        """A complete draft but for its papers."""
        person = person or citizen()
        draft = self.actions.start_draft(person, "1.001193", unit, key=key, case="thong-thuong")
        self.actions.save_step(person, draft.id, "nguoi-nop", APPLICANT)
        return self.actions.save_step(person, draft.id, "tre-em", CHILD)

    def attach(self, dossier_id: str, content: bytes, name: str = "giay-chung-sinh.pdf", component: str = "") -> str:
        stored = self.actions.attach.store(
            citizen(), dossier_id, component or "giay-chung-sinh", name, io.BytesIO(content), len(content)
        )
        return stored.id

    def sent(self) -> Dossier:
        """A complete dossier that has been sent."""
        draft = self.draft()
        self.attach(draft.id, pdf())
        return self.actions.submit(citizen(), draft.id, key=f"key-of-{draft.id}")

    def received(self) -> Dossier:
        return self.actions.receive(officer("receiver"), self.sent().id)


def bench(
    servers: Servers, mongo: tuple[Client, Db], bucket_name: str, folder: Path, now: datetime = MONDAY, **changes: Any
) -> Bench:
    """`mongo` and `bucket_name` as the fixtures of the same names gave them."""
    keys = folder / "master.keys"
    if not keys.exists():
        add_master_key(keys)
    events_key = Fernet.generate_key().decode()
    address = servers.blobs_url.rsplit("@", 1)[-1]
    settings = Settings(
        public_url=f"http://{address}",
        amqp_url=servers.amqp_url,
        web_key="w" * 32,
        events_key=events_key,
        mongo_url=servers.database_url(mongo[1].name),
        master_keys_path=keys,
        blobs_url=servers.blobs_url,
        bucket=bucket_name,
        scanner_url=servers.scanner_url,
    )
    clock = FixedClock(now)
    parts = wiring.build(replace(settings, **changes), clock)
    parts.prepare()
    made = Bench(parts, clock, Sealer(events_key))
    _fill_copies(made)
    return made


def _fill_copies(made: Bench) -> None:
    from services.chassis.ids import new_id
    from services.chassis.messages.envelope import Event
    from services.chassis.mongo import in_transaction

    def hear(type: str, subject: str, data: dict[str, Any]) -> None:
        event = Event(new_id(), type, "test", subject, 1, made.clock.now(), data, "request-1")
        in_transaction(made.parts.client, lambda session: made.parts.handlers[type](session, event))

    hear("procedure.published", "1.001193", {"code": "1.001193", "version": 1, "definition": definition()})
    for code, name in ((UNIT, "UBND phường Quảng Hưng"), (OTHER_UNIT, "UBND phường Hạc Thành")):
        hear("unit.changed", code, {"unit": {"code": code, "code_qd20": "H56.242", "name": name, "active": True}})
    for year in (2026, 2027):
        hear("calendar.changed", str(year), calendar_event(year))


def publish(made: Bench, version: int, **changes: Any) -> None:
    """Catalogue has published another version of the procedure."""
    from services.chassis.ids import new_id
    from services.chassis.messages.envelope import Event
    from services.chassis.mongo import in_transaction

    type = "procedure.published"
    data = {"code": "1.001193", "version": version, "definition": definition(**changes)}
    event = Event(new_id(), type, "test", "1.001193", version, made.clock.now(), data, "request-1")
    in_transaction(made.parts.client, lambda session: made.parts.handlers[type](session, event))


def soon(clock: FixedClock, **by: float) -> None:
    clock.advance(timedelta(**by))
