"""Menus whose options mean something: what is taken, what is asked about, and what happens when nobody understands."""

from __future__ import annotations

import pytest
from machine_rig import Fed, call, of, program

from interpreter.machine import menus
from interpreter.protocol import Items, Recognize, Recognized, Reported, Request, TimerFired
from interpreter.understanding import asking

MENU = """\
ivr 1
flow main
    language en-US
    languages es-US
    press 9 or say "help" anywhere -> sorry
    on caller hangup -> finish abandoned
    on system error  -> rescue

{before}menu topic
    prompt "What is it about?"
    reprompt "Billing, or support?"
    press 1 or means "billing question", "a wrong bill"    -> billing
    press 2 or say "support" or means "technical problem" -> support
    press 3 or say "again"                                -> repeat
    confirm "A {{menu.meaning}}? Press 1 for yes, 2 for no."
    no input "Nothing was said."
    no match "That was not understood."
    speech unavailable "Keys only."
    after 3 tries -> rescue

step billing
    finish billing

step support
    finish support

step sorry
    finish sorry

step rescue
    finish rescue

prompts es-US
    "What is it about?" = "¿De qué se trata?"
    "Billing, or support?" = "¿Facturas o ayuda?"
    "billing question" = "pregunta sobre una factura"
    "a wrong bill" = "una factura incorrecta"
    "technical problem" = "problema técnico"
    "support" = "ayuda"
    "again" = "otra vez"
    "help" = "socorro"
    "A {{menu.meaning}}? Press 1 for yes, 2 for no." = "¿Es {{menu.meaning}}? Oprima 1 para sí, 2 para no."
    "Nothing was said." = "No oí nada."
    "That was not understood." = "No entendí."
    "Keys only." = "Solo teclas."
"""
SCRIPT = program(MENU.format(before=""))
SPANISH = program(MENU.format(before="step begin\n    language es-US\n    go to topic\n\n"))
UNSURE = 'given understanding topic is understood { meaning "technical problem", confidence 0.6 }'


def heard(plan: str) -> tuple[list[str], str]:
    """What the caller hears of a plan, and with which result it ends."""
    made = call(SCRIPT, plan)
    assert made.end is not None
    return [line.text for line in made.lines if line.who == "ivr"], made.end.result


@pytest.mark.parametrize(
    ("plan", "result"),
    [
        ('say "there is a question about my bill"', "billing"),
        ('say "my bill is wrong"', "billing"),
        ('say "Support!"', "support"),
        ('say "help"', "sorry"),
        ("press 2", "support"),
        (f'{UNSURE}\nsay "it makes a noise"\nsay "yes"', "support"),
        (f'{UNSURE}\nsay "it makes a noise"\npress 1', "support"),
        (f'{UNSURE}\nsay "it makes a noise"\npress 9', "sorry"),
    ],
)
def test_leads_to(plan: str, result: str) -> None:
    assert heard(plan)[1] == result


def test_a_phrase_is_the_whole_of_what_is_said() -> None:
    """Who says "not support" does not get it by the phrase: the recogniser is asked."""
    made = call(SCRIPT, 'given understanding topic is nothing\nsay "anything but support"\npress 1')
    assert [request.verb for request in made.requests] == ["understanding"]
    assert made.end is not None
    assert made.end.result == "billing"


def test_an_unsure_meaning_is_asked_about_and_a_no_is_a_try() -> None:
    said = 'say "it makes a noise"\npress 2'
    texts, result = heard("\n".join([UNSURE, said, said, said]))
    assert texts == [
        "What is it about?",
        "A technical problem? Press 1 for yes, 2 for no.",
        "Billing, or support?",
        "A technical problem? Press 1 for yes, 2 for no.",
        "Billing, or support?",
        "A technical problem? Press 1 for yes, 2 for no.",
    ]
    assert result == "rescue"


def test_silence_and_nonsense_after_the_question_back_ask_it_again() -> None:
    texts, result = heard(f'{UNSURE}\nsay "it makes a noise"\nsilent\nsay "well"\nsay "yes"')
    assert texts[1:] == [
        "A technical problem? Press 1 for yes, 2 for no.",
        "Nothing was said. A technical problem? Press 1 for yes, 2 for no.",
        "That was not understood. A technical problem? Press 1 for yes, 2 for no.",
    ]
    assert result == "support"


@pytest.mark.parametrize(
    ("confidence", "result"), [(1.0, "support"), (0.8, "support"), (0.79, ""), (0.5, ""), (0.49, "no match")]
)
def test_the_bounds_of_confidence(confidence: float, result: str) -> None:
    fed = _asked("it makes a noise")
    _understood(fed, ("meaning", "technical problem"), ("confidence", confidence))
    if result == "support":
        assert fed.end is not None
        assert fed.end.result == "support"
    else:
        text = of(fed.effects, Recognize)[-1].prompts[0]
        assert ("A technical problem?" in str(text)) is (result == "")
        assert ("was not understood" in str(text)) is (result == "no match")


def test_the_two_scales_are_one() -> None:
    assert (asking.SURE, asking.UNSURE) == (menus.SURE, menus.UNSURE)


def test_what_is_asked_is_the_sentence_and_the_options() -> None:
    """No number, no variable: nothing else leaves the call."""
    request = of(_asked("it makes a noise").effects, Request)[-1]
    assert (request.verb, request.name, request.within) == ("understanding", "topic", 3.0)
    assert request.arguments == (
        ("said", "it makes a noise"),
        ("language", "en-US"),
        ("0", Items(("billing question", "a wrong bill"))),
        ("1", Items(("technical problem", "support"))),
        ("2", Items(("again",))),
        ("3", Items(("help",))),
    )


@pytest.mark.parametrize(
    "values",
    [
        (("meaning", "a pizza"), ("confidence", 1.0)),
        (("meaning", 7.0), ("confidence", 1.0)),
        (("meaning", "technical problem"), ("confidence", "very")),
        (("confidence", 1.0),),
        (),
    ],
)
def test_an_invented_option_is_as_if_nobody_had_understood(values: tuple[tuple[str, float | str], ...]) -> None:
    """It is not acted on, and it is no try of the caller's."""
    fed = _asked("it makes a noise")
    _understood(fed, *values)
    assert fed.state.visit is not None
    assert (fed.state.visit.tries, fed.state.visit.speech_failures) == (0, 1)
    assert str(of(fed.effects, Recognize)[-1].prompts[0]).count("What is it about?") == 1


def test_when_it_fails_twice_keys_are_left() -> None:
    texts, result = heard('given understanding fails\nsay "well"\nsay "well"\npress 1')
    assert texts == ["What is it about?", "What is it about?", "Keys only. What is it about?"]
    assert result == "billing"


def test_no_answer_in_time_is_a_failure() -> None:
    texts, result = heard('given understanding never answers\nsay "well"\nsay "well"\npress 1')
    assert texts == ["What is it about?", "What is it about?", "Keys only. What is it about?"]
    assert result == "billing"


def test_an_answer_after_the_time_changes_nothing() -> None:
    fed = _asked("it makes a noise")
    late = fed.op
    number = next(generation for timer, generation in fed.state.armed if timer == "limit")
    fed.give(TimerFired(fed.now + 3, "limit", number))
    before = fed.state
    fed.give(Reported(fed.now + 4, late, "understood", (("meaning", "technical problem"), ("confidence", 1.0))))
    assert fed.state == before


def test_without_keys_a_failure_counts_so_that_the_caller_is_handed_over() -> None:
    """There is nothing else to offer; asking for ever would be worse."""
    text = MENU.format(before="").replace("press 1 or ", "").replace("press 2 or ", "").replace("press 3 or ", "")
    made = call(program(text), 'given understanding fails\nsay "well"\nsay "well"\nsay "well"')
    assert made.end is not None
    assert made.end.result == "rescue"


def test_a_recogniser_that_hears_but_is_not_understood_fails_in_a_row() -> None:
    """That the host has heard words is no sign that understanding works: else the caller would be asked for ever."""
    made = call(SCRIPT, 'given understanding fails\nsay "well"\nsay "well"\nsay "well"\nsilent\nsilent\nsilent')
    assert made.end is not None
    assert made.end.result == "rescue"


def test_speech_that_fails_during_the_question_back_asks_that_again() -> None:
    texts, result = heard(f'{UNSURE}\nsay "it makes a noise"\nspeech fails\nspeech fails\npress 1')
    assert texts[1:] == [
        "A technical problem? Press 1 for yes, 2 for no.",
        "A technical problem? Press 1 for yes, 2 for no.",
        "Keys only. What is it about?",
    ]
    assert result == "billing"


def test_repeat_can_be_meant() -> None:
    plan = 'given understanding topic is understood { meaning "again" }\nsay "once more"\npress 1'
    assert heard(plan) == (["What is it about?", "What is it about?"], "billing")


def test_another_language() -> None:
    """Meanings are asked and read out in the call's language; a test may name them as the script does."""
    made = call(SPANISH, f'{UNSURE}\nsay "hace ruido"\nsay "sí"')
    assert dict(made.requests[0].arguments)["0"] == Items(("pregunta sobre una factura", "una factura incorrecta"))
    texts = [line.text for line in made.lines if line.who == "ivr"]
    assert texts == ["¿De qué se trata?", "¿Es problema técnico? Oprima 1 para sí, 2 para no."]
    assert made.end is not None
    assert made.end.result == "support"


def test_the_transcript_says_what_was_understood() -> None:
    made = call(SCRIPT, 'say "my bill is wrong"')
    assert [line.text for line in made.lines if "understanding" in line.text] == [
        'understanding topic: "billing question" at 1'
    ]


def _asked(said: str) -> Fed:
    """A call in which a sentence was said, and its meaning is asked for."""
    fed = Fed(SCRIPT).connect()
    fed.give(Recognized(fed.now, fed.op, 200, 8569, speech=said))
    return fed


def _understood(fed: Fed, *values: tuple[str, float | str]) -> None:
    fed.give(Reported(fed.now, fed.op, "understood", values))
