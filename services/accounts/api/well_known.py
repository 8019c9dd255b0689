"""The public halves of the signing keys (RFC 7517), for whoever checks our tokens."""

from typing import Protocol

from flask import Blueprint, Response, jsonify

from services.accounts.actions.ports import SigningKeys
from services.chassis.clock import Clock
from services.chassis.identity import ALGORITHM, anyone, who


class Parts(Protocol):
    @property
    def keys(self) -> SigningKeys: ...
    @property
    def clock(self) -> Clock: ...


def blueprint(parts: Parts) -> Blueprint:
    pages = Blueprint("well_known", __name__)

    @pages.get("/.well-known/jwks.json")
    @who(anyone)
    def jwks() -> Response:
        now = parts.clock.now()
        kept = [key for key in parts.keys.all() if key.is_kept(now)]
        answer = jsonify(keys=[{**key.public_jwk, "kid": key.kid, "alg": ALGORITHM, "use": "sig"} for key in kept])
        answer.headers["Cache-Control"] = "public, max-age=300"
        return answer

    return pages
