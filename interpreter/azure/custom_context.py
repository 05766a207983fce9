"""What travels with a call beside its voice: SIP headers, VoIP headers, and the details of a Teams auto attendant.

In, it is an IncomingCall's ``customContext``; out, the ``customCallingContext`` of a transfer or of adding somebody.
The limits are the service's own
(https://learn.microsoft.com/azure/communication-services/how-tos/call-automation/custom-context). In which key an auto
attendant's details stand is written nowhere: they are looked for by their names, at every depth, also in a header
whose value is JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from interpreter.azure.fields import BadFieldError, Fields
from interpreter.floor.values import plain
from interpreter.protocol import ATTACHED, Value
from interpreter.site_attached import DETAILS, OWN_HEADER, Attached, is_user_to_user

LONGEST_SIP, LONGEST_VOIP = 256, 1024
"""Characters of a value."""
_LONGEST_READ = 8192
"""Characters of a text that is looked through for details: a header's value is shorter, a JSON detail may be longer."""
_DEEPEST = 4
_KNOWN = frozenset(key for keys in DETAILS.values() for key in keys)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PRINTABLE = re.compile(r"[\x20-\x7e]+")


@dataclass(frozen=True, slots=True)
class CustomContext:
    """What came with a call, by lower-case names; ``details`` by the service's names of them (``calltopic``)."""

    sip: Mapping[str, str] = field(default_factory=dict)
    voip: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)

    def attached(self, bound: Mapping[str, Attached]) -> tuple[tuple[str, str], ...]:
        """What of it the site names, as text. Where a name has several sources, the first that came counts: a VoIP
        header, a SIP header, a detail."""
        return tuple((name, found) for name, each in bound.items() if (found := self._of(each)))

    def _of(self, bound: Attached) -> str:
        found = self.voip.get((bound.voip or "").lower()) or ""
        if not found and bound.sip:
            key = "user-to-user" if is_user_to_user(bound.sip) else bound.sip.lower()
            found = self.sip.get(key, "")
        return found or next(
            (self.details[key] for key in DETAILS.get(bound.teams or "", ()) if key in self.details), ""
        )


def read_context(data: Fields) -> CustomContext:
    """The custom context of an IncomingCall's ``data``. What has another shape than the documented one is left out:
    no call is lost because of what somebody else has attached to it."""
    context = data.get("customContext")
    if not isinstance(context, dict):
        return CustomContext()
    sip = {_sip_name(key): _decoded(value) for key, value in _texts(context.get("sipHeaders"), LONGEST_SIP)}
    voip = dict(_texts(context.get("voipHeaders"), LONGEST_VOIP))
    return CustomContext(sip, voip, {key: text for key, text in _details(context, _DEEPEST) if key in _KNOWN})


def _texts(headers: Any, longest: int) -> Iterator[tuple[str, str]]:
    for key, value in headers.items() if isinstance(headers, dict) else ():
        if isinstance(value, str) and 0 < len(value) <= longest and not _CONTROL.search(value) and _is_unicode(value):
            yield key.lower(), value


def _is_unicode(value: str) -> bool:
    """JSON can smuggle in half a surrogate pair, which no store and no log can write."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _sip_name(key: str) -> str:
    return "user-to-user" if is_user_to_user(key) else key


def _decoded(value: str) -> str:
    """The text of a User-To-User header (RFC 7433): ``;encoding=hex`` says that it is written in hexadecimal. What does
    not decode stays as it is."""
    body, mark, _ = value.partition(";encoding=hex")
    if not mark:
        return value
    try:
        text = bytes.fromhex(body).decode()
    except (ValueError, UnicodeDecodeError):
        return value
    return value if _CONTROL.search(text) else text


def _details(value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """Every named value, the deeper ones by their own names too: ``calltopic``, ``callerdetails.name``."""
    for key, each in value.items() if isinstance(value, dict) and depth else ():
        if isinstance(each, str) and each.lstrip().startswith("{") and len(each) <= _LONGEST_READ:
            each = _object(each)
        if isinstance(each, dict):
            for inner, text in _details(each, depth - 1):
                yield inner, text
                if "." not in inner:
                    yield f"{key.lower().removeprefix('teamsphone')}.{inner}", text
        elif isinstance(each, bool):
            yield key.lower(), "yes" if each else "no"
        else:
            yield from _texts({key: each}, LONGEST_VOIP)


def _object(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


CALLEE = "onbehalfofcallee"


def read_callees(data: Fields, party: Callable[[Fields], str]) -> Mapping[str, str]:
    """Whom an agent calls on behalf of the line, by the place that says so. The schema has the field at the level of
    ``data``, its example inside ``customContext``, and no page says what the service sends (wire contract, section
    7.3): so every place is read, and the site says which one counts."""
    context = data.get("customContext")
    inside: dict[str, Any] = context if isinstance(context, dict) else {}
    voip = inside.get("voipHeaders")
    places = (("data", data), ("custom context", inside), ("voip headers", voip if isinstance(voip, dict) else {}))
    found = {place: _identifier(_callee_in(fields), party) for place, fields in places}
    return {place: address for place, address in found.items() if address}


def _callee_in(fields: Mapping[str, Any]) -> Any:
    return next((value for key, value in fields.items() if key.lower() == CALLEE), None)


def _identifier(value: Any, party: Callable[[Fields], str]) -> str:
    """The address of an identifier; as text it is JSON, a number or a raw id. ``""`` for what is none."""
    if isinstance(value, str):
        found = _object(value) if value.lstrip().startswith("{") else {"rawId": value.strip()}
        value = {"rawId": f"4:{value.strip()}"} if value.strip().startswith("+") else found
    try:
        return party(value) if isinstance(value, dict) and value else ""
    except BadFieldError:
        return ""


@dataclass(frozen=True, slots=True)
class Headers:
    """Headers for somebody who is called. ``left_out`` says why a value does not go along, never what it is."""

    sip: Mapping[str, str]
    voip: Mapping[str, str]
    left_out: tuple[str, ...] = ()


def headers(bound: Mapping[str, Attached], brief: Iterable[tuple[str, Value]], telephone: bool) -> Headers:
    """What a script's ``brief`` attaches, for a telephone as SIP headers and for everybody else as VoIP headers."""
    sip: dict[str, str] = {}
    voip: dict[str, str] = {}
    left_out = []
    for line, value in brief:
        if not line.startswith(ATTACHED) or value is None:
            continue
        name = line.removeprefix(ATTACHED)
        key = _key(bound.get(name), telephone)
        text = _text(value)
        if key is None:
            kind = "sip" if telephone else "voip"
            left_out.append(f"`{name}` has no {kind} header under [attached]")
        elif (why := _unfit(text, telephone)) is not None:
            left_out.append(f"`{name}` {why}")
        else:
            (sip if telephone else voip)[key] = text
    return Headers(sip, voip, tuple(left_out))


def with_own(voip: Mapping[str, str], call: str) -> dict[str, str]:
    """These headers and one of ours: the SDK leaves the details for a Teams agent out where there is no header (wire
    contract, section 1.6)."""
    return {OWN_HEADER: call, **voip}


def _key(bound: Attached | None, telephone: bool) -> str | None:
    if bound is None:
        return None
    return bound.sip if telephone else bound.voip


def _text(value: Value) -> str:
    found = plain(value)
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, float) and found.is_integer():
        return str(int(found))
    return ",".join(map(str, found)) if isinstance(found, list) else str(found)


def _unfit(text: str, telephone: bool) -> str | None:
    """Why the service would refuse a value; it would refuse the whole call with it."""
    longest = LONGEST_SIP if telephone else LONGEST_VOIP
    if not text:
        return "is empty"
    if len(text) > longest:
        return f"has {len(text)} characters, and {longest} are allowed"
    if telephone and not _PRINTABLE.fullmatch(text):
        return "has characters that a SIP header cannot carry: only letters, digits and signs of ASCII can"
    return "has control characters" if _CONTROL.search(text) else None
