"""Refusals: every "no" the system says is a class with a stable code, turned into RFC 9457 problem documents.

A service adds its own by subclassing `Refusal`; `code` and `status` are public interface (contracts.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one field. `text_key` is a key of the text catalogue, `facts` fill its placeholders."""

    name: str
    code: str
    text_key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """The base of all refusals.

    `detail` is for logs and API clients, never holds personal data; people read the text catalogue's
    `refusal.<code>`, filled from `facts`.
    """

    code = "refused"
    status = HTTPStatus.BAD_REQUEST

    def __init__(self, detail: str = "", *, fields: Sequence[FieldFault] = (), **facts: Any) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.fields = tuple(fields)
        self.facts = facts


class InvalidInput(Refusal):
    code = "invalid_input"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class SignInNeeded(Refusal):
    code = "sign_in_needed"
    status = HTTPStatus.UNAUTHORIZED


class NotAllowed(Refusal):
    code = "not_allowed"
    status = HTTPStatus.FORBIDDEN


class NotFound(Refusal):
    code = "not_found"
    status = HTTPStatus.NOT_FOUND


class Conflict(Refusal):
    code = "conflict"
    status = HTTPStatus.CONFLICT


class TooLarge(Refusal):
    code = "too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class TooMany(Refusal):
    code = "too_many_requests"
    status = HTTPStatus.TOO_MANY_REQUESTS


class Unavailable(Refusal):
    """A part we need did not answer in time; trying again later is right."""

    code = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class FormExpired(Refusal):
    """The CSRF token of a form is missing or does not belong to this browser."""

    code = "form_expired"
    status = HTTPStatus.BAD_REQUEST
