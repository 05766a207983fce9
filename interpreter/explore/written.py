"""Values as a test writes them."""

from __future__ import annotations

from interpreter.protocol import Day, Items, Money, Record, Seconds, Secret, TimeOfDay, Value


def value(found: Value) -> str:
    """A value as a literal of a test."""
    match found:
        case bool():
            return "yes" if found else "no"
        case str():
            escaped = found.replace("\\", "\\\\").replace('"', '\\"').replace("{", "\\{")
            return f'"{escaped}"'
        case float() | int():
            return f"{found:g}"
        case Money():
            return f"{found.amount} {found.currency}"
        case Day():
            return found.iso
        case TimeOfDay():
            return f"{found.minutes // 60:02d}:{found.minutes % 60:02d}"
        case Seconds():
            return f"{found.value:g}s"
        case Items():
            return f"({', '.join(value(each) for each in found.values)})"
        case Record():
            return record(found.fields).strip()
        case Secret() | None:
            return '""'


def record(values: tuple[tuple[str, Value], ...]) -> str:
    """`` { name "Ana" }``, empty for no values."""
    if not values:
        return ""
    return " { " + ", ".join(f"{name} {value(each)}" for name, each in values) + " }"
