"""What the pages of the editing desk share: who may enter, addresses, and the parts they work with."""

from dataclasses import dataclass

from flask import g, request

from services.catalogue.actions.browse import Browse
from services.catalogue.actions.desk_rights import DeskRights
from services.catalogue.actions.drafts import Drafts
from services.catalogue.actions.records import FormFile, Person
from services.catalogue.actions.versions import Version
from services.catalogue.domain.places import Sources
from services.catalogue.domain.publication_clock import PublicationClock
from services.catalogue.domain.schema_rules import DefinitionSchema
from services.catalogue.domain.versions import DESK_ROLES, Draft
from services.catalogue.pages import desk_form, shown
from services.chassis.clock import Clock
from services.chassis.errors import InvalidInput, NotFound
from services.chassis.identity import current_person, with_role
from services.chassis.pages import written

BASE = "/can-bo/danh-muc"
#: Who works at the desk; what each may do there `Drafts` decides.
staff = with_role(*DESK_ROLES)


@dataclass(frozen=True)
class Desk:
    """`public_url` and `site_name` are for the preview of a public page."""

    drafts: Drafts
    rights: DeskRights
    browse: Browse
    schema: DefinitionSchema
    clock: Clock
    public_url: str
    site_name: str

    def versions(self, code: str) -> list[Version]:
        try:
            return self.drafts.versions(code)
        except NotFound:
            return []

    def forms(self, code: str) -> dict[str, FormFile]:
        """Of each form file the content that it had last."""
        return {form.name: form for one in reversed(self.versions(code)) for form in one.edition.forms}

    def sources(self, draft: Draft) -> Sources:
        return desk_form.sources(self.browse.snapshot(), draft.definition, self.forms(draft.code))

    def draft(self, code: str) -> Draft | None:
        try:
            return self.drafts.draft(code, me())
        except NotFound:
            return None

    def name(self, code: str, draft: Draft | None) -> str:
        """As the draft has it, else the newest version."""
        texts = [draft.definition] if draft else [one.definition for one in self.versions(code)[:1]]
        return next((shown.local(text) for text in texts if isinstance(text.get("name"), str)), code)

    def clock_words(self, code: str) -> list[str]:
        """When it has to be decided and published, of the draft or of what comes into force last."""
        return [line for one in self.drafts.clock(code)[:1] for line in clock_words(one.clock)]

    def flaws(self, draft: Draft, known: Sources) -> list[desk_form.Flaw]:
        return desk_form.flaws(self.schema, draft.definition, self.drafts.faults(draft.code), known)


def address(code: str, place: str) -> str:
    """Where a place of a draft is edited; a query or a fragment may follow the place."""
    return f"{BASE}/thu-tuc/{code}/sua{'' if place[:1] in ('', '?', '#') else '/'}{place}"


def clock_words(clock: PublicationClock) -> list[str]:
    t = g.texts.t
    if clock.publish_by is None:
        return []
    return [
        t("desk.clock.publish_by", day=written.day(clock.publish_by)),
        *([t("desk.clock.decided_late")] if clock.decided_too_late else []),
        *([_late(clock)] if clock.overdue else []),
    ]


def _late(clock: PublicationClock) -> str:
    if clock.published_on is None:
        return str(g.texts.t("desk.clock.late"))
    return str(g.texts.t("desk.clock.published_late", day=written.day(clock.published_on)))


def me() -> Person:
    identity = current_person()
    return Person(identity.account_id, identity.name, identity.duties)


def revision() -> int:
    """The one that the form was made from."""
    given = request.form.get("revision", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidInput("no revision")
    return int(given)


def refuse_unknown(*known: str) -> None:
    """Beside what every form of the desk sends."""
    if set(request.form) - {*known, *desk_form.BESIDE}:
        raise InvalidInput("unknown fields")
