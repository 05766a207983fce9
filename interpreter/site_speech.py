"""The sections of the site file about speech: who understands a caller, who renders prompts, and where they lie."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, field_validator, model_validator

from interpreter.site_values import Address, Section, Text, is_private


class LanguageService(Section):
    """A project of conversational language understanding (Azure AI Language)."""

    endpoint: Address
    key: SecretStr
    project: Text
    deployment: Text
    intents: dict[str, Text] = Field(default_factory=dict)
    """The project's intents with the meanings that the scripts call them by, where the words are not the same."""

    @field_validator("endpoint")
    @classmethod
    def _private(cls, value: str) -> str:
        return _https(value)


class Chat(Section):
    """A language model behind an endpoint like OpenAI's (``POST …/chat/completions``)."""

    url: Address
    """The address before ``/chat/completions``."""
    model: Text
    headers: dict[str, SecretStr] = Field(default_factory=dict)

    @field_validator("url")
    @classmethod
    def _private(cls, value: str) -> str:
        return _https(value)


class Understanding(Section):
    """Who says what a sentence means. Without a service the words alone decide."""

    language_service: LanguageService | None = None
    chat: Chat | None = None
    timeout_seconds: float = Field(default=1.5, gt=0, le=2.5)
    """The longest that a service may take: the caller hears nothing meanwhile, and the call waits 3 s at most."""
    sure_from: float = Field(default=0.8, gt=0, le=1)
    """The service's confidence from which on an option is taken."""
    ask_from: float = Field(default=0.5, gt=0, le=1)
    """The service's confidence from which on the caller is asked."""

    @model_validator(mode="after")
    def _whole(self) -> Understanding:
        if self.language_service is not None and self.chat is not None:
            raise ValueError("either language_service or chat, not both")
        if self.ask_from >= self.sure_from:
            raise ValueError("ask_from is smaller than sure_from")
        return self


class Speech(Section):
    """The resource of Azure AI Speech that prompts are rendered with, and that may listen to calls."""

    key: SecretStr | None = None
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] | None = None
    endpoint: Address | None = None
    """In the place of ``region``, for a resource with a name of its own."""
    listens: bool = False
    """Whether what is said in calls is recognised while their audio is streamed and they have no other transcript."""

    @model_validator(mode="after")
    def _whole(self) -> Speech:
        if self.region and self.endpoint:
            raise ValueError("either region or endpoint, not both")
        if bool(self.key) != bool(self.region or self.endpoint):
            raise ValueError("a key needs a region (or an endpoint), and the other way round")
        if self.listens and not self.key:
            raise ValueError(
                "listens needs a key and a region (or an endpoint): they say which service recognises speech"
            )
        return self


class PromptFiles(Section):
    """Where the files of prompts lie, and where the telephone service fetches them."""

    folder: Text | None = None
    """Relative to the site file. Without it every prompt is spoken."""
    url: Address | None = None
    """The address under which the folder is served. Without it the server itself serves it, under ``/prompts``."""

    @model_validator(mode="after")
    def _whole(self) -> PromptFiles:
        if self.url and not self.folder:
            raise ValueError("url goes with folder: the server has to know which files there are")
        return self


def _https(value: str) -> str:
    if not is_private(value):
        raise ValueError("an https address: what callers say is nobody else's business")
    return value
