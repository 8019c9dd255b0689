"""The one module that names the concrete parts of accounts."""

from dataclasses import dataclass
from urllib.parse import quote

from pymongo.uri_parser import parse_uri

from services.accounts.actions.appoint import Appoint, SetUpCitizen
from services.accounts.actions.change_password import AskNewPassword, ChangePassword, SetNewPassword
from services.accounts.actions.keep_account import ChangeContact, LockAccount
from services.accounts.actions.register import Activate, ForgetWaiting, Register, SendActivationAgain
from services.accounts.actions.sign_in import CheckPassword, EndSession, OpenSession, RenewIdentity
from services.accounts.actions.signing import EnsureSigningKey, RotateSigningKey, SignIdentity
from services.accounts.messages import incoming
from services.accounts.messages.outgoing import Speaker
from services.accounts.pages.needs import Needs
from services.accounts.settings import Settings
from services.accounts.storage.accounts import MongoAccounts
from services.accounts.storage.hasher import Argon2Hasher
from services.accounts.storage.indexes import MIGRATIONS
from services.accounts.storage.sessions import MongoGuessBook, MongoSessions
from services.accounts.storage.signing_keys import MongoSigningKeys
from services.chassis import traces
from services.chassis.captcha import CaptchaDesk, Captchas
from services.chassis.clock import Clock, SystemClock
from services.chassis.crypto import FieldCipher, Sealer
from services.chassis.identity import IdentityReader
from services.chassis.limits import Limits
from services.chassis.messages.consumer import Handler
from services.chassis.messages.outbox import Outbox
from services.chassis.messages.schemas import Schemas
from services.chassis.mongo import Client, Db, assert_durable, connect, migrate
from services.chassis.trust import TrustBook

SERVICE = "accounts"
CAPTCHA_PREFIX = "/tai-khoan/ma-xac-nhan"


@dataclass(frozen=True)
class SiteUrls:
    """Links in mails; satisfies `actions.ports.Urls`."""

    public_url: str

    def activation(self, token: str) -> str:
        return f"{self.public_url}/tai-khoan/kich-hoat/{quote(token)}"

    def password(self, token: str) -> str:
        return f"{self.public_url}/tai-khoan/mat-khau/dat-lai/{quote(token)}"


@dataclass(frozen=True, kw_only=True)
class Parts(Needs):
    """Everything of this service; the pages see only their `Needs`."""

    settings: Settings
    client: Client
    db: Db
    cipher: FieldCipher
    trust: TrustBook
    reader: IdentityReader
    keys: MongoSigningKeys
    handlers: dict[str, Handler]
    forget_waiting: ForgetWaiting
    lock_account: LockAccount
    appoint: Appoint
    set_up_citizen: SetUpCitizen
    rotate_signing_key: RotateSigningKey

    def ping(self) -> None:
        self.client.admin.command("ping")


def build(settings: Settings, clock: Clock | None = None) -> Parts:
    """Connect, bring the database into shape and make the first keys."""
    clock = clock or SystemClock()
    traces.start(SERVICE, settings.traces_url)
    client, db = connect(settings.mongo_url, SERVICE)
    assert_durable(db)
    migrate(db, MIGRATIONS, clock)
    cipher = FieldCipher(client, db, settings.master_keys_path)
    cipher.ensure_key()
    trust = TrustBook(db, clock)
    outbox = Outbox(db, SERVICE, clock, Schemas(settings.schemas_dir))
    speaker = Speaker(outbox, Sealer(settings.events_key), trust)
    accounts = MongoAccounts(client, db, cipher, speaker.tell)
    sessions = MongoSessions(client, db, speaker.tell)
    keys = MongoSigningKeys(client, db, cipher, speaker.tell_key)
    EnsureSigningKey(keys, clock)()
    hasher, urls, limits = Argon2Hasher(), SiteUrls(settings.public_url), _limits(settings)
    sign = SignIdentity(keys, clock)
    return Parts(
        settings=settings,
        client=client,
        db=db,
        clock=clock,
        cipher=cipher,
        trust=trust,
        reader=IdentityReader(trust, clock),
        limits=limits,
        captchas=CaptchaDesk(Captchas(db, clock), limits, CAPTCHA_PREFIX),
        accounts=accounts,
        handlers=incoming.handlers(accounts),
        sessions=sessions,
        keys=keys,
        register=Register(accounts, hasher, urls, clock),
        activate=Activate(accounts, accounts, clock),
        send_activation_again=SendActivationAgain(accounts, urls, clock),
        forget_waiting=ForgetWaiting(accounts, clock),
        check_password=CheckPassword(accounts, hasher, MongoGuessBook(db), clock),
        open_session=OpenSession(accounts, sessions, hasher, sign, clock),
        renew_identity=RenewIdentity(accounts, sessions, sign, clock),
        end_session=EndSession(sessions, clock),
        ask_new_password=AskNewPassword(accounts, urls, clock),
        set_new_password=SetNewPassword(accounts, accounts, hasher, clock),
        change_password=ChangePassword(accounts, hasher, clock),
        change_contact=ChangeContact(accounts, clock),
        lock_account=LockAccount(accounts, clock),
        appoint=Appoint(accounts, hasher, clock),
        set_up_citizen=SetUpCitizen(accounts, hasher, clock),
        rotate_signing_key=RotateSigningKey(keys, clock),
    )


def _limits(settings: Settings) -> Limits:
    database = parse_uri(settings.mongo_url)["database"]
    return Limits(settings.mongo_url, str(database))
