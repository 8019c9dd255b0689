"""The demo's post office: a read-only page of every mail in the mail sink's Maildir.

It is told to nobody but who runs this copy; mails are foreign content, so each is shown in a sandboxed frame.
"""

import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Flask, Response, abort, render_template
from werkzeug.serving import make_server

PROVINCE = timezone(timedelta(hours=7))
SHOWN = 200
FRAME = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)
PAGE = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
ADDRESS = re.compile(r"(https?://[^\s<>\"']+)")


@dataclass(frozen=True)
class Mail:
    key: str
    at: datetime
    content: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.content["Subject"] or "(không có tiêu đề)")

    @property
    def recipient(self) -> str:
        return str(self.content["To"] or self.content["X-RcptTo"] or "")

    @property
    def sender(self) -> str:
        return str(self.content["From"] or "")

    def body(self, kind: str) -> str | None:
        part = self.content.get_body((kind,))
        return None if part is None else str(part.get_content())


class PostOffice:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def latest(self) -> list[Mail]:
        """Newest first."""
        files = [file for part in ("new", "cur") for file in (self._folder / part).glob("*")]
        newest = sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)[:SHOWN]
        return [_read(file) for file in newest]

    def find(self, key: str) -> Mail | None:
        """Only names that the folder lists are opened: a key is never taken as a path."""
        for part in ("new", "cur"):
            for file in (self._folder / part).glob("*"):
                if _key(file) == key:
                    return _read(file)
        return None


def create_app(folder: Path) -> Flask:
    app = Flask("deploy.local.mailbox", template_folder=str(Path(__file__).parent / "mailbox_pages"))
    app.template_filter("when")(_when)
    office = PostOffice(folder)

    def wanted(key: str) -> Mail:
        return office.find(key) or abort(404)

    @app.get("/")
    def index() -> Response:
        return _answer(render_template("list.html", mails=office.latest()), PAGE)

    @app.get("/<key>")
    def mail(key: str) -> Response:
        found = wanted(key)
        text = found.body("plain")
        pieces = ADDRESS.split(text) if text is not None else []
        return _answer(render_template("mail.html", mail=found, pieces=pieces, html=found.body("html")), PAGE)

    @app.get("/<key>/html")
    def html(key: str) -> Response:
        """The HTML half alone, as a mail program would draw it."""
        body = wanted(key).body("html") or abort(404)
        return _answer(HEAD.sub(r'\g<0><base target="_blank">', body, count=1), FRAME + "; frame-ancestors 'self'")

    @app.get("/<key>/source")
    def source(key: str) -> Response:
        return _answer(wanted(key).content.as_string(), FRAME, "text/plain")

    return app


def _answer(body: str, csp: str, mimetype: str = "text/html") -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Security-Policy"] = csp
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _key(file: Path) -> str:
    """Maildir adds flags after a colon when a mail was read."""
    return file.name.partition(":")[0]


def _read(file: Path) -> Mail:
    content = message_from_bytes(file.read_bytes(), policy=policy.default)
    return Mail(_key(file), datetime.fromtimestamp(file.stat().st_mtime, UTC), content)


def _when(moment: datetime) -> str:
    return moment.astimezone(PROVINCE).strftime("%d/%m/%Y %H:%M:%S")


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    make_server("127.0.0.1", port, create_app(folder), threaded=True).serve_forever()


if __name__ == "__main__":
    main()
