"""The sign-up forms: which fields each kind of account has and what each may hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeVar

from services.accounts.domain import numbers, passwords
from services.accounts.domain.account import Kind, Profile
from services.accounts.domain.words import read_date, tidy, tidy_email
from services.chassis.errors import FieldFault, InvalidInput

V = TypeVar("V")
Look = Literal["text", "textarea", "date", "email", "tel", "choice", "number"]


@dataclass(frozen=True)
class Field:
    """One question of a form. `read` gives the kept value or raises `numbers.Malformed`; `look` is how it is shown."""

    name: str
    read: Callable[[str], Any] = tidy
    look: Look = "text"
    required: bool = True
    max_length: int = 200
    choices: tuple[str, ...] = ()
    autocomplete: str = ""


def _email(text: str) -> str:
    return _or_fault(tidy_email(text), "email")


def _past_date(text: str) -> date:
    return _or_fault(read_date(text), "date")


def _name(text: str) -> str:
    name = tidy(text)
    if sum(c.isalpha() for c in name) < 2 or any(c in "<>{}[]\\|@" for c in name):
        raise numbers.Malformed("name")
    return name


def _or_fault(value: V | None, code: str) -> V:
    if value is None:
        raise numbers.Malformed(code)
    return value


BUSINESS_TYPES = ("doanh_nghiep", "chi_nhanh", "ho_kinh_doanh", "hop_tac_xa")
IDENTITY_KINDS = ("cccd", "passport")

_EMAIL = Field("email", _email, "email", max_length=254, autocomplete="email")
_PHONE = Field("phone", numbers.read_phone, "tel", max_length=20, autocomplete="tel")
_ADDRESS = Field("address", look="textarea", max_length=300, autocomplete="street-address")

FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.CITIZEN: (
        Field("name", _name, max_length=100, autocomplete="name"),
        Field("birth_date", _past_date, "date", max_length=10, autocomplete="bday"),
        Field("identity_kind", look="choice", choices=IDENTITY_KINDS),
        Field("identity_number", look="number", max_length=20),
        _PHONE,
        _EMAIL,
        Field("address", look="textarea", required=False, max_length=300, autocomplete="street-address"),
    ),
    Kind.ORGANISATION: (
        Field("name", _name, max_length=200, autocomplete="organization"),
        Field("identity_number", numbers.read_organisation_code, max_length=35),
        Field("tax_code", numbers.read_tax_code, "number", required=False, max_length=20),
        Field("representative_name", _name, max_length=100, autocomplete="name"),
        Field("representative_title", max_length=100, autocomplete="organization-title"),
        Field("representative_number", numbers.read_cccd, "number", max_length=20),
        _PHONE,
        _EMAIL,
        _ADDRESS,
    ),
    Kind.BUSINESS: (
        Field("business_type", look="choice", choices=BUSINESS_TYPES),
        Field("name", _name, max_length=200, autocomplete="organization"),
        Field("identity_number", look="number", max_length=20),
        Field("licence_number", max_length=50),
        Field("licence_date", _past_date, "date", max_length=10),
        Field("representative_name", _name, max_length=100, autocomplete="name"),
        _PHONE,
        _EMAIL,
        _ADDRESS,
    ),
}
_DETAILS = (
    "tax_code",
    "representative_name",
    "representative_title",
    "representative_number",
    "business_type",
    "licence_number",
    "licence_date",
)
CONTACT_FIELDS = (_PHONE, _ADDRESS)


def read_profile(kind: Kind, given: Mapping[str, str], today: date) -> Profile:
    """The personal data of a filled form. Raises: InvalidInput, with every field at fault."""
    values, faults = read_fields(FIELDS[kind], given, today)
    faults += _read_number(kind, given, values)
    if faults:
        raise InvalidInput("registration form", fields=_in_order(kind, faults))
    identity_kind = {Kind.ORGANISATION: "organisation_code", Kind.BUSINESS: "tax_code"}.get(
        kind, values.get("identity_kind", "")
    )
    birth_date = values.get("birth_date")
    number = values["identity_number"]
    return Profile(
        name=values["name"],
        email=values["email"],
        phone=values["phone"],
        identity_kind=identity_kind,
        identity_number=number,
        birth_date=birth_date,
        address=values.get("address") or "",
        details={
            name: str(values[name].isoformat() if isinstance(values[name], date) else values[name])
            for name in _DETAILS
            if values.get(name)
        },
        doubts=numbers.doubts(number, birth_date) if identity_kind == "cccd" and birth_date else (),
    )


def read_fields(
    fields: tuple[Field, ...], given: Mapping[str, str], today: date
) -> tuple[dict[str, Any], list[FieldFault]]:
    """Each field by its own rule; what is missing, too long or in the future is a fault."""
    values: dict[str, Any] = {}
    faults: list[FieldFault] = []
    for field in fields:
        text = given.get(field.name, "")
        try:
            values[field.name] = _read_field(field, text, today)
        except numbers.Malformed as fault:
            faults.append(fault_of(field.name, fault.code, limit=field.max_length))
    return values, faults


def _read_field(field: Field, text: str, today: date) -> Any:
    if not tidy(text):
        if field.required:
            raise numbers.Malformed("required")
        return ""
    if len(text) > field.max_length:
        raise numbers.Malformed("too_long")
    value = field.read(text)
    if field.choices and value not in field.choices:
        raise numbers.Malformed("choice")
    if isinstance(value, date) and value > today:
        raise numbers.Malformed("future_date")
    if isinstance(value, date) and value.year < 1900:
        raise numbers.Malformed("date")
    return value


def _read_number(kind: Kind, given: Mapping[str, str], values: dict[str, Any]) -> list[FieldFault]:
    """The number whose rule depends on another answer: CCCD or passport, tax code of a household business."""
    text = values.get("identity_number")
    if not text or kind is Kind.ORGANISATION:
        return []
    try:
        if kind is Kind.BUSINESS:
            household = given.get("business_type") == "ho_kinh_doanh"
            values["identity_number"] = numbers.read_tax_code(text, household=household)
        elif given.get("identity_kind") == "passport":
            values["identity_number"] = numbers.read_passport(text)
        else:
            values["identity_number"] = numbers.read_cccd(text)
    except numbers.Malformed as fault:
        return [fault_of("identity_number", fault.code)]
    return []


def check_password(password: str, again: str, profile: Profile | None) -> list[FieldFault]:
    """The faults of a new password typed twice."""
    if not password:
        return [fault_of("password", "required")]
    own = profile or Profile(name="", email="")
    given = {"name": own.name, "email": own.email}
    weak = passwords.weakness(password, numbers=(own.identity_number, own.phone), **given)
    if weak:
        return [fault_of("password", weak, shortest=passwords.SHORTEST, longest=passwords.LONGEST)]
    return [fault_of("password_again", "password_differs")] if password != again else []


def fault_of(name: str, code: str, **facts: Any) -> FieldFault:
    return FieldFault(name, code, f"accounts.fault.{code}", facts)


def _in_order(kind: Kind, faults: list[FieldFault]) -> list[FieldFault]:
    order = [field.name for field in FIELDS[kind]]
    return sorted(faults, key=lambda fault: order.index(fault.name))
