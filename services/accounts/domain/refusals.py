"""The ways accounts says no."""

from http import HTTPStatus

from services.chassis.errors import Refusal


class WrongCredentials(Refusal):
    """Alike for an unknown account, a wrong password and one that may not sign in."""

    code = "wrong_credentials"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TryLater(Refusal):
    """Too many wrong passwords from here; `minutes` is the wait."""

    code = "sign_in_locked"
    status = HTTPStatus.TOO_MANY_REQUESTS


class CaptchaNeeded(Refusal):
    code = "captcha_needed"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class LinkDead(Refusal):
    """Used, too old, or never ours."""

    code = "link_dead"
    status = HTTPStatus.GONE


class AccountTaken(Refusal):
    """Another account has been activated with this e-mail or number."""

    code = "account_taken"
    status = HTTPStatus.CONFLICT


class AccountUnknown(Refusal):
    code = "account_unknown"
    status = HTTPStatus.NOT_FOUND


class WrongDuty(Refusal):
    code = "wrong_duty"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
