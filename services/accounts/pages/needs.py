"""What the pages are given by the wiring."""

from dataclasses import dataclass

from services.accounts.actions.change_password import AskNewPassword, ChangePassword, SetNewPassword
from services.accounts.actions.keep_account import ChangeContact
from services.accounts.actions.ports import Accounts, Sessions
from services.accounts.actions.register import Activate, Register, SendActivationAgain
from services.accounts.actions.sign_in import CheckPassword, EndSession, OpenSession, RenewIdentity
from services.chassis.captcha import CaptchaDesk
from services.chassis.clock import Clock
from services.chassis.limits import Limits


@dataclass(frozen=True, kw_only=True)
class Needs:
    clock: Clock
    limits: Limits
    captchas: CaptchaDesk
    accounts: Accounts
    sessions: Sessions
    register: Register
    activate: Activate
    send_activation_again: SendActivationAgain
    check_password: CheckPassword
    open_session: OpenSession
    renew_identity: RenewIdentity
    end_session: EndSession
    ask_new_password: AskNewPassword
    set_new_password: SetNewPassword
    change_password: ChangePassword
    change_contact: ChangeContact
