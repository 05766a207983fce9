"""``ivr serve`` and ``ivr switch``: the webhook, and what its operator does from a terminal."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

import server
from dsl.spell import nearest
from interpreter.site import Site, SiteError
from interpreter.store import StoreInUse, StoreUnavailable, StoreUnsuitable
from interpreter.tooling.files import CannotRun


def load(path: Path) -> Site:
    """The site. Raises `CannotRun` with every mistake of the file."""
    try:
        return Site.load(path)
    except SiteError as error:
        raise CannotRun(str(error)) from None


def serve(path: Path) -> None:
    """Serve until SIGTERM. Raises `CannotRun` when it cannot begin."""
    site = load(path)
    try:
        server.run(site)
    except (StoreInUse, StoreUnavailable, StoreUnsuitable, ValueError) as error:
        raise CannotRun(str(error)) from None
    except OSError as error:
        raise CannotRun(f"cannot listen on {site.server.host}:{site.server.port}: {error.strerror}") from None


def flip(path: Path, name: str, state: str, url: str | None) -> str:
    """Ask the running server to flip a switch. Raises `CannotRun`."""
    site = load(path)
    if site.operator.token is None:
        raise CannotRun(
            f"{path} has no [operator] token, and without one nobody may flip a switch; "
            'add `token = { env = "IVR_OPERATOR_TOKEN" }` to it'
        )
    base = url or f"http://{site.server.host}:{site.server.port}"
    request = urllib.request.Request(
        f"{base}/switches/{quote(name, safe='')}",
        data=json.dumps({"on": state == "on"}).encode(),
        method="PUT",
        headers={
            "Authorization": f"Bearer {site.operator.token.get_secret_value()}",
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        close = nearest(name, site.switches())
        unknown = f"no switch is called `{name}`" + (f"; did you mean `{close}`?" if close and close != name else "")
        why = {401: "the operator token is wrong", 404: unknown}.get(error.code, error.reason)
        raise CannotRun(f"the server at {base} refused ({error.code}): {why}") from None
    except (urllib.error.URLError, TimeoutError) as error:
        raise CannotRun(f"no server answers at {base}: {getattr(error, 'reason', error)}; see --url") from None
    return f"switch {name} is {state}, from the next call on\n"
