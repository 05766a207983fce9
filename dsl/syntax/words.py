"""The words of the language by the place where they may stand, for layout and for messages.

A test compares these tables with the grammar, so that neither can grow without the other.
"""

from __future__ import annotations

DECLARATIONS = ("flow", "step", "menu", "collect", "transfer", "hours")

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

LINES: dict[str, tuple[str, ...]] = {
    "flow": ("timezone", "language", "voice", "on caller hangup", "on system error"),
    "step": ("say", "play", "when", "set", "go to", "finish", "hang up"),
    "menu": (
        "prompt",
        "reprompt",
        "press",
        "say",
        "after",
        "no input",
        "no match",
        "type ahead",
        "first within",
        "phrases anywhere",
        "speech unavailable",
    ),
    "collect": ("into", "digits", "prompt", "reprompt", "after", "no input", "no match", "type ahead"),
    "transfer": ("to", "ring", "caller id"),
    "hours": (
        "timezone",
        "break",
        "holiday",
        "open",
        "emergency",
        "every day",
        *WEEKDAYS,
    ),
    "when": ("is", "otherwise"),
}
"""What a line may start with, by the declaration (or statement, for ``when``) that it stands in. Lines that start
with an outcome are not listed: the outcomes of a verb are in `dsl.analysis.outcomes`."""

ELSEWHERE: dict[str, str] = {
    "if": "when",
    "switch": "when",
    "else": "otherwise",
    "default": "otherwise",
    "speak": "say",
    "tell": "say",
    "greeting": "say",
    "audio": "play",
    "goto": "go to",
    "jump": "go to",
    "next": "go to",
    "end": "hang up",
    "exit": "hang up",
    "stop": "hang up",
    "disconnect": "hang up",
    "let": "set",
    "assign": "set",
    "option": "press",
    "key": "press",
    "dtmf": "press",
    "retry": "reprompt",
    "timeout": "no input",
    "silence": "no input",
    "invalid": "no match",
    "gather": "collect",
    "input": "collect",
    "ask": "collect",
    "dial": "transfer",
    "connect": "transfer",
    "forward": "transfer",
    "redirect": "transfer",
    "schedule": "hours",
    "node": "step",
    "block": "step",
    "state": "step",
}
"""Words of other tools and languages, with what they are called here."""

PLANNED: dict[str, str] = {
    "queue": "queues and agents",
    "voicemail": "voicemail",
    "callback": "callbacks",
    "consult": "consulting an expert",
    "pay": "payments",
    "survey": "surveys",
    "data": "data functions",
    "prompts": "translated prompts",
    "use": "using other files",
    "test": "tests in a script",
    "promise": "promises",
    "lookup": "look-ups",
    "run": "sub-flows",
    "record": "recording",
    "transcribe": "transcription",
    "stream": "audio streaming",
    "brief": "hand-over details",
    "notify": "notifications",
    "dial": "outbound calls",
    "wait": "waiting",
    "remember": "values kept between calls",
    "recall": "values kept between calls",
    "check": "checks of collected values",
    "secret": "secret values",
    "whisper": "whispering to the target of a transfer",
    "accept": "transfers that the target accepts",
    "send": "sending tones",
}
"""Words that the language will have and this version refuses, with what they stand for."""

PHRASES: dict[str, str] = {
    "_ARROW": "`->`",
    "_NL": "the end of the line",
    "$END": "the end of the file",
    "_INDENT": "indented lines",
    "_DEDENT": "the end of the block",
    "NAME": "a name",
    "STRING": "a text in quotes",
    "INT": "a whole number",
    "DECIMAL": "a number",
    "DURATION": "a duration such as `5s`",
    "TIME": "a time such as `09:00`",
    "DATE": "a date such as `2026-11-26`",
    "MONTH_DAY": "a day of every year such as `12-25`",
    "LOCALE": "a language such as `en-US`",
    "WEEKDAY": "a weekday",
    "STAR": "`*`",
    "HASH": "`#`",
    "COMPARE": "`<`, `<=`, `>` or `>=`",
    "_COMMA": "`,`",
    "_EQUALS": "`=`",
    "_DOT": "`.`",
    "PLUS": "`+`",
    "MINUS": "`-`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "_OR": "`or`",
    "UNINTERRUPTIBLE": "`cannot be interrupted`",
}
"""What a person calls a terminal that is not simply a keyword."""


def phrase(terminal: str) -> str:
    """What a person calls a terminal of the grammar."""
    return PHRASES.get(terminal) or f"`{terminal.strip('_').lower().replace('_', ' ')}`"


def keyword_text(terminal: str) -> str | None:
    """The literal words of a keyword terminal, ``None`` for the others."""
    if terminal == "UNINTERRUPTIBLE":
        return "cannot be interrupted"
    if terminal == "_OR":
        return "or"
    if terminal in PHRASES or terminal.startswith("$"):
        return None
    return terminal.lower().replace("_", " ")
