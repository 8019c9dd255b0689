"""Markdown of our own people as HTML: no HTML of theirs, no pictures, links to http(s) and to our own pages only."""

import re
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

OUTSIDE = re.compile(r"https?://[^\s]+", re.IGNORECASE)
INSIDE = re.compile(r"/(?![/\\])[^\s\\]*|#[\w-]+")


def _may_lead_to(address: str) -> bool:
    return bool(OUTSIDE.fullmatch(address) or INSIDE.fullmatch(address))


def _heading(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: MutableMapping[str, Any]) -> str:
    """The page's title is the only h1."""
    token = tokens[at]
    token.tag = max("h2", token.tag)
    return self.renderToken(tokens, at, options, env)


def _made() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.validateLink = _may_lead_to  # type: ignore[method-assign, assignment]
    markdown.add_render_rule("heading_open", _heading)
    markdown.add_render_rule("heading_close", _heading)
    return markdown


_MARKDOWN = _made()


@lru_cache(maxsize=64)
def marked_up(text: str) -> Markup:
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - the library escapes everything, as its tests and ours hold
