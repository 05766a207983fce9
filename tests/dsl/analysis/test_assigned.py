"""Which values are there: against every way through small scripts made at random, and by scripts for each construct."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import Program, Source, parse
from dsl.analysis.assigned import Missing, assigned
from dsl.lint.example import script

NAMES = ("a", "b", "c")
Line = tuple[str, str, int]
"""``set``, ``read``, ``known``, ``unknown`` or ``lookup``, the value, and the number of the block that it leads to."""


def analysed(text: str) -> tuple[Program, tuple[Missing, ...]]:
    source = Source("case.ivr", text)
    parsed = parse(source)
    assert not [each for each in parsed.diagnostics if each.severity == "error"]
    program = Program(source, parsed.script)
    return program, assigned(program).missing


def missing(text: str) -> set[tuple[str, str]]:
    """The reads that are told: the block and the value."""
    return {(each.block, each.name) for each in analysed(text)[1]}


# --------------------------------------------------------------------------------------------------------------------
# Any script

steps = st.lists(
    st.tuples(
        st.lists(
            st.tuples(
                st.sampled_from(["set", "read", "read", "known", "unknown"]), st.sampled_from(NAMES), st.integers(0, 4)
            ),
            max_size=4,
        ),
        st.one_of(
            st.tuples(st.just("go"), st.just("a"), st.integers(0, 4), st.integers(0, 4)),
            st.tuples(st.just("lookup"), st.sampled_from(NAMES), st.integers(0, 4), st.integers(0, 4)),
        ),
    ),
    min_size=5,
    max_size=5,
)
Steps = list[tuple[list[Line], tuple[str, str, int, int]]]


def written(blocks: Steps) -> str:
    """The script. Every value is given somewhere, so that none of them is an unknown name."""
    text = []
    for number, (lines, (ending, name, one, other)) in enumerate(blocks):
        text.append(f"step s{number}\n")
        for what, value, target in lines:
            text.append(
                {
                    "set": f"    set {value} = 1\n",
                    "read": f'    say "{{{value}}}"\n',
                    "known": f"    when {value} is known -> s{target}\n",
                    "unknown": f"    when {value} is not known -> s{target}\n",
                }[what]
            )
        if ending == "go":
            text.append(f"    go to s{one}\n\n")
        else:
            text.append(
                f"    lookup {name} = crm.find() within 1s\n"
                f"        found               -> s{one}\n"
                f"        not found or failed -> s{other}\n\n"
            )
    aside = "step aside\n" + "".join(f"    set {name} = 1\n" for name in NAMES) + "    go to sorry\n\n"
    return script("".join(text) + aside + "data crm\n    find() gives id text\n")


def by_every_way(blocks: Steps) -> set[tuple[str, str]]:
    """The same by following every call: a call is a block and what it has; a guard asks what the call has."""
    found: set[tuple[str, str]] = set()
    begin: tuple[int, frozenset[str]] = (0, frozenset())
    waiting, seen = [begin], {begin}
    while waiting:
        number, has = waiting.pop()
        lines, (ending, name, one, other) = blocks[number]
        nexts: list[tuple[int, frozenset[str]]] = []
        for what, value, target in lines:
            if what == "set":
                has |= {value}
            elif what == "read":
                if value not in has:
                    found.add((f"s{number}", value))
            elif (value in has) is (what == "known"):
                nexts.append((target, has))
                break
        else:
            nexts += [(one, has)] if ending == "go" else [(one, has | {name}), (other, has)]
        for state in nexts:
            if state not in seen:
                seen.add(state)
                waiting.append(state)
    return found


@given(steps)
def test_what_can_be_missing_is_told(blocks: Steps) -> None:
    """Nothing is overlooked, on any way that a call can take."""
    told = missing(written(blocks))
    assert by_every_way(blocks) <= told


@given(steps)
def test_without_guards_nothing_else_is_told(blocks: Steps) -> None:
    """Where no line asks what a call has, every way can be taken, and the two are the same."""
    plain = [([line for line in lines if line[0] in ("set", "read")], ending) for lines, ending in blocks]
    assert missing(written(plain)) == by_every_way(plain)


@given(steps)
def test_the_way_that_is_named_is_one(blocks: Steps) -> None:
    """Each block of a way leads to the next one, and the first is where calls begin."""
    program, found = analysed(written(blocks))
    for each in found:
        names = [re.sub(r" \(.*", "", step) for step in assigned(program).path(each)] + [each.block]
        if names[0] != "sorry":  # system errors lead there
            assert names[0] == program.entry
        for name, following in pairwise(names):
            assert following in set(program.targets(program.blocks[name]))


# --------------------------------------------------------------------------------------------------------------------
# One construct each

DATA = "\ndata crm\n    by_phone(number phone) gives name text, tier text\n"
LOOKUP = """\
step welcome
    lookup customer = crm.by_phone(caller.number) within 1s
        found               -> greet
        not found or failed -> greet

"""
GUARDS = {
    'when customer is known and customer.tier is "gold" -> sorry': True,
    'when customer.tier is "gold" and customer is known -> sorry': False,
    'when customer is not known or customer.tier is "gold" -> sorry': True,
    'when customer is known or customer.tier is "gold" -> sorry': False,
    'when not (customer is not known) and customer.tier is "gold" -> sorry': True,
    'set tier = customer.tier if customer is known else "none"': True,
    'set tier = "none" if customer is not known else customer.tier': True,
    'set tier = customer.tier if caller.name is "" else "none"': False,
    'when customer is known "Hello, {customer.name}." -> sorry': True,
    'when customer is not known "Hello, {customer.name}." -> sorry': False,
    'when customer.tier is known -> sorry\n    say "{customer.tier}"': False,
    'when customer.tier is not known -> sorry\n    say "{customer.tier}"': True,
}


@pytest.mark.parametrize("line", GUARDS)
def test_a_guard_counts_behind_it(line: str) -> None:
    text = script(f"{LOOKUP}step greet\n    {line}\n    go to sorry\n{DATA}")
    assert missing(text) == (set() if GUARDS[line] else {("greet", "customer")})


def test_a_sentence_on_the_way_of_a_look_up_has_its_value_behind_found_only() -> None:
    routes = {
        'found "{customer.name}"               -> sorry\n        not found or failed -> sorry': set(),
        'found or not found "{customer.name}" -> sorry\n        failed -> sorry': {("welcome", "customer")},
        'found -> sorry\n        not found or failed "{customer.name}" -> sorry': {("welcome", "customer")},
    }
    for lines, told in routes.items():
        start = "step welcome\n    lookup customer = crm.by_phone(caller.number) within 1s\n        "
        assert missing(script(f"{start}{lines}\n{DATA}")) == told


def test_a_collect_has_its_value_where_it_was_accepted() -> None:
    text = script("""\
collect account
    into number_entered
    prompt "Enter your number{number_entered}."
    digits 4
    check length(number_entered) is 4 otherwise "Not {number_entered}."
    confirm "Is {number_entered} right?"
    no input "Nothing {number_entered}."
    accepted "Thank you, {number_entered}." -> told
    after 3 tries -> failed_entry

step told
    say "{number_entered}"
    go to sorry

step failed_entry
    say "{number_entered}"
    go to sorry
""")
    # Of each value in a block the first read alone: in `account` that is the prompt.
    assert missing(text) == {("account", "number_entered"), ("failed_entry", "number_entered")}
    first = next(each for each in analysed(text)[1] if each.block == "account")
    assert text.index('number_entered}."\n    digits') == first.span.start


def test_what_a_sub_flow_gives_is_there_behind_its_outcome() -> None:
    text = """\
ivr 1
flow main
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    set topic = "billing"
    run ask(caller.number)
        good "{answer} {topic} {number}" -> behind
        bad "{answer}"                   -> sorry

step behind
    say "{answer} {number}"
    go to sorry

step sorry
    say "{topic}"
    hang up

flow ask(number phone) gives good, bad
    on system error -> broken

step first
    set half = 1
    when number is "" -> other
    set answer = 1
    go to whole

step whole
    say "{topic} {answer}"
    give good

step other
    say "{answer}"
    give bad

step broken
    say "{half} {number}"
    give bad
"""
    assert missing(text) == {("welcome", "answer"), ("sorry", "topic"), ("other", "answer"), ("broken", "half")}


def test_keys_that_hold_anywhere_lead_with_what_is_there_in_every_menu() -> None:
    text = """\
ivr 1
flow main
    timezone "America/New_York"
    press 9 anywhere -> desk
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    set early = 1
    go to one

menu one
    prompt "Press 1."
    press 1 -> between
    after 3 tries -> sorry

step between
    set late = 1
    go to two

menu two
    prompt "Press 1."
    press 1 -> sorry
    after 3 tries -> sorry

step desk
    say "{early} {late}"
    go back

step sorry
    hang up
"""
    assert missing(text) == {("desk", "late")}


def test_answers_of_a_survey_and_a_payment_that_was_not_made_are_never_certain() -> None:
    text = script("""\
survey ask
    ask rating "On a scale from 1 to 5?" keys 1 to 5
    done or skipped -> charge

pay charge
    into payment
    amount balance
    card card_number
    through card_service
    within 15s
    paid "{payment.reference}" -> told
    declined or cancelled or unknown or failed -> not_paid

step told
    say "{rating} {payment.reference}"
    go to sorry

step not_paid
    say "{payment.reference}"
    go to sorry
""")
    assert missing(text) == {("told", "rating"), ("not_paid", "payment")}
