"""Where the messages of a site are kept."""

from __future__ import annotations

import aiohttp

from interpreter.messages import Messages
from interpreter.messages.folder import Folder
from interpreter.site import Site

NO_PACKAGE = "[voicemail] blob needs the package of Azure Blob Storage, an extra: pip install 'ivr[blob]'"


def open_messages(site: Site, session: aiohttp.ClientSession) -> Messages:
    """The folder, or the container where the site file names one. Raises `ValueError` when its package is missing.

    The session stays the giver's to close.
    """
    settings = site.settings.voicemail
    if settings.blob is None:
        return Folder(site.folder / settings.folder)
    try:
        from interpreter.messages.blob import Blobs
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("azure.storage"):
            raise
        raise ValueError(NO_PACKAGE) from error
    return Blobs(settings.blob, session)
