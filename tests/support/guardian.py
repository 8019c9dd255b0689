"""Waits for a process to end, then ends the supervisor that runs this program (and with it, all it runs)."""

import os
import select
import signal
import sys


def main() -> None:
    try:
        watched = os.pidfd_open(int(sys.argv[1]))
    except ProcessLookupError:
        pass
    else:
        select.select([watched], [], [])
    os.kill(os.getppid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
