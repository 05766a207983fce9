"""What can become of a request to Microsoft Graph. No text of these holds a token, a secret or a user's data."""

from __future__ import annotations


class GraphError(Exception):
    """Graph has not done it. ``after``: seconds that it asks us to wait, 0 for no wish."""

    def __init__(self, why: str, *, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after


class ThrottledError(GraphError):
    """Too many requests (429): everybody is to wait. https://learn.microsoft.com/graph/throttling"""


class UnavailableError(GraphError):
    """No answer, or one of a broken service (5xx): later it may work. ``status`` is 0 when nothing answered."""

    def __init__(self, why: str, *, status: int = 0, after: float = 0.0) -> None:
        super().__init__(why, after=after)
        self.status = status


class DeniedError(GraphError):
    """There is no token, or Graph does not take it (401), not even a fresh one. That concerns every request."""


class RefusedError(GraphError):
    """Graph will not do this (another 4xx, or a redirection): the same again does not help."""

    def __init__(self, why: str, *, status: int) -> None:
        super().__init__(why)
        self.status = status


class MalformedError(GraphError):
    """The answer is not what Graph documents."""
