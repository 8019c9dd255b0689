"""Object storage, the virus scanner and the mail server, each tried the way the services use it."""

import smtplib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import unquote, urlsplit

from services.chassis.blobs import BlobMissing, Blobs
from services.chassis.errors import Unavailable
from services.chassis.ids import new_id
from services.doctor.verdict import Verdict, fault, ok, warn
from services.submissions.storage.virus_scanner import ClamScanner

AGE_WARN, AGE_FAULT = timedelta(days=3), timedelta(days=14)
MAIL_SECONDS = 10
MAIL_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
#: The harmless test file of all scanners, in halves so that this source is not taken for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def storage(blobs: Blobs) -> Verdict:
    """A small object is put, read and removed."""
    key, content = f"doctor/{new_id()}", b"motcua doctor"
    try:
        blobs.put(key, content)
        back = b"".join(blobs.open(key))
        blobs.remove(key)
    except (Unavailable, BlobMissing) as away:
        todo = "Look at `docker compose ps blobs`; if it refuses the key or the bucket is missing: motcua prepare blobs"
        return fault(_of_storage(away), todo)
    if back != content:
        return fault("object storage gave back something else", "Look at the store's disk and its logs.")
    return ok("an object was put, read and removed")


def links(documents: Blobs, signer: Blobs, fetch: Callable[[str], int]) -> Verdict:
    """A link signed with the links' key is followed through the public address."""
    key = f"documents/doctor-{new_id()}"
    try:
        documents.put(key, b"motcua doctor")
        status = fetch(signer.presign_get(key, timedelta(minutes=1), "doctor.txt", "text/plain"))
        documents.remove(key)
    except (Unavailable, BlobMissing) as away:
        return fault(_of_storage(away), "Look at the check `storage` first.")
    except OSError as away:
        return fault(f"the public address does not answer: {away}", "Look at the check `gateway` first.")
    if status != 200:
        todo = "Run `motcua prepare blobs`; the gateway must pass the bucket's path on with its Host unchanged."
        return fault(f"a signed link answers {status} instead of 200", todo)
    return ok("a signed link works through the public address")


def scanner(daemon: ClamScanner) -> Verdict:
    try:
        daemon.check()
        finds = daemon.has_virus(BytesIO(EICAR))
    except Unavailable as away:
        return fault(away.detail, "Look at `docker compose ps scanner`; it needs a minute and 2 GB to start.")
    if not finds:
        return fault("the scanner does not find the EICAR test file", "Its signatures are broken: fetch them anew.")
    return ok("answers, and finds the EICAR test file")


def signatures(made_at: datetime | None) -> Verdict:
    todo = "Let freshclam reach its mirror, or bring signatures in by hand (deploy/airgap)."
    if made_at is None:
        return warn("the scanner does not tell how old its signatures are", todo)
    age = datetime.now(UTC) - made_at
    said = f"the signatures are {age.days} days old"
    if age > AGE_FAULT:
        return fault(said, todo)
    return warn(said, todo) if age > AGE_WARN else ok(said)


def mail(url: str, sender: str, trusted: ssl.SSLContext | None = None) -> Verdict:
    """Up to the sender's address, which is then taken back: nothing is sent."""
    parts = urlsplit(url)
    where = f"{parts.hostname}:{parts.port or MAIL_PORTS.get(parts.scheme, 25)}"
    try:
        with _mail_line(url, trusted or ssl.create_default_context()) as line:
            if parts.username:
                line.login(unquote(parts.username), unquote(parts.password or ""))
            code, text = line.mail(sender)
            line.rset()
    except smtplib.SMTPAuthenticationError as refused:
        return fault(f"{where} refuses user or password: {_words(refused.smtp_error)}", "Put them right in smtp_url.")
    except smtplib.SMTPNotSupportedError as refused:
        return fault(f"{where}: {refused}", "Choose smtp://, smtps:// or smtp+starttls:// as the server offers it.")
    except ssl.SSLError as broken:
        return fault(f"TLS with {where} fails: {broken.reason}", "The host in smtp_url must be the certificate's name.")
    except (smtplib.SMTPException, OSError) as away:
        return fault(f"{where} does not take mail: {_words(away)}", "Check smtp_url, the server and the firewall.")
    if code >= 400:
        return fault(f"{where} refuses the sender {sender}: {code} {_words(text)}", "Allow it, or set NOTIFIER_SENDER.")
    domain = sender.rpartition("@")[2]
    return ok(f"{where} takes mail of {sender}; see that {domain} has SPF, DKIM and DMARC records")


def _mail_line(url: str, context: ssl.SSLContext) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or MAIL_PORTS.get(parts.scheme, 25)
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=MAIL_SECONDS, context=context)
    line = smtplib.SMTP(host, port, timeout=MAIL_SECONDS)
    if parts.scheme == "smtp+starttls":
        line.starttls(context=context)
    line.ehlo_or_helo_if_needed()
    return line


def _of_storage(away: Exception) -> str:
    return away.detail if isinstance(away, Unavailable) else "the bucket is not there, or loses what is put into it"


def _words(said: object) -> str:
    return (said.decode(errors="replace") if isinstance(said, bytes) else str(said))[:200]
