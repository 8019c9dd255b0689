"""A whole copy of Một Cửa for tests, started and stopped by the code behind `make up`.

with running_system() as system: page.goto(system.url); system.wait_for_mail("an@example.vn", "Kích hoạt")
"""

import contextlib
import mailbox
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from deploy.local import demo
from deploy.local.place import ROOT, Place
from deploy.local.running import Running
from tests.support.waiting import until

#: A copy that is up already: tests use it and leave it up.
GIVEN_DATA = "MOTCUA_TEST_SYSTEM"
#: The same with an installation of Docker Compose, by its home.
GIVEN_HOME = "MOTCUA_TEST_COMPOSE"
MAIL_SECONDS = 20


@dataclass(frozen=True)
class Mail:
    recipient: str
    subject: str
    text: str
    html: str
    sent_at: datetime

    def link(self, part: str) -> str:
        """The first address in the text that contains `part`.

        Raises: AssertionError, showing the mail.
        """
        found = [word.strip("<>") for word in self.text.split() if word.lstrip("<").startswith("http") and part in word]
        assert found, f"no link with {part} in:\n{self.text}"
        return found[0]


@dataclass(frozen=True)
class SignIn:
    email: str
    password: str
    name: str
    unit: str
    roles: tuple[str, ...]


class System(ABC):
    """A whole system behind one address, however it runs."""

    url: str

    @property
    @abstractmethod
    def sign_ins(self) -> Any:
        """As `motcua accounts demo --json` printed them."""

    @abstractmethod
    def raw_mails(self) -> Iterator[bytes]:
        """Every mail that it sent, in no order."""

    @abstractmethod
    def motcua(self, *arguments: str) -> str:
        """What the operators' command printed; raises what it said when it refused."""

    @property
    def officers(self) -> list[SignIn]:
        return [_sign_in(row) for row in self.sign_ins["officers"]]

    @property
    def citizens(self) -> list[SignIn]:
        return [_sign_in(row) for row in self.sign_ins["citizens"]]

    def officer(self, role: str, unit: str) -> SignIn:
        return next(who for who in self.officers if role in who.roles and who.unit == unit)

    def mails(self, to: str = "", subject_part: str = "") -> list[Mail]:
        """Newest first."""
        found = sorted(map(_parsed, self.raw_mails()), key=lambda mail: mail.sent_at, reverse=True)
        return [mail for mail in found if to.casefold() in mail.recipient.casefold() and subject_part in mail.subject]

    def wait_for_mail(self, to: str, subject_part: str, *, seconds: float = MAIL_SECONDS) -> Mail:
        """Raises: AssertionError, when none came in time."""
        what = f"a mail to {to} with “{subject_part}”"
        return until(lambda: self.mails(to, subject_part), seconds=seconds, what=what)[0]


@dataclass(frozen=True)
class LocalCopy(System):
    """`running` starts and stops its parts; `place` holds its ports, secrets, logs and mails."""

    url: str
    place: Place
    running: Running

    @property
    def sign_ins(self) -> Any:
        return demo.sign_ins(self.place)

    def raw_mails(self) -> Iterator[bytes]:
        folder = mailbox.Maildir(self.place.mail, create=False)
        for key in folder.iterkeys():
            # A mail may move between the folder's listing and its reading.
            with contextlib.suppress(KeyError, FileNotFoundError):
                yield folder.get_bytes(key)

    def motcua(self, *arguments: str) -> str:
        """Raises: DemoNotLoaded."""
        return demo.operate(self.place, self.url, *arguments)


@contextmanager
def running_system() -> Iterator[LocalCopy]:
    """A copy in a folder of its own, gone at the end, also when the run is killed."""
    given = os.environ.get(GIVEN_DATA)
    if given:
        place = Place(Path(given))
        running = Running(place, int((place.run / "port").read_text()))
        yield LocalCopy(running.public_url, place, running)
        return
    folder = Path(tempfile.mkdtemp(prefix="motcua-system-"))
    warden = subprocess.Popen(
        [sys.executable, "-m", "tests.support.system", str(os.getpid()), str(folder)], cwd=ROOT, start_new_session=True
    )
    place = Place(folder / "data")
    running = Running(place, free_port())
    try:
        running.up()
        yield LocalCopy(running.public_url, place, running)
    finally:
        running.down()
        warden.kill()
        warden.wait()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _sign_in(row: Any) -> SignIn:
    roles = row.get("role") or row.get("roles") or ""
    names = tuple(name.strip() for name in roles.split(",")) if isinstance(roles, str) else tuple(roles)
    return SignIn(row["email"], row["password"], row["name"], row.get("unit", ""), names)


def _parsed(raw: bytes) -> Mail:
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    return Mail(
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        text=plain.get_content() if plain else "",
        html=html.get_content() if html else "",
        sent_at=message["Date"].datetime,
    )


def _watch(process: int, folder: Path) -> None:
    """Take a copy down whose tests were killed before they could."""

    with contextlib.suppress(ProcessLookupError):
        select.select([os.pidfd_open(process)], [], [])
    Running(Place(folder / "data"), 0).down()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _watch(int(sys.argv[1]), Path(sys.argv[2]))
