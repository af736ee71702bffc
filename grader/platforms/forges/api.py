"""Requests to a forge's API: JSON there and back, to one address, with a token that goes nowhere else."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import quote

from grader.errors import GraderError, UsageError
from grader.text import visible

#: Where the token of the course's own app or bot stands; only the steps that need it have it.
TOKEN = "GRADER_TOKEN"
_SECONDS = 60
_MOST_BYTES = 4 << 20


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would take the token along."""

    def redirect_request(self, req: urllib.request.Request, fp: IO[bytes], *args: Any) -> None:
        return None


@dataclass(frozen=True)
class Forge:
    """Where a forge answers. kind: github or gitlab; server: whence repositories are cloned; token: may be empty."""

    kind: str
    api: str
    server: str
    token: str

    @classmethod
    def here(cls, kind: str) -> Forge:
        """The forge whose job this process is part of. Raises UsageError without a token."""
        token = os.environ.get(TOKEN, "")
        if not token:
            raise UsageError(f"{TOKEN} is not set: it is the token that reads the students' repositories")
        if kind == "github":
            api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
            server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        else:
            api = os.environ.get("CI_API_V4_URL", "https://gitlab.com/api/v4")
            server = os.environ.get("CI_SERVER_URL", "https://gitlab.com")
        return cls(kind, api.rstrip("/"), server.rstrip("/"), token)

    def when_pushed(self, repository: str, commit: str) -> str:
        """When the forge received `commit`, as it says itself; empty if it does not say."""
        if self.kind == "github":
            pushes = self._ask("GET", f"/repos/{repository}/activity?per_page=100")
            found = [(p.get("after"), p.get("timestamp")) for p in _dicts(pushes)]
        else:
            events = self._ask(
                "GET", f"/projects/{quote(repository, safe='')}/events?action=pushed&per_page=100"
            )
            found = [
                (_dict(e.get("push_data")).get("commit_to"), e.get("created_at")) for e in _dicts(events)
            ]
        # Latest first: who pushes an old commit again hands in again.
        return next((str(moment) for pushed, moment in found if pushed == commit and moment), "")

    def check(self, repository: str, body: Mapping[str, Any]) -> None:
        """Put a check run beside a commit (GitHub)."""
        self._ask("POST", f"/repos/{repository}/check-runs", body)

    def status(self, repository: str, commit: str, body: Mapping[str, Any]) -> None:
        """Set a status of a commit (GitLab)."""
        self._ask("POST", f"/projects/{quote(repository, safe='')}/statuses/{commit}", body)

    def comment(self, repository: str, commit: str, body: Mapping[str, Any]) -> None:
        """Comment on a commit (GitLab)."""
        self._ask(
            "POST", f"/projects/{quote(repository, safe='')}/repository/commits/{commit}/comments", body
        )

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        headers = {"Content-Type": "application/json", "User-Agent": "grader"}
        if self.kind == "github":
            headers |= {"Authorization": f"Bearer {self.token}", "Accept": "application/vnd.github+json"}
        else:
            headers |= {"PRIVATE-TOKEN": self.token}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.api + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=_SECONDS) as answer:
                return json.loads(answer.read(_MOST_BYTES) or b"null")
        except urllib.error.HTTPError as error:
            said = visible(error.read(300).decode("utf-8", "replace"), 300)
            raise GraderError(f"{self.kind} answered {error.code} to {method} {path}: {said}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise GraderError(f"{self.kind} gave no answer to {method} {path}: {error}") from None


def _dicts(found: object) -> list[dict[str, Any]]:
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _dict(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
