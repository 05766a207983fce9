"""The metrics of a contact center over the wire: what the telephones did is what is counted, and the API and the
records say the same."""

from __future__ import annotations

import json
from typing import Any

from api_rig import Center, on_center
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "operator-token-of-a-test"
SITE: dict[str, dict[str, object]] = {"operator": {"token": TOKEN}}


class Read:
    """What Prometheus reads."""

    def __init__(self, text: str) -> None:
        self._samples = [each for family in text_string_to_metric_families(text) for each in family.samples]

    def __call__(self, name: str, **labels: str) -> float:
        found = [each.value for each in self._samples if each.name == f"ivr_{name}" and each.labels == labels]
        assert len(found) == 1, (name, labels, found)
        return found[0]


async def metrics(center: Center) -> Read:
    async with center.session.get(f"{center.rig.server_url}/metrics") as response:
        assert response.status == 200
        return Read(await response.text())


async def legs(center: Center) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with center.session.get(f"{center.rig.server_url}/details?of=leg", headers=headers) as response:
        return [json.loads(line) for line in (await response.text()).splitlines()]


def test_a_day_of_a_queue_is_counted_as_it_was() -> None:
    async def story(center: Center) -> None:
        rig, emulator = center.rig, center.rig.emulator
        alone = center.dial()
        await rig.finish(alone)
        maria, talker = await center.talking()
        await rig.advance(30.0)
        impatient = center.dial()
        await rig.advance(20.0)
        emulator.hang_up(impatient)
        await rig.advance(60.0)
        emulator.hang_up(talker)
        await rig.finish(talker, impatient)
        await rig.advance(31.0)
        unlucky = center.dial()
        phone = await center.ringing("maria")
        await rig.advance(25.0)
        emulator.hang_up(unlucky)
        await rig.finish(unlucky)
        assert phone
        await rig.advance(60.0)

        m = await metrics(center)
        assert m("queue_calls_offered_total", queue="support") == 4
        assert m("queue_calls_answered_total", queue="support") == 1
        assert m("queue_calls_abandoned_total", queue="support") == 2
        assert m("queue_calls_overflowed_total", queue="support", reason="no agents") == 1
        assert m("queue_wait_seconds_count", queue="support", outcome="abandoned") == 2
        assert 18.0 < m("queue_wait_seconds_sum", queue="support", outcome="abandoned") < 60.0
        assert m("offers_total", queue="support", outcome="accepted") == 1
        assert m("offers_total", queue="support", outcome="expired") == 1
        assert m("agents_set_aside_total", reason="missed") == 1
        assert m("wrap_up_seconds_count", queue="support") == 1
        assert m("wrap_up_seconds_sum", queue="support") == 30.0
        assert m("queue_waiting", queue="support") == 0
        assert m("agents", state="not ready") == 1
        assert m("queue_agents", queue="support", state="not ready") == 1
        assert m("agents", state="talking") == 0, "a state without agents is there, too"
        assert m("leg_records_waiting") == 0
        assert m("queue_calls_offered_total", queue="other") == 0

        found = await legs(center)
        talks = [each for each in found if each["outcome"] == "answered"]
        assert m("talk_seconds_count", queue="support") == len(talks) == 1
        assert abs(m("talk_seconds_sum", queue="support") - talks[0]["talked"]) < 0.01
        assert len(found) == 2, "one record for each offer"
        _, shown = await center.ask("GET", "/queues/support", bearer=TOKEN)
        level = m("queue_service_level_met_total", queue="support") / m(
            "queue_service_level_calls_total", queue="support"
        )
        assert level == shown["service_level"]
        assert (shown["answered"], shown["abandoned"], shown["overflowed"]) == (1, 2, 1)
        assert (await maria.get())["state"] == "not ready"

    on_center(story, **SITE)


def test_who_waits_now_and_for_how_long() -> None:
    async def story(center: Center) -> None:
        await center.talking()
        center.dial()
        await center.rig.advance(30.0)
        m = await metrics(center)
        assert m("queue_waiting", queue="support") == 1
        assert 25.0 < m("queue_longest_wait_seconds", queue="support") < 31.0
        assert m("queue_estimated_wait_seconds", queue="support") > 0
        assert m("queue_callbacks_open", queue="support") == 0
        assert m("legs") == 1

    on_center(story, **SITE)
