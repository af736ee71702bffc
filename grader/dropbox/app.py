"""The addresses of the drop-box, and who gets an answer there: a student their own, an instructor the class.

Somebody else's address is answered as one that does not exist.
"""

from __future__ import annotations

import hmac
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from grader.batch import more_for_report
from grader.dropbox.box import Box
from grader.dropbox.guard import POLICY, SMALL, UPLOAD_PATH, AtOnce, Guard, TooMuch, drain, too_much
from grader.dropbox.pace import Pace
from grader.dropbox.people import INSTRUCTOR, SESSION_SECONDS, STUDENT, Person, form_token
from grader.dropbox.uploads import SUFFIXES, Refused, Upload
from grader.dropbox.views import counting_of, home_of, line_of, page_of
from grader.errors import GraderError
from grader.feedback import environment, feedback_html
from grader.intake import result_folder
from grader.report import report_html, side_by_side

_TEMPLATES = Path(__file__).parent / "templates"
_OWN_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">')
_CLOSED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
#: Of each person: uploads at once, and seconds for another; the same of pages.
UPLOADS_PACE, PAGES_PACE = (6, 10.0), (120, 0.2)


def guarded_app(box: Box, wake: Callable[[], None], origins: tuple[str, ...]) -> ASGIApp:
    """The pages of `box`, under the addresses `origins`. wake: is called where an upload was accepted."""
    site = _Site(box, wake, secure=all(origin.startswith("https:") for origin in origins))
    routes = [
        Route("/", site.front),
        Route("/login", site.log_in, methods=["POST"]),
        Route("/logout", site.log_out, methods=["POST"]),
        Route("/drop.css", site.file("drop.css", "text/css")),
        Route("/drop.js", site.file("drop.js", "text/javascript")),
        Route(UPLOAD_PATH, site.upload, methods=["POST"]),
        Route(f"{UPLOAD_PATH}/{{key}}", site.receipt),
        Route(f"{UPLOAD_PATH}/{{key}}/state", site.state),
        Route(f"{UPLOAD_PATH}/{{key}}/page", site.page),
        Route("/page", site.counting_page),
        Route("/report", site.report),
        Route("/report/{folder}", site.report_page),
    ]
    handlers: dict[Any, Any] = {
        Refused: site.refused,
        TooMuch: site.too_much,
        GraderError: site.troubled,
        HTTPException: site.plainly,
        ClientDisconnect: lambda request, error: Response(status_code=400),
        500: site.ours,
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Guard(app, origins, site.most_bytes)


class _Site:
    def __init__(self, box: Box, wake: Callable[[], None], *, secure: bool) -> None:
        self._box, self._wake, self._secure = box, wake, secure
        self._templates = environment(_TEMPLATES)
        self._uploads_pace, self._pages_pace = Pace(*UPLOADS_PACE), Pace(*PAGES_PACE)
        self._at_once = AtOnce()
        self._report_lock = threading.Lock()
        # A prefix that browsers hold to: of this host alone, and by TLS alone.
        self._cookie = "__Host-grader" if secure else "grader-drop"
        self.most_bytes = box.assignment.limits.submission_mb << 20

    # Pages for everybody.

    def front(self, request: Request) -> Response:
        person = self._person(request)
        if person is None:
            return self._render("login.html", says="")
        if person.role == INSTRUCTOR:
            uploads, waiting, students = self._box.uploads.counts()
            known = len(self._box.people.everybody())
            return self._for(
                request, person, "desk.html", uploads=uploads, waiting=waiting, students=students, known=known
            )
        self._count_page(person)
        return self._for(
            request, person, "home.html", home=home_of(self._box, person), most_mb=self.most_bytes >> 20,
            suffixes=SUFFIXES,
        )  # fmt: skip

    async def log_in(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=4)
        token = form.get("token", [""])[0].strip()
        secret = await run_in_threadpool(self._box.people.log_in, token)
        if not secret:
            return self._render(
                "login.html",
                403,
                says="This token opens nothing here: copy it whole, or ask your instructor.",
            )
        reply = RedirectResponse("/", 303)
        reply.set_cookie(
            self._cookie, secret, max_age=SESSION_SECONDS, path="/", secure=self._secure, httponly=True,
            samesite="strict",
        )  # fmt: skip
        return reply

    async def log_out(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=4)
        secret = self._session(request)
        if _is_form_of(secret, form.get("form", [""])[0]):
            await run_in_threadpool(self._box.people.log_out, secret)
        reply = RedirectResponse("/", 303)
        reply.delete_cookie(self._cookie, path="/", secure=self._secure, httponly=True, samesite="strict")
        return reply

    def file(self, name: str, kind: str) -> Callable[[Request], Response]:
        body = self._templates.get_template(name).render()
        return lambda request: Response(body, media_type=kind)

    # A student's own.

    async def upload(self, request: Request) -> Response:
        person = await run_in_threadpool(self._person, request)
        if person is None or person.role != STUDENT:
            await drain(request.receive)
            return self._render("login.html", 403, says="Log in, then hand in again: nothing was handed in.")
        try:
            if seconds := self._uploads_pace.wait(person.name):
                raise Refused(429, f"That was very fast; hand in again in {seconds} s.", seconds)
            await run_in_threadpool(self._box.uploads.refuse_early, person.name)
            with self._at_once.place(person.name) as free:
                if not free:
                    raise Refused(503, "Too many are handing in at this moment; try again in 10 s.", 10)
                upload = await self._received(request, person)
        except Refused as refused:
            if not request.scope.get("grader.read"):
                await drain(request.receive)
            return self.refused(request, refused)
        self._wake()
        return RedirectResponse(f"{UPLOAD_PATH}/{upload.key}", 303)

    async def _received(self, request: Request, person: Person) -> Upload:
        # What the parser may hold of parts that are no file is bounded; the file itself goes to the disk.
        async with request.form(max_files=1, max_fields=3, max_part_size=SMALL) as form:
            request.scope["grader.read"] = True
            sent, file = form.get("form"), form.get("file")
            if not _is_form_of(self._session(request), sent if isinstance(sent, str) else ""):
                raise Refused(
                    403, "This form is of another login; load the page again. Nothing was handed in."
                )
            if not isinstance(file, UploadFile) or not file.filename:
                raise Refused(400, "Choose a file first: nothing was handed in.")
            return await run_in_threadpool(self._box.uploads.accept, person.name, file.filename, file.file)

    def receipt(self, request: Request) -> Response:
        person, upload = self._own(request)
        with self._box.gradebook() as gradebook:
            line = line_of(self._box, gradebook, upload)
        return self._for(request, person, "receipt.html", line=line)

    def state(self, request: Request) -> Response:
        _, upload = self._own(request)
        with self._box.gradebook() as gradebook:
            line = line_of(self._box, gradebook, upload)
        return JSONResponse({"says": line.says, "graded": line.graded})

    def page(self, request: Request) -> Response:
        _, upload = self._own(request)
        return _inert(page_of(self._box, upload))

    def counting_page(self, request: Request) -> Response:
        person = self._known(request, STUDENT)
        result = counting_of(self._box, person)
        return _inert(feedback_html(result, self._box.assignment) if result else None)

    # The instructor's.

    def report(self, request: Request) -> Response:
        self._known(request, INSTRUCTOR)
        box = self._box
        with self._report_lock, box.gradebook() as gradebook:  # one at a time: a large class costs seconds
            results = side_by_side(gradebook.results(box.name))
            more = more_for_report(gradebook, box.name, {one.student: one for one in results}, None)
            links = {one.student: f"report/{quote(result_folder(one.student))}" for one in results}
            return _inert(report_html(results, box.name, box.assignment, links=links, more=more))

    def report_page(self, request: Request) -> Response:
        self._known(request, INSTRUCTOR)
        folder, box = request.path_params["folder"], self._box
        with box.gradebook() as gradebook:
            names = [name for name in gradebook.latest(box.name) if result_folder(name) == folder]
            result = gradebook.counting(box.name, names[0]) if names else None
        return _inert(feedback_html(result, box.assignment) if result else None)

    # Who asks, and what is said where something is not to be.

    def _session(self, request: Request) -> str:
        return request.cookies.get(self._cookie, "")

    def _person(self, request: Request) -> Person | None:
        return self._box.people.of_session(self._session(request))

    def _known(self, request: Request, role: str) -> Person:
        """Whoever asks; everybody else is told that there is nothing."""
        person = self._person(request)
        if person is None or person.role != role:
            raise HTTPException(404)
        self._count_page(person)
        return person

    def _own(self, request: Request) -> tuple[Person, Upload]:
        person = self._known(request, STUDENT)
        upload = self._box.uploads.one(request.path_params["key"], person.name)
        if upload is None:
            raise HTTPException(404)
        return person, upload

    def _count_page(self, person: Person) -> None:
        if seconds := self._pages_pace.wait(person.name):
            raise Refused(429, f"That was very fast; look again in {seconds} s.", seconds)

    def _for(self, request: Request, person: Person, template: str, **values: Any) -> Response:
        return self._render(template, person=person, form=form_token(self._session(request)), **values)

    def _render(self, template: str, status: int = 200, **values: Any) -> Response:
        page = self._templates.get_template(template).render(title=self._box.assignment.title, **values)
        return HTMLResponse(page, status)

    def _says(self, status: int, says: str, after: int = 0) -> Response:
        reply = self._render("says.html", status, says=says)
        if after:
            reply.headers["Retry-After"] = str(after)
        return reply

    def refused(self, request: Request, refused: Refused) -> Response:
        return self._says(refused.status, refused.why, refused.after)

    def too_much(self, request: Request, error: TooMuch) -> Response:
        return self._says(413, too_much(self.most_bytes))

    def plainly(self, request: Request, error: HTTPException) -> Response:
        says = {
            404: "There is no such page, or it is not yours. Perhaps your login has ended: begin at the first page.",
            405: "That is not done here.",
        }
        return self._says(error.status_code, says.get(error.status_code, "This is no form of this page's."))

    def troubled(self, request: Request, error: GraderError) -> Response:
        print(f"grader: {error}", file=sys.stderr, flush=True)
        return self._says(503, "The server can't do that at this moment; try again in a minute.", 60)

    def ours(self, request: Request, error: Exception) -> Response:
        print(f"grader: {request.url.path}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return self._says(500, "A mistake of the server's. What was handed in before is safe.")


def _is_form_of(session: str, sent: str) -> bool:
    return bool(session) and hmac.compare_digest(
        sent.encode("utf-8", "replace"), form_token(session).encode()
    )


def _inert(page: str | None) -> Response:
    """A page that the kit wrote about somebody's work, under the policy that it was written for."""
    if page is None:
        raise HTTPException(404)
    found = _OWN_POLICY.search(page)
    policy = found[1] if found else _CLOSED
    return HTMLResponse(page, headers={POLICY: f"{policy}; frame-ancestors 'none'"})
