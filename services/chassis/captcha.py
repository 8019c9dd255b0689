"""Mã xác nhận: a drawn code, the same challenge spoken, and a question in words for who can neither see nor hear.

A challenge is used up by its first answer, right or wrong, dies after five minutes, belongs to one browser (by the
signed visitor cookie) and to one kind of form. Each service keeps its own.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from captcha.audio import AudioCaptcha
from captcha.image import ImageCaptcha
from flask import Blueprint, Response, abort, g, request, session

from services.chassis.clock import Clock
from services.chassis.identity import anyone, who
from services.chassis.limits import Limits
from services.chassis.mongo import Db, Document

LIFETIME = timedelta(minutes=5)
#: No letter or digit that looks like another: no 0 O Q D, 1 I L J, 2 Z, 5 S, 8 B, 6 G, U V W, C.
LETTERS = "AEFHKMNPRTXY3479"
LENGTH = 5
SPOKEN_LENGTH = 6
COLLECTION = "captchas"
BACKGROUND = (245, 247, 250)
BROWSER = "captcha"


def create_indexes(db: Db) -> None:
    db[COLLECTION].create_index("expires_at", expireAfterSeconds=0)


class Captchas:
    """The challenges of one service. `kind` names the form, `browser` whoever must answer."""

    def __init__(self, db: Db, clock: Clock) -> None:
        self._rows = db[COLLECTION]
        self._clock = clock
        self._painter = ImageCaptcha(width=200, height=70)
        self._speaker = AudioCaptcha()

    def new(self, kind: str, browser: str) -> str:
        terms = [secrets.randbelow(10) for _ in range(3)]
        challenge = secrets.token_urlsafe(16)
        self._rows.insert_one(
            {
                "_id": challenge,
                "kind": kind,
                "browser": browser,
                "text": "".join(secrets.choice(LETTERS) for _ in range(LENGTH)),
                "spoken": "".join(str(secrets.randbelow(10)) for _ in range(SPOKEN_LENGTH)),
                "terms": terms,
                "expires_at": self._clock.now() + LIFETIME,
            }
        )
        return challenge

    def image(self, challenge: str, browser: str) -> bytes | None:
        """PNG, 200×70; drawn anew at each call."""
        row = self._living(challenge, browser)
        return bytes(self._painter.generate(row["text"], "png", BACKGROUND, _ink()).getvalue()) if row else None

    def audio(self, challenge: str, browser: str) -> bytes | None:
        """WAV: six digits, another code than the drawn one."""
        row = self._living(challenge, browser)
        return bytes(self._speaker.generate(row["spoken"])) if row else None

    def terms(self, challenge: str, browser: str) -> list[int]:
        """The three numbers to be added up in the question; none when the challenge is dead."""
        row = self._living(challenge, browser)
        return list(row["terms"]) if row else []

    def check(self, kind: str, challenge: str, browser: str, answer: str) -> bool:
        """Whether the answer is right; the challenge is used up either way."""
        row = self._rows.find_one_and_delete({"_id": challenge})
        if row is None or row["kind"] != kind or row["browser"] != browser or row["expires_at"] <= self._clock.now():
            return False
        given = "".join(answer.split()).upper().encode()
        right = (row["text"], row["spoken"], str(sum(row["terms"])))
        return any(hmac.compare_digest(given, text.encode()) for text in right)

    def _living(self, challenge: str, browser: str) -> Document | None:
        return self._rows.find_one({"_id": challenge, "browser": browser, "expires_at": {"$gt": self._clock.now()}})


@dataclass(frozen=True)
class Shown:
    """What `forms.captcha` needs of a challenge."""

    id: str
    image_url: str
    audio_url: str
    question: str


class CaptchaDesk:
    """Captchas on the pages of one service, below `prefix` (such as /tra-cuu/ma-xac-nhan).

    In a view: `captcha=desk.show("lookup")` for the template's `forms.captcha(captcha.id, captcha.image_url,
    captcha.audio_url, captcha.question, fault=…)`, and `desk.solved("lookup", request.form)` once for each post.
    """

    def __init__(self, captchas: Captchas, limits: Limits, prefix: str) -> None:
        self._captchas = captchas
        self._limits = limits
        self._prefix = prefix

    def show(self, kind: str) -> Shown:
        """A new challenge for this browser. Raises: TooMany."""
        self._limits.hit("captcha", request.remote_addr or "", "120/minute")
        browser = session.setdefault(BROWSER, secrets.token_urlsafe(16))
        challenge = self._captchas.new(kind, browser)
        words = [g.texts.t(f"captcha.digit_{term}") for term in self._captchas.terms(challenge, browser)]
        question = g.texts.t("captcha.question", first=words[0].capitalize(), second=words[1], third=words[2])
        address = f"{self._prefix}/{challenge}"
        return Shown(challenge, f"{address}.png", f"{address}.wav", question)

    def solved(self, kind: str, form: Mapping[str, Any]) -> bool:
        challenge, answer = str(form.get("captcha_id", "")), str(form.get("captcha", ""))
        return self._captchas.check(kind, challenge, session.get(BROWSER, ""), answer)

    def blueprint(self) -> Blueprint:
        pages = Blueprint("captcha", __name__, url_prefix=self._prefix)
        pages.add_url_rule("/<challenge>.png", "image", self._image)
        pages.add_url_rule("/<challenge>.wav", "audio", self._audio)
        return pages

    @who(anyone)
    def _image(self, challenge: str) -> Response:
        self._limits.hit("captcha_image", request.remote_addr or "", "240/minute")
        return _file(self._captchas.image(challenge, session.get(BROWSER, "")), "image/png")

    @who(anyone)
    def _audio(self, challenge: str) -> Response:
        self._limits.hit("captcha_audio", request.remote_addr or "", "30/minute")
        return _file(self._captchas.audio(challenge, session.get(BROWSER, "")), "audio/wav")


def _ink() -> tuple[int, int, int]:
    """Any dark colour, at least 5:1 against the background."""
    return secrets.randbelow(90), secrets.randbelow(90), secrets.randbelow(90)


def _file(content: bytes | None, kind: str) -> Response:
    if content is None:
        abort(404)
    return Response(content, content_type=kind, headers={"Cache-Control": "no-store"})
