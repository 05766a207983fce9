"""Every operation of the server, in one table."""

from __future__ import annotations

from interpreter.api.agents import AgentsApi
from interpreter.api.document import with_document
from interpreter.api.frame import Api, Operation
from interpreter.api.operator import OperatorApi
from interpreter.api.operator_calls import OperatorCalls
from interpreter.api.outbound import OutboundApi
from interpreter.api.recordings import RecordingsApi
from interpreter.api.supervisors import SupervisorsApi
from interpreter.api.transcripts import TranscriptsApi
from interpreter.web import Desk


def every_operation(desk: Desk) -> tuple[Operation, ...]:
    """What can be asked of a server, the document that says so among it."""
    site, floors, clock = desk.site, desk.center.floors, desk.clock
    agents = AgentsApi(site, floors, clock, desk.streams, desk.center.desk)
    supervisors = SupervisorsApi(site, floors, clock)
    operator, calls, recordings = OperatorApi(desk), OperatorCalls(desk), RecordingsApi(desk)
    transcripts = TranscriptsApi(site, floors, desk.store)
    all_of_them = (desk, agents, supervisors, operator, calls, recordings, transcripts, OutboundApi(desk))
    return with_document([operation for each in all_of_them for operation in each.operations()])


def make_api(desk: Desk) -> Api:
    """The table at work."""
    return Api(every_operation(desk), desk.gate.admit, desk.site.server.max_body_bytes)
