"""The manual as a site, without its generator: colours of scripts, heads of fenced blocks, the navigation."""

from __future__ import annotations

from pathlib import Path

import pytest
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Error, Keyword, Name, Number, String

from dsl import pages
from dsl.syntax.words import DECLARATIONS
from interpreter.tooling import manual
from interpreter.tooling.highlight import IvrLexer, keywords, register

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [*sorted((ROOT / "scripts").rglob("*.ivr")), *sorted((ROOT / "tests").rglob("*.ivr"))]
WRONG = 'ivr 1\nstep "a\n  say \'x\' {y}\n\t-> -> \u2192 "open {hole\nmenu\x00 = 12 == ;; "\\'


def kinds(text: str) -> dict[str, object]:
    """The kind of each piece of a script; pieces that stand twice have the kind of the last one."""
    return {piece: kind for kind, piece in IvrLexer(stripnl=False, ensurenl=False).get_tokens(text)}


@pytest.mark.parametrize("text", [WRONG, *(path.read_text("utf-8") for path in SCRIPTS)], ids=lambda text: text[:20])
def test_colours_lose_nothing_and_know_everything(text: str) -> None:
    found = list(IvrLexer(stripnl=False, ensurenl=False).get_tokens(text))
    assert "".join(piece for _, piece in found) == text
    assert not [piece for kind, piece in found if kind in Error]


def test_colours_say_what_a_word_is() -> None:
    found = kinds(
        '; note\ntransfer desk\n    ring 25s\n    no answer "Sorry {name}." -> front_desk\n    busy -> repeat'
    )
    assert found["; note"] is Comment.Single
    assert found["transfer"] is Keyword.Declaration
    assert found["desk"] is found["front_desk"] is Name.Function
    assert found["ring"] is found["repeat"] is Keyword
    assert found["25s"] is Number
    assert found["busy"] is Name.Constant
    assert found["Sorry "] is String.Double
    assert found["{name}"] is String.Interpol


def test_every_word_of_the_tables_is_a_keyword() -> None:
    for word in keywords():
        first = next(iter(IvrLexer().get_tokens(f"{word} ")))
        assert first[0] in Keyword, word
    for word in DECLARATIONS:
        assert next(iter(IvrLexer().get_tokens(f"{word} x")))[0] is Keyword.Declaration


def test_pygments_finds_the_lexer_by_name() -> None:
    register()
    assert isinstance(get_lexer_by_name("ivr"), IvrLexer)


@pytest.mark.parametrize(
    ("head", "below", "becomes"),
    [
        ("```ivr fragment", "menu a", "``` ivr"),
        ("```ivr hello.ivr", "ivr 1", '``` {.ivr title="hello.ivr"}'),
        ("```ivr wrong IVR203", "step a", '``` {.ivr title="wrong: gives IVR203"}'),
        ("```ivr x.ivr wrong IVR114 IVR114", "step a", '``` {.ivr title="x.ivr: gives IVR114"}'),
        ("```toml wrong broken.toml", "a = 1", '``` {.toml title="broken.toml: wrong"}'),
        ('```plan --at "2026-11-26 10:00"', "press 1", '``` {.text title="plan"}'),
        ("```console", "$ ivr lint", "``` console"),
        ("```", "ivr 1", "``` ivr"),
        ("```", "make dev", "``` text"),
    ],
)
def test_heads_of_fenced_blocks(head: str, below: str, becomes: str) -> None:
    text = f"# A\n\n{head}\n{below}\n```\n\nThe end ``` of it.\n"
    assert manual.titled(text) == text.replace(f"\n{head}\n{below}", f"\n{becomes}\n{below}")


def test_the_navigation_has_what_is_there_and_every_rule(tmp_path: Path) -> None:
    for folder in ("decisions", "language"):
        (tmp_path / folder).mkdir()
    written = {
        "index": "ivr",
        "extra": "More `words`",
        "decisions/0001-x": "1. X",
        "language/a": "A",
        "language/b": "B",
    }
    for name, title in written.items():
        (tmp_path / f"{name}.md").write_text(f"# {title}\n")
    (tmp_path / "language.md").write_text("# L\n[b](language/b.md) and [a](language/a.md)\n")
    first, second, reference, third, rules, decisions = manual.navigation(tmp_path)
    assert (first, second, reference, third) == (
        {"Start": "index.md"},
        {"The language": "language.md"},
        {"Reference": [{"B": "language/b.md"}, {"A": "language/a.md"}]},
        {"More words": "extra.md"},
    )
    listed = [code for group in rules["Rules"][1:] for each in group.values() for entry in each for code in entry]
    assert sorted(listed) == sorted(f"{page.rule.code} {page.rule.name}" for page in pages().values())
    assert decisions == {"Decisions": ["decisions/index.md", {"1. X": "decisions/0001-x.md"}]}
    assert {page.rule.code[3] for page in pages().values()} <= set(manual.GROUPS)


def test_nothing_is_loaded_from_elsewhere() -> None:
    settings = manual.configuration(ROOT / "docs")
    assert settings["theme"]["font"] is False
    for file in (*settings["extra"]["polyfills"], *settings["extra_css"]):
        text = (ROOT / "docs" / file).read_text("utf-8")
        assert "://" not in text
    # The generator adds its own, from another host, unless it finds one of this name.
    assert any("iframe-worker" in file for file in settings["extra"]["polyfills"])
