"""Answers that a reader may keep: a tag with every one, 304 to whoever has it already."""

from collections.abc import Callable
from typing import Any

import msgspec
from flask import Response, request

FOR_ALL = "public, max-age=60"
FOR_ONE = "private, no-cache"


def cached_json(tag: str, make: Callable[[], Any], *, keep: str = FOR_ALL) -> Response:
    """`tag` changes with whatever this address answers, for example a revision; `make` is not called for a 304.

    What `make` gives is written as it stands, without a marshmallow dump: a test holds it to its schema.
    `keep` is FOR_ONE where the answer depends on who asks.
    """
    if request.if_none_match.contains_weak(tag):
        return kept(Response(status=304), tag, keep)
    return kept(Response(msgspec.json.encode(make()), content_type="application/json"), tag, keep)


def kept(response: Response, tag: str, keep: str) -> Response:
    """The same answer with its tag, or 304 without its body."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = keep
    response.make_conditional(request)
    return response
