"""HTTP/1.1 with heads of bounded length.

uvicorn reads the head of a request for as long as somebody sends it, before any of our code is asked: one stranger
could fill the memory. What a request brings beside its body is therefore counted here.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST = 65_536
"""Bytes of a request that are not its body: request line, headers, framing of chunks, trailers. The longest token that
is looked at has a quarter of it."""

_REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\ncontent-length: 26\r\n"
    b'connection: close\r\n\r\n{"error":"head too long"}\r\n'
)


class BoundedHeads(HttpToolsProtocol):
    """uvicorn's protocol, which closes the connection when a head does not end. For ``uvicorn.Config(http=…)``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._beside_body = 0

    def data_received(self, data: bytes) -> None:
        self._beside_body += len(data)
        super().data_received(data)
        if self._beside_body > LONGEST and not self.transport.is_closing():
            self.transport.write(_REFUSAL)
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        self._beside_body -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._beside_body = 0
        super().on_message_complete()
