"""One's own data."""

from datetime import date

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue

from services.accounts.domain.account import Account, Kind
from services.accounts.pages.forms import kept_values, label, see_other, show
from services.accounts.pages.needs import Needs
from services.chassis.errors import NotFound, Refusal
from services.chassis.identity import applicants, current_person, signed_in, who
from services.chassis.pages.written import day


def add_to(pages: Blueprint, needs: Needs) -> None:
    """The views of this room."""

    @pages.get("", strict_slashes=False)
    @who(signed_in)
    def profile() -> ResponseReturnValue:
        account = own_account()
        return show("profile", account=account, rows=rows_of(account))

    @pages.get("/lien-he")
    @who(applicants)
    def contact() -> ResponseReturnValue:
        profile = own_account().profile
        return show("contact", values={"phone": profile.phone, "address": profile.address}, kind=own_account().kind)

    @pages.post("/lien-he")
    @who(applicants)
    def change_contact() -> ResponseReturnValue:
        account = own_account()
        try:
            needs.change_contact(account, request.form)
        except Refusal as refusal:
            return show("contact", refusal=refusal, values=kept_values(), kind=account.kind)
        flash(g.texts.t("accounts.contact.done"), "success")
        return see_other("/tai-khoan")

    def own_account() -> Account:
        account = needs.accounts.get(current_person().account_id)
        if account is None:
            raise NotFound("own account")
        return account


def rows_of(account: Account) -> list[tuple[str, str]]:
    """What the page shows, label and value, in the order of the form."""
    profile, t = account.profile, g.texts.t
    rows = [("name", profile.name)]
    if profile.birth_date:
        rows.append(("birth_date", day(profile.birth_date)))
    rows.append((profile.identity_kind or "identity_number", profile.identity_number))
    for name, value in profile.details.items():
        if name == "business_type":
            value = t(f"accounts.choice.{value}")
        if name == "licence_date":
            value = day(date.fromisoformat(value))
        rows.append((name, value))
    rows += [("email", profile.email), ("phone", profile.phone), ("address", profile.address)]
    kind = Kind.CITIZEN if account.kind is Kind.OFFICER else account.kind
    return [(label(name, kind if name == "name" else None), value) for name, value in rows if value]
