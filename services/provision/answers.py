"""What an operator has told `deploy/init`: whether it makes sense, and the `.env` it becomes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

DEMO_SMTP = "smtp://mailpit:1025"
DEMO_SENDER = "khong-tra-loi@dichvucong.example"
TLS = ("auto", "internal", "files", "none")
STORES = {"minio": ("compose.yaml",), "seaweedfs": ("compose.yaml", "compose.seaweedfs.yaml")}
CLUSTER = {
    "minio": ("compose.cluster.yaml",),
    "seaweedfs": ("compose.cluster.yaml", "compose.cluster.seaweedfs.yaml"),
}


@dataclass(frozen=True, kw_only=True)
class Answers:
    """One field for each option of the command; empty or 0 where nothing was said."""

    public_url: str
    smtp: str
    sender: str
    demo: bool
    tls: str
    contact: str
    http_port: int
    https_port: int
    mailbox_port: int
    store: str
    cluster: bool
    project: str
    home: str
    repository: str
    uid: int
    gid: int

    def completed(self) -> "Answers":
        """With what goes without saying, in the demo or else."""
        if not self.demo:
            return replace(self, http_port=self.http_port or 80, https_port=self.https_port or 443)
        port = self.http_port or 8080
        return replace(
            self,
            http_port=port,
            https_port=self.https_port or 8443,
            tls="none",
            public_url=self.public_url or f"http://localhost:{port}",
            smtp=self.smtp or DEMO_SMTP,
            sender=self.sender or DEMO_SENDER,
        )

    def faults(self) -> list[str]:
        address, mail = urlsplit(self.public_url), urlsplit(self.smtp)
        wrong = {
            "--public-url, --smtp and --sender are needed (or --demo to try it on this machine).": not (
                self.public_url and self.smtp and self.sender
            ),
            f"--public-url {self.public_url} must begin with https:// and have no slash at the end.": self.public_url
            and (address.scheme not in ("http", "https") or self.public_url.endswith("/")),
            "--public-url begins with http://: give https://, or --tls none if a proxy before this does TLS.": (
                address.scheme == "http" and self.tls != "none"
            ),
            "--smtp must begin with smtp://, smtps:// or smtp+starttls://.": self.smtp
            and mail.scheme not in ("smtp", "smtps", "smtp+starttls"),
            "Leave the password out of --smtp; write the whole address to secrets/smtp_url afterwards.": mail.password,
            f"--sender {self.sender} is not a mail address.": self.sender
            and not re.fullmatch(r"[^@\s]+@[^@\s]+", self.sender),
            f"--tls {self.tls}: choose auto, internal, files or none.": self.tls not in TLS,
            "--project may hold small letters, digits, - and _ only.": not re.fullmatch(
                r"[a-z0-9][a-z0-9_-]*", self.project
            ),
        }
        return [said for said, is_so in wrong.items() if is_so]

    def variables(self, version: str) -> Mapping[str, str]:
        files = (*STORES[self.store], *(CLUSTER[self.store] if self.cluster else ()))
        return {
            "COMPOSE_PROJECT_NAME": self.project,
            "COMPOSE_FILE": ":".join(f"{self.repository}/deploy/{name}" for name in files),
            **({"COMPOSE_PROFILES": "demo"} if self.demo else {}),
            "MOTCUA_HOME": self.home,
            "MOTCUA_UID": str(self.uid),
            "MOTCUA_GID": str(self.gid),
            "MOTCUA_VERSION": version,
            "MOTCUA_PUBLIC_URL": self.public_url,
            "MOTCUA_HOST": str(urlsplit(self.public_url).hostname),
            "MOTCUA_TLS": self.tls,
            "MOTCUA_TLS_CONTACT": self.contact,
            "MOTCUA_GATEWAY_ADDRESS": "gateway:8080" if self.tls == "none" else "gateway:8443",
            "MOTCUA_HTTP_PORT": str(self.http_port),
            "MOTCUA_HTTPS_PORT": str(self.https_port),
            "MOTCUA_MAILBOX_PORT": str(self.mailbox_port),
            "MOTCUA_SENDER": self.sender,
        }
