"""Answers kept for all visitors: nothing of one person is shown to another, nothing old is shown for new."""

import pytest
from flask import Flask, Response, request
from werkzeug.test import Client

from services.chassis.errors import Unavailable
from services.chassis.kept import LARGEST, MOST, KeptAnswers, keep


class World:
    """An application that counts how often it is asked; `mark` is what its answers depend on."""

    def __init__(self) -> None:
        self.mark = "1"
        self.asked = 0
        self.away = False
        app = Flask(__name__)
        app.add_url_rule("/<path:name>", view_func=self._view)
        self.client = Client(KeptAnswers(app.wsgi_app, self._present), use_cookies=False)

    def get(self, path: str = "/a", **headers: str) -> Response:
        answer: Response = self.client.get(path, headers={name.replace("_", "-"): v for name, v in headers.items()})  # type: ignore[assignment]
        return answer

    def _present(self) -> str:
        if self.away:
            raise Unavailable("the store is away")
        return self.mark

    def _view(self, name: str) -> Response:
        self.asked += 1
        if name == "streamed":
            response = Response(iter(["a", "b"]))
        else:
            response = Response("x" * (LARGEST + 1) if name == "large" else f"{name} {self.mark}")
        if name == "personal":
            response.set_cookie("somebody", "1")
        if name != "unkept":
            tag = f"tag-{self.mark}"
            if request.if_none_match.contains_weak(tag):
                response = Response(status=304)
            response.set_etag(tag, weak=True)
            keep(self.mark)
        return response


@pytest.fixture
def world() -> World:
    return World()


def test_the_second_visitor_gets_what_the_first_got(world: World) -> None:
    first, second = world.get(), world.get()
    assert (first.text, second.text, world.asked) == ("a 1", "a 1", 1)
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert second.headers["ETag"] == first.headers["ETag"]


def test_who_has_it_is_told_so_without_content(world: World) -> None:
    tag = world.get().headers["ETag"]
    again = world.get(If_None_Match=tag)
    assert (again.status_code, again.data, world.asked) == (304, b"", 1)
    assert "Content-Type" not in again.headers


def test_that_nothing_has_changed_is_kept_before_anybody_asked_for_the_whole(world: World) -> None:
    for _ in range(3):
        assert world.get(If_None_Match='W/"tag-1"').status_code == 304
    assert world.asked == 1
    assert world.get().text == "a 1"


def test_a_new_mark_makes_all_of_it_old(world: World) -> None:
    tag = world.get().headers["ETag"]
    world.mark = "2"
    assert world.get(If_None_Match=tag).text == "a 2"
    assert world.get().text == "a 2"


@pytest.mark.parametrize(
    "cookie",
    ["__Host-identity=x", "__Host-visitor=x", "__Host-lang=en; __Host-visitor=x", "__Host-lang=fr", "__Host-lang=vi;"],
)
def test_whoever_has_another_cookie_is_always_asked_for_anew(world: World, cookie: str) -> None:
    for _ in range(2):
        world.get(Cookie=cookie)
    assert world.asked == 2


def test_each_language_has_its_own(world: World) -> None:
    for cookie in ("__Host-lang=en", "__Host-lang=vi", "__Host-lang=en"):
        world.get(Cookie=cookie)
    world.get()
    assert world.asked == 2


@pytest.mark.parametrize("path", ["/a?q=1", "/unkept", "/personal", "/large", "/streamed"])
def test_what_may_differ_or_is_too_large_is_not_kept(world: World, path: str) -> None:
    assert world.get(path).text == world.get(path).text
    assert world.asked == 2


def test_other_methods_go_through(world: World) -> None:
    world.get()
    assert world.client.head("/a").data == b""
    assert world.asked == 2


def test_only_so_many_are_kept(world: World) -> None:
    for number in range(MOST + 1):
        world.get(f"/{number}")
    world.get(f"/{MOST}")
    world.get("/0")
    assert world.asked == MOST + 2


def test_while_the_mark_is_not_known_the_application_speaks_for_itself(world: World) -> None:
    world.get()
    world.away = True
    assert world.get().text == "a 1"
    assert world.asked == 2
