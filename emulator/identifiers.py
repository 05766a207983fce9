"""Identifiers of the service: one address in its five JSON forms and its one raw form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "communicationUser", "phoneNumber", "microsoftTeamsUser", "microsoftTeamsApp", "teamsExtensionUser", "unknown"
]
Json = dict[str, Any]

KINDS: tuple[Kind, ...] = (
    "phoneNumber",
    "microsoftTeamsUser",
    "microsoftTeamsApp",
    "teamsExtensionUser",
    "communicationUser",
)
E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class IdentifierError(ValueError):
    """The JSON or text names nobody."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """Who: equal when the raw ids are equal but for case."""

    kind: Kind
    raw_id: str

    @property
    def key(self) -> str:
        return self.raw_id.lower()

    @property
    def label(self) -> str:
        """The number of a phone, the raw id of anyone else."""
        return self.raw_id.removeprefix("4:") if self.kind == "phoneNumber" else self.raw_id

    @property
    def teams(self) -> bool:
        return self.kind in ("microsoftTeamsUser", "microsoftTeamsApp", "teamsExtensionUser")

    def to_json(self) -> Json:
        """The form in which the live service writes it: rawId, kind, and the nested object that kind names."""
        model: Json = {"rawId": self.raw_id, "kind": self.kind}
        if self.kind != "unknown":
            model[self.kind] = self._nested()
        return model

    def _nested(self) -> Json:
        tail = self.raw_id.rpartition(":")[2]
        match self.kind:
            case "phoneNumber":
                return {"value": self.raw_id.removeprefix("4:")}
            case "microsoftTeamsUser":
                return {"userId": tail, "isAnonymous": False, "cloud": "public"}
            case "microsoftTeamsApp":
                return {"appId": tail, "cloud": "public"}
            case "teamsExtensionUser":
                resource, tenant, user = (*tail.split("_"), "", "")[:3]
                return {"userId": user, "tenantId": tenant, "resourceId": resource, "cloud": "public"}
            case _:
                return {"id": self.raw_id}


def from_address(text: str) -> Identifier:
    """The identifier of a number (`+1425...`) or raw id (`4:+1425...`, `8:orgid:...`, `28:orgid:...`, `8:acs:...`).

    Raises IdentifierError."""
    address = text.strip()
    if E164.fullmatch(address):
        return Identifier("phoneNumber", f"4:{address}")
    if address.startswith("4:"):
        return Identifier("phoneNumber", address)
    if address.startswith("28:orgid:"):
        return Identifier("microsoftTeamsApp", address)
    if address.startswith("8:orgid:"):
        return Identifier("microsoftTeamsUser", address)
    if address.startswith("8:acs:"):
        extension = address.count("_") == 2
        return Identifier("teamsExtensionUser" if extension else "communicationUser", address)
    raise IdentifierError(f"{text!r} is neither an E.164 number nor a raw id such as 8:orgid:...")


def from_json(model: object) -> Identifier:
    """Read an identifier, its kind from the nested object: the Python client sends no `kind`."""
    if not isinstance(model, dict):
        raise IdentifierError("an identifier must be an object")
    for kind in KINDS:
        nested = model.get(kind)
        if isinstance(nested, dict):
            return Identifier(kind, _raw_id(kind, nested, model.get("rawId")))
    raw = model.get("rawId")
    if not isinstance(raw, str) or not raw:
        raise IdentifierError("an identifier needs a rawId or the object of its kind")
    try:
        return from_address(raw)
    except IdentifierError:
        return Identifier("unknown", raw)


def _raw_id(kind: Kind, nested: Json, raw: object) -> str:
    def need(key: str) -> str:
        value = nested.get(key)
        if not isinstance(value, str) or not value:
            raise IdentifierError(f"{kind}.{key} is required")
        return value

    match kind:
        case "phoneNumber":
            return f"4:{need('value')}"
        case "microsoftTeamsUser":
            made = f"8:orgid:{need('userId')}"
        case "microsoftTeamsApp":
            made = f"28:orgid:{need('appId')}"
        case "teamsExtensionUser":
            made = f"8:acs:{need('resourceId')}_{need('tenantId')}_{need('userId')}"
        case _:
            return need("id")
    # A sovereign cloud or a visitor has its own prefix, which only the sender's raw id tells.
    return raw if isinstance(raw, str) and raw else made
