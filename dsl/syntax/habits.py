"""Lines that are right but for one habit: a word in the wrong order, a sign of another language, a word too few.

A table, because each of them is only a pattern, what stands there instead, and two short sentences. In a pattern
``bad`` is what is replaced and marked; texts in quotes are blanked out before it is looked for, and comments cut off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsl.diagnostics import Diagnostic, Edit, Fix, Safety
from dsl.source import Span
from dsl.syntax.findings import finding
from dsl.syntax.trouble import Trouble

_STEP, _ANY = ("step",), ()
_TIMER = r"(?:first within|between|for at most|ends with)"
_TAKES = r"(?:lookup[ \t]+\w+[ \t]*=|do)[ \t]+[\w.]+[ \t]*\(.*?\)[ \t]+"


@dataclass(frozen=True, slots=True)
class _Habit:
    """``kinds``: where it is looked for, everywhere when empty. ``good`` may name groups of the pattern; without it
    there is no fix."""

    kinds: tuple[str, ...]
    pattern: str
    good: str | None
    headline: str
    label: str
    help: str = ""
    safety: Safety = "safe"


def _order(kinds: tuple[str, ...], pattern: str, headline: str, good: str = r"\g<b> \g<a>") -> _Habit:
    return _Habit(kinds, pattern, good, headline, "in the other order")


_TABLE = (
    # ------------------------------------------------------------------------------------------ order
    _order(("queue", "consult"), r"(?P<bad>(?P<a>every \S+) +(?P<b>from \S+))", "`from` stands before `every`"),
    _order(
        _STEP,
        r"^lookup \w+ (?P<bad>(?P<a>within \S+) *(?P<b>= *[\w.]+ *\(.*\)))",
        "`within` stands behind what is asked",
    ),
    _order(_STEP, r"^remember \w+ (?P<bad>(?P<a>for \S+) +(?P<b>by \S+))", "`by` stands before `for`"),
    _order(("counter",), r"^(?P<bad>(?P<a>for \S+) +(?P<b>by \S+))", "`by` stands before `for`"),
    _order(
        ("collect",),
        r'^money (?P<bad>(?P<a>in "[^"]*") +(?P<b>\S+ to [^\s,]+))',
        "the currency stands behind the bounds",
    ),
    _order(
        ("collect",),
        rf"^(?P<bad>(?P<a>{_TIMER} [^\s,]+), *(?P<b>(?! |{_TIMER}).*\S))",
        "the kind of input stands first",
        r"\g<b>, \g<a>",
    ),
    _order(
        ("collect",), r"^into (?P<bad>(?P<a>(?!secret\b)\w+) +(?P<b>secret))(?= *$)", "`secret` stands before the name"
    ),
    _order(
        ("flow",), r'^voice (?P<bad>(?P<a>"[^"]*") +(?P<b>[a-z]{2,3}-[A-Z]{2}))', "the language stands before the voice"
    ),
    _order(
        ("step", "menu", "collect"),
        r'^(?:say|prompt|reprompt) (?P<bad>(?P<a>"[^"]*") +(?P<b>[a-z]{2,3}-[A-Z]{2}|ssml|file))(?!\w)',
        "what kind of text it is stands before the text",
    ),
    _order(("flow",), r"^(?P<bad>(?P<a>anywhere) +(?P<b>press \S+))", "`anywhere` stands behind the key"),
    _order(
        ("menu",), r"^(?P<bad>(?P<a>hidden) +(?P<b>(?:press|say) .*?\S))(?= *->)", "`hidden` stands behind the option"
    ),
    # ------------------------------------------------------------------------------------------ a word too few
    _Habit(
        ("queue",),
        r"needs skill \w+ (?P<bad>at least|minimum|min|level|of|from)(?= \d)",
        ">=",
        "levels are compared with signs",
        "`>=` means at least",
    ),
    _Habit(
        ("queue",), r"needs skill \w+ (?P<bad>)(?=\d)", ">= ", "`>=` is missing before the level", "at least this level"
    ),
    _Habit(
        ("pay", "lookup", "do"),
        r'^after \S+ (?P<bad>)(?=")',
        "say ",
        "`say` is missing before the text",
        "what is heard",
    ),
    _Habit(
        ("collect",),
        r'^check (?!.*\botherwise\b).*[\w)] (?P<bad>(?:else +)?)(?=")',
        "otherwise ",
        "`otherwise` is missing before the text",
        "said when the check fails",
    ),
    _Habit(_STEP, r"^lookup \w+ (?P<bad>)(?=[a-z_]\w*\.)", "= ", "`=` is missing behind the name", "what is looked up"),
    _Habit(
        _STEP,
        r"^record (?P<bad>)(?=(?:start|stop|pause|resume)\b)",
        "call ",
        "`record` says not what",
        "`call` belongs here",
    ),
    _Habit(
        ("step", "flow"),
        r'^record call(?: (?!notice\b)\w+)? (?P<bad>)(?=")',
        "notice ",
        "`notice` is missing before the text",
        "said first",
    ),
    _Habit(
        ("flow",),
        r'^press \S+(?: or say (?:"[^"]*"(?:, *)?)+)?(?P<bad>)(?= +->)',
        " anywhere",
        "a key of a flow holds anywhere",
        "`anywhere` belongs here",
    ),
    _Habit(
        ("counter",),
        r"^by (?!.*\bfor\b).*?[\w)] (?P<bad>)(?=\d+[a-z]+ *$)",
        "for ",
        "`for` is missing before the time",
        "how long it is kept",
    ),
    _Habit(
        ("collect", "menu"),
        r"^after (?:limit|reached) (?P<bad>)(?!of\b)(?=\w+.*->)",
        "of ",
        "`limit` is followed by `of`",
        "which counter",
    ),
    _Habit(
        _STEP,
        r"^recall \w+ (?P<bad>)(?=by\b)",
        "text ",
        "`recall` does not say what kind of value it is",
        "its type belongs here",
        "write a type behind the name, such as `text`",
        "unsafe",
    ),
    _Habit(
        _STEP,
        r"^lookup (?P<bad>)(?=\w+\.\w+ *\()",
        None,
        "`lookup` gives what it finds no name",
        "a name and `=` belong before this",
        "write `lookup customer = ` before it",
    ),
    _Habit(
        _STEP,
        r"^(?:lookup \w+ *= *|do )(?P<bad>\w+\.\w+)(?= *$| +within)",
        None,
        "a data function needs what it is asked with",
        "no parentheses behind this",
        "write its values in parentheses, such as `(caller.number)`",
    ),
    _Habit(
        ("", "data"),
        r"(?:\(|, *)(?P<bad>\w+)(?= *[,)])",
        None,
        "a parameter does not say what kind of value it is",
        "no type behind this name",
        "write a type behind the name, such as `text` or `number`",
    ),
    _Habit(
        ("data",),
        r"\w+ (?:text|number|phone|secret|money|date|time)(?P<bad> )(?=\w+ \w)(?!gives)",
        ", ",
        "parameters stand between commas",
        "no comma",
    ),
    _Habit(
        ("data",),
        r"^[a-z_]\w* *\(.*?\)(?P<bad>)(?= +(?!gives|returns)[a-z_])",
        " gives",
        "`gives` is missing before what is found",
        "`gives` belongs here",
    ),
    _Habit(("collect",), r"^(?P<bad>)(?=secret \w+ *$)", "into ", "`into` is missing before `secret`", "what is kept"),
    # ------------------------------------------------------------------------------------------ another word
    _Habit(
        ("collect",),
        r"^into (?P<bad>(?!secret\b)s[a-z]{3,6}t)(?= \w+ *$)",
        "secret",
        "only `secret` stands before the name",
        "this word",
    ),
    _Habit(
        ("flow",),
        r"^press .*?(?P<bad>everywhere|always)(?= *->)",
        "anywhere",
        "a key of a flow holds `anywhere`",
        "this word",
    ),
    _Habit(
        ("collect",),
        r"^one of (?P<bad>\w+(?:, *\w+)+)(?= *(?:,|$))",
        None,
        "choices are texts in quotes",
        "read as the name of a list",
        'write each between quotes, such as `"red", "green"`',
    ),
    _Habit(
        ("", "data"),
        r"\) *(?P<bad>returns?|give|yields?|->)(?= \w)",
        "gives",
        "what is given stands behind `gives`",
        "this word",
    ),
    _Habit(
        ("data",),
        r"^(?P<bad>(?:lookup|get|query) +)(?=\w+ *\()",
        "",
        "a look-up needs no word before its name",
        "this word",
    ),
    _Habit(
        ("voicemail",),
        r"(?P<bad>stop at|stop with|ends? (?:with|on))(?= [#*0-9])",
        "stop on",
        "a key stops the recording with `stop on`",
        "this word",
    ),
    _Habit(
        ("callback",), r"^(?P<bad>queue)\b", "for queue", "a `callback` names its queue with `for queue`", "this word"
    ),
    _Habit(("callback",), r"^(?P<bad>hours)\b", "during", "a `callback` names its hours with `during`", "this word"),
    _Habit(
        ("callback", "dial"),
        r"^attempts \d+(?P<bad>,? +times,?)(?= )",
        "",
        "attempts are only a number",
        "too much",
    ),
    _Habit(
        ("callback", "dial"),
        r"^attempts \d+(?P<bad>,?)(?= \d+[a-z]+ *$)",
        " every",
        "`every` is missing before the time",
        "time between the attempts",
    ),
    _Habit(
        ("dial",),
        r"^only (?P<bad>between +(?P<a>\S+) +and +(?P<b>\S+))",
        r"\g<a> to \g<b>",
        "a time of the day reaches from one `to` the other",
        "these words",
    ),
    _Habit(
        _STEP,
        rf"^{_TAKES}(?P<bad>timeout|for|in|max|limit)(?= \d)",
        "within",
        "a time limit begins with `within`",
        "this word",
    ),
    _Habit(
        _STEP,
        r"^(?:record|transcribe) call (?P<bad>begin|on)\b",
        "start",
        "a call is recorded from `start` to `stop`",
        "this word",
    ),
    _Habit(
        _STEP,
        r"^(?:record|transcribe) call (?P<bad>end|off|finish)\b",
        "stop",
        "a call is recorded from `start` to `stop`",
        "this word",
    ),
    _Habit(
        ("hours",),
        r"^(?P<bad>holiday of)\b",
        "holidays of",
        "the holidays of a country begin with `holidays of`",
        "these words",
    ),
    _Habit(
        ("hours",),
        r"^holidays of .*(?P<bad>without|but not|excluding)(?= *\")",
        "except",
        "holidays are left out with `except`",
        "this word",
    ),
    _Habit(("collect",), r"^listen for \w+ (?P<bad>and)\b", "or", "callers use one or the other", "this word"),
    _Habit(("flow",), r"^languages .*?(?P<bad> +(?:and|or))(?= )", ",", "languages stand between commas", "this word"),
    _Habit(("collect",), r'^one of .*?"(?P<bad> +or)(?= ")', ",", "choices stand between commas here", "this word"),
    _Habit(
        ("data", ""),
        r'one of "[^"]*"(?: or "[^"]*")*(?P<bad> *,)(?= ")',
        " or",
        "choices stand between `or` here",
        "this comma",
    ),
    _Habit(("",), r"\bgives .*?\w(?P<bad> +(?:or|and)) ", ",", "outcomes stand between commas here", "this word"),
    _Habit(
        ("",),
        r"\bgives (?:\w+, *)*\w+(?P<bad>)(?= +(?!for\b|outbound\b)\w)",
        ",",
        "outcomes stand between commas here",
        "no comma",
    ),
    _Habit(
        ("run",), r"^(?P<bad>(?:is|on|when) +)(?=\w)", "", "a line for an outcome begins with the outcome", "this word"
    ),
    # ------------------------------------------------------------------------------------------ signs
    _Habit(
        ("prompts",), r'^"[^"]*" *(?P<bad>->|=>|:=?|==)(?= *")', "=", "a translation stands behind `=`", "this sign"
    ),
    _Habit(_ANY, r"(?P<bad>&&)", "and", "conditions are joined with words", "this sign"),
    _Habit(_ANY, r"(?P<bad>\|\|)", "or", "conditions are joined with words", "this sign"),
    _Habit(_ANY, r"(?P<bad>!=|<>)", "is not", "values are compared with words", "this sign"),
    _Habit(
        _STEP, r"(?P<bad>\?)", None, "`?` does not choose between values", "this sign", "write `A if CONDITION else B`"
    ),
    _Habit(_STEP, r" if .*(?P<bad>otherwise)\b", "else", "a value is chosen with `if` and `else`", "this word"),
    _Habit(_STEP, r"\bin *(?P<bad>\[(?P<a>[^\]]*)\])", r"(\g<a>)", "a list stands in parentheses", "these brackets"),
    _Habit(
        _STEP,
        r"[\w)] (?P<bad>of|one of|among)(?= *\()",
        "in",
        "whether a list has a value is asked with `in`",
        "this word",
    ),
    _Habit(
        ("collect", "pay"),
        r"(?P<bad>[$\u20ac\u00a3\u00a5] *)(?=\d)",
        "",
        "an amount is a number without a sign",
        "this sign",
    ),
)


def habit(trouble: Trouble) -> Diagnostic | None:
    """The first habit of the table that the line shows, and that stands where or before reading stopped."""
    code = trouble.code.rstrip()
    for each in _TABLE:
        if each.kinds and trouble.kind not in each.kinds:
            continue
        match = re.search(each.pattern.replace(" +", "[ \t]+").replace(" *", "[ \t]*"), code)
        if match is not None and match.start() <= trouble.at:
            return _told(trouble, each, match)
    return None


def _told(trouble: Trouble, each: _Habit, match: re.Match[str]) -> Diagnostic:
    begin, end = match.span("bad")
    here, bad = trouble.find(begin, end - begin), match.group("bad")
    first = begin + len(bad) - len(bad.lstrip())
    shown = trouble.find(first, len(bad.strip())) if bad.strip() else _word(trouble, end)
    if each.good is None:
        return finding(trouble.source, "IVR100", each.headline, shown, each.label, help=each.help)
    text = re.sub(r"\\g<(\w+)>", lambda group: _slice(trouble, match, group.group(1)), each.good)
    what = f"write `{text.strip()}`" if text.strip(" ,") else ("take it out" if not text.strip() else "write a comma")
    if begin == end and text.strip(" ,"):
        what = f"write `{text.strip()}` before it" if text.endswith(" ") else f"write `{text.strip()}` behind it"
    fix = Fix(what, (Edit(here, text),), each.safety)
    return finding(trouble.source, "IVR100", each.headline, shown, each.label, help=each.help or what, fix=fix)


def _slice(trouble: Trouble, match: re.Match[str], group: str) -> str:
    """What a group stands for in the line itself, where texts are not blanked out."""
    begin, end = match.span(group)
    return trouble.text[begin:end]


def _word(trouble: Trouble, at: int) -> Span:
    """The word at a place where something is missing, or the one before it."""
    behind = re.compile(r'"[^"]*"|[\w.]+').match(trouble.text, at)
    if behind is not None:
        return trouble.find(behind.start(), behind.end() - behind.start())
    before = re.search(r"\S+[ \t]*$", trouble.text[:at])
    return trouble.find(before.start(), len(before.group().rstrip())) if before else trouble.find(at, 1)
