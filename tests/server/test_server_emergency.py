"""Emergency calls that ring here: nobody answers, refuses or holds them up; nor do centers wait that call back."""

from __future__ import annotations

from pathlib import Path

import pytest
from server_rig import Rig, on_server
from structlog.testing import capture_logs

from interpreter.protocol import Answer


@pytest.mark.parametrize("callee", ["911", "112", "+1911"])
def test_a_call_for_help_on_behalf_of_a_line_is_left_alone(callee: str, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        with capture_logs() as logs:
            assert await rig.ring(callee=callee) == 200
        assert rig.host.asked == []
        assert [each["event"] for each in logs if each["log_level"] == "error"] == [
            "an emergency call rings here and is left to the service"
        ]

    on_server(tmp_path, story)


def test_a_call_on_behalf_of_a_line_to_somebody_else_is_answered(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        assert await rig.ring(callee="+14255550123") == 200
        assert isinstance(rig.host.asked[0][1], Answer)

    on_server(tmp_path, story)


def test_where_no_desk_is_named_a_center_is_answered_by_the_script_and_told_in_the_log(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        with capture_logs() as logs:
            assert await rig.ring(caller="911") == 200
        assert isinstance(rig.host.asked[0][1], Answer)
        [told] = [each for each in logs if each["event"] == "an emergency center calls"]
        assert told["desk"] is False

    on_server(tmp_path, story)
