"""Every result code of the wire contract, and what it means for a caller. Codes are matched by sub-code alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from machine_rig import Fed, of, program

from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    Disconnected,
    Event,
    HangUp,
    Play,
    PlayEnded,
    Recognize,
    Recognized,
    SetTimer,
    TimerFired,
    TransferAccepted,
)

SCRIPT = """
ivr 1
flow f
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> rescue

step welcome
    say "Hello."
    go to {first}

menu choose
    prompt "For billing, press 1 or say billing."
    press 1 or say "billing" -> desk
    {policy}
    no input "Nothing."
    no match "Wrong."
    speech unavailable "Keys."
    after 3 tries -> rescue

menu keys
    prompt "For billing, press 1."
    press 1 -> desk
    no input "Nothing."
    no match "Wrong."
    after 3 tries -> rescue

collect code
    into code
    prompt "Enter two to four digits, then press pound."
    digits 2 to 4, ends with #
    no input "Nothing."
    no match "Wrong."
    accepted -> desk
    after 3 tries -> rescue

transfer desk
    to number desk
    answered  -> finish connected
    no answer "no answer" -> rescue
    busy      "busy" -> rescue
    declined  "declined" -> rescue
    failed    "failed" -> rescue

transfer rescue
    to number rescue
    answered -> finish connected
    no answer or busy or declined or failed -> sorry

step sorry
    say "Sorry."
    finish told
"""


def asked(first: str, policy: str = "") -> Fed:
    """A call at the question of the block ``first``."""
    fed = Fed(program(SCRIPT.replace("{first}", first).replace("    {policy}\n", policy))).connect()
    fed.give(PlayEnded(fed.now, fed.op))
    return fed


ANYWHERE = "    phrases anywhere\n"


def reaction(fed: Fed, event: Event) -> str:
    """What the machine makes of an event, in a word."""
    before, tries = len(fed.took()), fed.state.visit.tries if fed.state.visit else 0
    moved = fed.give(event)
    new = fed.took()[before:]
    if new:
        assert len(new) == 1, new
        counted = fed.state.visit.tries - tries if fed.state.visit and fed.state.block != "rescue" else 0
        assert counted == (new[0] in ("no input", "no match")), new
        if new[0] == "system error":
            assert fed.state.block == "rescue"
        return new[0]
    if of(moved.effects, Recognize):
        return "asked again"
    grace = of(moved.effects, SetTimer)
    assert [timer.timer for timer in grace] == ["watch"]
    assert fed.state.waiting is not None
    return f"waits {grace[0].due - event.at:g} s"


@dataclass(frozen=True)
class Result:
    """A row of the contract: ``kind`` is what the event is called there, ``input`` what comes with it."""

    block: str
    kind: str
    code: int
    sub_code: int
    expected: str
    tones: str = ""
    label: str = ""
    speech: str = ""

    def event(self, fed: Fed) -> Event:
        if self.kind == "Completed":
            return Recognized(fed.now, fed.op, self.code, self.sub_code, self.tones, self.label, self.speech)
        return ActionFailed(fed.now, fed.op, self.code, self.sub_code, "Action falied", self.tones)


RECOGNIZE = [
    Result("keys", "Completed", 200, 8531, "press 1", tones="1"),
    Result("keys", "Completed", 200, 8531, "no match", tones="7"),
    Result("code", "Completed", 200, 8531, "accepted", tones="1234"),
    Result("code", "Completed", 200, 8514, "accepted", tones="12"),
    Result("code", "Completed", 200, 8514, "no match", tones="1"),
    Result("code", "Completed", 200, 8514, "no match"),
    Result("code", "Completed", 200, 8531, "no match", tones="12*4"),
    Result("choose", "Completed", 200, 8533, "press 1", label="0"),
    Result("choose", "Completed", 200, 8545, "press 1", label="0"),
    Result("choose", "Completed", 200, 8545, "system error", label="1"),  # an option that was never offered
    Result("choose", "Completed", 200, 8545, "system error", label="9" * 5000),
    Result("anywhere", "Completed", 200, 8569, "press 1", speech="Billing, please."),
    Result("anywhere", "Completed", 200, 8569, "no match", speech="uh"),
    Result("anywhere", "Completed", 200, 8569, "no match"),
    Result("anywhere", "Completed", 200, 8531, "press 1", tones="1"),
    # The between-digits time ran out: judged by the digits, whether it is called a success or a failure.
    Result("code", "Completed", 400, 8532, "accepted", tones="123"),
    Result("code", "Failed", 400, 8532, "accepted", tones="123"),
    Result("code", "Completed", 400, 8532, "no match", tones="1"),
    Result("code", "Failed", 400, 8532, "no match", tones="1"),
    Result("code", "Completed", 400, 8532, "no input"),
    Result("code", "Failed", 400, 8532, "no input"),
    Result("choose", "Failed", 400, 8508, "waits 5 s"),  # Canceled: a hang-up is usually on its way
    Result("choose", "Completed", 400, 8508, "waits 5 s"),
    Result("choose", "Failed", 400, 8510, "no input"),
    Result("code", "Failed", 400, 8510, "no input"),
    Result("choose", "Failed", 500, 8511, "system error"),
    Result("choose", "Failed", 500, 8512, "system error"),
    Result("choose", "Failed", 500, 9999, "system error"),
    Result("choose", "Failed", 500, 8534, "no match"),
    Result("choose", "Failed", 400, 8547, "no match"),
    Result("choose", "Failed", 400, 8563, "no match"),
    Result("choose", "Failed", 500, 8564, "asked again"),
    Result("choose", "Failed", 408, 8570, "asked again"),
    *(Result("choose", "Failed", code, 8565, "asked again") for code in (400, 401, 403, 408, 429)),
    # A failure with the code of a success, and everything that no page lists, is nobody's attempt.
    *(Result("choose", "Failed", 200, code, "system error") for code in (8531, 8514, 8533, 8545, 8569)),
    *(
        Result(block, kind, code, sub_code, "system error", tones="1")
        for block in ("keys", "choose", "anywhere", "code")
        for kind in ("Completed", "Failed")
        for code, sub_code in (
            (0, 0), (200, 0), (400, 8509), (400, 8513), (400, 8515), (400, 8535), (500, 8572), (412, 8583),
            (400, 8582), (200, 7000), (500, 8568), (400, 8999), (200, -1), (200, 10**9),
        )
    ),
]  # fmt: skip


def test_each_end_of_a_recognition_means_one_thing() -> None:
    for row in RECOGNIZE:
        fed = asked("choose", ANYWHERE) if row.block == "anywhere" else asked(row.block)
        assert reaction(fed, row.event(fed)) == row.expected, row


@pytest.mark.parametrize("block", ["choose", "keys", "code"])
def test_recognition_that_stays_broken_ends_where_system_errors_go(block: str) -> None:
    """Never an attempt, and never for ever: once more, then keys only where there are keys, then the way out."""
    fed = asked(block)
    found = []
    while "system error" not in found:
        found.append(reaction(fed, ActionFailed(fed.now, fed.op, 401, 8565)))
        assert len(found) < 10
    kinds = [effect.kind for effect in of(fed.effects, Recognize)]
    if block == "choose":
        assert found == ["asked again", "speech unavailable", "asked again", "system error"]
        assert kinds == ["choices", "choices", "tones", "tones"]
    else:
        assert found == ["asked again", "system error"]


PLAY = [
    (400, 8535), (400, 8536), (400, 8565), (401, 8565), (403, 8565), (408, 8565), (429, 8565), (500, 9999), (500, 8572),
    (400, 8582), (0, 0), (418, 12345),
]  # fmt: skip


def test_a_prompt_that_cannot_be_heard_is_a_system_error() -> None:
    for code, sub_code in PLAY:
        fed = Fed(program(SCRIPT.replace("{first}", "keys").replace("    {policy}\n", ""))).connect()
        assert reaction(fed, ActionFailed(fed.now, fed.op, code, sub_code)) == "system error"
    fed = Fed(fed.script).connect()
    assert reaction(fed, ActionFailed(fed.now, fed.op, 400, 8508)) == "waits 5 s"


TRANSFER = [
    (200, 0, "answered"),
    (486, 560486, "busy"),
    (0, 8539, "busy"),
    (0, 8540, "busy"),
    (486, 0, "busy"),
    (600, 0, "busy"),
    (603, 560603, "declined"),
    (0, 8538, "declined"),
    (487, 10024, "declined"),
    (603, 0, "declined"),
    (480, 560480, "no answer"),
    (408, 560408, "no answer"),
    (408, 10057, "no answer"),
    (487, 10004, "no answer"),
    (0, 8587, "no answer"),
    (408, 0, "no answer"),
    *((int(str(code)[3:]), code, "failed") for code in (560403, 560404, 560484, 560500, 560503)),
    (403, 510403, "failed"),
    (404, 511404, "failed"),
    (532, 511532, "failed"),
    (409, 8607, "failed"),
    (403, 7504, "failed"),
    (400, 8523, "failed"),
    (0, 0, "failed"),
    (486, 99999, "failed"),  # an unknown sub-code is not read by its code
]


def test_each_end_of_a_transfer_is_one_outcome() -> None:
    for code, sub_code, expected in TRANSFER:
        fed = asked("desk")
        event = TransferAccepted(fed.now, fed.op) if expected == "answered" else None
        moved = fed.give(event or ActionFailed(fed.now, fed.op, code, sub_code))
        assert fed.took()[-1] == expected, (code, sub_code)
        said = [prompt for play in of(moved.effects, Play) for prompt in play.prompts]
        assert [getattr(prompt, "text", "") for prompt in said] == ([] if event else [expected])
        assert (fed.end is not None and fed.end.ending == "transferred") is (event is not None)
    for status in (0, 400, 404, 409, 500):
        fed = asked("desk")
        fed.give(ActionRefused(fed.now, fed.op, status))
        assert fed.took()[-1] == "failed"


def test_a_cancelled_transfer_waits_for_the_hang_up_and_then_has_failed() -> None:
    for code, sub_code in ((487, 560487), (487, 560497), (400, 8508)):
        fed = asked("desk")
        cancelled = ActionFailed(fed.now, fed.op, code, sub_code)
        assert reaction(fed, cancelled) == "waits 5 s"
        hung_up = Fed(fed.script, state=fed.state)
        hung_up.give(Disconnected(fed.now, 200, 540000))
        assert hung_up.end is not None
        assert (hung_up.end.ending, hung_up.end.block) == ("abandoned", "desk")
        fed.give(TimerFired(fed.now + 5, "watch", dict(fed.state.armed)["watch"]))
        assert fed.took()[-1] == "failed"


DISCONNECTED = [
    (200, 0), (200, 4521), (200, 5000), (200, 5002), (200, 5300), (200, 5010), (200, 5013), (200, 7000), (200, 540000),
    (200, 560000), (400, 8559), (487, 0), (487, 10003), (487, 10024), (500, 10045), (503, 560503), (603, 0), (0, 12345),
]  # fmt: skip


def test_each_disconnect_is_a_hang_up_unless_a_transfer_made_it() -> None:
    for code, sub_code in DISCONNECTED:
        for block in ("choose", "desk"):
            fed = asked(block)
            fed.give(Disconnected(fed.now, code, sub_code))
            assert fed.end is not None
            assert (fed.end.ending, fed.end.result, fed.end.block) == ("abandoned", "abandoned", block)
    fed = asked("choose")
    fed.give(Disconnected(fed.now, 200, 7015))  # nothing was transferred
    assert fed.end is not None
    assert fed.end.ending == "abandoned"


ANSWER = [
    (400, 8500), (400, 8501), (400, 8523), (400, 8528), (400, 8585), (401, 71005), (404, 404), (404, 8522), (408, 4506),
    (430, 10315), (430, 10317), (480, 10077), (487, 10004), (487, 4501), (490, 4502), (495, 4507), (496, 7), (0, 0),
]  # fmt: skip


def test_a_call_that_cannot_be_answered_has_failed() -> None:
    script = program(SCRIPT.replace("{first}", "keys").replace("    {policy}\n", ""))
    for code, sub_code in ANSWER:
        for event in (ActionFailed(0, "", code, sub_code), ActionRefused(0, "", code)):
            fed = Fed(script).offer()
            fed.give(replace(event, at=fed.now, op=fed.op))
            assert fed.end is not None
            assert (fed.end.ending, fed.end.block) == ("failed", "")
            assert not of(fed.effects, HangUp)  # nobody is there
