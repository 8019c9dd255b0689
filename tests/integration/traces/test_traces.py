import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from deploy.local.place import ROOT
from services.chassis import mongo as chassis_mongo
from services.chassis import otlp, traces
from services.chassis.mongo import Client, Db
from tests.support.collector import Told, collecting
from tests.support.events import Hall, effect, schemas_folder
from tests.support.servers import servers_of_run
from tests.support.system import free_port
from tests.support.waiting import until

SECRET = "Nguyen-Van-An-038090001234"
Start = Callable[[str], None]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Traces to an address, every request of them; off again after the test."""
    monkeypatch.setattr(otlp, "SHARE", 1.0)
    yield lambda url: traces.start("speaker", url)
    traces.stop()


def desk(hall: Hall) -> Flask:
    """A web side with one view that files something and tells it."""
    app = Flask("desk")
    traces.watch(app)

    @app.post("/ho-so/<code>")
    def file(code: str) -> dict[str, Any]:
        hall.db["filed"].insert_one({"_id": SECRET})
        hall.tell(code)
        return {}

    @app.get("/health/live")
    def live() -> dict[str, Any]:
        return {}

    return app


def halls(client: Client, db: Db, vhost: str, tmp_path: Path) -> Hall:
    return Hall(client, db, vhost, schemas_folder(tmp_path / "schemas"))


def test_one_filing_is_one_trace_from_the_request_to_whoever_hears_of_it(
    start: Start, mongo: tuple[Client, Db], vhost: str, tmp_path: Path
) -> None:
    with collecting() as collector:
        start(collector.url)
        client, db = _again(mongo)
        with client:
            hall = halls(client, db, vhost, tmp_path)
            visitor = desk(hall).test_client()
            with hall.worker({"thing.made": effect(db)}):
                visitor.post(f"/ho-so/A-1?ten={SECRET}", headers={"User-Agent": SECRET}, data={"ten": SECRET})
                visitor.get("/health/live")
                until(lambda: db["effects"].count_documents({}) == 1)
            traces.stop()
    spans = {span.name: span for span in collector.spans}
    web, relay, hearer = spans["POST /ho-so/<code>"], spans["relay"], spans["hear hearer.things"]
    assert {web.trace} == {relay.trace, hearer.trace}
    assert [web.parent, relay.parent, hearer.parent] == ["", web.id, web.id]
    assert below(collector.spans, web) > {"relay", "hear hearer.things", f"{db.name}.insert"}
    assert f"{db.name}.insert" in below(collector.spans, hearer)
    assert {span.trace for span in collector.spans} == {web.trace}, "a worker's own questions begin no trace"
    assert {span.service for span in collector.spans} == {"speaker"}
    assert SECRET not in "".join(span.raw for span in collector.spans)


def test_what_a_store_refused_is_told_without_the_value_it_names(
    start: Start, mongo: tuple[Client, Db], vhost: str, tmp_path: Path
) -> None:
    with collecting() as collector:
        start(collector.url)
        client, db = _again(mongo)
        with client:
            visitor = desk(halls(client, db, vhost, tmp_path)).test_client()
            visitor.post("/ho-so/A-1")
            assert visitor.post("/ho-so/A-1").status_code == 500
        traces.stop()
    told = "".join(span.raw for span in collector.spans)
    assert "STATUS_CODE_ERROR" in told
    assert SECRET not in told


def test_a_stranger_does_not_choose_what_is_traced(
    start: Start, mongo: tuple[Client, Db], vhost: str, tmp_path: Path
) -> None:
    theirs = "0af7651916cd43dd8448eb211c80319c"
    with collecting() as collector:
        start(collector.url)
        client, db = _again(mongo)
        with client:
            visitor = desk(halls(client, db, vhost, tmp_path)).test_client()
            visitor.post("/ho-so/A-1", headers={"traceparent": f"00-{theirs}-b7ad6b7169203331-01"})
        traces.stop()
    assert collector.spans
    assert theirs not in {span.trace for span in collector.spans}


def test_a_collector_that_is_away_slows_no_request_and_fails_none(
    start: Start, mongo: tuple[Client, Db], vhost: str, tmp_path: Path
) -> None:
    start(f"http://127.0.0.1:{free_port()}/v1/traces")
    client, db = _again(mongo)
    with client:
        visitor = desk(halls(client, db, vhost, tmp_path)).test_client()
        visitor.post("/ho-so/A-0")
        db["filed"].drop()
        began = time.monotonic()
        assert visitor.post("/ho-so/A-1").status_code == 200
        assert time.monotonic() - began < 1
        began = time.monotonic()
        traces.stop()
        assert time.monotonic() - began < 2 * otlp.PATIENCE_SECONDS


def test_tracing_that_begins_again_still_tells_what_the_store_was_asked(
    start: Start, mongo: tuple[Client, Db], vhost: str, tmp_path: Path
) -> None:
    for _ in range(2):
        with collecting() as collector:
            start(collector.url)
            client, db = _again(mongo)
            with client:
                db["filed"].delete_many({})
                desk(halls(client, db, vhost, tmp_path)).test_client().post("/ho-so/A-1")
            traces.stop()
        assert f"{db.name}.insert" in {span.name for span in collector.spans}


def test_without_a_collector_nothing_of_opentelemetry_is_imported() -> None:
    program = (
        "import sys\n"
        "from services.chassis import traces\n"
        "import services.submissions.app, services.submissions.worker, services.notifier.worker\n"
        "traces.start('submissions', '')\n"
        "assert traces.current() is None\n"
        "sys.exit(any(name.split('.')[0] == 'opentelemetry' for name in sys.modules))\n"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60).returncode == 0


def below(spans: list[Told], top: Told) -> set[str]:
    return {span.name for span in spans if span.parent == top.id}


def _again(mongo: tuple[Client, Db]) -> tuple[Client, Db]:
    """A client of the same database that was made after tracing began, as in a service."""
    return chassis_mongo.connect(servers_of_run().database_url(mongo[1].name), "tests")
