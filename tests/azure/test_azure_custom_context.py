"""Custom context of others, however it is written, and our own within the limits."""

from __future__ import annotations

from typing import Any

import pytest
from azure.communication.callautomation import TeamsExtensionUserIdentifier

from interpreter.azure.custom_context import CustomContext, headers, read_context
from interpreter.azure.people import party
from interpreter.protocol import Items
from interpreter.site_attached import Attached


@pytest.mark.parametrize(
    "context",
    [None, 7, "text", [], {"sipHeaders": 1, "voipHeaders": [1]}, {"sipHeaders": {"X-MS-Custom-a": 7}}, {"a": None}],
)
def test_what_has_another_shape_is_nothing(context: Any) -> None:
    assert read_context({"customContext": context}) == CustomContext()


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("48656c6c6f;encoding=hex", "Hello"),
        # As the documentation's own example: an odd number of digits.
        ("616d617a6f6e5f6368696;encoding=hex", "616d617a6f6e5f6368696;encoding=hex"),
        ("0d0a;encoding=hex", "0d0a;encoding=hex"),
        ("ff;encoding=hex", "ff;encoding=hex"),
        ("plain", "plain"),
    ],
)
def test_user_to_user_is_read_as_the_text_that_it_stands_for(header: str, text: str) -> None:
    for name in ("User-To-User", "userToUser"):
        assert read_context({"customContext": {"sipHeaders": {name: header}}}).sip == {"user-to-user": text}


@pytest.mark.parametrize("value", ["x" * 1025, "a\nb", "\ud800", ""])
def test_a_value_that_nobody_can_keep_is_missing(value: str) -> None:
    assert read_context({"customContext": {"voipHeaders": {"a": value}}}).voip == {}


def test_deep_and_broken_details_end() -> None:
    deep: dict[str, Any] = {"callTopic": "deep"}
    for _ in range(2000):
        deep = {"a": deep}
    assert read_context({"customContext": deep}).details == {}
    assert read_context({"customContext": {"voipHeaders": {"CallDetails": "{broken"}}}).details == {}


def test_the_first_place_with_a_value_counts() -> None:
    bound = {"a": Attached(sip="X-MS-Custom-a", voip="a", teams="topic"), "b": Attached(teams="topic")}
    context = {"sipHeaders": {"X-MS-Custom-A": "sip"}, "voipHeaders": {"calltopic": "topic"}}
    assert read_context({"customContext": context}).attached(bound) == (("a", "sip"), ("b", "topic"))
    context["voipHeaders"]["A"] = "voip"
    assert dict(read_context({"customContext": context}).attached(bound))["a"] == "voip"


def test_values_go_out_as_text_and_what_does_not_fit_is_named_without_its_value() -> None:
    bound = {name: Attached(sip=f"X-MS-Custom-{name}", voip=name) for name in "abcd"}
    brief = (("topic", "x"), ("attached_a", 3.0), ("attached_b", True), ("attached_c", Items(("x", 2.5))))
    assert headers(bound, brief, telephone=True).sip == {
        "X-MS-Custom-a": "3", "X-MS-Custom-b": "true", "X-MS-Custom-c": "x,2.5",
    }  # fmt: skip
    assert headers(bound, brief, telephone=False).voip == {"a": "3", "b": "true", "c": "x,2.5"}
    found = headers(bound, (("attached_d", "a\nb"), ("attached_e", "x"), ("attached_a", "")), telephone=False)
    assert found.voip == {}
    assert found.left_out == (
        "`d` has control characters", "`e` has no voip header under [attached]", "`a` is empty",
    )  # fmt: skip


def test_an_agent_of_teams_who_calls_is_addressed_as_one() -> None:
    found = party("8:acs:res_tenant_user")
    assert isinstance(found, TeamsExtensionUserIdentifier)
    assert (found.properties["resource_id"], found.properties["tenant_id"], found.properties["user_id"]) == (
        "res", "tenant", "user",
    )  # fmt: skip
    assert type(party("8:acs:res_user")).__name__ == "CommunicationUserIdentifier"
