"""A document: one uploaded file, its limits, its safe name and what has been found out about it."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Literal

from services.submissions.domain import refusals
from services.submissions.domain.procedure import Component

NAME_LENGTH = 120
MEGABYTE = 1024 * 1024
#: The component under which the files that the office gives out are kept.
RESULT = "result"

By = Literal["applicant", "office"]


class State(StrEnum):
    """Only `CLEAN` documents are ever shown or sent to anybody."""

    EXPECTED = "expected"
    UPLOADED = "uploaded"
    CHECKING = "checking"
    CLEAN = "clean"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a file was refused after it had arrived."""

    VIRUS = "virus"
    WRONG_KIND = "wrong_kind"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    TOO_MANY_PIXELS = "too_many_pixels"
    BOMB = "bomb"
    MACROS = "macros"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Kind:
    """A kind of file; every one we take has a structure that can be checked."""

    name: str
    extensions: tuple[str, ...]
    media_type: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("pdf", (".pdf",), "application/pdf"),
        Kind("jpeg", (".jpg", ".jpeg"), "image/jpeg"),
        Kind("png", (".png",), "image/png"),
        Kind("docx", (".docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    )
}


@dataclass(frozen=True)
class Limits:
    """How much one component, or the result of a dossier, may hold."""

    kinds: tuple[str, ...]
    max_files: int
    max_bytes: int

    @classmethod
    def of(cls, component: Component, upload_limit: int) -> "Limits":
        return cls(component.accepts, component.max_files, min(component.max_bytes, upload_limit))


@dataclass(frozen=True)
class Document:
    """`component` is a component's code, or "result" for a file the office gives out.

    The id is random, not sortable: it is the unguessable end of the object's key.
    """

    id: str
    dossier_id: str
    component: str
    name: str
    kind: str
    size: int
    state: State
    begun_at: datetime
    by: By = "applicant"
    sha256: str = ""
    reason: Reason | None = None
    uploaded_at: datetime | None = None
    checked_at: datetime | None = None
    attempts: int = 0
    next_check_at: datetime | None = None

    @property
    def upload_key(self) -> str:
        """Where the browser puts it. Nothing is ever given out from here."""
        return f"quarantine/{self.dossier_id}/{self.id}"

    @property
    def kept_key(self) -> str:
        """The copy that was checked; no upload link was ever made for it."""
        return f"documents/{self.dossier_id}/{self.id}"

    @property
    def media_type(self) -> str:
        return KINDS[self.kind].media_type

    @property
    def counts(self) -> bool:
        """It has arrived and was not refused, so it stands for its component; the scanner may still be at it."""
        return self.state in (State.UPLOADED, State.CHECKING, State.CLEAN)

    def arrived(self, size: int, at: datetime) -> "Document":
        return replace(self, size=size, state=State.UPLOADED, uploaded_at=at, next_check_at=at)

    def found(self, sha256: str, size: int, reason: Reason | None, at: datetime) -> "Document":
        """The verdict of the checks; no reason means clean."""
        state = State.CLEAN if reason is None else State.REFUSED
        return replace(self, sha256=sha256, size=size, state=state, reason=reason, checked_at=at, next_check_at=None)


def assert_fits(name: str, size: int, limits: Limits) -> str:
    """Hold an announced file against its limits before a byte is sent; returns its kind.

    Raises: FileEmpty, FileTooLarge, FileKindRefused.
    """
    if size <= 0:
        raise refusals.FileEmpty("empty file")
    if size > limits.max_bytes:
        raise refusals.FileTooLarge("over the limit", megabytes=limits.max_bytes // MEGABYTE)
    extension = PurePosixPath(name).suffix.lower()
    for kind in limits.kinds:
        if kind in KINDS and extension in KINDS[kind].extensions:
            return kind
    raise refusals.FileKindRefused("kind not accepted", kinds=", ".join(limits.kinds).upper())


def clean_name(given: str) -> str:
    """A name that is safe to show and to download as: no path, no control characters, at most 120 letters.

    The extension survives the cut. Raises: FileNameRefused, when nothing is left.
    """
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = " ".join(re.sub(r'[<>:"|?*]', " ", name).split()).strip(". ")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    if not stem.strip(". "):
        raise refusals.FileNameRefused("no usable file name")
    tail = f".{extension}" if dot else ""
    if len(tail) > 10:
        return name[:NAME_LENGTH]
    return stem[: NAME_LENGTH - len(tail)].rstrip(". ") + tail
