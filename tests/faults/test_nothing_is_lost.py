"""Programs die while people file: nobody who was answered is forgotten, and nothing happens twice."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.faults.citizen import Answers, Citizen, file_while_each_dies, in_threads
from tests.faults.living import WEBS, WORKERS, Living
from tests.faults.record import Record, assert_all_is_said_once
from tests.support.waiting import until

FILERS = 6
#: Killed one after the other, each while so many dossiers are being sent.
VICTIMS = ("submissions-worker", "notifier-worker", "tracking-worker", "rabbitmq", "mongo")
PER_VICTIM = 40
PAGES = ("/", "/thu-tuc", "/ho-so", "/tra-cuu")
#: An answer that comes later than this has hung.
LONGEST_SECONDS = 20
#: What a busy machine may add to one answer.
JITTER_SECONDS = 0.25


def test_whatever_is_killed_each_dossier_that_was_answered_is_there_once(
    living: Living, citizen: Citizen, record: Record
) -> None:
    def kill(victim: str) -> None:
        before = living.starts_of(victim)
        living.kill(victim)
        living.await_back(victim, before)

    answers = file_while_each_dies(citizen, VICTIMS, PER_VICTIM, FILERS, kill)
    assert_all_is_said_once(record, answers.codes.values())
    assert all(living.answers(program) for program in (*WEBS, *WORKERS))


def test_a_filing_does_not_notice_that_the_broker_is_away(living: Living, citizen: Citizen, record: Record) -> None:
    drafts = in_threads(FILERS, lambda _: citizen.draft(), list(range(70)))
    warm_up, with_broker, without_broker = Answers(), Answers(), Answers()
    in_threads(4, lambda draft: citizen.submit(draft, warm_up), drafts[:10])
    in_threads(4, lambda draft: citizen.submit(draft, with_broker), drafts[10:40])

    with living.without("rabbitmq"):
        in_threads(4, lambda draft: citizen.submit(draft, without_broker), drafts[40:])
        ready = {web: living.status(web, "/health/ready") for web in WEBS}
        alive = {worker: living.status(worker, "/health/live") for worker in WORKERS}

    assert set(without_broker.statuses) == {201}
    assert without_broker.p95() <= 3 * with_broker.p95() + JITTER_SECONDS
    assert set(ready.values()) == {200}, ready
    assert set(alive.values()) == {200}, alive
    assert_all_is_said_once(record, without_broker.codes.values())


def test_mails_go_out_when_the_mail_server_is_back(living: Living, citizen: Citizen, record: Record) -> None:
    drafts = in_threads(4, lambda _: citizen.draft(), list(range(12)))
    answers = Answers()
    with living.without("smtp"):
        in_threads(4, lambda draft: citizen.submit(draft, answers), drafts)
        until(lambda: len(record.notices(answers.codes.values())) == 12, 20, "every receipt is written")
        until(lambda: record.deliveries(state="due", reason={"$ne": None}), 20, "the notifier meets the closed door")

    until(lambda: not record.unmailed(answers.codes.values()), 60, "all receipts arrive")
    assert record.deliveries(state="failed") == 0
    assert_all_is_said_once(record, answers.codes.values())


def test_while_the_store_is_away_people_are_told_so_and_nothing_wears_out(
    living: Living, citizen: Citizen, record: Record
) -> None:
    drafts = in_threads(FILERS, lambda _: citizen.draft(), list(range(24)))
    before, answers = Answers(), Answers()
    retried = {worker: living.counted(worker, "motcua_events_retried") for worker in WORKERS}
    starts = {program: living.starts_of(program) for program in (*WEBS, *WORKERS)}
    in_threads(FILERS, lambda draft: citizen.submit(draft, before), drafts[:12])
    with ThreadPoolExecutor(12) as pool:
        with living.without("mongo"):
            filing = [pool.submit(citizen.submit, draft, answers) for draft in drafts[12:]]
            until(lambda: len(answers.statuses) >= 24, 90, "everybody is told twice")
            began = time.monotonic()
            ready = in_threads(len(WEBS), lambda web: living.status(web, "/health/ready"), list(WEBS))
            pages = in_threads(len(PAGES), living.opens, list(PAGES))
            took = time.monotonic() - began
        for one in filing:
            one.result()

    assert not answers.refused
    assert 503 in answers.statuses
    assert answers.not_told_when == 0
    assert max(answers.seconds) < LONGEST_SECONDS, sorted(answers.seconds)[-5:]
    assert set(ready) == {503}, ready
    assert set(pages) <= {200, 503}, pages
    assert took < LONGEST_SECONDS
    assert_all_is_said_once(record, [*before.codes.values(), *answers.codes.values()])
    assert {program: living.starts_of(program) for program in (*WEBS, *WORKERS)} == starts
    assert {worker: living.counted(worker, "motcua_events_retried") for worker in WORKERS} == retried
