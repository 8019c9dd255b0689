"""What MinIO is asked for, by what reaches a stand-in of it: that MinIO then obeys is not shown here."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from services.prepare.blobs import prepare


class _StandIn(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_PUT  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def stand_in() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _StandIn)
    server.asked = []  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_each_purpose_gets_its_policy_then_its_user_then_both_together(stand_in: ThreadingHTTPServer) -> None:
    address = f"127.0.0.1:{stand_in.server_port}"
    prepare(f"http://root:root-secret@{address}", "minio", {"links": f"http://links-key:links-secret@{address}"}, 5)
    asked = [urlsplit(path) for path in stand_in.asked if "/admin/" in path]  # type: ignore[attr-defined]
    assert [url.path.rpartition("/")[2] for url in asked] == [
        "add-canned-policy",
        "add-user",
        "set-user-or-group-policy",
    ]
    assert parse_qs(asked[1].query) == {"accessKey": ["links-key"]}
    assert parse_qs(asked[2].query)["policyName"] == ["motcua-links"]
    assert "links-secret" not in "".join(stand_in.asked)  # type: ignore[attr-defined]
