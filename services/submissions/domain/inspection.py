"""What a file really is: its bytes are held against its announced kind, and its structure against hostile tricks."""

import warnings
import zipfile
from collections.abc import Callable
from typing import BinaryIO

import puremagic
from PIL import Image, UnidentifiedImageError
from pypdf import PdfReader

from services.submissions.domain.document import Reason

#: Pictures are decoded to see whether they are whole. A JPEG is decoded small, a PNG only at its full size.
MAX_PIXELS = {"JPEG": 120_000_000, "PNG": 40_000_000}
MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200
CONTENT_TYPES = "[Content_Types].xml"
MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")


def inspect(kind: str, content: BinaryIO) -> Reason | None:
    """The reason to refuse the file, or None. `content` must be seekable; its position afterwards is anywhere."""
    content.seek(0)
    if not _sniffed(kind, content.read(4096)):
        return Reason.WRONG_KIND
    content.seek(0)
    return _CHECKS[kind](content)


def _sniffed(kind: str, head: bytes) -> bool:
    """Whether the first bytes are of that kind; a DOCX is known by its zip signature, its parts are looked at later."""
    try:
        guesses = {match.extension.lower() for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return False
    if kind == "docx":
        return head.startswith(b"PK\x03\x04")
    return bool(guesses & {"pdf": {".pdf"}, "jpeg": {".jpg", ".jpeg", ".jfif"}, "png": {".png"}}[kind])


def _pdf(content: BinaryIO) -> Reason | None:
    try:
        reader = PdfReader(content, strict=False)
        if reader.is_encrypted:
            return Reason.ENCRYPTED
        return None if len(reader.pages) > 0 else Reason.BROKEN
    except Exception:  # noqa: BLE001 - a hostile file makes pypdf raise anything, and one file must not stop the rest
        return Reason.BROKEN


def _image(expected: str) -> Callable[[BinaryIO], Reason | None]:
    def check(content: BinaryIO) -> Reason | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                with Image.open(content, formats=[expected]) as image:
                    if image.width * image.height > MAX_PIXELS[expected]:
                        return Reason.TOO_MANY_PIXELS
                    image.draft("RGB", (64, 64))
                    image.load()
        except Image.DecompressionBombError:
            return Reason.TOO_MANY_PIXELS
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
            return Reason.BROKEN
        return None

    return check


def _docx(content: BinaryIO) -> Reason | None:
    try:
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
            if _is_bomb(entries):
                return Reason.BOMB
            names = {entry.filename.lower() for entry in entries}
            if any(name.endswith(part) for name in names for part in MACRO_PARTS):
                return Reason.MACROS
            if CONTENT_TYPES.lower() not in names or "word/document.xml" not in names:
                return Reason.WRONG_KIND
            if any(entry.flag_bits & 0x1 for entry in entries):
                return Reason.ENCRYPTED
            if b"macroEnabled" in archive.read(CONTENT_TYPES):
                return Reason.MACROS
    except (zipfile.BadZipFile, NotImplementedError, ValueError, KeyError, OSError, EOFError, RuntimeError):
        return Reason.BROKEN
    return None


def _is_bomb(entries: list[zipfile.ZipInfo]) -> bool:
    """Judged by the directory alone, so that nothing is unpacked to find out."""
    unpacked = sum(entry.file_size for entry in entries)
    return (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or any(entry.file_size > MAX_RATIO * max(entry.compress_size, 1_000) for entry in entries)
        or any(entry.filename.lower().endswith((".zip", ".7z", ".rar", ".gz")) for entry in entries)
    )


_CHECKS: dict[str, Callable[[BinaryIO], Reason | None]] = {
    "pdf": _pdf,
    "jpeg": _image("JPEG"),
    "png": _image("PNG"),
    "docx": _docx,
}
