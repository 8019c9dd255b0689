"""The gateway, as people reach it: the answer, the headers, the certificate."""

import socket
import ssl
import warnings
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import urllib3
from cryptography import x509
from cryptography.x509.oid import NameOID

from services.doctor.verdict import Verdict, fault, ok, warn

PATIENCE_SECONDS = 8
DAYS_WARN, DAYS_FAULT = 21, 7
RENEW = "Renew it; with automatic TLS see that ports 80 and 443 are reachable from outside, then restart the gateway."


class Front:
    """The public address; `address` (host:port) says where to knock when its name does not lead there from here."""

    def __init__(self, public_url: str, address: str = "", ca_file: str = "") -> None:
        parts = urlsplit(public_url)
        self.scheme = parts.scheme
        self.host = parts.hostname or ""
        self._named = parts.netloc
        knock = urlsplit(f"//{address}") if address else parts
        self._knock_host = knock.hostname or ""
        self._knock_port = knock.port or (443 if self.scheme == "https" else 80)
        self._ca_file = ca_file

    def get(self, target: str, *, scheme: str = "", port: int = 0) -> urllib3.BaseHTTPResponse:
        """Whatever the certificate: that is a check of its own. Raises: OSError."""
        port = port or self._knock_port
        if (scheme or self.scheme) == "https":
            pool: urllib3.HTTPConnectionPool = urllib3.HTTPSConnectionPool(
                self._knock_host, port, cert_reqs="CERT_NONE", server_hostname=self.host, timeout=PATIENCE_SECONDS
            )
        else:
            pool = urllib3.HTTPConnectionPool(self._knock_host, port, timeout=PATIENCE_SECONDS)
        try:
            with pool, warnings.catch_warnings():
                warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
                return pool.request("GET", target, headers={"Host": self._named}, redirect=False, retries=False)
        except urllib3.exceptions.HTTPError as away:
            raise OSError(str(away)[:200]) from away

    def status(self, url: str) -> int:
        parts = urlsplit(url)
        return self.get(f"{parts.path}?{parts.query}").status

    def time(self) -> datetime:
        return parsedate_to_datetime(self.get("/robots.txt").headers["Date"])

    def trusted(self) -> str:
        """Why the chain or the name of the certificate is not accepted; empty when it is."""
        context = ssl.create_default_context()
        if self._ca_file:
            context.load_verify_locations(self._ca_file)
        try:
            self._shake(context)
        except ssl.SSLCertVerificationError as refused:
            return refused.verify_message
        return ""

    def certificate(self) -> x509.Certificate:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return x509.load_der_x509_certificate(self._shake(context))

    def _shake(self, context: ssl.SSLContext) -> bytes:
        with (
            socket.create_connection((self._knock_host, self._knock_port), PATIENCE_SECONDS) as line,
            context.wrap_socket(line, server_hostname=self.host) as secure,
        ):
            return secure.getpeercert(binary_form=True) or b""


def answers(front: Front) -> Verdict:
    todo = (
        "Look at `docker compose ps gateway`, at DNS and at the firewall; "
        "if only this machine can't reach it, set DOCTOR_GATEWAY_ADDRESS."
    )
    try:
        answer = front.get("/")
    except OSError as away:
        return fault(f"{front.host} does not answer: {away}", todo)
    if answer.status >= 500:
        return fault(f"the home page answers {answer.status}", "Look at `docker compose ps` and catalogue-web's log.")
    if front.scheme != "https":
        return warn("people reach the gateway without TLS", "Fine on one machine; a province's server needs https.")
    if "Strict-Transport-Security" not in answer.headers:
        return warn("no Strict-Transport-Security header", "Use the Caddyfile of this version.")
    return ok(f"answers {answer.status} with HSTS")


def redirects(front: Front, port: int = 80) -> Verdict:
    todo = "Publish port 80 of the gateway; Caddy then redirects by itself."
    try:
        answer = front.get("/", scheme="http", port=port)
    except OSError as away:
        return warn(f"http does not answer: {away}", todo)
    if not answer.headers.get("Location", "").startswith("https://"):
        return warn(f"http answers {answer.status} and does not lead to https", todo)
    return ok("http leads to https")


def certificate(front: Front) -> Verdict:
    try:
        shown = front.certificate()
    except OSError as away:
        return fault(f"no certificate from {front.host}: {away}", "Look at the check `gateway` first.")
    days = (shown.not_valid_after_utc - datetime.now(UTC)).days
    issuer = _name(shown.issuer)
    said = f"certificate of {issuer}, {days} days left"
    if days < DAYS_FAULT:
        return fault(said if days >= 0 else f"certificate of {issuer} ran out {-days} days ago", RENEW)
    if not _covers(shown, front.host):
        return fault(f"{said}, but it is not for {front.host}", "Give the gateway the certificate of that name.")
    if refused := front.trusted():
        if "Caddy Local Authority" not in issuer:
            todo = (
                "Add the missing chain to the certificate file, or name the province's authority in DOCTOR_AUTHORITY."
            )
            return fault(f"{said}, not trusted: {refused}", todo)
        said = f"{said}, of the gateway's own internal CA, which browsers do not know"
    return warn(said, RENEW) if days < DAYS_WARN and "internal CA" not in said else ok(said)


def _name(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME) or name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def _covers(shown: x509.Certificate, host: str) -> bool:
    try:
        names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    given = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
    return host in given or f"*.{host.partition('.')[2]}" in given
