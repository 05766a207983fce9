"""Which numbers are those of emergency services.

A call for help is placed from the client of the person who needs it, because only there it carries that person's place:
https://learn.microsoft.com/azure/communication-services/concepts/telephony/emergency-calling-concept. Neither a script
nor a server places one. The numbers are those of the short number metadata that comes with phonenumbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers
from phonenumbers import shortnumberinfo

LONGEST = 6
"""Digits that the number of an emergency service has at the most; what is longer need not be looked up."""
WHY = "emergency calls are placed only from the phone or the client of whoever needs help, never by this server"


def is_emergency(number: str) -> bool:
    """Whether a number is that of emergency services: in its country where it has a country code (`+1911`), in any
    country where it has none (`911`, `112`)."""
    digits = re.sub(r"[^0-9]", "", number)
    if not number.strip().startswith("+"):
        return _is_one(digits, phonenumbers.SUPPORTED_SHORT_REGIONS)
    if _is_one(digits, phonenumbers.SUPPORTED_SHORT_REGIONS):
        return True
    for length in (1, 2, 3):
        code = digits[:length]
        if code in _CODES and _is_one(digits[length:], phonenumbers.region_codes_for_country_code(int(code))):
            return True
    return False


_CODES = frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def _is_one(digits: str, regions: Iterable[str]) -> bool:
    if not 2 <= len(digits) <= LONGEST:
        return False
    return any(shortnumberinfo.is_emergency_number(digits, region) for region in regions)
