"""A citizen with a program instead of a browser: signs in, prepares drafts, and sends each until it is answered."""

import re
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.cookies import RequestsCookieJar

from services.chassis.ids import new_id
from tests.support.system import SignIn
from tests.support.waiting import until

API = "/api/submissions/v1/dossiers"
#: A procedure that needs no papers of somebody who never married.
PROCEDURE, UNIT, CASE = "1.004873", "000.17.22.H56", "chua-ket-hon"
ANSWERS: dict[str, dict[str, Any]] = {
    "nguoi-yeu-cau": {
        "applicant_name": "Nguyễn Văn Ví Dụ",
        "applicant_birth_date": "15/08/1990",
        "applicant_identity_number": "038090000001",
        "applicant_phone": "0912345678",
        "applicant_email": "congdan@demo.motcua.example",
        "applicant_address": "Số 10, phố Minh Họa, phường Quảng Phú",
    },
    "tinh-trang": {"marital_status": "chua-ket-hon"},
    "muc-dich": {"purpose": "vay-von", "pledge": True},
}
#: Longer than the gateway waits for a service: what has not answered by then hangs.
PATIENCE_SECONDS = 70
ANSWER_SECONDS = 120
#: Less patient than the Retry-After of an answer that tells one to come back.
AGAIN_SECONDS = 0.5


@dataclass
class Answers:
    """What a filing met, of all its threads."""

    codes: dict[str, str] = field(default_factory=dict)  # dossier id -> provisional code
    seconds: list[float] = field(default_factory=list)  # of each request, answered with 2xx or not
    statuses: list[int] = field(default_factory=list)  # 0 where there was no answer
    not_told_when: int = 0  # answers 503 without a Retry-After
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: int, seconds: float, again_after: str | None = None) -> None:
        with self.lock:
            self.not_told_when += status == 503 and again_after is None
            self.statuses.append(status)
            self.seconds.append(seconds)

    @property
    def refused(self) -> set[int]:
        """Statuses that no outage excuses."""
        return {status for status in self.statuses if status not in (0, 201, 502, 503, 504)}

    def p95(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.95) - 1]


class Citizen:
    """Used by several threads at once; each has a connection of its own and all share the sign-in."""

    def __init__(self, url: str, who: SignIn) -> None:
        self._url = url
        self._who = who
        self._cookies = RequestsCookieJar()
        self._own = threading.local()
        self._csrf = ""
        self._jar = threading.Lock()
        self._renewing = threading.Lock()

    def sign_in(self) -> None:
        """Raises: AssertionError, when the door stays shut."""
        page = self._send("GET", "/tai-khoan/dang-nhap", headers={"Accept": "text/html"})
        form = {"csrf_token": _csrf(page), "login": self._who.email, "password": self._who.password}
        entered = self._send("POST", "/tai-khoan/dang-nhap", data=form, headers={"Accept": "text/html"})
        assert entered.status_code == 303, entered.status_code
        until(lambda: self.call("GET", API).status_code == 200, 20, "submissions knows the identity")
        self._csrf = _csrf(self._send("GET", "/", headers={"Accept": "text/html"}))

    def draft(self) -> str:
        """The id of a draft that lacks nothing."""
        begun = self.call(
            "POST", API, {"procedure": PROCEDURE, "unit": UNIT, "case": CASE}, {"Idempotency-Key": new_id()}
        )
        assert begun.status_code == 201, begun.text
        dossier_id: str = begun.json()["id"]
        for step, answers in ANSWERS.items():
            saved = self.call("PUT", f"{API}/{dossier_id}/answers/{step}", {"answers": answers})
            assert saved.status_code == 200, saved.text
        return dossier_id

    def submit(self, dossier_id: str, answers: Answers, request_id: str | None = None) -> None:
        """Press the button until it is answered, always with the same key."""
        headers = {"Idempotency-Key": new_id()} | ({"X-Request-Id": request_id} if request_id else {})

        def press() -> bool:
            began = time.monotonic()
            try:
                given = self.call("POST", f"{API}/{dossier_id}/submission", {}, headers)
            except requests.RequestException:
                answers.note(0, time.monotonic() - began)
                return False
            answers.note(given.status_code, time.monotonic() - began, given.headers.get("Retry-After"))
            if given.status_code == 201:
                with answers.lock:
                    answers.codes[dossier_id] = given.json()["provisional_code"]
            return given.status_code == 201

        until(press, ANSWER_SECONDS, f"an answer to the submission of {dossier_id}", every=AGAIN_SECONDS)

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> requests.Response:
        """One call of the API; an identity that has run out is renewed as the pages' scripts do it."""

        def send() -> requests.Response:
            return self._send(method, path, json=body, headers={"X-CSRFToken": self._csrf, **(headers or {})})

        answer = send()
        if answer.status_code == 401:
            with self._renewing:
                self._send("GET", "/tai-khoan/phien", headers={"Accept": "*/*"})
            answer = send()
        return answer

    def _send(self, method: str, path: str, *, headers: dict[str, str], **content: Any) -> requests.Response:
        """Cookies go by hand: `requests` would keep Secure ones to itself; browsers trust loopback."""
        with self._jar:
            cookies = "; ".join(f"{c.name}={c.value}" for c in self._cookies if not c.is_expired())
        answer = self._session().request(
            method,
            self._url + path,
            headers={**headers, "Cookie": cookies},
            timeout=PATIENCE_SECONDS,
            allow_redirects=False,
            **content,
        )
        with self._jar:
            self._cookies.update(answer.cookies)
        return answer

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = requests.Session()
        return session


def _csrf(page: requests.Response) -> str:
    found = re.search(r'name="csrf_token" value="([^"]*)"', page.text)
    assert found, f"no form on the page, {page.status_code}"
    return found[1]


def in_threads(count: int, work: Callable[[Any], Any], items: list[Any]) -> list[Any]:
    """`work` on every item by `count` threads; raises what the first of them raised."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, items))


def file_while_each_dies(
    citizen: Citizen, victims: Sequence[str], per_victim: int, filers: int, kill: Callable[[str], object]
) -> Answers:
    """So many dossiers for each victim are being filed when `kill` ends it; `kill` returns once it is back.

    Every filing was answered in the end, and none was refused.
    """
    drafts = in_threads(filers, lambda _: citizen.draft(), list(range(per_victim * len(victims))))
    answers, allowed = Answers(), threading.Semaphore(0)

    def file(dossier_id: str) -> None:
        allowed.acquire()
        citizen.submit(dossier_id, answers)

    with ThreadPoolExecutor(filers) as pool:
        filing = [pool.submit(file, draft) for draft in drafts]
        try:
            for turn, victim in enumerate(victims):
                allowed.release(per_victim)
                under_way = per_victim * turn + filers
                until(lambda: len(answers.codes) >= under_way, 90, "the filing is on its way")  # noqa: B023
                kill(victim)
        finally:
            allowed.release(len(drafts))
        for one in filing:
            one.result()
    assert not answers.refused
    assert set(answers.codes) == set(drafts)
    return answers
