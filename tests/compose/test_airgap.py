"""A bundle made where images are, carried to where no registry is: it comes up there, and only if it is unchanged."""

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.place import ROOT
from deploy.local.servers import EICAR
from tests.compose.support.compose import Compose
from tests.compose.support.engine import Engine, closed_engine
from tests.compose.support.running import CommandFailed, run
from tests.compose.support.timings import Timings
from tests.support.system import free_port

AIRGAP = ROOT / "deploy" / "airgap"
MAKE_SECONDS = 400
INSTALL_SECONDS = 200


@dataclass(frozen=True)
class Keys:
    folder: Path

    @property
    def private(self) -> Path:
        return self.folder / "bundle-key.pem"

    @property
    def public(self) -> Path:
        return self.folder / "bundle-key.public.pem"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Large, and gone at the end."""
    with tempfile.TemporaryDirectory(prefix="motcua-airgap-", dir="/var/tmp") as made:
        yield Path(made)


@pytest.fixture(scope="module")
def keys(engine: Engine, folder: Path) -> Keys:
    bundle(engine, "new-key", str(folder / "key"))
    return Keys(folder / "key")


@pytest.fixture(scope="module")
def signatures(folder: Path) -> Path:
    made = folder / "signatures"
    made.mkdir()
    (made / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:0:{EICAR.hex()}\n")
    return made


@pytest.fixture(scope="module")
def whole(engine: Engine, folder: Path, keys: Keys, signatures: Path, timings: Timings) -> Path:
    target = folder / "motcua.tar"
    with timings.measured("bundle for a closed network"):
        bundle(engine, "make", str(target), *told(keys, signatures), "--without-monitoring")
    return target


@pytest.fixture(scope="module")
def light(folder: Path, whole: Path, keys: Keys) -> Path:
    """The same but for its images, which take long to copy: signed anew."""
    parts, target = folder / "light", folder / "light.tar"
    parts.mkdir()
    shell(f"tar -C {parts} -xf {whole} --exclude ./images.tar.gz && cd {parts} && sed -i /images/d SHA256SUMS")
    shell(f"openssl pkeyutl -sign -rawin -inkey {keys.private} -in {parts}/SHA256SUMS -out {parts}/SHA256SUMS.sig")
    shell(f"tar -C {parts} -cf {target} .")
    return target


def bundle(engine: Engine, *arguments: str) -> str:
    return run(str(AIRGAP / "bundle"), *arguments, seconds=MAKE_SECONDS, environment=engine.environment)


def told(keys: Keys, signatures: Path) -> list[str]:
    return ["--key", str(keys.private), "--signatures", str(signatures)]


def install(engine: Engine, file: Path, key: Path, into: Path) -> str:
    command = (str(AIRGAP / "install"), str(file), "--key", str(key), "--into", str(into))
    return run(*command, seconds=INSTALL_SECONDS, environment=engine.environment)


def shell(command: str) -> None:
    subprocess.run(["bash", "-ec", command], check=True, timeout=60)


def test_a_signing_key_is_ours_alone_and_never_made_over(engine: Engine, keys: Keys) -> None:
    before = keys.private.read_bytes()
    assert keys.private.stat().st_mode & 0o077 == 0
    with pytest.raises(CommandFailed, match="nothing was changed"):
        bundle(engine, "new-key", str(keys.folder))
    assert keys.private.read_bytes() == before


def test_an_image_that_cannot_be_had_is_named(
    engine: Engine, folder: Path, keys: Keys, signatures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engine.environment, "MOTCUA_GRAFANA_IMAGE", "registry.invalid/grafana:1")
    with pytest.raises(CommandFailed, match=r"no registry gives them: .*registry.invalid/grafana:1.* Nothing was made"):
        bundle(engine, "make", str(folder / "none.tar"), *told(keys, signatures))
    assert not list(folder.glob("none.tar*"))


def test_it_comes_up_from_the_bundle_alone(folder: Path, whole: Path, keys: Keys, timings: Timings) -> None:
    into = folder / "server"
    with closed_engine(folder / "engine") as closed:
        assert closed.docker("image", "ls", "--quiet") == ""
        with timings.measured("bundle taken in"):
            install(closed, whole, keys.public, into)
        assert list((into / "deploy" / "wheels").glob("*.whl"))
        ports = [part for name in ("http", "https", "mailbox") for part in (f"--{name}-port", str(free_port()))]
        told_init = ("--demo", "--project", "closed", *ports)
        run(str(into / "deploy" / "init"), *told_init, environment=closed.environment)
        with (into / "deploy" / ".env").open("a") as settings:
            settings.write("MOTCUA_CLOSED_NETWORK=true\n")
        shutil.copy(into / "deploy" / "signatures" / "eicar.ndb", into / "deploy" / "data" / "scanner")
        compose = Compose(folder=into / "deploy", environment=closed.environment)
        with timings.measured("start to ready, closed network"):
            compose.up()
        page = compose.exec("gateway", "wget", "-q", "-O", "-", "http://127.0.0.1:8080/")
        compose.down()
    assert "Cổng dịch vụ công" in page


def test_a_bundle_is_refused_that_was_changed_by_one_byte(
    engine: Engine, folder: Path, light: Path, keys: Keys
) -> None:
    changed = folder / "changed.tar"
    content = bytearray(light.read_bytes())
    with tarfile.open(light) as archive:
        content[archive.getmember("./source.tar.gz").offset_data + 5000] ^= 1
    changed.write_bytes(content)
    assert_refused(engine, changed, keys.public, r"not what was signed: source\.tar\.gz\. Nothing was taken in")


def test_a_bundle_is_refused_whose_list_was_changed(engine: Engine, folder: Path, light: Path, keys: Keys) -> None:
    changed = folder / "list.tar"
    content = bytearray(light.read_bytes())
    with tarfile.open(light) as archive:
        content[archive.getmember("./SHA256SUMS").offset_data] ^= 1
    changed.write_bytes(content)
    assert_refused(engine, changed, keys.public, "signature is not that of this key")


def test_a_bundle_of_somebody_else_is_refused(engine: Engine, folder: Path, light: Path) -> None:
    bundle(engine, "new-key", str(folder / "other"))
    assert_refused(engine, light, Keys(folder / "other").public, "signature is not that of this key")


@pytest.mark.parametrize("more", ["file", "link"])
def test_a_bundle_is_refused_with_more_than_was_signed(
    engine: Engine, folder: Path, light: Path, keys: Keys, more: str
) -> None:
    larger, extra = folder / f"{more}.tar", folder / f"unsigned-{more}"
    shutil.copy(light, larger)
    if more == "file":
        extra.write_text("")
    else:
        extra.symlink_to("/etc")
    shell(f"tar -C {folder} --append -f {larger} ./{extra.name}")
    assert_refused(engine, larger, keys.public, f"what nobody signed: unsigned-{more}")


def test_a_bundle_is_refused_that_was_not_copied_whole(engine: Engine, folder: Path, light: Path, keys: Keys) -> None:
    half = folder / "half.tar"
    half.write_bytes(light.read_bytes()[: light.stat().st_size // 2])
    assert_refused(engine, half, keys.public, "not copied whole")


def assert_refused(engine: Engine, file: Path, key: Path, words: str) -> None:
    """In words, and before anything is taken in."""
    into = file.parent / "refused"
    with pytest.raises(CommandFailed, match=words):
        install(engine, file, key, into)
    assert not into.exists()
