"""An SMTP server that keeps every mail it is given in a Maildir, byte for byte, and sends none on."""

import mailbox
import signal
import sys
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MAIL = 30 * 1024 * 1024


class Sink:
    """The first lines say for whom a mail was, as SMTP was told; those in a `Bcc` would be lost otherwise."""

    def __init__(self, folder: Path) -> None:
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        self._folder = mailbox.Maildir(folder)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        recipients = ", ".join(envelope.rcpt_tos)
        self._folder.add(f"X-RcptTo: {recipients}\r\n".encode() + (envelope.original_content or b""))
        return "250 OK"


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    wanted = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    controller = Controller(
        Sink(folder), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True, data_size_limit=LARGEST_MAIL
    )
    controller.start()
    signal.sigwait(wanted)
    controller.stop()


if __name__ == "__main__":
    main()
