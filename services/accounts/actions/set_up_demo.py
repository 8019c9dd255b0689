"""The people of the demo province."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.accounts.actions.appoint import Appoint, SetUpCitizen, read_duty
from services.accounts.domain.passwords import make_password


def set_up_demo(people: Mapping[str, Any], appoint: Appoint, set_up_citizen: SetUpCitizen) -> dict[str, Any]:
    """Make or renew everybody; gives their fresh passwords, which are kept nowhere."""
    domain = people["domain"]
    return {
        "officers": [_officer(person, domain, appoint) for person in people["officers"]],
        "citizens": [_citizen(person, domain, set_up_citizen) for person in people["citizens"]],
    }


def _officer(person: Mapping[str, Any], domain: str, appoint: Appoint) -> dict[str, Any]:
    email, password = f"{person['login']}@{domain}", make_password()
    roles: Sequence[str] = person["roles"]
    duties = [read_duty(f"{person['unit']}:{role}") for role in roles]
    appoint(email, person["name"], duties, password, must_change=False)
    return {
        "email": email,
        "password": password,
        "name": person["name"],
        "unit": person["unit"],
        "role": ", ".join(roles),
    }


def _citizen(person: Mapping[str, str], domain: str, set_up_citizen: SetUpCitizen) -> dict[str, Any]:
    email, password = f"{person['login']}@{domain}", make_password()
    set_up_citizen({**person, "email": email}, password)
    return {"email": email, "password": password, "name": person["name"]}
