"""What a restored system must show: all that was answered before the backup, once, and every paper as it was."""

from collections import Counter
from hashlib import sha256

import requests

from tests.faults.citizen import API, Citizen
from tests.faults.record import Record
from tests.support.waiting import until

COMPONENT = "giay-xac-nhan-cu"


def attach(citizen: Citizen, dossier_id: str, content: bytes) -> tuple[str, bytes]:
    documents = f"{API}/{dossier_id}/documents"
    announced = {"component": COMPONENT, "name": "giay-xac-nhan.pdf", "size": len(content)}
    begun = citizen.call("POST", documents, announced)
    assert begun.status_code == 201, begun.text
    document_id = begun.json()["document"]["id"]
    requests.put(begun.json()["put_url"], data=content, timeout=20).raise_for_status()
    assert citizen.call("POST", f"{documents}/{document_id}/confirmation").status_code == 200
    link = f"{documents}/{document_id}/content"
    until(lambda: citizen.call("GET", link).status_code in (302, 303, 307), 30, "the paper is checked")
    return document_id, content


def assert_whole(restored: Record, before: dict[str, str]) -> None:
    codes = before.values()
    filed = {row["provisional_code"] for row in restored.db("submissions")["dossiers"].find({"status": 1})}
    once = Counter(dict.fromkeys(filed, 1))
    assert set(codes) <= filed
    until(lambda: restored.pending() == 0, 60, "all outboxes are said")
    until(lambda: set(restored.notices(filed)) == filed, 60, "the notifier hears what was in flight")
    until(lambda: set(restored.followed(filed)) == filed, 60, "tracking hears what was in flight")
    until(lambda: not restored.left_in_queues(), 30, "queues, waiting lanes and dead queues are empty")
    assert restored.filed(filed) == once
    assert restored.followed(filed) == once
    assert Counter({code: len(made) for code, made in restored.notices(filed).items()}) == once


def assert_papers(citizen: Citizen, papers: dict[str, tuple[str, bytes]]) -> None:
    """The citizen signs in as before, reads the answers, which are encrypted fields, and gets the papers."""
    citizen.sign_in()
    for dossier_id, (document_id, content) in papers.items():
        shown = citizen.call("GET", f"{API}/{dossier_id}")
        assert shown.status_code == 200
        assert "Nguyễn Văn Ví Dụ" in shown.json().__str__()
        link = citizen.call("GET", f"{API}/{dossier_id}/documents/{document_id}/content")
        assert link.status_code in (302, 303, 307), link.text
        got = requests.get(link.headers["Location"], timeout=20).content
        assert sha256(got).digest() == sha256(content).digest()
