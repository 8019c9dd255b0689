"""The least that Flask can do: the raw limit of a JSON answer, served as our services are."""

from flask import Flask, Response, jsonify


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/tra-cuu/<code>")
    def look_up(code: str) -> Response:
        return jsonify(code=code, status=2)

    @app.get("/health/accepting")
    @app.get("/health/ready")
    def ready() -> Response:
        return jsonify(status="ready")

    return app
