"""The speech service: is it there, and does it have the languages and voices of the scripts?

The list of voices is that of the region:
https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech#get-a-list-of-voices
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import aiohttp

from dsl import Program
from dsl.spell import nearest
from interpreter.hostcheck import Finding, Verdict
from interpreter.hostcheck.reach import Answer, Trouble, ask
from interpreter.hostcheck.service import Token
from interpreter.site import Site

LIST = "/tts/cognitiveservices/voices/list"
_LINK = (
    "look with: az role assignment list --scope AI_RESOURCE (role Cognitive Services User, for the communication "
    "resource's managed identity)"
)


async def check_speech(
    site: Site, session: aiohttp.ClientSession, programs: Sequence[Program], token: Token
) -> list[Finding]:
    """Whether there is a service that speaks, and whether it speaks what the scripts say."""
    endpoint = site.service.cognitive_services_endpoint
    if endpoint is None:
        says = "the host can neither speak nor understand: every text of a script fails"
        fix = "link an Azure AI services resource, and write its address as [service] cognitive_services_endpoint"
        return [_finding("speech service", "wrong", says, fix)]
    key = site.service.cognitive_services_key
    headers: Mapping[str, str] = {}
    if key is not None:
        headers = {"Ocp-Apim-Subscription-Key": key.get_secret_value()}
    elif site.service.credential == "entra":
        try:
            headers = {"Authorization": f"Bearer {await token()}"}
        except ValueError as error:
            return [_finding("speech service", "cannot tell", str(error), "give this machine an identity (az login)")]
    answer = await ask(session, "GET", endpoint + LIST, headers)
    if isinstance(answer, Trouble):
        return [_finding("speech service", "wrong", answer.says, answer.fix)]
    link = "whether the communication resource may use it is not to be seen from here"
    return [*_of_answer(answer, bool(headers), programs), _finding("link", "cannot tell", link, _LINK)]


def _of_answer(answer: Answer, known: bool, programs: Sequence[Program]) -> Iterator[Finding]:
    voices = _voices(answer.json) if answer.status == 200 else None
    what = "speech service"
    if voices is not None:
        yield _finding(what, "ok", f"it answers, with {len(voices)} voices")
        yield from _of_scripts(voices, programs)
    elif answer.status in (401, 403) and known:
        fix = "copy a key of the AI services resource, or give this identity the role Cognitive Services User on it"
        yield _finding(what, "wrong", f"it does not take our key or identity ({answer.status})", fix)
    elif answer.status in (401, 403):
        says = "it is there, but tells its voices only to those whom it knows"
        yield _finding(what, "cannot tell", says, "set [service] cognitive_services_key to have the voices compared")
    else:
        says = f"it answers {answer.status}, and not as a speech service does"
        yield _finding(
            what,
            "wrong",
            says,
            "copy the endpoint of the AI services resource (https://NAME.cognitiveservices.azure.com)",
        )


def _voices(found: object) -> Mapping[str, str] | None:
    """Locales by the names of voices, ``None`` for what is no list of them."""
    if not isinstance(found, list) or not found:
        return None
    return {
        str(each["ShortName"]): str(each["Locale"])
        for each in found
        if isinstance(each, dict) and "ShortName" in each and "Locale" in each
    } or None


def _of_scripts(voices: Mapping[str, str], programs: Sequence[Program]) -> Iterator[Finding]:
    locales = {locale.lower(): locale for locale in voices.values()}
    names = {name.lower(): name for name in voices}
    for language in sorted({each for program in programs for each in program.languages}):
        if language.lower() in locales:
            yield _finding(f"language {language}", "ok", "it is spoken there")
        else:
            yield _finding(
                f"language {language}", "wrong", "no voice there speaks it", _instead(language, locales.values())
            )
    wanted = {voice for program in programs for language in program.languages if (voice := program.voice_of(language))}
    for voice in sorted(wanted):
        what = f"voice {voice}"
        if voice.lower() not in names:
            yield _finding(what, "wrong", "there is no such voice in that region", _instead(voice, names.values()))
        elif ":" in voice or "HD" in voice.rpartition("-")[2]:
            says = "the host has time-outs with HD voices"
            yield _finding(what, "warning", says, "choose a standard neural voice")
        else:
            yield _finding(what, "ok", "it is there")


def _instead(name: str, known: Iterable[str]) -> str:
    guess = nearest(name, sorted(set(known)))
    return f"did you mean {guess}?" if guess else "choose one of that region, or a resource in another region"


def _finding(what: str, verdict: Verdict, says: str, fix: str = "") -> Finding:
    return Finding("speech", what, verdict, says, fix)
