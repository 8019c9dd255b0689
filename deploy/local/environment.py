"""Every setting of a local copy, in one map. Secrets are named by the file that holds them."""

from deploy.local.place import ROOT, Place
from services.roster import ENCRYPTING, SERVICES

BUCKET = "motcua-documents"
SENDER = "khong-tra-loi@dichvucong.example"


def write_secret_urls(place: Place) -> None:
    """The URLs that hold a password, each in a file of its own."""
    place.write_secret("mongo_admin_url", f"{place.mongo_url}admin")
    place.write_secret("backup_mongo_url", place.backup_mongo_url)
    place.write_secret("operator_amqp_url", place.amqp_url)
    place.write_secret("amqp_management_url", place.amqp_management_url)
    place.write_secret("blobs_url", place.blobs_url)
    for service in SERVICES:
        place.write_secret(f"{service}_mongo_url", place.database_url(service))
        place.write_secret(f"{service}_amqp_url", place.service_amqp_url(service))


def shared(place: Place, public_url: str) -> dict[str, str]:
    return {
        "MOTCUA_PUBLIC_URL": public_url,
        "MOTCUA_WEB_KEY_FILE": _secret(place, "web_key"),
        "MOTCUA_EVENTS_KEY_FILE": _secret(place, "events_key"),
        "PYTHONPATH": str(ROOT),
    }


def of_service(place: Place, service: str) -> dict[str, str]:
    """What one service alone is told; its web process and its worker get the same."""
    prefix = service.upper()
    settings = {
        f"{prefix}_MONGO_URL_FILE": _secret(place, f"{service}_mongo_url"),
        f"{prefix}_AMQP_URL_FILE": _secret(place, f"{service}_amqp_url"),
        f"{prefix}_WORKER_PORT": str(place.port(f"{service}_worker")),
    }
    if service in ENCRYPTING:
        settings[f"{prefix}_MASTER_KEYS_PATH"] = _secret(place, f"{service}_master_keys")
    if service == "submissions":
        settings |= {
            "SUBMISSIONS_BLOBS_URL_FILE": _secret(place, "blobs_url"),
            "SUBMISSIONS_BUCKET": BUCKET,
            "SUBMISSIONS_SCANNER_URL": place.scanner_url,
        }
    if service == "notifier":
        settings |= {
            "NOTIFIER_SMTP_URL": place.smtp_url,
            "NOTIFIER_SENDER": SENDER,
        }
    return settings


def of_web(place: Place, public_url: str, service: str) -> dict[str, str]:
    return {
        **shared(place, public_url),
        **of_service(place, service),
        "MOTCUA_WEB_BIND": f"127.0.0.1:{place.port(f'{service}_web')}",
        "MOTCUA_WEB_DRAIN_FILE": str(place.run / f"{service}-draining"),
        # A copy that is stopped is stopped whole: nobody is to be held until it is back.
        "MOTCUA_WEB_DRAIN_SECONDS": "0",
        "PROMETHEUS_MULTIPROC_DIR": str(place.run / "metrics" / service),
    }


def of_worker(place: Place, public_url: str, service: str) -> dict[str, str]:
    return {**shared(place, public_url), **of_service(place, service)}


def of_operator(place: Place, public_url: str) -> dict[str, str]:
    """For the `motcua` command, which speaks for every service."""
    settings = {
        **shared(place, public_url),
        "NOTIFIER_AMQP_MANAGEMENT_URL_FILE": _secret(place, "amqp_management_url"),
        "BACKUP_MONGO_URL_FILE": _secret(place, "backup_mongo_url"),
        "PREPARE_MONGO_ADMIN_URL_FILE": _secret(place, "mongo_admin_url"),
        "PREPARE_MONGO_MEMBERS": place.mongo_member,
        "PREPARE_AMQP_URL_FILE": _secret(place, "operator_amqp_url"),
        "PREPARE_AMQP_MANAGEMENT_URL_FILE": _secret(place, "amqp_management_url"),
        "PREPARE_BLOBS_ADMIN_URL_FILE": _secret(place, "blobs_url"),
        "PREPARE_BLOBS_KIND": "plain",
    }
    for service in SERVICES:
        settings |= of_service(place, service)
    return settings


def of_gateway(place: Place, address: str, port: int) -> dict[str, str]:
    """What the placeholders of deploy/gateway/Caddyfile stand for."""
    gateway = ROOT / "deploy" / "gateway"
    return {
        "MOTCUA_GATEWAY_PORT": str(port),
        "MOTCUA_GATEWAY_BIND": address,
        "MOTCUA_GATEWAY_METRICS_PORT": "0",
        "MOTCUA_GATEWAY_NOTICE": str(place.data / "notice"),
        "MOTCUA_GATEWAY_PAGES": str(gateway / "pages"),
        "MOTCUA_GATEWAY_SCHEMAS": str(ROOT / "deploy" / "schemas" / "public"),
        "MOTCUA_GATEWAY_EXTRA": str(gateway / "extra" / "mailbox.caddy"),
        "MOTCUA_GATEWAY_BLOBS": f"127.0.0.1:{place.port('blobs')}",
        "MOTCUA_GATEWAY_MAILBOX": f"127.0.0.1:{place.port('mailbox')}",
        **{f"MOTCUA_GATEWAY_{s.upper()}": f"127.0.0.1:{place.port(f'{s}_web')}" for s in SERVICES},
        "XDG_DATA_HOME": str(place.run / "caddy"),
        "XDG_CONFIG_HOME": str(place.run / "caddy"),
    }


def _secret(place: Place, name: str) -> str:
    return str(place.secret_file(name))
