"""The addresses of the page: what is asked there goes to the desk, what it says goes back as JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from grader.errors import GraderError, UsageError
from grader.feedback import environment
from grader.marking.desk import Desk, Marking, Undoing
from grader.marking.guard import Guard

_TEMPLATES = Path(__file__).parent / "templates"


def guarded_app(desk: Desk, who: str, token: str, port: int) -> ASGIApp:
    """The page of `desk`, on 127.0.0.1:`port` and for who has the token. who: the marker, until they say otherwise."""
    pages = environment(_TEMPLATES)

    def text(template: str, kind: str) -> Callable[[Request], Response]:
        body = pages.get_template(template).render(title=desk.title, who=who)
        return lambda request: Response(body, media_type=kind)

    def question(request: Request) -> str:
        return str(request.path_params["question"])

    async def mark(request: Request) -> Response:
        form = Marking.model_validate_json(await request.body())
        done = await run_in_threadpool(desk.mark, question(request), form)
        return JSONResponse(done, 200 if done["saved"] else 409)

    async def undo(request: Request) -> Response:
        form = Undoing.model_validate_json(await request.body())
        return JSONResponse(await run_in_threadpool(desk.undo, question(request), form))

    def answering(ask: Callable[[Request], dict[str, Any]]) -> Callable[[Request], Response]:
        return lambda request: JSONResponse(ask(request))

    one = "/api/questions/{question}"
    routes = [
        Route("/", text("mark.html", "text/html")),
        Route("/mark.css", text("mark.css", "text/css")),
        Route("/mark.js", text("mark.js", "text/javascript")),
        Route("/keys.js", text("keys.js", "text/javascript")),
        Route("/api/questions", answering(lambda request: desk.questions())),
        Route("/api/names", answering(lambda request: desk.names())),
        Route(one, answering(lambda r: desk.question(question(r), r.query_params.get("who", "")))),
        Route(f"{one}/marks", answering(lambda request: desk.marks(question(request)))),
        Route(
            f"{one}/similar/{{key}}",
            answering(lambda r: desk.similar(question(r), str(r.path_params["key"]))),
        ),
        Route(f"{one}/mark", mark, methods=["POST"]),
        Route(f"{one}/undo", undo, methods=["POST"]),
        Route("/api/pages", answering(lambda request: {"says": desk.write_pages()}), methods=["POST"]),
    ]
    app = Starlette(
        routes=routes, exception_handlers={GraderError: _said, ValidationError: _misfit, 500: _ours}
    )
    app.router.redirect_slashes = False
    return Guard(app, token, port)


def _said(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400 if isinstance(error, UsageError) else 503)


def _misfit(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "this is nothing that the page sends; load it again"}, 400)


def _ours(request: Request, error: Exception) -> Response:
    return JSONResponse(
        {"error": f"a mistake of the grader's ({type(error).__name__}); nothing was saved"}, 500
    )
