"""Requests about transcript and audio: start, update, stop. [contract 1.2]"""

from __future__ import annotations

from collections.abc import Callable

from emulator import feeds, fields
from emulator.model import FeedName
from emulator.participants import connected
from emulator.rest_types import Reply, Request
from emulator.world import World


def _start(name: FeedName) -> Callable[[World, Request], Reply]:
    def start(world: World, request: Request) -> Reply:
        call = connected(request)
        feed = feeds.wanted(call, name)
        echo = fields.echo(world.config, request.body)
        if name == "transcription" and request.body.get("locale") is not None:
            feed.locale = fields.text(request.body, "locale")
        feeds.start(world, call, feed, echo)
        return Reply(202)

    return start


def _stop(name: FeedName) -> Callable[[World, Request], Reply]:
    def stop(world: World, request: Request) -> Reply:
        call = connected(request)
        feeds.stop(world, call, feeds.wanted(call, name), fields.echo(world.config, request.body))
        return Reply(202)

    return stop


def update_transcription(world: World, request: Request) -> Reply:
    call = connected(request)
    feed, locale = feeds.wanted(call, "transcription"), fields.text(request.body, "locale")
    feeds.update(world, call, feed, locale, fields.echo(world.config, request.body))
    return Reply(202)


start_transcription, stop_transcription = _start("transcription"), _stop("transcription")
start_audio, stop_audio = _start("audio"), _stop("audio")
