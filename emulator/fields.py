"""Reading request bodies: a missing or wrong field is 400/8523, an unknown one is let be."""

from __future__ import annotations

from urllib.parse import urlsplit

from emulator.config import Config
from emulator.identifiers import E164, Identifier, IdentifierError, Json, from_json
from emulator.model import Echo
from emulator.results import RestError, invalid

TONES: tuple[str, ...] = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("a", "b", "c", "d", "pound", "asterisk"),
)
KEYS = dict(zip("0123456789abcd#*", TONES, strict=True))
KEY_OF = {name: key.upper() for key, name in KEYS.items()}
"""The key that a tone is printed on."""

_MISSING = object()


def text(body: Json, key: str, *, default: str | None = None) -> str:
    """A string field; required unless it has a default."""
    value = body.get(key, _MISSING)
    if value is _MISSING or value is None:
        if default is None:
            raise invalid(f"The field {key} is required.")
        return default
    if not isinstance(value, str):
        raise invalid(f"The field {key} must be a string.")
    if not value and default is None:
        raise invalid(f"The field {key} is required.")
    return value


def number(body: Json, key: str, default: float, low: float, high: float) -> float:
    """A number field within inclusive limits."""
    value = body.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid(f"The field {key} must be a number.")
    if not low <= value <= high:
        raise invalid(f"The field {key} must be between {low:g} and {high:g}.")
    return float(value)


def flag(body: Json, key: str, *, default: bool = False) -> bool:
    value = body.get(key, default)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise invalid(f"The field {key} must be a boolean.")
    return value


def mapping(body: Json, key: str) -> Json:
    """An object field; empty when absent."""
    value = body.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid(f"The field {key} must be an object.")
    return value


def objects(body: Json, key: str) -> list[Json]:
    """A list of objects; empty when absent."""
    value = body.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise invalid(f"The field {key} must be an array of objects.")
    return value


def strings(body: Json, key: str) -> tuple[str, ...]:
    value = body.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise invalid(f"The field {key} must be an array of strings.")
    return tuple(value)


def tones(body: Json, key: str) -> tuple[str, ...]:
    """DTMF tones by their names, in any case."""
    values = tuple(one.lower() for one in strings(body, key))
    for value in values:
        if value not in TONES:
            raise invalid(f"{value!r} in {key} is not a tone.")
    return values


def identifier(body: Json, key: str) -> Identifier:
    if body.get(key) is None:
        raise invalid(f"The field {key} is required.")
    return read_identifier(body[key])


def identifiers(body: Json, key: str) -> tuple[Identifier, ...]:
    return tuple(read_identifier(one) for one in objects(body, key))


WITHHELD = "4:anonymous"
"""A caller who withholds the number: it can be spoken to and listened to by this name, and not be rung."""


def read_identifier(model: object) -> Identifier:
    """An identifier that the service would take: numbers are E.164, users are not Teams ids in disguise (422)."""
    try:
        who = from_json(model)
    except IdentifierError as error:
        raise invalid(f"Invalid identifier: {error}.") from error
    if who.kind == "phoneNumber" and who.key != WITHHELD and not E164.fullmatch(who.label):
        raise invalid(f"{who.label!r} is not a phone number in E.164 form.")
    if who.kind == "communicationUser" and who.key.startswith(("28:", "8:orgid:", "4:")):
        raise wrong_identifier()
    return who


def wrong_identifier() -> RestError:
    return RestError(422, 422, "Invalid CommunicationUser identifier specified.")


def called(who: Identifier) -> Identifier:
    """Somebody whom a request wants to be rung: whose number is not known cannot be."""
    if who.key == WITHHELD:
        raise invalid(f"{who.label!r} is not a phone number in E.164 form.")
    return who


def phone_number(body: Json, key: str) -> str | None:
    """The value of a phone number field such as sourceCallerIdNumber."""
    model = mapping(body, key)
    if not model:
        return None
    value = text(model, "value")
    if not E164.fullmatch(value):
        raise invalid(f"The field {key} is not a phone number in E.164 form.")
    return value


def callback_uri(config: Config, body: Json, key: str = "callbackUri") -> str:
    """A callback address. The live service takes https alone; the emulator's configuration may be more tolerant."""
    uri = text(body, key)
    parts = urlsplit(uri)
    allowed = ("https", "http") if config.allow_http_callbacks else ("https",)
    if parts.scheme not in allowed or not parts.hostname:
        raise invalid(f"The field {key[0].upper()}{key[1:]} is invalid.")
    return uri


def echo(config: Config, body: Json) -> Echo:
    """The context and the diversion of a request. A context is echoed whenever the key was there, even when empty."""
    context = text(body, "operationContext", default="") if body.get("operationContext") is not None else None
    uri = body.get("operationCallbackUri")
    return Echo(context, callback_uri(config, body, "operationCallbackUri") if uri is not None else None)
