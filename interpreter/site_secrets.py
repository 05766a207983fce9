"""The keys of the site file whose values never print."""

from __future__ import annotations

from collections.abc import Mapping

SECRETS: Mapping[tuple[str, ...], str] = {
    ("assessment", "key"): "unresolved",
    ("service", "connection_string"): "endpoint=https://unresolved.invalid/;accesskey=unresolved",
    ("service", "key"): "unresolved",
    ("service", "cognitive_services_key"): "unresolved",
    ("events", "secret"): "unresolved",
    ("operator", "token"): "unresolved",
    ("mail", "password"): "unresolved",
    ("presence", "secret"): "unresolved",
    ("understanding", "language_service", "key"): "unresolved",
    ("speech", "key"): "unresolved",
    ("voicemail", "blob", "connection_string"): "AccountName=unresolved;AccountKey=unresolved",
    ("voicemail", "blob", "sas"): "unresolved",
}
"""The keys whose values never print, each with what stands for it where the real one is not needed."""


def is_secret(path: tuple[str, ...]) -> bool:
    """Whether what stands under a key must never print."""
    of_a_table = (path[0] == "data" and "headers" in path) or (path[0] == "agents" and path[-1] == "token")
    of_a_table = of_a_table or (path[0] in ("notify", "card_services", "understanding") and "headers" in path)
    return path[0] == "secrets" or path in SECRETS or of_a_table
