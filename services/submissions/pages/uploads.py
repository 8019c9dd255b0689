"""What a browser sends when it adds a file: an announcement in JSON, or the file itself in a form."""

import os
from dataclasses import dataclass
from typing import BinaryIO, cast

from flask import request
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from services.chassis.errors import FieldFault, InvalidInput


class AnnouncementSchema(Schema):
    """Said before a presigned PUT."""

    class Meta:
        unknown = RAISE

    component = fields.String(required=True, validate=validate.Length(1, 100))
    name = fields.String(required=True, validate=validate.Length(1, 1000))
    size = fields.Integer(required=True, strict=True)


ANNOUNCEMENT = AnnouncementSchema()


@dataclass(frozen=True)
class Announced:
    component: str
    name: str
    size: int


@dataclass(frozen=True)
class Posted:
    component: str
    name: str
    stream: BinaryIO
    size: int


def announced() -> Announced:
    """Raises: InvalidInput."""
    try:
        return Announced(**ANNOUNCEMENT.load(request.get_json(silent=True) or {}))
    except ValidationError as fault:
        names = sorted(fault.messages if isinstance(fault.messages, dict) else ())
        raise InvalidInput(fields=[FieldFault(name, "invalid", "fault.invalid") for name in names]) from None


def posted() -> Posted:
    """The one file of a form post. Raises: InvalidInput, named after its component when none was chosen."""
    component = request.form.get("component", "")
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput(fields=[FieldFault(component, "required", "fault.file.none")])
    size = file.stream.seek(0, os.SEEK_END)
    file.stream.seek(0)
    return Posted(component, file.filename, cast(BinaryIO, file.stream), size)
