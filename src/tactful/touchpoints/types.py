"""The words that the whole house shares about touchpoints."""

from dataclasses import dataclass
from enum import StrEnum

NORWEGIAN = ("nb", "no", "nn")


class Line(StrEnum):
    STRUCTURAL = "structural"
    JUDGEMENT = "judgement"
    UNDECIDED = "undecided"  # counts as judgement


class MessageClass(StrEnum):
    AWAITED = "awaited"
    DEADLINE = "deadline"
    REMINDER = "reminder"
    RELATIONSHIP = "relationship"
    MARKETING = "marketing"

    @property
    def purpose(self) -> "Purpose":
        """For which the client's consent, or another ground, must stand."""
        return Purpose.MARKETING if self is MessageClass.MARKETING else Purpose.SERVICE


class Purpose(StrEnum):
    SERVICE = "service"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True)
class TouchpointView:
    """A touchpoint as other floors may see it."""

    id: int
    slug: str
    revision_id: int
    line: Line
    message_class: MessageClass
    owner_id: int | None
    name_en: str
    name_nb: str
    moment_en: str = ""
    moment_nb: str = ""
    preview_hours: int = 0  # a person sees its messages so long before they go out; 0: nobody does

    def name(self, language: str) -> str:
        return self.name_nb if language.startswith(NORWEGIAN) else self.name_en

    def moment(self, language: str) -> str:
        """When we speak there, as a sentence."""
        return self.moment_nb if language.startswith(NORWEGIAN) else self.moment_en


@dataclass(frozen=True, slots=True)
class Touch:
    """What a person did to one message: ``line`` in their own words, or ``stopped``."""

    line: str
    stopped: bool
    by: int | None
    by_name: str
