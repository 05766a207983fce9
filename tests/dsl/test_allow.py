"""Findings that an author keeps, and comments that keep nothing."""

from __future__ import annotations

import pytest

from dsl import Source, check, pages
from dsl.lint.allow import can_be_allowed
from dsl.lint.example import script

KEPT = "the carrier cuts off what is said first"
WAIT = """\
step welcome
{above}    wait 4s{beside}
    say "Thank you for calling the Contoso support line."
    hang up
"""


def found(above: str = "", beside: str = "", text: str = WAIT) -> list[str]:
    """The codes for a step that waits too long, with comments."""
    source = Source("main.ivr", script(text.format(above=above, beside=beside)))
    return [each.code for each in check(source).diagnostics]


def test_without_a_comment_it_is_told() -> None:
    assert found() == ["IVR408"]


@pytest.mark.parametrize(
    ("above", "beside"),
    [
        ("", f"  ; allow IVR408: {KEPT}"),
        ("", f"  ;allow ivr408 : {KEPT}"),
        ("", f"  ;; allow long-silence: {KEPT}"),
        (f"    ; allow IVR408: {KEPT}\n", ""),
        (f"; allow IVR408: {KEPT}\n    ; and more about it\n", ""),
        (f"    ; allow IVR408: {KEPT}\r\n", "\r"),
    ],
)
def test_a_comment_on_the_line_or_alone_above_it_keeps_a_finding(above: str, beside: str) -> None:
    assert found(above, beside) == []


@pytest.mark.parametrize(
    ("above", "beside", "codes"),
    [
        ("", "  ; allow IVR408", ["IVR408", "IVR140"]),
        ("", "  ; allow IVR408:", ["IVR408", "IVR140"]),
        ("", f"  ; allow IVR409: {KEPT}", ["IVR408", "IVR143"]),
        ("", f"  ; allow IVR498: {KEPT}", ["IVR408", "IVR141"]),
        ("", f"  ; allow log-silence: {KEPT}", ["IVR408", "IVR141"]),
        ("", f"  ; allow IVR203: {KEPT}", ["IVR408", "IVR142"]),
        ("", f"  ; allow IVR201: {KEPT}", ["IVR408", "IVR142"]),
        ("", f"  ; allow IVR143: {KEPT}", ["IVR408", "IVR142"]),
        ("", f"  ; allow IVR408, IVR203: {KEPT}", ["IVR142"]),
        ("", f"  ; allow IVR408, IVR409: {KEPT}", ["IVR143"]),
        (f"    ; allow IVR408: {KEPT}\n\n", "", ["IVR143", "IVR408"]),
        (f'    say "Hello."  ; allow IVR408: {KEPT}\n', "", ["IVR143", "IVR408"]),
        (f"    ; allow IVR408: {KEPT}\n", f"  ; allow IVR408: {KEPT}", []),
    ],
)
def test_a_comment_that_keeps_nothing_is_a_finding(above: str, beside: str, codes: list[str]) -> None:
    assert found(above, beside) == codes


@pytest.mark.parametrize(
    "words",
    [
        "; allow callers to hang up",
        "; we allow IVR408 here",
        "; see ; allow IVR408: quoted in a comment",
        "; allow",
        "; allow two-way talk before it rings",
    ],
)
def test_other_comments_are_only_comments(words: str) -> None:
    assert found("", f"  {words}") == ["IVR408"]


def test_a_text_is_no_comment() -> None:
    said = WAIT.replace("Thank you for calling the Contoso support line.", "Thank you ; allow IVR408: for calling us.")
    assert found(text=said) == ["IVR408"]


def test_what_cannot_be_read_hides_no_comment() -> None:
    """A line that could not be read may be the one that the comment is about."""
    torn = WAIT.replace("    hang up", "    hang &")
    assert found("", f"  ; allow IVR409: {KEPT}", torn) == ["IVR106"]


def test_in_a_used_file_it_counts_for_that_file() -> None:
    main = script('step welcome\n    say "Hello."\n    go to pause\n').replace("ivr 1\n", 'ivr 1\nuse "pause.ivr"\n')
    used = f'ivr 1\n\nstep pause\n    wait 4s  ; allow IVR408: {KEPT}\n    say "Hello."\n    hang up\n'
    silent = used.replace("IVR408", "IVR409")
    assert check(Source("main.ivr", main), None, lambda name: used).diagnostics == ()
    told = check(Source("main.ivr", main), None, lambda name: silent).diagnostics
    places = [(each.code, each.source.name, each.source.place(each.label.span.start).line) for each in told]
    assert places == [("IVR408", "pause.ivr", 4), ("IVR143", "pause.ivr", 4)]


def test_a_name_of_the_site_file_is_missed_only_beside_one() -> None:
    desk = (
        'step welcome\n    say "Hello."\n    go to desk  ; allow {code}: later\n\ntransfer desk\n    to number desk\n'
    )
    desk += "    answered -> finish handled\n    no answer or busy or declined or failed -> sorry\n"
    assert found(text=desk.replace("{code}", "IVR540")) == []


def test_errors_of_reading_names_and_types_cannot_be_kept() -> None:
    for page in pages().values():
        rule = page.rule
        if rule.always or (rule.code < "IVR200" and rule.severity == "error"):
            assert not can_be_allowed(rule), rule.code
        if rule.severity == "warning" and not rule.code.startswith("IVR14"):
            assert can_be_allowed(rule), rule.code
