"""What the processes of a copy say about themselves: health, counts, one request id from end to end, nobody's name."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from services.chassis.ids import new_id
from tests.faults.citizen import ANSWERS, Answers, Citizen
from tests.faults.living import WEBS, WORKERS, Living
from tests.faults.record import Record
from tests.support.waiting import until

STOP_SECONDS = 10


@pytest.mark.parametrize("program", [*WEBS, *WORKERS])
def test_each_process_says_how_it_is_and_what_it_counted_but_not_through_the_gateway(
    living: Living, program: str
) -> None:
    assert living.status(program, "/health/live") == 200
    until(lambda: living.status(program, "/health/ready") == 200, 20)
    assert "# TYPE motcua_" in requests.get(living.address(program) + "/metrics", timeout=10).text
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert requests.get(living.url + path, timeout=10).status_code == 404


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_ends_cleanly_and_in_time(living: Living, worker: str) -> None:
    began = time.monotonic()
    code = living.stop(worker)
    took = time.monotonic() - began
    living.start(worker)
    assert (code, took < STOP_SECONDS) == (0, True), f"{took:.1f} s"


def test_one_request_id_goes_from_the_gateway_to_the_mail(living: Living, citizen: Citizen, record: Record) -> None:
    request_id, answers = new_id(), Answers()
    citizen.submit(citizen.draft(), answers, request_id)
    codes = answers.codes.values()
    until(lambda: record.notices(codes) and not record.unmailed(codes), 20, "the receipt")
    (notice,) = next(iter(record.notices(codes).values()))
    assert {told for _, told in record.mails()[notice]} == {request_id}
    for program in ("gateway", "submissions-web", "tracking-worker", "notifier-worker"):
        until(lambda: request_id in living.log(program).read_text(), 5, f"{program} logs the request id")  # noqa: B023


def test_logs_are_json_lines_and_each_request_has_its_id(living: Living, citizen: Citizen) -> None:
    citizen.draft()
    for program in (*WEBS, *WORKERS):
        for line in _lines(living.log(program)):
            entry = json.loads(line)
            assert {"event", "level", "timestamp", "service"} <= set(entry), line
            if entry["event"] in ("request", "event.handled"):
                assert entry["request_id"], line


def test_no_log_names_the_citizen(living: Living, citizen: Citizen, record: Record) -> None:
    answers = Answers()
    citizen.submit(citizen.draft(), answers)
    until(lambda: not record.unmailed(answers.codes.values()), 20, "the receipt")
    who = living.system.citizens[0]
    given = ANSWERS["nguoi-yeu-cau"]
    secrets = {who.email, who.name, who.password, *(str(value) for value in given.values())} - {"15/08/1990"}
    spelt = {form for secret in secrets for form in (secret, json.dumps(secret)[1:-1])}
    for log in living.place.logs.iterdir():
        text = log.read_text(errors="replace")
        assert not [secret for secret in spelt if secret in text], log.name


def _lines(log: Path) -> Iterator[str]:
    return (line for line in log.read_text().splitlines() if line)
