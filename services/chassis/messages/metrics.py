"""What a worker counts and measures, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

from services.chassis.measures import Measure

PENDING = Measure("motcua_outbox_pending", "Rows of the outbox that wait to be said.")
OLDEST = Measure("motcua_outbox_oldest_seconds", "Age of the oldest waiting row.")
RELAYED = Counter("motcua_events_relayed", "Events said and confirmed.", ["exchange", "type"])
UNROUTED = Counter("motcua_events_unrouted", "Events that no queue took when said.", ["exchange"])
HANDLED = Counter("motcua_events_handled", "Events a handler took in.", ["queue"])
REPEATED = Counter("motcua_events_repeated", "Events that had been taken in before.", ["queue"])
RETRIED = Counter("motcua_events_retried", "Events put off for another try.", ["queue"])
DEAD_WAITING = Measure("motcua_dead_letters", "Messages in the dead queue now.", ["queue"])
DEAD = Counter("motcua_events_dead", "Events put into the dead queue.", ["queue", "reason"])
LAG = Histogram(
    "motcua_event_lag_seconds",
    "From when it happened to when its handler was done.",
    ["queue"],
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1, 3, 10, 60, 600),
)
SWEEPS = Counter("motcua_sweeps", "Runs of timed work.", ["sweep", "outcome"])
LEASE = Gauge("motcua_worker_lease", "1 while this copy of the worker relays and does timed work.")
