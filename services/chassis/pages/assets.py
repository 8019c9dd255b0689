"""Style sheets, scripts and fonts under addresses that change with their content, so that they may be kept for ever.

Every service serves the chassis' files itself: a page looks right while any other service is down.
"""

import hashlib
from pathlib import Path

from flask import Flask, Response, send_from_directory
from werkzeug.exceptions import NotFound

from services.chassis.identity import anyone, who

CHASSIS_FOLDER = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"


class Assets:
    """The addresses of static files as one service serves them."""

    def __init__(self, service: str, folder: Path) -> None:
        self._service = service
        self._folders = {"chassis": CHASSIS_FOLDER, service: folder}
        self._digests = {owner: _digest(files) for owner, files in self._folders.items()}

    def url(self, owner: str, file: str) -> str:
        """`owner` is "chassis" or the service itself. The digest is that of the whole folder: files in it may name
        each other by relative addresses.

        Raises: FileNotFoundError, so that a wrong name is seen by the first test.
        """
        if not (self._folders[owner] / file).is_file():
            raise FileNotFoundError(f"{owner} has no static file {file}")
        return f"/static/{self._service}/{self._digests[owner]}/{owner}/{file}"

    def answer(self, digest: str, owner: str, file: str) -> Response:
        if owner not in self._folders:
            raise NotFound
        response = send_from_directory(self._folders[owner], file)
        response.headers["Cache-Control"] = FOREVER if digest == self._digests[owner] else "no-cache"
        return response


def install(app: Flask, service: str, folder: Path) -> Assets:
    assets = Assets(service, folder)

    @app.get(f"/static/{service}/<digest>/<owner>/<path:file>", endpoint="static_files")
    @who(anyone)
    def static_files(digest: str, owner: str, file: str) -> Response:
        return assets.answer(digest, owner, file)

    app.jinja_env.globals["static"] = assets.url
    return assets


def _digest(folder: Path) -> str:
    content = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return content.hexdigest()[:12]
