"""The texts of a script: what is spoken, what is played, and what stands in quotes for another reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from dsl.ast import (
    Announcement,
    Brief,
    Callback,
    Collect,
    Consult,
    Counter,
    CountUp,
    Data,
    Declaration,
    Dial,
    Do,
    Filler,
    Flow,
    Forget,
    GlobalKey,
    Hours,
    Leave,
    Lookup,
    Menu,
    MoneyKind,
    Notify,
    OneOfKind,
    Option,
    Pay,
    PhoneKind,
    PlayFile,
    Promise,
    Prompt,
    Prompts,
    Queue,
    Recall,
    RecordCall,
    Remember,
    Route,
    Run,
    Say,
    SendDigits,
    Set,
    SetLanguage,
    Statement,
    Step,
    StreamAudio,
    Survey,
    Test,
    Text,
    TranscribeCall,
    Transfer,
    Use,
    Voicemail,
    Wait,
    WhenGuard,
    WhenHours,
    WhenSwitch,
    WhenValue,
)

TextUse: TypeAlias = Literal[
    "say",
    "prompt",
    "reprompt",
    "no input",
    "no match",
    "speech unavailable",
    "confirm",
    "check",
    "filler",
    "announcement",
    "offer",
    "accept",
    "greeting",
    "review",
    "notice",
    "question",
]
"""What a text is for. ``say`` also stands for a sentence on the way of a route; ``accept`` is heard by the target of a
transfer, not by the caller."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text that somebody hears, and what for. ``language``: it is in this one whatever the call speaks, and has no
    translation. ``ssml``: it is markup."""

    text: Text
    use: TextUse
    language: str = ""
    ssml: bool = False


def spoken(declaration: Declaration) -> Iterator[Spoken]:
    """Everything that is heard as speech in a block, in the order of the text where one use follows the other."""
    match declaration:
        case Step():
            for statement in declaration.statements:
                yield from statement_texts(statement)
        case Menu() | Collect():
            yield from _asked(declaration)
        case Flow():
            if declaration.record is not None and declaration.record.notice is not None:
                yield Spoken(declaration.record.notice, "notice")
        case Transfer() | Queue() | Voicemail() | Callback() | Consult() | Pay() | Survey() | Dial():
            yield from _center(declaration)
            yield from _on_the_way(declaration.routes)
        case Hours() | Use() | Data() | Counter() | Prompts() | Test() | Promise():
            return
        case _:
            assert_never(declaration)


def _asked(block: Menu | Collect) -> Iterator[Spoken]:
    for use, prompts in (("prompt", block.prompts), ("reprompt", block.reprompts)):
        yield from (_prompt(each, use) for each in prompts if not each.file)  # type: ignore[arg-type]
    pairs: list[tuple[Text | None, TextUse]] = [(block.no_input, "no input"), (block.no_match, "no match")]
    if isinstance(block, Menu):
        pairs.append((block.speech_unavailable, "speech unavailable"))
    else:
        pairs += [(text, "check") for check in block.checks for text in check.otherwise]
    pairs.append((block.confirm, "confirm"))
    yield from (Spoken(text, use) for text, use in pairs if text)
    yield from (Spoken(after.say, "say") for after in block.afters if after.say)
    if isinstance(block, Collect):
        yield from _on_the_way(block.routes)


def _prompt(prompt: Prompt, use: TextUse) -> Spoken:
    return Spoken(prompt.content, use, prompt.language.text if prompt.language else "", prompt.ssml)


def _center(block: Transfer | Queue | Voicemail | Callback | Consult | Pay | Survey | Dial) -> Iterator[Spoken]:
    match block:
        case Transfer():
            if block.accept:
                yield Spoken(block.accept, "accept")
        case Queue():
            yield from _announced(block.announcements)
            yield from (Spoken(option.offer, "offer") for option in block.options if option.offer)
        case Consult():
            yield from _announced(block.announcements)
        case Voicemail():
            if block.greeting is not None and not block.greeting.file:
                yield Spoken(block.greeting.content, "greeting")
            if block.review:
                yield Spoken(block.review, "review")
        case Pay():
            yield from _filled(block.fillers)
        case Survey():
            if block.offer:
                yield Spoken(block.offer, "offer")
            yield from (Spoken(question.text, "question") for question in block.questions if question.text)
            if block.remark:
                yield Spoken(block.remark.text, "question")
        case Callback() | Dial():
            return
        case _:
            assert_never(block)


def _announced(announcements: tuple[Announcement, ...]) -> Iterator[Spoken]:
    yield from (Spoken(each.content, "announcement") for each in announcements if not each.file)


def _filled(fillers: tuple[Filler, ...]) -> Iterator[Spoken]:
    yield from (Spoken(each.content, "filler") for each in fillers if not each.file)


def _on_the_way(routes: tuple[Route, ...]) -> Iterator[Spoken]:
    yield from (Spoken(route.say, "say") for route in routes if route.say)


def statement_texts(statement: Statement) -> Iterator[Spoken]:
    """What is heard of one statement."""
    match statement:
        case Say():
            yield Spoken(statement.text, "say", statement.language.text if statement.language else "", statement.ssml)
        case Lookup() | Do():
            yield from _filled(statement.fillers)
            yield from _on_the_way(statement.routes)
        case WhenHours() | Run() | CountUp() | Recall() | TranscribeCall() | StreamAudio() | Notify():
            yield from _on_the_way(statement.routes)
        case RecordCall():
            if statement.notice:
                yield Spoken(statement.notice, "notice")
            yield from _on_the_way(statement.routes)
        case WhenSwitch() | WhenGuard():
            if statement.say:
                yield Spoken(statement.say, "say")
        case WhenValue():
            if statement.otherwise and statement.otherwise.say:
                yield Spoken(statement.otherwise.say, "say")
        case PlayFile() | Set() | Leave() | Wait() | SetLanguage() | Remember() | Forget() | Brief() | SendDigits():
            return
        case _:
            assert_never(statement)


def recordings(declaration: Declaration) -> Iterator[Text]:
    """The names of recordings that are played."""
    match declaration:
        case Step():
            for statement in declaration.statements:
                if isinstance(statement, PlayFile):
                    yield statement.file
                elif isinstance(statement, Lookup | Do):
                    yield from (each.content for each in statement.fillers if each.file)
        case Menu() | Collect():
            yield from (each.content for each in (*declaration.prompts, *declaration.reprompts) if each.file)
        case Queue() | Consult():
            if declaration.music:
                yield declaration.music
            yield from (each.content for each in declaration.announcements if each.file)
        case Transfer():
            if declaration.music:
                yield declaration.music
        case Voicemail():
            if declaration.greeting is not None and declaration.greeting.file:
                yield declaration.greeting.content
        case Pay():
            yield from (each.content for each in declaration.fillers if each.file)
        case _:
            return


def meanings(declaration: Declaration) -> Iterator[Text]:
    """What a caller can mean, as written."""
    if isinstance(declaration, Menu):
        yield from (text for option in declaration.options for text in option.meanings)


def phrases(declaration: Declaration) -> Iterator[Text]:
    """What a caller can say, as written."""
    options: tuple[Option | GlobalKey, ...] = ()
    if isinstance(declaration, Menu):
        options = declaration.options
    elif isinstance(declaration, Flow):
        options = declaration.keys
    elif isinstance(declaration, Collect) and isinstance(declaration.kind, OneOfKind):
        yield from declaration.kind.choices
    elif isinstance(declaration, Step):
        cases = (
            each for statement in declaration.statements if isinstance(statement, WhenValue) for each in statement.cases
        )
        yield from (phrase for case in cases for phrase in case.phrases)
    yield from (phrase for option in options for phrase in option.phrases)


def fixed(declaration: Declaration) -> Iterator[tuple[Text, str]]:
    """Texts that are not spoken as they stand, so that no value can be put in; each with what it is."""
    yield from ((text, "the name of a recording") for text in recordings(declaration))
    yield from ((text, "a phrase") for text in phrases(declaration))
    yield from ((text, "a meaning") for text in meanings(declaration))
    match declaration:
        case Flow():
            pairs = [
                (declaration.title, "a title"),
                (declaration.timezone, "a time zone"),
                (declaration.voice, "a voice"),
                *((voice, "a voice") for _, voice in declaration.voices),
            ]
            yield from ((text, what) for text, what in pairs if text)
        case Hours():
            if declaration.timezone:
                yield declaration.timezone, "a time zone"
            yield from ((holiday.title, "the name of a holiday") for holiday in declaration.holidays)
            for public in declaration.public:
                yield from ((text, "the name of a holiday") for text in public.excepted)
                if public.region:
                    yield public.region, "the code of a region"
        case Use():
            yield declaration.file, "the name of a file"
        case Collect():
            kind = declaration.kind
            if isinstance(kind, MoneyKind) and kind.currency:
                yield kind.currency, "a currency"
            elif isinstance(kind, PhoneKind) and kind.region:
                yield kind.region, "the code of a country"
        case Step():
            for statement in declaration.statements:
                if isinstance(statement, SendDigits):
                    yield from ((part, "the digits to send") for part in statement.parts if isinstance(part, Text))
        case _:
            return
