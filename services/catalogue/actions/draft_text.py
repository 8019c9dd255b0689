"""What may be stored as a draft's text. It may have faults, but not of these kinds."""

import json
from collections.abc import Mapping
from typing import Any

from services.catalogue.actions.records import Document
from services.chassis.errors import FieldFault, InvalidInput, TooLarge

LARGEST_DEFINITION = 1024 * 1024


def text_of(code: str, definition: Mapping[str, Any]) -> Document:
    """The definition of this procedure; its code may be left out, not be another one.

    Raises: TooLarge; InvalidInput.
    """
    if len(json.dumps(definition, ensure_ascii=False).encode()) > LARGEST_DEFINITION:
        raise TooLarge("a definition has at most 1 MB")
    if definition.get("code", code) != code:
        fault = FieldFault("definition.code", "other_code", "versions.fault.other_code", {"code": code})
        raise InvalidInput("other_code", fields=[fault])
    return {**definition, "code": code}
