"""What no interface shows, with how to look at it: licences and the places of data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dsl import Program
from dsl.ast import Transfer
from interpreter.hostcheck import Finding
from interpreter.site import Site


def check_licences(site: Site, programs: Sequence[Program]) -> Iterator[Finding]:
    """Only what this site needs is told."""
    accounts = [line for line in site.settings.every_line if line.startswith("28:")]
    if accounts:
        says = "whether each resource account has a service number and a licence for it is not to be seen from here"
        look = "look with PowerShell: Get-CsPhoneNumberAssignment -AssignedPstnTargetId ACCOUNT (type: service number)"
        yield Finding("accounts", "numbers", "cannot tell", says, look)
    if accounts and any(_dials(program) for program in programs):
        says = "calls to telephones from a resource account need a Pay-As-You-Go Calling Plan, which is not to be seen"
        look = "look in the Teams admin center: Voice, Resource accounts, Licenses"
        yield Finding("accounts", "calling plan", "cannot tell", says, look)
    if any(agent.user for agent in site.settings.agents.values()):
        says = "whether agents have a Teams Phone licence with Enterprise Voice is not to be seen from here"
        look = "look with PowerShell: Get-CsOnlineUser -Identity USER (EnterpriseVoiceEnabled, FeatureTypes)"
        yield Finding("accounts", "agents' licences", "cannot tell", says, look)


def _dials(program: Program) -> bool:
    """Whether a script passes callers on to telephones, or calls some itself."""
    if program.flow is not None and program.flow.outbound:
        return True
    targets = (block.target for block in program.blocks.values() if isinstance(block, Transfer))
    return any(target is not None and target.kind == "number" for target in targets)
