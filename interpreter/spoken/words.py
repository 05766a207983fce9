"""What the languages need beside CLDR: words for yes and no, digits and numbers, and how a time is said.

A language that has no words of its own here is spoken by CLDR's rules, and understood by keys only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.dates import format_time
from babel.numbers import get_territory_currencies


@dataclass(frozen=True, slots=True)
class Words:
    """``digits`` are the words for 0 to 9 (several for one digit where people say several), ``numbers`` those for
    larger numbers, ``scales`` those that multiply. ``currencies``: one, many."""

    yes_no: tuple[str, str] = ("yes", "no")
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    digits: Mapping[str, str] = field(default_factory=dict)
    repeats: Mapping[str, int] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    scales: Mapping[str, int] = field(default_factory=dict)
    joins: frozenset[str] = frozenset()
    currencies: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    ordinal: Callable[[int], str] = str
    time: Callable[[time, Locale], str] = lambda at, locale: format_time(at, "short", locale=locale)

    def home_currency(self, territory: str) -> str:
        """The money of a country, ``""`` when it is not known."""
        return home_currency(territory)


@cache
def home_currency(territory: str) -> str:
    """The money of a country today (CLDR), ``""`` when it is not known."""
    if territory not in get_global("territory_currencies"):
        return ""
    return next(iter(get_territory_currencies(territory)), "")


def _english_ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _english_time(at: time, locale: Locale) -> str:
    """``9 a.m.``, ``1:30 p.m.``; where the locale counts to 24, as CLDR writes it."""
    if "H" in locale.time_formats["short"].pattern:
        return format_time(at, "short", locale=locale)
    hour = at.hour % 12 or 12
    half = "a.m." if at.hour < 12 else "p.m."
    return f"{hour} {half}" if at.minute == 0 else f"{hour}:{at.minute:02d} {half}"


def _german_time(at: time, locale: Locale) -> str:
    return f"{at.hour} Uhr" if at.minute == 0 else f"{at.hour} Uhr {at.minute}"


def _french_time(at: time, locale: Locale) -> str:
    hours = f"{at.hour} heure" + ("s" if at.hour > 1 else "")
    return hours if at.minute == 0 else f"{hours} {at.minute}"


def _spanish_time(at: time, locale: Locale) -> str:
    """``las 9 de la mañana``, ``la 1 y 30 de la tarde``."""
    hour = at.hour % 12 or 12
    article = "la" if hour == 1 else "las"
    part = "de la mañana" if at.hour < 12 else "de la tarde" if at.hour < 20 else "de la noche"
    minutes = f" y {at.minute}" if at.minute else ""
    return f"{article} {hour}{minutes} {part}"


def _digits(*words: str) -> dict[str, str]:
    """The words for 0 to 9 in order; several for one digit stand with ``/`` between."""
    return {word: str(digit) for digit, each in enumerate(words) for word in each.split("/")}


def _numbers(text: str, start: int = 0, by: int = 1) -> dict[str, int]:
    return {word: start + by * at for at, each in enumerate(text.split()) for word in each.split("/")}


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


_EN = Words(
    yes_no=("yes", "no"),
    yes=_set("yes|yeah|yep|yes please|correct|right|that is right|that's right|sure|ok|okay|one"),
    no=_set("no|nope|no thanks|no thank you|wrong|incorrect|that is wrong|not right|two"),
    digits=_digits("zero/oh/o", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    repeats={"double": 2, "triple": 3},
    numbers={
        **_numbers(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        ),
        **_numbers("seventeen eighteen nineteen", 17),
        **_numbers("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    },
    scales={"hundred": 100, "thousand": 1000},
    joins=frozenset({"and", "a"}),
    currencies={
        "USD": ("dollar", "dollars"),
        "CAD": ("dollar", "dollars"),
        "AUD": ("dollar", "dollars"),
        "GBP": ("pound", "pounds"),
        "EUR": ("euro", "euros"),
    },
    ordinal=_english_ordinal,
    time=_english_time,
)

_ES = Words(
    yes_no=("sí", "no"),
    yes=_set("sí|si|sí por favor|correcto|claro|de acuerdo|vale|bueno|uno"),
    no=_set("no|no gracias|incorrecto|dos"),
    digits=_digits("cero", "uno/una/un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    repeats={"doble": 2, "triple": 3},
    numbers={
        **_numbers("cero uno/una/un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"),
        **_numbers(
            "dieciséis/dieciseis diecisiete dieciocho diecinueve veinte veintiuno/veintiún veintidós/veintidos", 16
        ),
        **_numbers("veintitrés/veintitres veinticuatro veinticinco veintiséis/veintiseis veintisiete", 23),
        **_numbers("veintiocho veintinueve", 28),
        **_numbers("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10),
        **_numbers("cien/ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos", 100, 100),
        **_numbers("ochocientos novecientos", 800, 100),
    },
    scales={"mil": 1000},
    joins=frozenset({"y"}),
    currencies={"EUR": ("euro", "euros"), "MXN": ("peso", "pesos"), "USD": ("dólar", "dólares")},
    ordinal=lambda number: f"{number}.º",
    time=_spanish_time,
)

_FR = Words(
    yes_no=("oui", "non"),
    yes=_set("oui|oui s'il vous plaît|d'accord|exact|correct|c'est ça|un"),
    no=_set("non|non merci|faux|incorrect|deux"),
    digits=_digits("zéro/zero", "un/une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    repeats={"double": 2, "triple": 3},
    numbers={
        **_numbers("zéro/zero un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"),
        **_numbers("seize dix-sept dix-huit dix-neuf vingt", 16),
        **_numbers("trente quarante cinquante soixante soixante-dix/septante quatre-vingts/quatre-vingt", 30, 10),
        "quatre-vingt-dix": 90,
        "nonante": 90,
    },
    scales={"cent": 100, "cents": 100, "mille": 1000},
    joins=frozenset({"et"}),
    currencies={"EUR": ("euro", "euros"), "CAD": ("dollar", "dollars")},
    ordinal=lambda number: "1er" if number == 1 else f"{number}e",
    time=_french_time,
)

_DE = Words(
    yes_no=("ja", "nein"),
    yes=_set("ja|ja bitte|richtig|stimmt|genau|korrekt|gut|eins"),
    no=_set("nein|nein danke|falsch|nicht richtig|zwei"),
    digits=_digits("null", "eins/ein", "zwei/zwo", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
    repeats={"doppel": 2},
    numbers={
        **_numbers(
            "null eins/ein/eine zwei/zwo drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn"
        ),
        **_numbers("fünfzehn sechzehn siebzehn achtzehn neunzehn", 15),
        **_numbers("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10),
    },
    scales={"hundert": 100, "tausend": 1000},
    joins=frozenset({"und"}),
    currencies={"EUR": ("Euro", "Euro"), "CHF": ("Franken", "Franken")},
    ordinal=lambda number: f"{number}.",
    time=_german_time,
)

_LANGUAGES = {
    "en": _EN,
    "es": _ES,
    "fr": _FR,
    "de": _DE,
    "it": Words(
        yes_no=("sì", "no"),
        yes=_set("sì|si|certo|esatto|va bene|uno"),
        no=_set("no|no grazie|sbagliato|due"),
        digits=_digits("zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"),
    ),
    "pt": Words(
        yes_no=("sim", "não"),
        yes=_set("sim|certo|correto|um"),
        no=_set("não|nao|errado|dois"),
        digits=_digits(
            "zero", "um/uma", "dois/duas", "três/tres", "quatro", "cinco", "seis/meia", "sete", "oito", "nove"
        ),
    ),
    "nl": Words(
        yes_no=("ja", "nee"),
        yes=_set("ja|ja graag|klopt|juist|één|een"),
        no=_set("nee|nee bedankt|fout|onjuist|twee"),
        digits=_digits("nul", "één/een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"),
    ),
}
_NONE = Words()


def words_of(language: str) -> Words:
    """The words of a language (``es``); those of none where there are no own ones."""
    return _LANGUAGES.get(language, _NONE)


def has_words(language: str) -> bool:
    """Whether what callers say is understood in this language, beside their keys."""
    return language in _LANGUAGES
