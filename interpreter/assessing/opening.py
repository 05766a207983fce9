"""Which assessor a site has."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp

from interpreter.assessing import Assessor
from interpreter.assessing.azure_language import AzureLanguage
from interpreter.assessing.words import WordLists
from interpreter.site import Site


def open_assessor(site: Site, session: Callable[[], aiohttp.ClientSession]) -> Assessor:
    """The word lists, or Azure AI Language where the site file names a resource."""
    wish = site.settings.assessment
    if wish.endpoint is not None and wish.key is not None:
        return AzureLanguage(session, wish.endpoint, wish.key, wish.topics, wish.timeout_seconds)
    return WordLists(wish.topics)
