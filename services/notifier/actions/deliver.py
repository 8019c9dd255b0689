"""Send what is due, one by one; what does not go out waits with its reason."""

from prometheus_client import Counter

from services.chassis import logs
from services.chassis.clock import Clock
from services.notifier.actions.ports import Claim, Deliveries, Never, NotNow, Post, ServerAway, Writer
from services.notifier.domain.delivery import NOT_KNOWN_YET, SERVER_AWAY, is_too_old, next_try
from services.notifier.domain.notice import Notice

log = logs.get(__name__)

TRIED = Counter("motcua_mails_tried", "Mails by what became of the try.", ["outcome"])

#: One round ends after this many, so that the lease of the round is renewed in time.
ROUND = 100


class DeliverDue:
    """A round of sending. A mail that was sent but not marked (a crash between) goes out again under the same
    Message-ID, so that a repeat can be recognised."""

    def __init__(self, deliveries: Deliveries, writer: Writer, post: Post, clock: Clock) -> None:
        self._deliveries = deliveries
        self._writer = writer
        self._post = post
        self._clock = clock

    def __call__(self) -> int:
        """Returns how many were sent. Ends early when the mail server is away."""
        sent = 0
        try:
            for _ in range(ROUND):
                claim = self._deliveries.claim(self._clock.now())
                if claim is None:
                    break
                sent += self._deliver(claim)
        except ServerAway:
            pass
        finally:
            self._post.hang_up()
        return sent

    def _deliver(self, claim: Claim) -> bool:
        notice = self._deliveries.notice(claim.delivery.notice_id)
        with_ids = log.bind(notice_id=notice.id, kind=notice.kind.name, request_id=notice.request_id)
        now = self._clock.now()
        if is_too_old(claim.delivery.created_at, notice.kind.patience, now):
            self._fail(claim, notice, claim.delivery.reason or "too_old")
            return False
        person = self._deliveries.person(notice.account_id)
        if person is None:
            self._deliveries.postpone(claim, now + NOT_KNOWN_YET, "person_not_known", attempts=claim.delivery.attempts)
            return False
        if person.email is None:
            self._deliveries.fail(claim, notice, "account_closed", now, told=False)
            return False
        try:
            self._post.send(self._writer.write(notice.kind.name, person.name, notice.facts), notice, person)
        except ServerAway as reason:
            self._deliveries.postpone(claim, now + SERVER_AWAY, str(reason), attempts=claim.delivery.attempts)
            TRIED.labels("server_away").inc()
            with_ids.warning("delivery.server_away", reason=str(reason))
            raise
        except NotNow as reason:
            self._put_off(claim, str(reason))
            TRIED.labels("put_off").inc()
            with_ids.warning("delivery.put_off", reason=str(reason), attempts=claim.delivery.attempts + 1)
            return False
        except Never as reason:
            self._fail(claim, notice, str(reason))
            return False
        self._deliveries.sent(claim, notice, self._clock.now())
        TRIED.labels("sent").inc()
        with_ids.info("delivery.sent", attempts=claim.delivery.attempts + 1)
        return True

    def _put_off(self, claim: Claim, reason: str) -> None:
        attempts = claim.delivery.attempts + 1
        self._deliveries.postpone(claim, next_try(attempts, self._clock.now()), reason, attempts=attempts)

    def _fail(self, claim: Claim, notice: Notice, reason: str) -> None:
        self._deliveries.fail(claim, notice, reason, self._clock.now(), told=True)
        TRIED.labels("failed").inc()
        log.error("delivery.failed", notice_id=notice.id, kind=notice.kind.name, reason=reason)
