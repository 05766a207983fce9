"""The Speech SDK (the extra ``speech``): found, made ready for the site's resource, and its failures in words.

It is imported when it is used: a hundred megabytes of native code, which a server never sees that does not listen.
"""

from __future__ import annotations

from typing import Any

from interpreter.site_speech import Speech

SDK = "azure.cognitiveservices.speech"
MISSING = "the Speech SDK is not installed; `pip install 'ivr[speech]'` does that"


class NoSpeechSdk(Exception):  # noqa: N818 - says what is the matter
    """The SDK is not there, does not run here, or the site names no resource for it."""


def load() -> Any:
    """The SDK's module. Raises `NoSpeechSdk`."""
    try:
        import azure.cognitiveservices.speech as sdk
    except ImportError as error:
        raise NoSpeechSdk(MISSING) from error
    except OSError as error:
        raise NoSpeechSdk(f"the Speech SDK does not run on this machine: {error}") from error
    return sdk


def config(sdk: Any, speech: Speech) -> Any:
    """The SDK's own settings for the site's resource. Raises `NoSpeechSdk` when the site names none."""
    if speech.key is None:
        raise NoSpeechSdk("the site file has no [speech] with key and region")
    key = speech.key.get_secret_value()
    if speech.endpoint is not None:
        return sdk.SpeechConfig(subscription=key, endpoint=speech.endpoint)
    return sdk.SpeechConfig(subscription=key, region=speech.region)


def why(sdk: Any, code: Any) -> str | None:
    """What an error code means that will be the same for whatever is asked next; ``None`` for any other."""
    codes = sdk.CancellationErrorCode
    return {
        codes.AuthenticationFailure: "the speech service does not accept the key of [speech]",
        codes.Forbidden: "the speech service does not let this key in",
        codes.TooManyRequests: "the speech service has had enough requests for now; try again later",
        codes.ConnectionFailure: "the speech service cannot be reached",
    }.get(code)
