"""``ivr prompts``: every text of a script, who hears it, from where, and how much is heard on the way to it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass, field
from typing import Literal

from dsl import Program
from dsl.analysis.texts import recordings, spoken
from dsl.ast import BLOCKS, Block, Flow, Say, Step, Text
from interpreter.prompts.texts import named_texts
from interpreter.simulate import AUDIO, WORD

FIRST_HEARD = ("say", "prompt", "notice", "greeting", "offer", "accept", "question")
"""What a caller hears of a block without having done anything wrong or waited: the way to the next block."""


@dataclass(frozen=True, slots=True)
class Row:
    """A text. ``id`` stays the same when its words change. ``seconds`` is how long it is at 0.35 s a word, ``before``
    how many seconds of speech and recordings are heard at the most on a way to its block that never goes round."""

    id: str
    block: str
    use: str
    heard_by: Literal["caller", "target"]
    language: str
    text: str
    seconds: float
    before: float
    from_blocks: tuple[str, ...]
    translations: dict[str, str] = field(default_factory=dict)


def rows_of(program: Program) -> list[Row]:
    """Every text that somebody hears, in the order of the script."""
    before, leading = _before(program), _leading(program)
    return [
        Row(
            id=name,
            block=block,
            use=each.use,
            heard_by="target" if each.use == "accept" else "caller",
            language=each.language or program.language,
            text=each.text.plain,
            seconds=round(seconds_of(each.text), 1),
            before=round(before.get(block, 0.0), 1),
            from_blocks=leading.get(block, ()),
            translations={} if each.language else _translated(program, each.text),
        )
        for name, block, each in named_texts(program)
    ]


def seconds_of(text: Text) -> float:
    """How long a text takes to be spoken. A value counts as one word."""
    return WORD * len(text.plain.split())


def _translated(program: Program, text: Text) -> dict[str, str]:
    key = program.key_of(text)
    found = {language: program.translations.get(language, {}).get(key, ()) for language in program.languages[1:]}
    return {language: texts[0].plain if texts else "" for language, texts in found.items()}


def _leading(program: Program) -> dict[str, tuple[str, ...]]:
    """The blocks that lead to each block."""
    found: dict[str, dict[str, None]] = {}
    for name, block in program.blocks.items():
        for target in program.targets(block):
            found.setdefault(target, {})[name] = None
    return {target: tuple(names) for target, names in found.items()}


def _before(program: Program) -> dict[str, float]:
    """The most seconds that can be heard before a block, on ways that do not go round."""
    order = _forward(program)
    place = {name: at for at, name in enumerate(order)}
    before = dict.fromkeys(order, 0.0)
    if program.flow is not None and program.entry:
        before[program.entry] = sum(seconds_of(each.text) for each in spoken(program.flow))
    for name in order:
        block = program.blocks[name]
        heard = before[name] + _seconds_of_block(block)
        for target in program.targets(block):
            if place.get(target, -1) > place[name]:
                before[target] = max(before[target], heard)
    return before


def _seconds_of_block(block: Block) -> float:
    """What is heard of a block on one way through it: of the sentences of its routes, the longest."""
    always = {id(each.text) for each in block.statements if isinstance(each, Say)} if isinstance(block, Step) else set()
    texts = [each for each in spoken(block) if each.use in FIRST_HEARD]
    on_the_way = [each for each in texts if each.use == "say" and id(each.text) not in always]
    said = sum(seconds_of(each.text) for each in texts if each not in on_the_way)
    longest = max((seconds_of(each.text) for each in on_the_way), default=0.0)
    return said + longest + AUDIO * sum(1 for _ in recordings(block))


def _forward(program: Program) -> list[str]:
    """The blocks so that each comes before those that it leads to, except where a way goes round."""
    done: list[str] = []
    seen: set[str] = set()
    for root in program.blocks:
        stack = [(root, program.targets(program.blocks[root]))] if root not in seen else []
        seen.add(root)
        while stack:
            name, targets = stack[-1]
            fresh = next((each for each in targets if each not in seen and each in program.blocks), None)
            if fresh is None:
                done.append(name)
                stack.pop()
            else:
                seen.add(fresh)
                stack.append((fresh, program.targets(program.blocks[fresh])))
    return done[::-1]


def as_text(program: Program) -> str:
    """The table for a person: a block's texts below its name."""
    lines: list[str] = []
    block = ""
    for row in rows_of(program):
        if row.block != block:
            block = row.block
            lines += ["", _heading(program, row)]
        mark = " (to the target)" if row.heard_by == "target" else ""
        lines.append(f"  {row.seconds:5.1f} s  {row.use}{mark}: {row.text}")
        lines += (f"           {language}: {text or '(missing)'}" for language, text in row.translations.items())
    rows = rows_of(program)
    total = sum(row.seconds for row in rows)
    lines += ["", f"{len(rows)} {'text' if len(rows) == 1 else 'texts'}, {total:.0f} s of speech"]
    return "\n".join(lines).lstrip("\n") + "\n"


def _heading(program: Program, row: Row) -> str:
    declaration = next(d for d in program.declarations() if d.name.text == row.block)
    if not isinstance(declaration, BLOCKS):
        return f"{type(declaration).__name__.lower()} {row.block}" + (
            " (at the start)" if isinstance(declaration, Flow) else ""
        )
    kind = type(declaration).__name__.lower()
    where = ", ".join(row.from_blocks) or ("the beginning" if program.entry == row.block else "nowhere")
    return f"{kind} {row.block} (from {where}; up to {row.before:.1f} s are heard before it)"


def as_csv(program: Program) -> str:
    """The table for a spreadsheet, a column for each language."""
    languages = program.languages[1:]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["id", "block", "use", "heard_by", "language", "text", "seconds", "before_seconds", "from", *languages]
    )
    for row in rows_of(program):
        translated = [row.translations.get(language, "") for language in languages]
        facts = (row.id, row.block, row.use, row.heard_by, row.language, row.text, row.seconds, row.before)
        writer.writerow([*facts, " ".join(row.from_blocks), *translated])
    return out.getvalue()


def as_json(program: Program) -> str:
    """The table for a machine."""
    return json.dumps([asdict(row) for row in rows_of(program)], indent=2, ensure_ascii=False) + "\n"


FORMATS = {"text": as_text, "csv": as_csv, "json": as_json}
