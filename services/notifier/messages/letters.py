"""The words of a notice, from the catalogue `texts/vi.yaml`."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from services.chassis.clock import province_time
from services.notifier.actions.ports import Letter

CATALOGUE = Path(__file__).parent / "texts" / "vi.yaml"


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


class Letters:
    """Satisfies `ports.Writer`. A fact that is missing leaves its line out; it never stops a letter."""

    def __init__(self, public_url: str, site_name: str, catalogue: Path = CATALOGUE) -> None:
        self._public_url = public_url.rstrip("/")
        self._site_name = site_name
        self._texts: dict[str, Any] = yaml.safe_load(catalogue.read_text())

    def write(self, kind: str, name: str, facts: Mapping[str, Any]) -> Letter:
        text = self._texts["kinds"][kind]
        words = self._words(facts)
        common = self._texts["common"]
        greeting = common["greeting"].format(name=name) if name else common["greeting_plain"]
        code = words.get(text["code"]) if "code" in text else None
        after = [_fill(paragraph, words) for paragraph in text.get("after", ())]
        return Letter(
            subject=_one_line(_fill(text["subject"], words)),
            greeting=greeting,
            paragraphs=[_fill(paragraph, words) for paragraph in text["paragraphs"]],
            items=_missing(facts),
            facts=[(self._texts["labels"][fact], words[fact]) for fact in text.get("facts", ()) if words.get(fact)],
            action=self._action(text.get("action"), facts),
            closing=[*after, *([""] if after else []), *(_fill(line, words) for line in common["closing"])],
            code=code,
            items_title=text.get("items_title", ""),
            footer=_fill(common["footer"], words),
            link_help=common["link_help"],
        )

    def _words(self, facts: Mapping[str, Any]) -> _Facts:
        words = _Facts(site_name=self._site_name)
        for name, value in facts.items():
            if isinstance(value, datetime):
                words[name] = f"{province_time(value):%H:%M ngày %d/%m/%Y}"
            elif isinstance(value, (str, int)) and value != "":
                words[name] = str(value)
        words["shown_code"] = words.get("code") or words.get("provisional_code") or ""
        if "return_channel" in words:
            words["return_channel"] = self._texts["channels"].get(words["return_channel"], words["return_channel"])
        return words

    def _action(self, action: list[str] | None, facts: Mapping[str, Any]) -> tuple[str, str] | None:
        """A label and where it leads: a page of ours, the dossier, or the address the event brought."""
        if action is None:
            return None
        label, target = action
        if target.startswith("/"):
            return label, self._public_url + target
        if target == "dossier":
            return (label, f"{self._public_url}/ho-so/{facts['dossier_id']}") if facts.get("dossier_id") else None
        return (label, str(facts[target])) if facts.get(target) else None


def _fill(text: str, words: _Facts) -> str:
    return text.format_map(words)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _missing(facts: Mapping[str, Any]) -> list[str]:
    """What must be supplemented, a line for each component."""
    lines = []
    for item in facts.get("missing") or ():
        note = item.get("note")
        lines.append(f"{item['name']}: {note}" if note else item["name"])
    return lines
