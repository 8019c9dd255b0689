"""What has changed in a procedure over time, for everybody."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.catalogue.actions.browse import Browse
from services.catalogue.actions.drafts import Drafts
from services.catalogue.actions.versions import Version
from services.catalogue.domain.differences import compare
from services.catalogue.pages.cached import PageCache
from services.catalogue.pages.version_words import sentences
from services.chassis.identity import anyone, who

SHOWN = 10
BEFORE = "truoc"


@dataclass(frozen=True)
class Shown:
    """`changes` are said against `before`, 0 where it is the first."""

    version: Version
    before: int
    changes: tuple[str, ...]


def build(drafts: Drafts, browse: Browse, cache: PageCache) -> Blueprint:
    pages = Blueprint("versions", __name__)

    @pages.get("/thu-tuc/<code>/phien-ban")
    @who(anyone)
    def versions(code: str) -> ResponseReturnValue:
        meant = browse.meant_by(code)
        if meant:
            return redirect(f"/thu-tuc/{meant}/phien-ban", 301)
        return cache.answer(lambda: _page(drafts, code))

    return pages


def _page(drafts: Drafts, code: str) -> str:
    found = drafts.public_versions(code)
    before = request.args.get(BEFORE, "")
    limit = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else 0
    rest = [one for one in found if not limit or one.number < limit]
    return render_template(
        "catalogue/versions.html",
        code=code,
        definition=found[0].definition,
        versions=[_shown(one, rest[place : place + 1]) for place, one in enumerate(rest[:SHOWN], 1)],
        earlier=f"?{BEFORE}={rest[SHOWN - 1].number}" if len(rest) > SHOWN else "",
        limited=bool(limit),
    )


def _shown(version: Version, before: list[Version]) -> Shown:
    if not before:
        return Shown(version, 0, ())
    older, newer = before[0].definition, version.definition
    return Shown(version, before[0].number, tuple(sentences(list(compare(older, newer)), older, newer)))
