"""The public pages: home, the list, one procedure, its forms, and what programmers need."""

from collections.abc import Mapping
from io import BytesIO

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from services.catalogue.actions.articles import Articles
from services.catalogue.actions.browse import Browse, Snapshot
from services.catalogue.actions.most_used import MostUsed
from services.catalogue.actions.records import Procedure
from services.catalogue.pages import plainly, recorded, shown
from services.catalogue.pages.cached import PageCache
from services.catalogue.pages.documents import PublicSchemas
from services.catalogue.pages.search_form import NAMES, SearchForm
from services.chassis.errors import NotFound
from services.chassis.identity import anyone, who

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SERVICES = ("catalogue", "accounts", "submissions", "tracking", "notifier")
MOST_EVENTS, MOST_FIELDS, MOST_ARTICLES = 12, 12, 3


def build(
    browse: Browse,
    cache: PageCache,
    used: MostUsed,
    articles: Articles,
    schemas: PublicSchemas,
    public_url: str,
    site_name: str,
) -> Blueprint:
    pages = Blueprint("catalogue", __name__)
    pages.add_app_template_global(shown.local, "local")
    pages.add_app_template_global(recorded.unit_level, "unit_level")
    pages.add_app_template_global(recorded.identity, "identity_of")
    pages.add_app_template_global(recorded.legal_basis, "legal_basis_of")
    pages.add_app_template_global(shown.level_label, "level_label")
    pages.add_app_template_global(shown.span, "span")
    pages.add_app_template_global(shown.words_of, "words_of")
    pages.add_app_template_filter(shown.iso_day, "iso_day")

    @pages.get("/")
    @who(anyone)
    def home() -> ResponseReturnValue:
        return cache.answer(lambda: _home(browse, used, articles, public_url))

    @pages.get("/linh-vuc")
    @who(anyone)
    def fields() -> ResponseReturnValue:
        return cache.answer(lambda: _fields(browse))

    @pages.get("/thu-tuc")
    @who(anyone)
    def procedures() -> ResponseReturnValue:
        return cache.answer(lambda: _list(browse, SearchForm.read(request.args)))

    @pages.get("/thu-tuc/<code>")
    @who(anyone)
    def procedure(code: str) -> ResponseReturnValue:
        return cache.answer(lambda: _procedure(browse, code, public_url, site_name))

    @pages.get("/thu-tuc/<code>/bieu-mau/<file>")
    @who(anyone)
    def form(code: str, file: str) -> ResponseReturnValue:
        return _form(browse, code, file)

    @pages.get("/su-kien")
    @who(anyone)
    def events() -> ResponseReturnValue:
        return cache.answer(
            lambda: render_template("catalogue/life_events.html", events=browse.snapshot().events.values())
        )

    @pages.get("/su-kien/<slug>")
    @who(anyone)
    def event(slug: str) -> ResponseReturnValue:
        return cache.answer(lambda: _event(browse, slug))

    @pages.get("/tai-lieu-api")
    @who(anyone)
    def documents() -> ResponseReturnValue:
        return cache.answer(
            lambda: render_template("catalogue/documents.html", services=SERVICES, events=schemas.titles)
        )

    @pages.get("/schemas/<path:name>")
    @who(anyone)
    def schema(name: str) -> ResponseReturnValue:
        return _schema(schemas, name)

    return pages


def _home(browse: Browse, used: MostUsed, articles: Articles, public_url: str) -> str:
    snapshot = browse.snapshot()
    offered = shown.fields(snapshot)
    return render_template(
        "catalogue/home.html",
        snapshot=snapshot,
        events=list(snapshot.events.values())[:MOST_EVENTS],
        used=used.among(snapshot),
        guides=articles.public("huong-dan")[:MOST_ARTICLES],
        news=articles.public("tin-tuc")[:MOST_ARTICLES],
        fields=shown.largest(offered, snapshot.counts, MOST_FIELDS),
        field_count=len(offered),
        public_url=public_url,
    )


def _fields(browse: Browse) -> str:
    snapshot = browse.snapshot()
    return render_template("catalogue/fields.html", fields=shown.fields(snapshot), counts=snapshot.counts)


def _list(browse: Browse, form: SearchForm) -> str:
    found = browse.find(form.meant)
    snapshot = browse.snapshot()
    return render_template(
        "catalogue/procedures.html",
        form=form,
        found=found,
        hits=found.hits.items,
        wrong=_wrong(form, found.ignored),
        tones=shown.LEVEL_TONES,
        events=[snapshot.events[slug] for slug in found.hits.events if slug in snapshot.events],
        narrower=[
            (form.narrowed(code), words) for code, words in shown.narrower(snapshot, found.hits.facets, found.query)
        ],
        choices=shown.choices(snapshot, found.hits.facets, found.query),
        next_url=form.address(page=found.page + 1) if found.page < found.pages else None,
        previous_url=form.address(page=found.page - 1) if found.page > 1 else None,
    )


def _event(browse: Browse, slug: str) -> str:
    event, listings = browse.event(slug), browse.snapshot().listings
    steps = [(step, [listings[code] for code in step["procedures"] if code in listings]) for step in event["steps"]]
    return render_template(
        "catalogue/life_event.html",
        event=event,
        steps=[(step, there) for step, there in steps if there],
        tones=shown.LEVEL_TONES,
    )


def _wrong(form: SearchForm, ignored: tuple[str, ...]) -> list[str]:
    """What was not understood, in words, with the value cut to what a line holds."""
    t = g.texts.t
    return [t(f"list.wrong.{NAMES[name]}", value=getattr(form.asked, name)[:60]) for name in ignored]


def _procedure(browse: Browse, code: str, public_url: str, site_name: str) -> ResponseReturnValue:
    meant = browse.meant_by(code)
    if meant is not None:
        return redirect(f"/thu-tuc/{meant}", 301)
    procedure = browse.procedure(code)
    page = procedure_page(procedure, browse.snapshot(), public_url, site_name)
    return make_response(page, 410 if procedure.status == "retired" else 200)


def procedure_page(procedure: Procedure, snapshot: Snapshot, public_url: str, site_name: str, notice: str = "") -> str:
    """The page of a procedure; `notice` says what is out of the ordinary about it."""
    code, retired = procedure.code, procedure.status == "retired"
    plain = plainly.plainly(procedure, snapshot, request.args.get(plainly.CASE, ""))
    address = f"{public_url}/thu-tuc/{code}"
    return render_template(
        "catalogue/procedure.html",
        remark=notice,
        procedure=procedure,
        definition=procedure.definition,
        retired=retired,
        replacements=[snapshot.listings[one] for one in snapshot.replaced_by.get(code, ())],
        tone=shown.LEVEL_TONES[procedure.definition["service_level"]],
        plain=plain,
        methods=shown.methods(procedure.definition),
        papers=shown.papers(procedure),
        fees=shown.fees(procedure.definition),
        agencies=shown.agencies(procedure.definition),
        short=plainly.short(procedure),
        address=address,
        qr=plainly.qr(address),
        linked=None if retired else plainly.government_service(procedure, plain.units, address, site_name),
    )


def _form(browse: Browse, code: str, file: str) -> Response:
    form = browse.form(code, file)
    response = send_file(
        BytesIO(form.content),
        mimetype=DOCX,
        as_attachment=True,
        download_name=form.name,
        etag=form.sha256,
        max_age=300,
    )
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _schema(schemas: PublicSchemas, name: str) -> Response:
    documents: Mapping[str, bytes] = schemas.documents
    if name not in documents:
        raise NotFound(f"no schema {name}")
    response = Response(documents[name], content_type="application/schema+json")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    response.make_conditional(request)
    return response
