"""A letter as a MIME message: plain text and HTML, in Vietnamese, recognisable when it comes twice."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.notifier.actions.ports import Letter
from services.notifier.domain.notice import Notice, Person


class MailMaker:
    def __init__(self, sender: str, site_name: str, public_url: str) -> None:
        self._from = Address(site_name, addr_spec=sender)
        self._site_name = site_name
        self._domain = urlsplit(public_url).hostname or "motcua"
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            keep_trailing_newline=True,
        )

    def make(self, letter: Letter, notice: Notice, person: Person, now: datetime) -> EmailMessage:
        """`now` becomes the Date. The Message-ID depends on the notice only."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._from
        mail["To"] = Address(_name(person.name), addr_spec=person.email or "")
        mail["Subject"] = letter.subject
        mail["Date"] = now
        mail["Message-ID"] = f"<{notice.id}@{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail["X-Request-Id"] = notice.request_id
        mail["Content-Language"] = "vi"
        mail.set_content(self._set("letter.txt", letter))
        mail.add_alternative(self._set("letter.html", letter), subtype="html")
        return mail

    def _set(self, template: str, letter: Letter) -> str:
        return self._templates.get_template(template).render(letter=letter, site_name=self._site_name)


def _name(name: str) -> str:
    """Fit for a header: one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())
