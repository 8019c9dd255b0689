"""Finding procedures: every asked word must begin a stored word; those named so come first.

The order is one string per procedure: how well it fits (0 its name begins with what was asked, 1 the name holds it,
2 all words are in the name, 3 elsewhere), then how short its name is, then its folded name and code. That
string is the cursor, too.
"""

import re
from collections.abc import Sequence
from typing import Any

from pymongo.collection import Collection

from services.catalogue.actions.records import Hit, Hits, Query
from services.chassis.mongo import Document

_SHOWN = ("name", "name_en", "field", "service_level", "levels", "audience", "agency", "duration")


def run(procedures: Collection[Document], query: Query) -> Hits:
    match = _match(query)
    pipeline: list[Document] = [{"$match": match}, {"$set": {"key": _key(query.words)}}]
    if query.after:
        pipeline.append({"$match": {"key": {"$gt": query.after}}})
    pipeline += [
        {"$sort": {"key": 1}},
        {"$skip": query.offset},
        {"$limit": query.limit + 1},
        {"$project": _projection()},
    ]
    if not query.words:
        pipeline = _in_stored_order(match, query)
    rows = list(procedures.aggregate(pipeline))
    return Hits(
        items=tuple(_hit(row) for row in rows[: query.limit]),
        total=procedures.count_documents(match),
        more=len(rows) > query.limit,
    )


def _in_stored_order(match: Document, query: Query) -> list[Document]:
    """Without words the order is the stored one, which an index holds ready."""
    after = [{"$match": {"order_key": {"$gt": query.after}}}] if query.after else []
    return [
        {"$match": match},
        *after,
        {"$sort": {"order_key": 1}},
        {"$skip": query.offset},
        {"$limit": query.limit + 1},
        {"$project": {**_projection(), "key": "$order_key"}},
    ]


def _match(query: Query) -> Document:
    match: Document = {"status": "published"}
    if query.field:
        match["definition.field.code"] = query.field
    if query.unit:
        match["definition.units"] = query.unit
    if query.audience:
        match["definition.audience"] = query.audience
    if query.level:
        match["definition.levels"] = query.level
    if query.service_level:
        match["definition.service_level"] = query.service_level
    if query.words:
        match["$and"] = [{"words": {"$regex": f"^{re.escape(word)}"}} for word in query.words]
    return match


def _key(words: Sequence[str]) -> Document:
    """Folded words are letters, digits and dots, so nothing a person types is read as an expression."""
    phrase = " " + " ".join(words)
    place: Any = {"$indexOfCP": ["$name", phrase]}
    in_name = [{"$gte": [{"$indexOfCP": ["$name", f" {word}"]}, 0]} for word in words]
    fit = {
        "$switch": {
            "branches": [
                {"case": {"$eq": [place, 0]}, "then": "0 "},
                {"case": {"$gt": [place, 0]}, "then": "1 "},
                {"case": {"$and": in_name}, "then": "2 "},
            ],
            "default": "3 ",
        }
    }
    length = {"$toString": {"$add": [1000, {"$strLenCP": "$name"}]}}
    return {"$concat": [fit, length, " ", "$order_key"]}


def _projection() -> Document:
    return {"version": 1, "key": 1, **{f"definition.{name}": 1 for name in _SHOWN}}


def _hit(row: Document) -> Hit:
    shown = row["definition"]
    return Hit(
        code=row["_id"],
        name=shown["name"],
        name_en=shown.get("name_en") or shown["name"],
        field=shown["field"],
        service_level=shown["service_level"],
        levels=tuple(shown["levels"]),
        audience=tuple(shown["audience"]),
        agency=shown["agency"],
        duration=shown.get("duration"),
        version=row["version"],
        key=row["key"],
    )
