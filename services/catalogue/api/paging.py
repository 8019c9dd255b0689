"""Lists page by page, the same way everywhere: `?cursor=&limit=` in, `{items, next}` out."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from marshmallow import RAISE, Schema, fields, validate

from services.chassis.errors import FieldFault, InvalidInput

MOST = 100
Row = TypeVar("Row")


class PageQuery(Schema):
    """Derive from it for a list that has filters, too."""

    class Meta:
        unknown = RAISE

    cursor = fields.String(
        load_default="", validate=validate.Length(max=2000), metadata={"description": "`next` of the page before."}
    )
    limit = fields.Integer(load_default=20, validate=validate.Range(1, MOST))
    lang = fields.String(load_default="vi", metadata={"description": "Language of refusals: vi or en."})


def next_field() -> fields.String:
    return fields.String(required=True, allow_none=True, metadata={"description": "`cursor` of the next page."})


def read_cursor(asked: str) -> str:
    """The key of the last row of the page before; "" for the first page. Raises: InvalidInput, when it is not ours."""
    try:
        return base64.b64decode(asked, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as fault:
        wrong = FieldFault("cursor", "invalid", "fault.invalid")
        raise InvalidInput("the cursor is not one of ours", fields=[wrong]) from fault


def write_cursor(key: str) -> str | None:
    """None where no page follows."""
    return base64.urlsafe_b64encode(key.encode()).decode() if key else None


def page_of(
    rows: Sequence[Row], key: Callable[[Row], str], asked: dict[str, Any], shape: Callable[[Row], Any]
) -> dict[str, Any]:
    """One page of rows that are at hand, already in the order of their unique, non-empty `key`.

    `asked` is what a `PageQuery` loaded. Rows may come and go between two pages: none is shown twice.
    Raises: InvalidInput.
    """
    after = read_cursor(asked["cursor"])
    rest = [row for row in rows if key(row) > after]
    page = rest[: asked["limit"]]
    more = len(rest) > len(page)
    return {"items": [shape(row) for row in page], "next": write_cursor(key(page[-1])) if more else None}
