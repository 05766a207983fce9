"""The words of the language by the place where they may stand, for layout and for messages.

A test compares these tables with the grammar, so that neither can grow without the other.
"""

from __future__ import annotations

DECLARATIONS = (
    "flow",
    "step",
    "menu",
    "collect",
    "transfer",
    "queue",
    "voicemail",
    "callback",
    "consult",
    "pay",
    "survey",
    "dial",
    "hours",
    "use",
    "data",
    "counter",
    "prompts",
    "test",
    "promise",
)

OPENERS = ("when", "lookup", "do", "run", "count", "recall", "record", "transcribe", "stream", "notify", "brief")
"""First words of the statements that may have lines of their own below them."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

BRIEF_FIELDS = ("topic", "sentiment", "summary", "authenticated", "record_id", "screen_pop", "suggest")
"""What can be handed over to whoever takes the call."""

LINES: dict[str, tuple[str, ...]] = {
    "flow": (
        "timezone",
        "language",
        "languages",
        "voice",
        "press",
        "record call",
        "attached",
        "on caller hangup",
        "on system error",
    ),
    "step": (
        "say",
        "play",
        "when",
        "set",
        "go to",
        "finish",
        "hang up",
        "give",
        "go back",
        "wait",
        "language",
        "lookup",
        "do",
        "run",
        "count",
        "remember",
        "recall",
        "forget",
        "record call",
        "transcribe call",
        "stream audio",
        "brief",
        "notify",
        "send digits",
    ),
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
        "means",
        "confirm",
        "counts",
    ),
    "collect": (
        "into",
        "digits",
        "number",
        "money",
        "date",
        "time",
        "phone",
        "yes or no",
        "one of",
        "speech",
        "listen for",
        "prompt",
        "reprompt",
        "confirm",
        "check",
        "after",
        "no input",
        "no match",
        "type ahead",
        "counts",
    ),
    "transfer": ("to", "ring", "caller id", "accept", "music"),
    "queue": (
        "needs skill",
        "after",
        "priority",
        "priority grows",
        "music",
        "limit",
        "longest estimate",
        "ring",
        "say",
        "play",
        "press",
    ),
    "voicemail": ("greeting", "up to", "review", "notify"),
    "callback": ("number", "for queue", "during", "ring", "attempts"),
    "consult": ("with expert", "ring", "music", "unhold", "say", "play"),
    "pay": ("into", "amount", "card", "expires", "code", "through", "within", "after"),
    "survey": ("offer", "ask", "ask each", "remark"),
    "dial": ("number", "caller id", "ring", "only", "attempts"),
    "use": (),
    "data": ("check", "action"),
    "counter": ("at most", "by"),
    "prompts": (),
    "test": (
        "at",
        "calls from",
        "switch",
        "with",
        "given",
        "presses",
        "says",
        "silent",
        "waits",
        "hangs up",
        "speech fails",
        "host fails",
        "hears",
        "never",
        "after",
        "within",
        "reaches",
        "requests",
        "ends",
        "transfer",
        "queue",
        "voicemail",
        "callback",
        "consult",
        "pay",
        "dial",
    ),
    "promise": (),
    "hours": (
        "timezone",
        "break",
        "holiday",
        "open",
        "emergency",
        "holidays of",
        "every day",
        *WEEKDAYS,
    ),
    "when": ("is", "says", "otherwise"),
    "lookup": ("after",),
    "do": ("after",),
    "run": (),
    "count": (),
    "recall": (),
    "record call": (),
    "transcribe call": (),
    "stream audio": (),
    "notify": (),
    "brief": (*BRIEF_FIELDS, "attached"),
}
"""What a line may start with, by the declaration (or the statement with lines of its own) that it stands in.

Lines that start with an outcome are not listed: the outcomes of a verb are in `dsl.analysis.outcomes`."""

ROUTED = frozenset(
    {"collect", "transfer", "queue", "voicemail", "callback", "consult", "pay", "survey", "dial", "when hours"}
    | {"lookup", "do", "run", "count", "recall", "record call", "transcribe call", "stream audio", "notify"}
)
"""Where a line may start with an outcome."""

OUTCOMES: dict[str, tuple[str, ...]] = {
    "collect": ("accepted", "unchecked"),
    "transfer": ("answered", "no answer", "busy", "declined", "failed"),
    "transfer to callee": ("answered", "no answer", "busy", "declined", "not allowed", "failed"),
    "queue": ("answered", "waited", "no agents", "full", "failed"),
    "voicemail": ("saved", "empty", "failed"),
    "callback": ("scheduled", "invalid number", "already scheduled", "not available", "failed"),
    "consult": ("joined", "declined", "no answer", "not allowed", "failed"),
    "pay": ("paid", "declined", "cancelled", "unknown", "failed"),
    "survey": ("done", "skipped"),
    "dial": ("answered", "no answer", "busy", "invalid", "failed"),
    "when hours": ("emergency", "open", "holiday", "closed"),
    "lookup": ("found", "not found", "failed"),
    "do": ("done", "failed"),
    "count": ("counted", "reached", "failed"),
    "recall": ("found", "not found", "failed"),
    "record call": ("started", "refused", "failed"),
    "transcribe call": ("started", "refused", "failed"),
    "stream audio": ("started", "refused", "failed"),
    "notify": ("sent", "failed"),
}
"""The outcomes of each verb, by which a line is known for a route when it cannot be read. What they mean is in
`dsl.analysis.outcomes`; a test compares the two."""

ELSEWHERE: dict[str, str] = {
    "max": "at most",
    "maximum": "up to",
    "cvv": "code",
    "cvc": "code",
    "provider": "through",
    "question": "ask",
    "comment": "remark",
    "boolean": "yes or no",
    "yes_no": "yes or no",
    "choice": "one of",
    "choices": "one of",
    "beep": "greeting",
    "database": "data",
    "api": "data",
    "service": "data",
    "subflow": "flow",
    "function": "flow",
    "translations": "prompts",
    "store": "remember",
    "save": "remember",
    "load": "recall",
    "delete": "forget",
    "if": "when",
    "switch": "when",
    "return": "give",
    "back": "go back",
    "pause": "wait",
    "sleep": "wait",
    "call": "run",
    "invoke": "run",
    "include": "use",
    "import": "use",
    "fetch": "lookup",
    "webhook": "lookup",
    "mailbox": "voicemail",
    "enqueue": "queue",
    "payment": "pay",
    "else": "otherwise",
    "default": "otherwise",
    "speak": "say",
    "tell": "say",
    "audio": "play",
    "goto": "go to",
    "jump": "go to",
    "next": "go to",
    "end": "hang up",
    "exit": "hang up",
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
    "summarise": "a summary of the call in a sentence",
}
"""Words that the language will have and this version refuses, with what they stand for."""

UNSUPPORTED: dict[str, str] = {
    "coach": "the host cannot let one side of a call alone hear somebody",
    "whisper": "the host cannot let one side of a call alone hear somebody",
    "monitor": "a supervisor comes into a call by the server's API, not by a script",
    "barge": "a supervisor comes into a call by the server's API, not by a script",
}
"""Words of call centers for what no script can ask of this host, with the reason."""

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
    "CLOCK_TIME": "a time such as `09:00`",
    "CLOCK_SECONDS": "a time such as `09:00:30`",
    "ISO_DATE": "a date such as `2026-11-26`",
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
    "SLASH": "`/`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "_OR": "`or`",
    "UNINTERRUPTIBLE": "`cannot be interrupted`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "EVERY_PATH_ENDS_IN": "`every path ends in`",
    "NOTHING_IN_ANOTHER_LANGUAGE": "`nothing in another language after one is chosen`",
    "NO_RECORDING_WHILE_SECRET": "`no recording while a secret is collected`",
}
"""What a person calls a terminal that is not simply a keyword."""


SENTENCES: dict[str, str] = {
    "UNINTERRUPTIBLE": "cannot be interrupted",
    "EVERY_PATH_ENDS_IN": "every path ends in",
    "NOTHING_IN_ANOTHER_LANGUAGE": "nothing in another language after one is chosen",
    "NO_RECORDING_WHILE_SECRET": "no recording while a secret is collected",
}
"""Terminals of several words whose name is not made of all of them."""

EXAMPLES: dict[str, str] = {
    "KEYS": "`keys` and a range, such as `keys 1 to 5`",
    "UP_TO": "`up to` and a time, such as `up to 30s`",
    "BY": "`by` and whose it is, such as `by caller.number`",
    "FOR": "`for` and a time, such as `for 365d`",
    "GIVES": "`gives` and what is found, such as `gives id text`",
}
"""What belongs where a line ends too early and only this can follow."""


def phrase(terminal: str) -> str:
    """What a person calls a terminal of the grammar."""
    return PHRASES.get(terminal) or f"`{terminal.strip('_').lower().replace('_', ' ')}`"


def keyword_text(terminal: str) -> str | None:
    """The literal words of a keyword terminal, ``None`` for the others."""
    if terminal in SENTENCES:
        return SENTENCES[terminal]
    if terminal == "_OR":
        return "or"
    if terminal in PHRASES or terminal.startswith("$"):
        return None
    return terminal.lower().replace("_", " ")
