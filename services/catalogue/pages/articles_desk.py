"""The desk for guides and news: write, look at, send, approve, withdraw; with who did what."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.catalogue.actions.articles import APPROVERS, WRITERS, Articles
from services.catalogue.actions.browse import Browse
from services.catalogue.actions.records import Person
from services.catalogue.domain.article import KINDS, Article, ArticleText
from services.chassis.errors import Conflict, InvalidInput, NotAllowed
from services.chassis.identity import current_person, who, with_role
from services.chassis.pages.design import fault_words
from services.chassis.problems import refusal_words

BASE = "/can-bo/danh-muc/bai-viet"
NEW_FIELDS = frozenset({"kind", "slug"})
TEXT_FIELDS = frozenset({"title", "lead", "body", "procedures", "events"})
BESIDE = frozenset({"csrf_token", "revision", "do"})
TONES = {"editing": "neutral", "in_review": "info", "done": "success"}


def build(articles: Articles, browse: Browse) -> Blueprint:
    desk = Blueprint("articles_desk", __name__, url_prefix=BASE)
    staff = with_role(*WRITERS, *APPROVERS)
    writers = with_role(*WRITERS)

    @desk.get("")
    @who(staff)
    def articles_list() -> ResponseReturnValue:
        found = articles.all(_me())
        may_write = any(duty.role in WRITERS for duty in _me().duties)
        return render_template("catalogue/desk_articles.html", articles=found, may_write=may_write, tones=TONES)

    @desk.get("/moi")
    @who(writers)
    def new() -> ResponseReturnValue:
        return _form(None, {"kind": KINDS[0]}, {})

    @desk.post("/moi")
    @who(writers)
    def start() -> ResponseReturnValue:
        return _start(articles, browse)

    @desk.get("/<slug>")
    @who(staff)
    def article(slug: str) -> ResponseReturnValue:
        return _page(articles, browse, articles.one(slug, _me()), {})

    @desk.get("/<slug>/sua")
    @who(writers)
    def edit(slug: str) -> ResponseReturnValue:
        one = articles.one(slug, _me())
        return _form(one, _values(one.text), {})

    @desk.post("/<slug>/sua")
    @who(writers)
    def write(slug: str) -> ResponseReturnValue:
        return _write(articles, browse, slug)

    @desk.post("/<slug>")
    @who(staff)
    def press(slug: str) -> ResponseReturnValue:
        return _press(articles, browse, slug)

    return desk


def _start(articles: Articles, browse: Browse) -> ResponseReturnValue:
    _refuse_unknown(NEW_FIELDS | TEXT_FIELDS | BESIDE)
    values = request.form
    kind = next((kind for kind in KINDS if kind == values.get("kind")), KINDS[0])
    text, slug = _text(), values.get("slug", "").strip()
    if values.get("do") == "preview":
        return _form(None, values, {}, _preview(browse, text))
    try:
        made = articles.start(kind, slug, text, _me())
    except (InvalidInput, Conflict) as refusal:
        return _form(None, values, fault_words(refusal) or {"": refusal_words(refusal)}), refusal.status
    flash(g.texts.t("articles.done.written"), "success")
    return redirect(f"{BASE}/{made.slug}", HTTPStatus.SEE_OTHER)


def _write(articles: Articles, browse: Browse, slug: str) -> ResponseReturnValue:
    _refuse_unknown(TEXT_FIELDS | BESIDE)
    one, text = articles.one(slug, _me()), _text()
    if request.form.get("do") == "preview":
        return _form(one, request.form, {}, _preview(browse, text))
    try:
        articles.write(slug, _revision(), text, _me())
    except InvalidInput as refusal:
        return _form(one, request.form, fault_words(refusal)), refusal.status
    except Conflict as refusal:
        return _form(one, request.form, {"": g.texts.t("articles.fault.stale")}), refusal.status
    flash(g.texts.t("articles.done.written"), "success")
    return redirect(f"{BASE}/{slug}", HTTPStatus.SEE_OTHER)


def _press(articles: Articles, browse: Browse, slug: str) -> ResponseReturnValue:
    _refuse_unknown(BESIDE | {"reason"})
    me, reason = _me(), request.form.get("reason", "")
    verbs: dict[str, Callable[[], Article]] = {
        "send": lambda: articles.send(slug, _revision(), me),
        "send_back": lambda: articles.send_back(slug, _revision(), reason, me),
        "publish": lambda: articles.publish(slug, _revision(), me),
        "withdraw": lambda: articles.withdraw(slug, _revision(), reason, me),
    }
    verb = request.form.get("do", "")
    if verb not in verbs:
        raise InvalidInput("an unknown verb")
    try:
        verbs[verb]()
    except (InvalidInput, Conflict, NotAllowed) as refusal:
        words = fault_words(refusal)
        if isinstance(refusal, Conflict):
            words = {"": g.texts.t("articles.fault.stale")}
        return _page(articles, browse, articles.one(slug, me), words or {"": refusal_words(refusal)}), refusal.status
    flash(g.texts.t(f"articles.done.{verb}"), "success")
    return redirect(f"{BASE}/{slug}", HTTPStatus.SEE_OTHER)


def _page(articles: Articles, browse: Browse, article: Article, faults: dict[str, str]) -> str:
    me = _me()
    return render_template(
        "catalogue/desk_article.html",
        article=article,
        preview=_preview(browse, article.text),
        may_write=articles.may_write(article, me),
        may_approve=articles.may_approve(me),
        own=article.author.id == me.id,
        faults=faults,
        reason=request.form.get("reason", ""),
        tones=TONES,
    )


def _form(
    article: Article | None, values: object, faults: dict[str, str], preview: dict[str, object] | None = None
) -> str:
    return render_template(
        "catalogue/desk_article_form.html",
        article=article,
        values=values,
        faults=faults,
        preview=preview,
        kinds=[(kind, g.texts.t(f"articles.kinds.{kind}")) for kind in KINDS],
    )


def _preview(browse: Browse, text: ArticleText) -> dict[str, object]:
    snapshot = browse.snapshot()
    return {
        "text": text,
        "procedures": [snapshot.listings[code] for code in text.procedures if code in snapshot.listings],
        "events": [snapshot.events[slug] for slug in text.events if slug in snapshot.events],
    }


def _text() -> ArticleText:
    given = {name: request.form.get(name, "").replace("\r\n", "\n") for name in TEXT_FIELDS}
    return ArticleText(
        title=given["title"].strip(),
        lead=given["lead"].strip(),
        body=given["body"],
        procedures=tuple(dict.fromkeys(given["procedures"].replace(",", " ").split())),
        events=tuple(dict.fromkeys(given["events"].replace(",", " ").split())),
    )


def _values(text: ArticleText) -> dict[str, str]:
    return {
        "title": text.title,
        "lead": text.lead,
        "body": text.body,
        "procedures": " ".join(text.procedures),
        "events": " ".join(text.events),
    }


def _revision() -> int:
    given = request.form.get("revision", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidInput("no revision")
    return int(given)


def _refuse_unknown(known: frozenset[str]) -> None:
    if set(request.form) - known:
        raise InvalidInput("unknown fields")


def _me() -> Person:
    identity = current_person()
    return Person(identity.account_id, identity.name, identity.duties)
