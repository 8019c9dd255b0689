"""Checks of the record that go beyond its shape: names in the catalogue, service levels, fees, time shares."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.catalogue.domain.faults import Fault, Known, repeated, rows, values
from services.catalogue.domain.procedure import FULL, INFORMATION_ONLY, PARTIAL

_RANKS = {INFORMATION_ONLY: 0, PARTIAL: 1, FULL: 2}


def aliases(document: Mapping[str, Any], known: Known) -> Iterator[Fault]:
    """An alias leads to one procedure, so it may be no other's code or alias."""
    own = _text(document, "code")
    for index, alias in enumerate(values(document, "aliases")):
        others = known.named.get(alias.lower(), frozenset()) - {own}
        if others:
            yield Fault(f"aliases[{index}]", "alias_taken", f"'{alias}' stands for {', '.join(sorted(others))}")
        elif alias.lower() == own.lower():
            yield Fault(f"aliases[{index}]", "alias_taken", f"'{alias}' is the procedure's own code")


def replacements(document: Mapping[str, Any], known: Known) -> Iterator[Fault]:
    own = _text(document, "code")
    for index, first in enumerate(values(document, "replaces")):
        seen: set[str] = set()
        ahead = [first]
        while ahead:
            code = ahead.pop()
            if code not in seen and code in known.procedures:
                ahead += known.procedures[code].replaces
            seen.add(code)
        if own in seen:
            yield Fault(f"replaces[{index}]", "replaces_itself", f"{first} goes back to {own}")


def pointers(document: Mapping[str, Any], known: Known) -> Iterator[Fault]:
    owner = document.get("owner")
    if isinstance(owner, str) and owner not in known.units:
        yield Fault("owner", "unknown_unit", f"there is no active unit {owner}")
    for index, component in enumerate(rows(document, "components")):
        source = component.get("reusable_from")
        if not isinstance(source, Mapping) or not isinstance(source.get("procedure"), str) or not known.procedures:
            continue
        path, other = f"components[{index}].reusable_from", known.procedures.get(source["procedure"])
        if other is None:
            yield Fault(f"{path}.procedure", "unknown_procedure", f"there is no procedure {source['procedure']}")
        elif isinstance(source.get("result"), str) and source["result"] not in other.results:
            yield Fault(f"{path}.result", "unknown_result", f"{source['procedure']} has no result '{source['result']}'")


def legal_documents(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    numbers = [row.get("number") for row in rows(document, "legal_documents")]
    basis = values(document, "legal_basis")
    for index, number in enumerate(numbers):
        if isinstance(number, str) and not any(number in line for line in basis):
            yield Fault(f"legal_documents[{index}].number", "not_in_basis", f"no line of legal_basis names '{number}'")
    for index, number in repeated(numbers):
        yield Fault(f"legal_documents[{index}].number", "repeated", f"'{number}' stands twice")


def levels(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    """Each unit has a level of its own; the highest of them is the procedure's (Quyết định 766/QĐ-TTg, 3.1)."""
    general, units = _text(document, "service_level"), values(document, "units")
    own = _own_levels(document)
    for unit, level in own.items():
        if unit not in units:
            yield Fault(f"service_levels.{unit}", "not_its_unit", f"{unit} is not one of the procedure's units")
        if _RANKS[level] > _RANKS.get(general, _RANKS[FULL]):
            yield Fault(f"service_levels.{unit}", "above_level", f"{level} is above service_level")
    offered = {own.get(unit, general) for unit in units}
    if units and own and general in _RANKS and general not in offered:
        yield Fault("service_level", "level_nowhere", f"no unit offers {general}")


def online(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    """What online filing needs: for một phần a form, for toàn trình also paying and getting the result from afar
    (Nghị định 42/2022/NĐ-CP).
    """
    offered = {_text(document, "service_level"), *_own_levels(document).values()}
    form = document.get("form")
    if offered & {PARTIAL, FULL} and isinstance(form, Mapping) and not rows(form, "steps"):
        yield Fault("form.steps", "no_form", "a procedure that is filed online needs a form to fill in")
    if FULL not in offered:
        return
    fees = rows(document, "fees")
    if any(_most(fee) for fee in fees) and all(_online(fee) is None for fee in fees):
        yield Fault("fees", "no_online_fee", "fully online, yet no fee of the online channel (0 where it is free)")
    for index, fee in enumerate(fees):
        if _online(fee) and "paid_by" in fee and "online" not in values(fee, "paid_by"):
            yield Fault(f"fees[{index}].paid_by", "fee_not_online", "fully online, yet this fee can't be paid online")
    by_post = any(method.get("channel") == "post" for method in rows(document, "methods"))
    for index, result in enumerate(rows(document, "results")):
        if not _ways_back(result, by_post) & {"online", "post"}:
            words = "fully online, yet the result comes neither electronically nor by post"
            yield Fault(f"results[{index}]", "no_return_channel", words)


def fees(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    cases = [case.get("code") for case in rows(document, "cases")]
    for index, fee in enumerate(rows(document, "fees")):
        if "amounts" in fee and fee.get("channel") != "all":
            words = "amounts by channel go with channel all"
            yield Fault(f"fees[{index}].amounts", "amounts_of_one_channel", words)
        for number, relief in enumerate(rows(fee, "reliefs")):
            path = f"fees[{index}].reliefs[{number}]"
            if ("share" in relief) == ("amount" in relief):
                yield Fault(path, "share_or_amount", "a relief has either a share or an amount")
            if isinstance(relief.get("amount"), int) and relief["amount"] >= _most(fee):
                yield Fault(f"{path}.amount", "no_relief", "the amount left to pay is not below the fee")
            for place, case in enumerate(values(relief, "cases")):
                if case not in cases:
                    yield Fault(f"{path}.cases[{place}]", "unknown_case", f"there is no case '{case}'")


def shares(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    given = [step["share"] for step in rows(document, "workflow") if isinstance(step.get("share"), int)]
    if given and sum(given) != 100:
        yield Fault("workflow", "shares_not_whole", f"the steps' shares of time are {sum(given)} percent, not 100")


CHECKS = (aliases, replacements, pointers, legal_documents, levels, online, fees, shares)


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    return value if isinstance(value, str) else ""


def _own_levels(document: Mapping[str, Any]) -> dict[str, str]:
    own = document.get("service_levels")
    if not isinstance(own, Mapping):
        return {}
    return {unit: level for unit, level in own.items() if isinstance(level, str) and level in _RANKS}


def _ways_back(result: Mapping[str, Any], by_post: bool) -> set[str]:
    if "returned_by" in result:
        return set(values(result, "returned_by"))
    if result.get("paper"):
        return {"counter", "post"} if by_post else {"counter"}
    return {"online"}


def _online(fee: Mapping[str, Any]) -> int | None:
    """What is asked for online; None, when the fee is of another channel."""
    given = _amounts(fee).get("online", fee.get("amount") if fee.get("channel") in ("all", "online") else None)
    return given if isinstance(given, int) else None


def _most(fee: Mapping[str, Any]) -> int:
    return max(
        (amount for amount in (fee.get("amount"), *_amounts(fee).values()) if isinstance(amount, int)), default=0
    )


def _amounts(fee: Mapping[str, Any]) -> Mapping[str, Any]:
    amounts = fee.get("amounts")
    return amounts if isinstance(amounts, Mapping) else {}
