"""Public pages that need not be made again: whoever is not signed in may keep one for a minute, then ask again."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

from flask import Response, g, make_response, request
from flask.typing import ResponseReturnValue

from services.catalogue.actions.browse import Browse
from services.catalogue.actions.most_used import MostUsed
from services.chassis import identity
from services.chassis.kept import keep

KEEP = "public, max-age=60"


class PageCache:
    """`folders` hold all that pages are made of (templates, texts, styles): a new release makes old pages stale."""

    def __init__(self, browse: Browse, used: MostUsed, folders: Iterable[Path], site_name: str) -> None:
        self._browse = browse
        self._used = used
        self._build = _digest(folders, site_name)

    def mark(self) -> str:
        """Changes when any page may look otherwise."""
        used = sha256(" ".join(self._used.codes()).encode()).hexdigest()[:6]
        return f"{self._build}-{self._browse.snapshot().revision}-{used}"

    def answer(self, make: Callable[[], ResponseReturnValue]) -> Response:
        """What `make` gives, or 304 where the reader has it already; `make` is not called then."""
        if identity.current() is not None or "lang" in request.args:
            return make_response(make())
        mark = self.mark()
        tag = f"{mark}-{g.texts.language}"
        known = request.if_none_match.contains_weak(tag)
        response = Response(status=304) if known else make_response(make())
        if response.status_code in (200, 304):
            response.set_etag(tag, weak=True)
            response.headers["Cache-Control"] = KEEP
            keep(mark)
        return response


def _digest(folders: Iterable[Path], site_name: str) -> str:
    content = sha256(site_name.encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                content.update(path.read_bytes())
    return content.hexdigest()[:12]
