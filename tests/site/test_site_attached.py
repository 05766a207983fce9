"""`[attached]`: the headers that a call can carry, and what is wrong with others."""

from __future__ import annotations

from pathlib import Path

import pytest

from interpreter.site import Site, SiteError


def problems(text: str) -> str:
    with pytest.raises(SiteError) as refused:
        Site.parse(text, folder=Path())
    return str(refused.value)


def test_headers_and_details_are_bound_by_name() -> None:
    site = Site.parse('[attached]\na = { sip = "usertouser", teams = "caller name" }\nb = { voip = "b" }\n', Path())
    assert site.settings.attached["a"].sip == "User-To-User"
    assert site.settings.attached["a"].teams == "caller name"
    assert site.settings.attached["b"].voip == "b"


@pytest.mark.parametrize(
    ("bound", "why"),
    [
        ('{ sip = "Account" }', "begins with X-MS-Custom-"),
        ('{ sip = "X-MS-Custom-" }', "begins with X-MS-Custom-"),
        ('{ sip = "X-MS-Custom-a b" }', "begins with X-MS-Custom-"),
        ('{ sip = "X-MS-Custom-' + "a" * 53 + '" }', "64"),
        ('{ voip = "' + "a" * 65 + '" }', "64"),
        ('{ voip = "a b" }', "without spaces"),
        ('{ voip = "Call" }', "another name than `call`"),
        ('{ teams = "mood" }', "mood"),
        ("{}", "at least one of sip, voip and teams"),
    ],
)
def test_what_a_call_cannot_carry_is_told_with_its_place(bound: str, why: str) -> None:
    told = problems(f"[attached]\naccount = {bound}\n")
    assert why in told
    assert "<site>:2:" in told
    assert ": attached.account" in told


def test_a_call_carries_five_sip_headers_and_user_to_user() -> None:
    five = "".join(f'n{i} = {{ sip = "X-MS-Custom-{i}" }}\n' for i in range(5))
    Site.parse(f'[attached]\n{five}u = {{ sip = "User-To-User" }}\n', Path())
    assert "5 sip headers at the most" in problems(f'[attached]\n{five}six = {{ sip = "X-MS-Custom-6" }}\n')


def test_a_header_belongs_to_one_name() -> None:
    told = problems('[attached]\na = { voip = "x" }\nb = { voip = "X" }\n')
    assert "`a` and `b` have the same voip header" in told
