"""Debian packages that this copy needs, and how they get onto the machine."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

#: Package → a file that it brings.
TO_RUN = {"rabbitmq-server": "/usr/lib/rabbitmq/bin/rabbitmq-server", "clamav-daemon": "/usr/sbin/clamd"}
TO_TEST = {"chromium": "/usr/bin/chromium", "fonts-liberation": "/usr/share/fonts/truetype/liberation"}
TO_WATCH = {
    "prometheus": "/usr/bin/promtool",
    "prometheus-alertmanager": "/usr/bin/amtool",
    "prometheus-node-exporter": "/usr/bin/prometheus-node-exporter",
}
TO_MEASURE = {"wrk": "/usr/bin/wrk"}
KINDS = {"run": TO_RUN, "test": {**TO_RUN, **TO_TEST, **TO_WATCH}, "bench": {**TO_RUN, **TO_MEASURE}}

# Installing must not start, or wait for, the services that Debian's packages bring: this copy runs its own.
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}


class PackagesMissing(Exception):
    """Something must be installed by a person; the message is the command."""


def missing(packages: dict[str, str]) -> list[str]:
    return [package for package, brings in packages.items() if not Path(brings).exists()]


def command_for(packages: Iterable[str]) -> str:
    return f"sudo apt-get install --no-install-recommends {' '.join(packages)}"


def install(packages: dict[str, str]) -> None:
    """Install what is missing, where this user may.

    Raises: PackagesMissing.
    """
    wanted = missing(packages)
    if not wanted:
        return
    prefix = _as_root()
    if prefix is not None:
        print(f"Installing Debian packages: {', '.join(wanted)}", flush=True)
        _apt(prefix, "install", "--yes", "--quiet", "--no-install-recommends", *wanted)
        if missing(packages):
            _apt(prefix, "update", "--quiet")
            _apt(prefix, "install", "--yes", "--quiet", "--no-install-recommends", *wanted)
    left = missing(packages)
    if left:
        raise PackagesMissing(f"These Debian packages are missing. Install them and try again:\n  {command_for(left)}")


def _as_root() -> list[str] | None:
    """What to put before a command so that it runs as root; nothing if that can't be had without a password."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    allowed = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ["sudo", "-n"] if allowed else None


def _apt(prefix: list[str], *arguments: str) -> None:
    """A fault of apt is judged by what is there afterwards: a package whose service can't start is still installed."""
    settings = [f"{name}={value}" for name, value in QUIET.items()]
    done = subprocess.run([*prefix, "env", *settings, "apt-get", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        print("\n".join(done.stderr.strip().splitlines()[-3:]), flush=True)
