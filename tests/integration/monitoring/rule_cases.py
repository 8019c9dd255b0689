"""When each alert fires and when it does not: alert -> (series that make it fire, series that leave it quiet).

Series are in promtool's notation, one value a minute; after three hours the alert is asked for.
"""

from collections.abc import Iterable

from services.roster import SERVICES

HOURS = 180
Series = dict[str, str]


def steady(value: float) -> str:
    return f"{value}x{HOURS}"


def growing(step: float) -> str:
    return f"0+{step}x{HOURS}"


def everybody(but: Iterable[str] = ()) -> Series:
    there = [(job, service) for job in ("web", "worker") for service in SERVICES]
    return {
        f'up{{job="{job}",service="{service}"}}': steady(1) for job, service in there if f"{service}-{job}" not in but
    }


def requests(faults: float) -> Series:
    return {
        'motcua_request_seconds_count{service="tracking",status="200"}': growing(100),
        'motcua_request_seconds_count{service="tracking",status="503"}': growing(faults),
    }


def answers(within_a_second: int) -> Series:
    return {
        'motcua_request_seconds_bucket{service="tracking",le="1"}': growing(within_a_second),
        'motcua_request_seconds_bucket{service="tracking",le="5"}': growing(100),
        'motcua_request_seconds_bucket{service="tracking",le="+Inf"}': growing(100),
    }


def disk(left: int) -> Series:
    disk = '{mountpoint="/",fstype="ext4"}'
    return {f"node_filesystem_avail_bytes{disk}": steady(left), f"node_filesystem_size_bytes{disk}": steady(100)}


def clock(offset: float, synchronised: int) -> Series:
    return {
        'node_timex_offset_seconds{instance="a"}': steady(offset),
        'node_timex_sync_status{instance="a"}': steady(synchronised),
    }


def one(name: str, firing: str, quiet: str) -> tuple[Series, Series]:
    return {name: firing}, {name: quiet}


TWO_WORKERS = 'motcua_worker_lease{service="tracking",instance="%s"}'

CASES: dict[str, tuple[Series, Series]] = {
    "TargetDown": one('up{job="web",service="tracking",instance="a"}', steady(0), steady(1)),
    "PartMissing": (everybody(but=["tracking-worker"]), everybody()),
    "DeadLetter": one('motcua_dead_letters{queue="tracking.dossiers"}', steady(1), steady(0)),
    "EventUnsent": one('motcua_outbox_oldest_seconds{service="tracking"}', steady(301), steady(299)),
    "WorkerWithoutLease": (
        {TWO_WORKERS % "a": steady(0), TWO_WORKERS % "b": steady(0)},
        {TWO_WORKERS % "a": steady(0), TWO_WORKERS % "b": steady(1)},
    ),
    "SweepFailing": one(
        'motcua_sweeps_total{service="notifier",sweep="deliver",outcome="failed"}', growing(1), steady(9)
    ),
    "QueueBacklog": (
        {'rabbitmq_detailed_queue_messages_ready{queue="agency.one"}': steady(1001)},
        {
            'rabbitmq_detailed_queue_messages_ready{queue="agency.one"}': steady(999),
            'rabbitmq_detailed_queue_messages_ready{queue="tracking.dossiers.dead"}': steady(5000),
        },
    ),
    "ServerErrors": (requests(faults=5), requests(faults=1)),
    "SlowAnswers": (answers(within_a_second=50), answers(within_a_second=99)),
    "MailWaiting": one("motcua_mails_oldest_seconds", steady(1801), steady(1799)),
    "MailsGivenUp": one('motcua_mails_tried_total{outcome="failed"}', growing(1), steady(7)),
    "StorageFaults": one('motcua_blob_faults_total{service="submissions"}', growing(1), steady(7)),
    "DocumentsUnchecked": one("motcua_documents_unchecked_oldest_seconds", steady(901), steady(899)),
    # promtool's clock starts at 0, so that a moment of the past is negative.
    "SignaturesOld": one("motcua_scanner_signatures_timestamp_seconds", steady(-700_000), steady(-500_000)),
    "DiskLow": (disk(left=14), disk(left=16)),
    "CertificateEnds": one('motcua_certificate_days_left{host="a"}', steady(20), steady(22)),
    "BackupOverdue": one("motcua_backup_last_success_timestamp_seconds", steady(-90_000), steady(-80_000)),
    "ReplicaLag": one('motcua_mongo_member_lag_seconds{member="a"}', steady(31), steady(29)),
    "ReplicaDown": one('motcua_mongo_member_healthy{member="a"}', steady(0), steady(1)),
    "ClockWrong": (clock(offset=0.6, synchronised=1), clock(offset=0.1, synchronised=1)),
    "WrongPasswords": one("motcua_wrong_passwords_total", growing(30), growing(10)),
}
MORE_FIRING: list[tuple[str, Series]] = [
    ("BackupOverdue", {"up": steady(1)}),
    ("ClockWrong", clock(offset=0, synchronised=0)),
]
