"""A strict stand-in for one container of Azure Blob Storage, written from the REST API's own pages alone.

https://learn.microsoft.com/rest/api/storageservices/put-blob, get-blob, list-blobs and delete-blob;
https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key for the signatures. What is not in them
is answered 400, and kept in ``refused``.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from aiohttp import web

ACCOUNT, KEY = "contoso", base64.b64encode(b"a key of the stand-in").decode()
SAS = "sv=2024-11-04&sr=c&sp=rwdl&se=2030-01-01&sig=c2lnbmF0dXJl"
CONTAINER = "voicemail"
CONNECTION = f"DefaultEndpointsProtocol=https;AccountName={ACCOUNT};AccountKey={KEY};EndpointSuffix=core.windows.net"


@dataclass
class Blob:
    content: bytes
    kind: str
    etag: str
    at: float


@dataclass
class Container:
    """``now`` is the service's time (epoch seconds); ``fault`` may answer a request in its place."""

    page: int = 2
    now: float = 1_800_000_000.0
    blobs: dict[str, Blob] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    fault: Callable[[str, str], web.Response | None] = lambda method, blob: None
    exists: bool = True
    sas: bool = False
    hangs: bool = False
    base: str = ""
    changes: int = 0

    def app(self) -> web.Application:
        app = web.Application(client_max_size=128 * 1024 * 1024)
        app.router.add_route("*", "/{any:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        # The name of the account is the host's first word; here, as with every address by number, it is in the path.
        parts = request.path.split("/", 3)[1:]
        blob = parts[2] if len(parts) == 3 else ""
        self.asked.append(f"{request.method} {blob or 'list'}")
        if self.hangs:
            await asyncio.Event().wait()
        if (answer := self.fault(request.method, blob)) is not None:
            return answer
        if not self._signed(request, body):
            return self._error(403, "AuthenticationFailed")
        if parts[:2] != [ACCOUNT, CONTAINER] or "x-ms-version" not in request.headers:
            return self._no(f"{request.method} {request.path}")
        if not self.exists:
            return self._error(404, "ContainerNotFound")
        if not blob and request.method == "GET":
            return self._list(request)
        match request.method:
            case "PUT":
                return self._put(request, blob, body)
            case "GET":
                return self._get(request, blob)
            case "DELETE":
                return self._delete(blob)
            case _:
                return self._no(f"{request.method} {blob}")

    def _put(self, request: web.Request, blob: str, body: bytes) -> web.Response:
        if request.headers.get("x-ms-blob-type") != "BlockBlob" or request.headers.get("Content-Length") is None:
            return self._no("Put Blob without x-ms-blob-type or Content-Length")
        if set(request.query) - {"sv", "sr", "sp", "se", "sig", "timeout"}:
            return self._no(f"Put Blob with {request.query_string}")
        self.changes += 1
        made = Blob(body, request.headers.get("x-ms-blob-content-type", ""), f'"0x{self.changes:X}"', self.now)
        self.blobs[blob] = made
        return web.Response(status=201, headers={"ETag": made.etag, "Last-Modified": _date(made.at)})

    def _get(self, request: web.Request, blob: str) -> web.Response:
        found = self.blobs.get(blob)
        if found is None:
            return self._error(404, "BlobNotFound")
        headers = {
            "ETag": found.etag, "Last-Modified": _date(found.at), "x-ms-blob-type": "BlockBlob",
            "Accept-Ranges": "bytes", "Content-Type": found.kind,
        }  # fmt: skip
        asked = request.headers.get("x-ms-range") or request.headers.get("Range")
        if asked is None:
            return web.Response(body=found.content, headers=headers)
        unit, _, span = asked.partition("=")
        first, _, last = span.partition("-")
        if unit != "bytes" or not first.isdigit():
            return self._no(f"a range {asked}")
        if int(first) >= len(found.content):
            return self._error(416, "InvalidRange")
        end = min(int(last) if last else len(found.content) - 1, len(found.content) - 1)
        piece = found.content[int(first) : end + 1]
        headers["Content-Range"] = f"bytes {first}-{end}/{len(found.content)}"
        return web.Response(status=206, body=piece, headers=headers)

    def _delete(self, blob: str) -> web.Response:
        if self.blobs.pop(blob, None) is None:
            return self._error(404, "BlobNotFound")
        return web.Response(status=202)

    def _list(self, request: web.Request) -> web.Response:
        """By name, in pages with a marker."""
        if request.query.get("restype") != "container" or request.query.get("comp") != "list":
            return self._no(f"GET of a container with {request.query_string}")
        names = [name for name in sorted(self.blobs) if name > request.query.get("marker", "")]
        size = min(int(request.query.get("maxresults", "5000")), self.page)
        here, more = names[:size], len(names) > size
        entries = "".join(
            f"<Blob><Name>{escape(name)}</Name><Properties><Last-Modified>{_date(self.blobs[name].at)}</Last-Modified>"
            f"<Etag>{self.blobs[name].etag.strip(chr(34))}</Etag>"
            f"<Content-Length>{len(self.blobs[name].content)}</Content-Length><BlobType>BlockBlob</BlobType>"
            f"</Properties></Blob>"
            for name in here
        )
        marker = f"<NextMarker>{escape(here[-1])}</NextMarker>" if more else "<NextMarker />"
        text = (
            f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="{self.base}/" '
            f'ContainerName="{CONTAINER}"><Blobs>{entries}</Blobs>{marker}</EnumerationResults>'
        )
        return web.Response(body=text.encode(), content_type="application/xml")

    def _no(self, why: str) -> web.Response:
        self.refused.append(why)
        return self._error(400, "InvalidHeaderValue")

    def _error(self, status: int, code: str) -> web.Response:
        text = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>No.</Message></Error>'
        return web.Response(
            status=status, body=text.encode(), content_type="application/xml", headers={"x-ms-error-code": code}
        )

    def _signed(self, request: web.Request, body: bytes) -> bool:
        if self.sas:
            return request.query_string.endswith(SAS) and "Authorization" not in request.headers
        return request.headers.get("Authorization") == f"SharedKey {ACCOUNT}:{_signature(request, body)}"


def _signature(request: web.Request, body: bytes) -> str:
    """https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key#blob-queue-and-file-services-shared-key-authorization"""
    headers = {name.lower(): value for name, value in request.headers.items()}
    length = headers.get("content-length", "")
    standard = [
        headers.get("content-encoding", ""), headers.get("content-language", ""), "" if length == "0" else length,
        headers.get("content-md5", ""), headers.get("content-type", ""), "" if "x-ms-date" in headers else
        headers.get("date", ""), headers.get("if-modified-since", ""), headers.get("if-match", ""),
        headers.get("if-none-match", ""), headers.get("if-unmodified-since", ""), headers.get("range", ""),
    ]  # fmt: skip
    own = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers) if name.startswith("x-ms-"))
    resource = f"/{ACCOUNT}{request.raw_path.partition('?')[0]}"
    for name in sorted(request.query):
        resource += f"\n{name.lower()}:{request.query[name]}"
    text = "\n".join([request.method, *standard]) + "\n" + own + resource
    return base64.b64encode(hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()).decode()


def _date(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(int(at), tz=UTC), usegmt=True)


@asynccontextmanager
async def container() -> AsyncIterator[Container]:
    """A container behind a real socket; ``base`` is its address."""
    stub = Container()
    runner = web.AppRunner(stub.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stub.base = f"http://127.0.0.1:{runner.addresses[0][1]}/{ACCOUNT}/{CONTAINER}"
    try:
        yield stub
    finally:
        await runner.cleanup()
