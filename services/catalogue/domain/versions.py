"""A procedure's text on its way: draft, versions and their history; who may do what in which state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from services.catalogue.domain.article import Who

DraftState = Literal["editing", "in_review", "approved"]
VersionState = Literal["in_force", "scheduled", "retired", "withdrawn"]
Act = Literal["save", "rebase", "send", "send_back", "approve", "publish", "discard"]
#: Roles (accounts' names) that work on the catalogue.
EDITOR, REVIEWER, PUBLISHER = "editor", "reviewer", "publisher"
DESK_ROLES = (EDITOR, REVIEWER, PUBLISHER)
#: Who acts from the command line.
OPERATOR = Who("operator", "operator")


@dataclass(frozen=True)
class Rule:
    """`then` is the state afterwards; None, when there is no draft any more."""

    roles: tuple[str, ...]
    states: tuple[DraftState, ...]
    then: DraftState | None


RULES: Mapping[Act, Rule] = {
    "save": Rule((EDITOR,), ("editing",), "editing"),
    "rebase": Rule((EDITOR,), ("editing",), "editing"),
    "send": Rule((EDITOR,), ("editing",), "in_review"),
    "send_back": Rule((REVIEWER, PUBLISHER), ("in_review", "approved"), "editing"),
    "approve": Rule((REVIEWER,), ("in_review",), "approved"),
    "publish": Rule((PUBLISHER,), ("approved",), None),
    "discard": Rule((EDITOR, PUBLISHER), ("editing", "in_review", "approved"), None),
}


@dataclass(frozen=True)
class Draft:
    """`definition` may have any shape while it is edited. `base_version` is what it was begun from, 0 for a new
    procedure; `authors` are the ids of all who have written in it; `note` is the reason it was last sent back with.
    """

    code: str
    definition: Mapping[str, Any]
    base_version: int
    state: DraftState
    revision: int
    edited_by: Who
    edited_at: datetime
    note: str = ""
    authors: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        return owner_of(self.definition)


@dataclass(frozen=True)
class HistoryLine:
    """`subject` is a procedure's code, `version` 0 where a draft is meant, `note` the reason given."""

    subject: str
    at: datetime
    who: Who
    what: str
    version: int = 0
    note: str = ""


def owner_of(definition: Mapping[str, Any]) -> str:
    """The unit that keeps the text; empty for the province's own."""
    owner = definition.get("owner", "")
    return owner if isinstance(owner, str) else ""


@dataclass(frozen=True)
class Placed:
    """What the order of versions is about."""

    number: int
    valid_from: date
    state: VersionState
    began: bool


def newest(versions: Sequence[Placed]) -> int:
    """What a new text goes on from: the last that is or will be in force, else the last that was; 0 for none."""
    ahead = [one for one in versions if one.state in ("in_force", "scheduled")]
    past = [one for one in versions if one.state == "retired"]
    chosen = max(ahead or past, key=lambda one: (one.valid_from, one.number), default=None)
    return chosen.number if chosen else 0


def one_before(versions: Sequence[Placed], number: int) -> int:
    """The version that was in force before `number` and is not withdrawn; 0 for none."""
    past = [one.number for one in versions if one.began and one.state == "retired" and one.number < number]
    return max(past, default=0)
