"""A view of a dossier in the words and tones of a page."""

from collections.abc import Callable
from typing import Any, Protocol

from services.chassis.pages.written import when

View = dict[str, Any]

STATUS_TONES = {1: "info", 2: "info", 3: "danger", 4: "info", 5: "warning", 6: "warning", 7: "neutral", 8: "danger"}
DONE_TONE = "success"
TIME_TONES = {"trong_han": "success", "qua_han": "danger", "truoc_han": "success", "dung_han": "success"}
ENTRY_TONES = {
    "supplement_requested": "warning",
    "fee_requested": "warning",
    "suspended": "warning",
    "refused": "danger",
    "stopped": "danger",
    "finished": "success",
    "returned": "success",
    "withdrawn": "neutral",
}
STEP_TONES = {"done": "success", "now": "info", "later": "neutral", "broken_off": "danger"}


class Texts(Protocol):
    def t(self, key: str, **facts: Any) -> str: ...


def prepared(view: View, texts: Texts) -> dict[str, Any]:
    """What the page of one dossier needs beside the view itself."""
    return {
        "status": _status(view, texts),
        "time": _time(view, texts),
        "days_left": _days_left(view, texts),
        "entries": [_entry(entry, texts) for entry in reversed(view["entries"])],
        "step_rows": [
            [
                step["name"],
                step["unit"],
                {"text": texts.t(f"tracking.step.{step['state']}"), "tone": STEP_TONES[step["state"]]},
            ]
            for step in view["steps"]
        ],
    }


def row(view: View, texts: Texts, url_for: Callable[..., str]) -> list[Any]:
    """One line of a list."""
    code = view["code"] or view["provisional_code"]
    label, tone = _status(view, texts)
    return [
        {"text": code, "url": url_for(".one", code=code)},
        view["procedure"]["name"],
        view["unit"]["name"],
        when(view["due_at"]),
        {"text": label, "tone": tone},
    ]


def _status(view: View, texts: Texts) -> tuple[str, str]:
    return texts.t(f"tracking.status.s{view['status']}"), STATUS_TONES.get(view["status"], DONE_TONE)


def _time(view: View, texts: Texts) -> tuple[str, str] | None:
    kind = view["timeliness"]
    return None if kind is None else (texts.t(f"tracking.time.{kind}"), TIME_TONES.get(kind, "danger"))


def _days_left(view: View, texts: Texts) -> str:
    if view["clock"] == "paused":
        return texts.t("tracking.time.paused")
    left = view["working_days_left"]
    if left is None:
        return ""
    return texts.t("tracking.time.today") if left == 0 else texts.t("tracking.time.left", days=left)


def _entry(entry: View, texts: Texts) -> View:
    return {
        "title": texts.t(f"tracking.entry.{entry['type']}", step=entry["step"] or ""),
        "time": entry["at"],
        "by": entry["unit"],
        "tone": ENTRY_TONES.get(entry["type"], "info"),
    }
