"""The way to the mail server, by smtplib; one connection serves a round of mails."""

import smtplib
import ssl
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from services.chassis.clock import Clock
from services.notifier.actions.ports import Letter, Never, NotNow, ServerAway
from services.notifier.domain.notice import Notice, Person
from services.notifier.messages.mail import MailMaker

TIMEOUT_SECONDS = 15.0


class SmtpPost:
    """Satisfies `ports.Post`. The URL's scheme says how: smtp, smtps or smtp+starttls."""

    _PORTS: ClassVar = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}

    def __init__(self, url: str, maker: MailMaker, clock: Clock, timeout: float = TIMEOUT_SECONDS) -> None:
        """Raises: ValueError, when the URL is none of ours."""
        parts = urlsplit(url)
        if parts.scheme not in self._PORTS or not parts.hostname:
            raise ValueError("a mail server's URL is smtp://, smtps:// or smtp+starttls://[user:password@]host[:port]")
        self._scheme = parts.scheme
        self._host = parts.hostname
        self._port = parts.port or self._PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._maker = maker
        self._clock = clock
        self._timeout = timeout
        self._line: smtplib.SMTP | None = None

    def send(self, letter: Letter, notice: Notice, person: Person) -> None:
        try:
            mail = self._maker.make(letter, notice, person, self._clock.now())
        except ValueError as fault:
            raise Never("address_unusable") from fault
        was_open = self._line is not None
        try:
            self._connected().send_message(mail)
        except smtplib.SMTPRecipientsRefused as fault:
            code = next(iter(fault.recipients.values()))[0]
            raise _judged(code, "recipient_refused", final=code >= 500) from fault
        except smtplib.SMTPSenderRefused as fault:
            # Our own address or the server's mood, not the recipient: an operator can put it right.
            self.hang_up()
            raise _judged(fault.smtp_code, "sender_refused", final=False) from fault
        except smtplib.SMTPDataError as fault:
            raise _judged(fault.smtp_code, "mail_refused", final=fault.smtp_code >= 500) from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise Never("address_not_supported") from fault
        except (smtplib.SMTPException, OSError) as fault:
            self.hang_up()
            if was_open:  # a server may end a connection after some mails; a fresh one decides
                self.send(letter, notice, person)
            else:
                raise ServerAway(_reason(fault)) from fault

    def hang_up(self) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        try:
            line.quit()
        except (smtplib.SMTPException, OSError):
            line.close()

    def check(self) -> None:
        """Is the mail server there? Raises: ServerAway."""
        self._open().close()

    def _connected(self) -> smtplib.SMTP:
        if self._line is None:
            self._line = self._open()
        return self._line

    def _open(self) -> smtplib.SMTP:
        tls = ssl.create_default_context()
        try:
            if self._scheme == "smtps":
                line: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=tls)
            else:
                line = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
            if self._scheme == "smtp+starttls":
                line.starttls(context=tls)
            if self._user:
                line.login(self._user, self._password)
        except (smtplib.SMTPException, OSError) as fault:
            raise ServerAway(_reason(fault)) from fault
        return line


def _judged(code: int, reason: str, *, final: bool) -> Exception:
    """421 means that the server is going away, whatever it was asked."""
    text = f"{reason}_{code}"
    if code == 421:
        return ServerAway(text)
    return Never(text) if final else NotNow(text)


def _reason(fault: Exception) -> str:
    """The sort of fault; never the server's words, which may repeat an address."""
    code = getattr(fault, "smtp_code", None)
    return f"server_away_{code}" if code else f"server_away_{type(fault).__name__}"
