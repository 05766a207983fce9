"""From text to tree. The only package that knows lark; the rest of the language asks it for `parse`."""

from dsl.syntax.recovery import Parsed, parse

__all__ = ["Parsed", "parse"]
