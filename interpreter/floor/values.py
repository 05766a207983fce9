"""Values of scripts for other systems."""

from __future__ import annotations

from typing import Any

from interpreter.protocol import Day, Items, Money, Record, Seconds, Secret, TimeOfDay, Value


def plain(value: Value) -> Any:
    """A value as JSON has it."""
    match value:
        case Record():
            return {name: plain(each) for name, each in value.fields}
        case Items():
            return [plain(each) for each in value.values]
        case Seconds():
            return value.value
        case Money():
            return f"{value.amount} {value.currency}"
        case Day():
            return value.iso
        case TimeOfDay():
            return f"{value.minutes // 60:02}:{value.minutes % 60:02}"
        case Secret():
            return None
        case _:
            return value
