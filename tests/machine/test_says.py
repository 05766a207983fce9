"""Free speech sorted by what is said in it: the first line that fits, in the language of the call."""

from __future__ import annotations

import pytest
from machine_rig import MONDAY

from dsl import Source, check
from interpreter import phone
from interpreter.simulate import Simulation

SCRIPT = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    languages en-US, es-US
    on caller hangup -> finish abandoned
    on system error  -> desk

step welcome
    say "Thank you for calling Contoso."
    when caller.number is "+14255550199" -> spanish
    go to ask

step spanish
    language es-US
    go to ask

collect ask
    into request
    prompt "Please say in a few words why you call."
    speech
    no input "I did not hear anything."
    no match "I did not get that."
    accepted      -> sort
    after 3 tries -> desk

step sort
    when request
        says "my bill", "invoice" -> bill
        says "order"              -> order
        otherwise                 -> desk

step bill
    say "Billing."
    finish billing

step order
    say "Orders."
    finish orders

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Nobody is here. Goodbye."
    finish nobody

prompts es-US
    "Please say in a few words why you call." = "Diga en pocas palabras por qué llama."
    "I did not hear anything."                = "No he oído nada."
    "I did not get that."                     = "No he entendido."
    "Billing."                                = "Facturas."
    "Orders."                                 = "Pedidos."
    "Nobody is here. Goodbye."                = "No hay nadie. Adiós."
    "my bill"                                 = "mi factura", "factura"
    "invoice"                                 = "recibo"
    "order"                                   = "pedido"
"""


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("I have a question about my bill, please", "billing"),
        ("MY BILL", "billing"),
        ("where is my order, and my bill", "billing"),
        ("my order", "orders"),
        ("my billing address", "handled"),
        ("reorder", "handled"),
        ("mi factura", "handled"),
    ],
)
def test_the_first_line_whose_words_occur(said: str, result: str) -> None:
    assert _result(said, "+14255550100") == result


@pytest.mark.parametrize(
    ("said", "result"),
    [("quiero pagar la factura de marzo", "billing"), ("un pedido", "orders"), ("my bill", "handled")],
)
def test_phrases_are_those_of_the_language_of_the_call(said: str, result: str) -> None:
    assert _result(said, "+14255550199") == result


def _result(said: str, caller: str) -> str:
    checked = check(Source("says.ivr", SCRIPT))
    assert [each.headline for each in checked.diagnostics] == []
    assert checked.program is not None
    simulation = Simulation(checked.program, MONDAY, caller=caller)
    assert phone.run_plan(simulation, phone.read_plan(f'say "{said}"')) == 0
    return phone.transcript(simulation).rstrip("\n").rpartition("result ")[2]
