"""The emulator's own HTTP servers, plain and TLS, inside a running event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from emulator.tls import Certificates


class _Quiet(uvicorn.Server):
    """A server that leaves signals to the program that embeds it: uvicorn offers no setting for that."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Listener:
    """One application on one or two ports."""

    def __init__(
        self, app: ASGIApp, host: str, port: int, tls_port: int | None, certificates: Certificates | None
    ) -> None:
        self._app = app
        self._host = host
        self._ports = (port, tls_port)
        self._certificates = certificates
        self._servers: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []
        self.url = ""
        self.tls_url = ""

    async def start(self) -> None:
        """Listen. Raises OSError when a port is taken."""
        port, tls_port = self._ports
        plain = _bind(self._host, port)
        await self._serve(plain, None)
        self.url = f"http://{self._host}:{plain.getsockname()[1]}"
        if tls_port is not None:
            secure = _bind(self._host, tls_port)
            await self._serve(secure, self._certificates)
            self.tls_url = f"https://{self._host}:{secure.getsockname()[1]}"

    async def _serve(self, listener: socket.socket, certificates: Certificates | None) -> None:
        config = uvicorn.Config(
            self._app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            # An open event stream must not keep the program from ending.
            timeout_graceful_shutdown=1,
            ssl_certfile=str(certificates.chain) if certificates else None,
            ssl_keyfile=str(certificates.key) if certificates else None,
        )
        server = _Quiet(config)
        task = asyncio.get_running_loop().create_task(server.serve(sockets=[listener]))
        self._servers.append((server, task))
        while not server.started:
            if task.done():
                await task
                raise RuntimeError("the server ended before it began")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        for server, _ in self._servers:
            server.should_exit = True
        for _, task in self._servers:
            await task
        self._servers.clear()


def _bind(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener
