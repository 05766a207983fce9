"""Free sentences over the wire: the emulator's caller speaks, the real SDK reports it, and the menu goes where it was
meant, by words alone and by a model behind a web server of the test's own."""

from __future__ import annotations

import json

import pytest
from data_rig import Answer, other_system
from wire_rig import Heard, play, wire

SCRIPT = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> front_desk

menu topic
    prompt   "What are you calling about? You can also press 1 for billing, 2 for support, or 0 for an agent."
    reprompt "Tell me in a few words, or press 1 for billing, 2 for support, or 0 for an agent."
    press 1 or means "billing question", "a bill that is wrong" -> billing
    press 2 or say "support" or means "technical problem"       -> support
    press 0 or say "agent"                                      -> front_desk
    confirm "Is it about a {menu.meaning}? If so, press 1 or say yes. If not, press 2."
    no input "I did not hear anything."
    no match "I did not understand that."
    speech unavailable "Please use your keypad."
    after 3 tries -> front_desk

step billing
    say "This is billing. Goodbye."
    finish billing

step support
    say "This is support. Goodbye."
    finish support

step front_desk
    say "Please call again. Goodbye."
    finish nobody
"""
ASKED = "What are you calling about? You can also press 1 for billing, 2 for support, or 0 for an agent."
CONFIRM = "Is it about a technical problem? If so, press 1 or say yes. If not, press 2."
KEYPAD = f"Please use your keypad. {ASKED}"


def meant(option: int, confidence: float) -> Answer:
    content = json.dumps({"option": option, "confidence": confidence})
    return Answer(body=json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}))


def heard(plan: str, *answers: Answer, patience: float = 2.0) -> tuple[Heard, list[str]]:
    """A call by a plan, and what the model was asked. Without answers there is no model."""

    async def run() -> tuple[Heard, list[str]]:
        async with other_system() as system:
            system.answers = list(answers)
            chat = {"chat": {"url": f"{system.url}/v1", "model": "small"}, "timeout_seconds": patience}
            async with wire(SCRIPT, sections={"understanding": chat} if answers else None) as rig:
                call = await rig.call(plan)
            return call, [json.loads(seen.body["messages"][1]["content"])["said"] for seen in system.seen]

    return play(run)


def test_a_sentence_leads_to_what_it_is_about_by_its_words() -> None:
    call, _ = heard('say "good morning, I have a question about my bill"')
    assert call.texts == [ASKED, "This is billing. Goodbye."]
    assert call.end == ("hung_up", "billing", "billing")


def test_a_phrase_needs_nobody_to_understand_it() -> None:
    call, asked = heard('say "Support."', meant(1, 1.0))
    assert (call.end[1], asked) == ("support", [])


def test_a_key_is_a_key() -> None:
    call, asked = heard("press 1", meant(2, 1.0))
    assert (call.end[1], asked) == ("billing", [])


def test_a_model_knows_what_words_do_not_say() -> None:
    call, asked = heard('say "it makes a noise and then it stops"', meant(2, 0.95))
    assert call.texts == [ASKED, "This is support. Goodbye."]
    assert asked == ["it makes a noise and then it stops"]


@pytest.mark.parametrize(
    ("reply", "result"), [('say "yes please"', "support"), ("press 1", "support"), ("press 0", "nobody")]
)
def test_an_unsure_meaning_is_confirmed(reply: str, result: str) -> None:
    call, _ = heard(f'say "it makes a noise"\n{reply}', meant(2, 0.6))
    assert call.texts[:2] == [ASKED, CONFIRM]
    assert call.end[1] == result


def test_what_was_not_meant_is_asked_anew() -> None:
    call, _ = heard('say "it makes a noise"\nsay "no"\nsay "the bill is wrong"', meant(2, 0.6), meant(1, 0.9))
    assert call.texts == [
        ASKED,
        CONFIRM,
        "Tell me in a few words, or press 1 for billing, 2 for support, or 0 for an agent.",
        "This is billing. Goodbye.",
    ]


@pytest.mark.parametrize(
    "answer", [meant(9, 1.0), Answer(500, "{}"), Answer(silent=True)], ids=["invented", "500", "silent"]
)
def test_where_the_model_fails_words_decide_and_then_keys(answer: Answer) -> None:
    """Neither sentence says anything by its words: keys are left, and the caller has lost no try."""
    call, asked = heard('say "it makes a noise"\nsay "hm"\npress 2', answer, patience=0.2)
    assert call.texts == [ASKED, ASKED, KEYPAD, "This is support. Goodbye."]
    assert asked == ["it makes a noise", "hm"]
    call, _ = heard('say "there is a technical problem"', answer, patience=0.2)
    assert call.texts == [ASKED, "This is support. Goodbye."]


def test_a_number_that_is_said_does_not_leave_the_house() -> None:
    _, asked = heard('say "my card is 4242 4242 4242 4242"', meant(1, 0.95))
    assert asked == ["my card is …"]
