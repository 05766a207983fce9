"""Tokens for Graph by the machine's own identity."""

from __future__ import annotations

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError

from interpreter.presence.errors import DeniedError


class OwnIdentity:
    """Gives bearer tokens of a managed identity, or of whatever else the environment offers."""

    def __init__(self, scope: str, credential: AsyncTokenCredential | None = None) -> None:
        self._scope, self._credential = scope, credential

    async def __call__(self, refused: str = "") -> str:
        """A token, never ``refused``, which Graph has not taken. Raises `DeniedError`."""
        if self._credential is None:
            # Only here, since it takes longer to load than all the rest.
            from azure.identity.aio import DefaultAzureCredential

            self._credential = DefaultAzureCredential()
        try:
            token = (await self._credential.get_token(self._scope)).token
        except AzureError as error:
            raise DeniedError(f"no token: {type(error).__name__}") from None
        if token == refused:
            # The identity keeps its tokens until shortly before they end, and nobody can make it get another.
            raise DeniedError("Graph does not take the token of this machine's identity")
        return token

    async def close(self) -> None:
        if self._credential is not None:
            await self._credential.close()
