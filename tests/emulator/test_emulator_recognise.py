"""Recognition: every ending, at the moment when it must come."""

from __future__ import annotations

from typing import Any

import pytest
from azure.communication.callautomation import DtmfTone, RecognitionChoice, RecognizeInputType, TextSource
from emulator_rig import CALLER_ID, Rig, run

from emulator import Config

PROMPT = TextSource(text="one two three four five six seven eight nine ten")  # 3.5 s
CHOICES = [
    RecognitionChoice(label="billing", phrases=["billing", "my bill"], tone=DtmfTone.ONE),
    RecognitionChoice(label="support", phrases=["support"], tone=DtmfTone.TWO),
]
DTMF: dict[str, Any] = {"input_type": RecognizeInputType.DTMF}
PIN: dict[str, Any] = {**DTMF, "dtmf_max_tones_to_collect": 4, "dtmf_stop_tones": [DtmfTone.POUND]}
MENU: dict[str, Any] = {"input_type": RecognizeInputType.CHOICES, "choices": CHOICES}
SPEECH: dict[str, Any] = {"input_type": RecognizeInputType.SPEECH}
EITHER: dict[str, Any] = {"input_type": RecognizeInputType.SPEECH_OR_DTMF, "dtmf_max_tones_to_collect": 2}

# options, what the caller does [(second after the request, verb, text)], event, sub-code, its extra data, its second
CASES: dict[str, tuple[dict[str, Any], list[tuple[float, str, str]], str, int, dict[str, Any], float]] = {
    "silence counts from the end of the prompt": (MENU, [], "RecognizeFailed", 8510, {}, 8.5),
    "key of an option": (MENU, [(4, "press", "2")], "RecognizeCompleted", 8533,
                         {"choiceResult": {"label": "support"}}, 4),
    "key of no option, at once": (MENU, [(4, "press", "7")], "RecognizeFailed", 8534, {}, 4),
    "phrase without regard to case and points": (
        MENU, [(4, "speak", "My bill!")], "RecognizeCompleted", 8545,
        {"choiceResult": {"label": "billing", "recognizedPhrase": "my bill", "confidence": 0.9}}, 4.5,
    ),
    "phrase of no option": (MENU, [(4, "speak", "my bill please")], "RecognizeFailed", 8547, {}, 4.5),
    "noise": (MENU, [(4, "speak", "")], "RecognizeFailed", 8563, {}, 4.5),
    "all digits": (PIN, [(4, "press", "1234")], "RecognizeCompleted", 8531,
                   {"dtmfResult": {"tones": ["one", "two", "three", "four"]}}, 4.9),
    "stop tone": (PIN, [(4, "press", "12#")], "RecognizeCompleted", 8514,
                  {"dtmfResult": {"tones": ["one", "two", "pound"]}}, 4.6),
    "too slow between digits": (PIN, [(4, "press", "1"), (5.9, "press", "2")], "RecognizeCompleted", 8532,
                                {"dtmfResult": {"tones": ["one", "two"]}}, 7.9),
    "speech is nothing to a keypad": (PIN, [(4, "speak", "one")], "RecognizeFailed", 8510, {}, 8.5),
    "free speech": (SPEECH, [(4, "speak", "I want a refund")], "RecognizeCompleted", 8569,
                    {"speechResult": {"speech": "I want a refund", "confidence": 0.9}}, 4.5),
    "either: the key came first": (EITHER, [(4, "press", "5"), (4.2, "speak", "agent"), (4.4, "press", "6")],
                                   "RecognizeCompleted", 8531, {"dtmfResult": {"tones": ["five", "six"]}}, 4.4),
    "either: speech came first": (EITHER, [(4, "speak", "agent"), (4.2, "press", "5")], "RecognizeCompleted", 8569,
                                  {"speechResult": {"speech": "agent", "confidence": 0.9}}, 4.5),
    "barge-in ends the prompt": ({**MENU, "interrupt_prompt": True}, [(1, "press", "1")], "RecognizeCompleted", 8533,
                                 {"choiceResult": {"label": "billing"}}, 1),
    "barge-in with the first of four digits": ({**PIN, "interrupt_prompt": True}, [(1, "press", "1")],
                                               "RecognizeCompleted", 8532, {"dtmfResult": {"tones": ["one"]}}, 3),
    "no barge-in: keys in the prompt are lost": (MENU, [(1, "press", "1")], "RecognizeFailed", 8510, {}, 8.5),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_ending(name: str) -> None:
    options, actions, event, sub_code, extra, at = CASES[name]

    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        began = rig.clock.now()
        await connection.start_recognizing_media(
            target_participant=CALLER_ID, play_prompt=PROMPT, operation_context="ask", **options
        )
        await rig.emulator.idle()
        for second, verb, text in actions:
            getattr(rig.emulator, verb)(call, text, after=second)
        await rig.pass_time(20)

        outcomes = [
            (one, when) for one, when in zip(rig.hook.events, rig.hook.times, strict=True) if "Recognize" in one["type"]
        ]
        (outcome, when) = outcomes[0]
        assert len(outcomes) == 1
        assert outcome["type"] == f"Microsoft.Communication.{event}"
        assert outcome["data"]["resultInformation"]["subCode"] == sub_code
        assert outcome["data"]["operationContext"] == "ask"
        assert when - began == pytest.approx(at)
        for key, value in extra.items():
            assert outcome["data"][key] == value
            kind = {"dtmfResult": "dtmf", "speechResult": "speech", "choiceResult": "choices"}[key]
            assert outcome["data"]["recognitionType"] == kind
        results = {"dtmfResult", "speechResult", "choiceResult"} & set(outcome["data"])
        assert len(results) == (1 if event == "RecognizeCompleted" else 0)

    run(scenario)


def test_transcript_shows_the_interrupted_prompt() -> None:
    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer(plan=[{"press": "1", "at": "prompt"}])
        await connection.start_recognizing_media(
            target_participant=CALLER_ID, play_prompt=PROMPT, interrupt_prompt=True, **MENU
        )
        await rig.pass_time(1)
        heard = next(entry for entry in rig.emulator.transcript(call) if entry.kind == "heard")
        assert heard.end is not None
        assert heard.end - heard.t == pytest.approx(0.5)
        assert heard.interrupted
        assert rig.result("RecognizeCompleted") == (200, 8533)

    run(scenario)


def test_plan_gives_one_action_to_each_recognition_and_then_silence() -> None:
    plan: list[dict[str, Any]] = [{"press": "7"}, {"silent": True}, {"speak": "billing"}]

    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer(plan=plan)
        for _ in range(4):
            await connection.start_recognizing_media(target_participant=CALLER_ID, play_prompt=PROMPT, **MENU)
            await rig.pass_time(12)
        codes = [
            event["data"]["resultInformation"]["subCode"] for event in rig.hook.events if "Recognize" in event["type"]
        ]
        assert codes == [8534, 8510, 8545, 8510]

    run(scenario)


@pytest.mark.parametrize(
    ("config", "event", "tones"),
    [
        (Config(inter_digit_outcome="failed"), "RecognizeFailed", None),
        (Config(stop_tone_in_result=False), "RecognizeCompleted", ["one"]),
    ],
)
def test_readings_of_the_documents(config: Config, event: str, tones: list[str] | None) -> None:
    keys = "1" if tones is None else "1#"

    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        await connection.start_recognizing_media(target_participant=CALLER_ID, **PIN)
        rig.emulator.press(call, keys)
        await rig.pass_time(10)
        data = rig.last(event)
        assert data.get("dtmfResult", {}).get("tones") == tones

    run(scenario, config)
