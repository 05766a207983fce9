"""How values are read out, in the language of the call; and how what callers say is read as values.

Numbers, money, dates and lists follow the locale's own rules (CLDR, by way of babel). What babel leaves to a voice,
such as single digits and the grouping of telephone numbers, is decided here so that text-to-speech reads it well.
"""

from interpreter.spoken.formats import FORMATS, Format, accepts, say, waited_in_words
from interpreter.spoken.heard import digits_heard, number_heard, yes_or_no_heard

__all__ = ["FORMATS", "Format", "accepts", "digits_heard", "number_heard", "say", "waited_in_words", "yes_or_no_heard"]
