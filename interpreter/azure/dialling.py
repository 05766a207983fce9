"""Calling somebody: the request that makes a call of our own.

Of a Teams resource account the service takes no number to show and no name: it answers 400/8523 (wire contract, section
7.2). Of a plain line it insists on a number that belongs to the resource. The callback address names the attempt, since
what the service tells of a call that came to nothing does not.
"""

from __future__ import annotations

from urllib.parse import quote

from azure.communication.callautomation import MicrosoftTeamsAppIdentifier, PhoneNumberIdentifier
from azure.communication.callautomation.aio import CallAutomationClient
from azure.core.exceptions import DeserializationError, HttpResponseError

from dsl.emergency import WHY, is_emergency
from interpreter.azure.callbacks import DIAL
from interpreter.azure.outcome import of_error
from interpreter.azure.sockets import transports
from interpreter.ports import Line, Performance, Performed, Refused
from interpreter.protocol import Reported, Request
from interpreter.site import Site

ACCOUNT = "28:orgid:"
"""What the raw ids of Teams resource accounts begin with."""


class UnboundNameError(Exception):
    """A script's name has no meaning in this site (any more)."""


async def dial(
    site: Site, client: CallAutomationClient, line: Line, action: Request, headers: dict[str, str]
) -> Performance:
    """Call the number that the request names. Raises what the SDK raises, and `UnboundNameError`."""
    values = dict(action.arguments)
    if is_emergency(str(values.get("number", ""))):
        return Refused(0, "Emergency", WHY)
    account = line.called.removeprefix(ACCOUNT) if line.called.startswith(ACCOUNT) else ""
    shown = None if account else _shown(site, line, str(values.get("caller_id", "")))
    if not account and shown is None:
        return Refused(0, "NoCallerId", "the line has no number to show: `caller id`, or caller_id under [service]")
    try:
        made = await client.create_call(
            PhoneNumberIdentifier(str(values.get("number", ""))),
            f"{site.server.callback_base}/callbacks/{line.shard}/{line.call_id}?{DIAL}={quote(action.op, safe='')}",
            cognitive_services_endpoint=site.service.cognitive_services_endpoint,
            source_caller_id_number=shown,
            operation_context=action.op,
            teams_app_source=MicrosoftTeamsAppIdentifier(account) if account else None,
            headers=headers,
            **transports(
                site.server.callback_base or "", line, str(values.get("transcribes", "")), bool(values.get("streams"))
            ),
        )
    except AttributeError as error:
        # The SDK reads an answer without a body as if it had one. The telephone may well ring.
        raise DeserializationError("it is empty") from error
    except HttpResponseError as error:
        refused = of_error(error)
        # There is no call yet that could be gone.
        return Refused(refused.status, refused.code, refused.reason) if isinstance(refused, Refused) else refused
    connection = made.call_connection_id or ""
    return Performed(connection, Reported(0.0, action.op, "ringing", (("connection", connection),)))


def _shown(site: Site, line: Line, caller_id: str) -> PhoneNumberIdentifier | None:
    """The number that is shown: the script's, else the site's, else the line's own."""
    name = caller_id or site.service.caller_id
    if name:
        number = site.number(name)
        if number is None:
            raise UnboundNameError(f"no number is called `{name}` in the site file")
        return PhoneNumberIdentifier(number)
    return PhoneNumberIdentifier(line.called) if line.called.startswith("+") else None
