"""`ivr graph`, `ivr prompts` and `ivr translate`: what a script holds, for people who do not read scripts."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from cli_rig import ivr

SCRIPTS = Path(__file__).parents[2] / "scripts"
NINE = str(SCRIPTS / "s9_language.ivr")
PIN = str(SCRIPTS / "s5_pin.ivr")


def test_every_block_and_way_is_in_the_picture() -> None:
    drawn = ivr("graph", PIN)
    assert drawn.code == 0
    for name in ("account", "lock_state", "check_lock", "pin", "lock", "locked", "unverified", "verified", "agent"):
        assert f"<b>{name}</b>" in drawn.out
    assert re.search(r'n\d+ -->\|"accepted"\| n\d+', drawn.out)
    assert "after limit of wrong_pins" in drawn.out


def test_dot_is_one_graph() -> None:
    drawn = ivr("graph", PIN, "--format", "dot")
    assert drawn.out.startswith('digraph "Contoso bank" {')
    assert drawn.out.count("{") == drawn.out.count("}")
    assert '"pin" -> "lock" [label="after limit of wrong_pins"];' in drawn.out


@pytest.mark.parametrize("script", sorted(p.name for p in SCRIPTS.glob("s*.ivr") if ".es." not in p.name))
def test_svg_shows_every_node_once(script: str) -> None:
    drawn = ivr("graph", str(SCRIPTS / script), "--format", "svg")
    assert drawn.code == 0, drawn.err
    root = ET.fromstring(drawn.out)
    names = [each.text for each in root.iter("{http://www.w3.org/2000/svg}title")]
    assert len(names) == len(set(names)) > 5
    width, height = (float(each) for each in root.attrib["viewBox"].split()[2:])
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        x, y = float(box.attrib["x"]), float(box.attrib["y"])
        assert 0 <= x <= width - float(box.attrib["width"])
        assert 0 <= y <= height - float(box.attrib["height"])


def test_the_table_has_every_text_with_its_translation() -> None:
    table = json.loads(ivr("prompts", NINE, "--format", "json").out)
    by_id = {row["id"]: row for row in table}
    assert by_id["main_menu.reprompt"]["text"] == "Appointments, or bills?"
    assert by_id["main_menu.reprompt"]["translations"] == {"es-US": "¿Citas o facturas?"}
    assert by_id["choose.prompt.2"]["language"] == "es-US"
    assert by_id["choose.prompt.2"]["translations"] == {}
    assert by_id["main_menu.prompt"]["seconds"] == pytest.approx(0.35 * 14, abs=0.06)
    rows = list(csv.DictReader(io.StringIO(ivr("prompts", NINE, "--format", "csv").out)))
    assert [row["id"] for row in rows] == list(by_id)
    assert {row["es-US"] for row in rows if row["id"] == "main_menu.reprompt"} == {"¿Citas o facturas?"}


def test_what_the_target_hears_is_told_apart() -> None:
    table = json.loads(ivr("prompts", str(SCRIPTS / "s11_warm_transfer.ivr"), "--format", "json").out)
    assert {row["use"] for row in table if row["heard_by"] == "target"} == {"accept"}


def test_seconds_before_a_block_are_the_longest_way() -> None:
    table = json.loads(ivr("prompts", PIN, "--format", "json").out)
    before = {row["block"]: row["before"] for row in table}
    assert before["account"] == 0
    assert before["pin"] >= next(row["seconds"] for row in table if row["id"] == "account.prompt")
    assert before["sorry"] > before["pin"]


def test_translations_go_out_and_come_back(tmp_path: Path) -> None:
    for name in ("s9_language.ivr", "s9_language.es.ivr"):
        shutil.copy(SCRIPTS / name, tmp_path)
    script, catalogue = str(tmp_path / "s9_language.ivr"), tmp_path / "es.po"
    exported = ivr("translate", "export", script, "es-US")
    assert exported.code == 0, exported.err
    assert exported.out == ivr("translate", "export", script, "es-US").out, "the same script, the same catalogue"
    catalog = read_po(io.StringIO(exported.out))
    assert str(catalog.locale) == "es_US"
    message = catalog.get("Appointments, or bills?")
    assert message is not None
    assert message.string == "¿Citas o facturas?"
    catalogue.write_text(exported.out.replace("¿Citas o facturas?", "¿Citas, o facturas?"), encoding="utf-8")
    taken = ivr("translate", "import", script, str(catalogue))
    assert taken.code == 0, taken.err
    assert "wrote" in taken.out
    assert '"¿Citas, o facturas?"' in (tmp_path / "s9_language.es.ivr").read_text(encoding="utf-8")
    assert '"citas", "una cita"' in (tmp_path / "s9_language.es.ivr").read_text(encoding="utf-8")
    assert ivr("lint", str(tmp_path)).code == 0


def test_a_first_catalogue_makes_a_file_that_the_script_uses(tmp_path: Path) -> None:
    script = tmp_path / "line.ivr"
    text = (SCRIPTS / "s7_voicemail.ivr").read_text(encoding="utf-8")
    script.write_text(
        text.replace("    language en-US\n", "    language en-US\n    languages en-US, de-DE\n"), encoding="utf-8"
    )
    exported = ivr("translate", "export", str(script), "de-DE").out
    catalogue = tmp_path / "de.po"
    catalogue.write_text(exported.replace('msgstr ""\n\n#.', 'msgstr "Übersetzt."\n\n#.'), encoding="utf-8")
    taken = ivr("translate", "import", str(script), str(catalogue))
    assert taken.code == 0, taken.err
    assert 'use "line.de-DE.ivr"' in script.read_text(encoding="utf-8")
    assert (tmp_path / "line.de-DE.ivr").exists()
    assert "not translated" in taken.out


def test_a_language_that_no_call_speaks_is_refused(tmp_path: Path) -> None:
    refused = ivr("translate", "export", NINE, "fr-FR")
    assert refused.code == 2
    assert "its other languages are es-US" in refused.err
    bad = tmp_path / "bad.po"
    bad.write_text("msgid nothing\n", encoding="utf-8")
    refused = ivr("translate", "import", NINE, str(bad))
    assert refused.code == 2
    assert "not a gettext catalogue" in refused.err or "no call of" in refused.err
