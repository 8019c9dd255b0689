"""What the text catalogues of a service must hold: the same keys in both languages, and every key that is named."""

import re
from pathlib import Path

from services.chassis.pages import texts
from services.forms import PAGES as FORMS

CALL = re.compile(r"""\bt\(\s*["']([a-z0-9_.]+)["']\s*[,)]""")
TEXT_KEY = re.compile(r"""["'](fault\.[a-z0-9_.]+)["']""")
PLACEHOLDER = re.compile(r"{(\w+)")


def differing_keys(folder: Path) -> set[str]:
    """Keys that only one of vi.yaml and en.yaml has, or whose placeholders differ."""
    vi, en = texts.keys(folder, "vi"), texts.keys(folder, "en")
    alike = vi.keys() & en.keys()
    return (vi.keys() ^ en.keys()) | {key for key in alike if _facts(vi[key]) != _facts(en[key])}


def unknown_keys(code: Path, texts_folder: Path | None = None) -> set[str]:
    """Keys written out in `code`'s templates and modules as t("…") or "fault.…" that no catalogue has."""
    catalogue = texts.load(texts_folder, [FORMS / "texts"]).language("vi")
    named: set[str] = set()
    for path in [*code.rglob("*.html"), *code.rglob("*.txt"), *code.rglob("*.py")]:
        content = path.read_text("utf-8")
        named |= set(CALL.findall(content)) | set(TEXT_KEY.findall(content))
    return {key for key in named if not catalogue.has(key)}


def _facts(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))
