"""Where filing goes when the chosen unit (cơ quan) has closed: to the unit that goes on with its work."""

from collections.abc import Collection

from services.submissions.actions.ports import Units
from services.submissions.domain import refusals
from services.submissions.domain.dossier import Unit


def open_unit(units: Units, code: str, receiving: Collection[str] | None = None) -> Unit:
    """The unit itself, or the one open unit that follows it, among those that receive the procedure where given; who
    follows a unit that receives it receives it too.

    Raises: WrongUnit; UnitClosed and UnitFollowed, when it has closed and there is not just one to go on.
    """
    unit = units.names([code]).get(code)
    if unit is None:
        raise refusals.WrongUnit("no such unit", unit=code)
    if unit.active:
        if receiving is not None and code not in receiving:
            raise refusals.WrongUnit("not a unit of this procedure", unit=code)
        return unit
    following = _heirs(units, unit)
    fit = [one for one in following if receiving is None or {code, one.code} & set(receiving)]
    if len(fit) == 1:
        return fit[0]
    if following:
        names = ", ".join(one.name for one in fit or following)
        raise refusals.UnitFollowed("the unit has closed", unit=unit.name, successors=names)
    raise refusals.UnitClosed("the unit has closed", unit=unit.name)


def _heirs(units: Units, unit: Unit) -> list[Unit]:
    """The open units at the end of what followed; a unit may have been followed more than once since."""
    found: dict[str, Unit] = {}
    waiting, seen = list(unit.successors), {unit.code}
    while waiting:
        code = waiting.pop(0)
        follower = None if code in seen else units.names([code]).get(code)
        seen.add(code)
        if follower is None:
            continue
        if follower.active:
            found[code] = follower
        else:
            waiting += follower.successors
    return list(found.values())
