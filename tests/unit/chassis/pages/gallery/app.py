"""A small application that shows every macro of the design system, for tests and for looking at."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, flash, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from PIL import Image

from services.chassis.errors import Conflict, FieldFault, InvalidInput
from services.chassis.identity import COOKIE, Identity, IdentityReader, anyone, who
from services.chassis.pages import design
from services.chassis.settings import Shared
from services.chassis.web import build_app

HERE = Path(__file__).parent
NASTY = "<script>alert(1)</script><b>\"&'đậm</b>"
PLAIN = "Đăng ký khai sinh"
AT = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)


class Reader(IdentityReader):
    """Takes the cookie's text for the person's name; "can-bo" is an officer."""

    def __init__(self) -> None: ...

    def read(self, token: str | None) -> Identity | None:
        if not token:
            return None
        kind: Any = "officer" if token == "can-bo" else "citizen"
        return Identity("a1", kind, "Trần Thị Bưởi", "s1", datetime.now(UTC) + timedelta(hours=1))

    def is_ageing(self, identity: Identity) -> bool:
        return False


def create_app(*, testing: bool = True) -> Flask:
    app = build_app(
        "gallery",
        Shared(public_url="http://127.0.0.1", web_key="k" * 32, events_key="x"),
        Reader(),
        pages=[_pages()],
        checks={},
        texts=HERE / "texts",
    )
    app.testing = testing
    app.config["WTF_CSRF_METHODS"] = {"POST"}  # the PUT here stands in for the object store's
    app.config["POSTS"] = []
    return app


def _pages() -> Blueprint:
    pages = Blueprint("gallery", __name__)

    @pages.get("/")
    @who(anyone)
    def gallery() -> str:
        refusal = InvalidInput(
            fields=[
                FieldFault("identity_number", "identity_number", "fault.identity_number"),
                FieldFault("birth_date", "not_a_date", "fault.not_a_date"),
                FieldFault("kind", "required", "fault.required"),
                FieldFault("agree", "required", "fault.required"),
                FieldFault("captcha", "captcha", "fault.captcha"),
                FieldFault("to-khai", "too_long", "fault.too_long", {"max": 3}),
            ]
        )
        faults = design.fault_words(refusal) if "faults" in request.args else {}
        words = NASTY if "nasty" in request.args else PLAIN
        return render_template("gallery.html", words=words, at=AT, faults=faults)

    @pages.post("/mau")
    @who(anyone)
    def receive() -> ResponseReturnValue:
        _posts().append(request.form.to_dict())
        flash("Hồ sơ đã được gửi.", "success")
        return redirect("/", 303)

    @pages.get("/vao/<name>")
    @who(anyone)
    def enter(name: str) -> ResponseReturnValue:
        answer = redirect("/", 303)
        answer.set_cookie(COOKIE, name, secure=True, httponly=True, path="/")
        return answer

    @pages.get("/xung-dot")
    @who(anyone)
    def clash() -> ResponseReturnValue:
        raise Conflict("someone was first")

    @pages.get("/thieu-chu")
    @who(anyone)
    def wordless() -> str:
        return str(g.texts.t("gallery.only_vi") + g.texts.t("gallery.none"))

    _add_uploads(pages)
    return pages


def _add_uploads(pages: Blueprint) -> None:
    @pages.post("/tai-lieu/bat-dau")
    @who(anyone)
    def start() -> ResponseReturnValue:
        asked = request.get_json()
        _posts().append(asked)
        if asked["name"].startswith("refused"):
            raise InvalidInput(fields=[FieldFault("file", "too_long", "fault.too_long", {"max": 3})])
        return jsonify(upload_id="u1", put_url="/kho/u1", headers={"X-Kept": "yes"}, confirm_url="/tai-lieu/xong"), 201

    @pages.put("/kho/u1")
    @who(anyone)
    def keep() -> ResponseReturnValue:
        _posts().append({"put": len(request.data), "kept": request.headers.get("X-Kept", "")})
        return Response(status=200)

    @pages.post("/tai-lieu/xong")
    @who(anyone)
    def confirm() -> ResponseReturnValue:
        _posts().append(request.get_json())
        return jsonify(document={}), 200

    @pages.post("/tai-lieu")
    @who(anyone)
    def plain() -> ResponseReturnValue:
        _posts().append({"plain": request.files["file"].filename or "", **request.form.to_dict()})
        return redirect("/", 303)

    @pages.get("/captcha.png")
    @who(anyone)
    def picture() -> Response:
        image = io.BytesIO()
        Image.new("RGB", (200, 70), "#eef1f4").save(image, "PNG")
        return Response(image.getvalue(), content_type="image/png")


def _posts() -> list[dict[str, Any]]:
    posts: list[dict[str, Any]] = current_app.config["POSTS"]
    return posts
