"""How a due date came about, in the reader's words."""

from services.chassis.clock import province_time
from services.chassis.pages.texts import Texts
from services.submissions.domain.due_explained import Explained, Pause

#: More days than these are told by their number.
MOST_DAYS = 6


def words(explained: Explained | None, texts: Texts) -> str:
    """12 ngày làm việc, không tính ngày 30/4, 1/5; tạm dừng 3 ngày làm việc chờ bổ sung."""
    if explained is None:
        return ""
    duration = explained.duration
    if duration.same_day_until:
        said = [texts.t("due.limit.same_day", until=f"{duration.same_day_until:%H:%M}")]
    else:
        said = [texts.t(f"due.limit.{duration.unit}", count=duration.amount)]
    if explained.counted_from != explained.received_at:
        start = province_time(explained.counted_from)
        said.append(texts.t("due.from", time=f"{start:%H:%M}", day=f"{start.day}/{start.month}"))
    days = [f"{one.day.day}/{one.day.month}" for one in explained.skipped if one.why != "weekend"]
    if len(days) > MOST_DAYS:
        said.append(texts.t("due.skipped_many", count=len(days), first=days[0], last=days[-1]))
    elif days:
        said.append(texts.t("due.skipped", days=", ".join(days)))
    told = [", ".join(said), *(_pause(one, texts) for one in explained.pauses)]
    if explained.was_extended:
        told.append(texts.t("due.extended"))
    return "; ".join(told)


def _pause(pause: Pause, texts: Texts) -> str:
    if pause.until is None:
        return texts.t(f"due.paused_now.{pause.why}")
    if not pause.working_days:
        return texts.t(f"due.paused_short.{pause.why}")
    return texts.t(f"due.paused.{pause.why}", count=pause.working_days)
