"""Broadcasts, in and out."""

from datetime import date, datetime, time
from typing import Annotated

from ninja import Schema
from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from tactful.api.rest.shapes import NO_NUL, Given, Line, Text
from tactful.broadcasts.rules.variants import LETTERS
from tactful.broadcasts.sentences import MOST_PER_HOUR
from tactful.broadcasts.types import Plan, Schedule, Variant, When, Words

Short = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=300)]
Body = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=100_000)]
Nameless = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=60)]
Name = Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=120)]


class WordsIn(Given):
    subject: Short = ""
    preheader: Short = ""
    body: Body = Field("", description="Paragraphs, or sections of MJML; see docs/broadcasts.md.")
    nameless: Nameless = Field("", description="Instead of a name that we do not know.")

    def words(self) -> Words:
        return Words(self.subject, self.preheader, self.body, self.nameless)


class LanguagesIn(Given):
    nb: WordsIn | None = None
    en: WordsIn | None = None


class VariantIn(Given):
    weight: int = Field(1, ge=0, le=1_000)
    words: LanguagesIn

    def variant(self) -> Variant:
        found = {"nb": self.words.nb, "en": self.words.en}
        return Variant({code: words.words() for code, words in found.items() if words}, self.weight)


class ScheduleIn(Given):
    """`at`: one moment for all. `day` and `clock`: that hour by each client's own clock. Neither: as soon as
    a person has said yes."""

    at: AwareDatetime | None = None
    day: date | None = None
    clock: time | None = None

    @model_validator(mode="after")
    def _one(self) -> "ScheduleIn":
        if self.at and (self.day or self.clock):
            raise ValueError("Say either “at”, or “day” and “clock”.")
        if (self.day is None) is not (self.clock is None) or (self.clock and self.clock.tzinfo):
            raise ValueError("Say both “day” and “clock”; the clock is each client's own.")
        return self

    def schedule(self) -> Schedule:
        if self.at:
            return Schedule(When.AT, at=self.at)
        return Schedule(When.LOCAL, day=self.day, clock=self.clock) if self.day else Schedule()


class BroadcastIn(Given):
    name: Name
    segment: Line = Field("", description="Who gets it: the short name of a segment.")
    touchpoint: Line = Field("", description="At which place on the line this is said: its short name.")
    variants: list[VariantIn] = Field(min_length=1, max_length=len(LETTERS))
    schedule: ScheduleIn = ScheduleIn()
    per_hour: int | None = Field(None, ge=1, le=MOST_PER_HOUR)

    def plan(self) -> Plan:
        return Plan(
            name=self.name,
            segment=self.segment,
            touchpoint=self.touchpoint,
            variants=tuple(each.variant() for each in self.variants),
            schedule=self.schedule.schedule(),
            per_hour=self.per_hour,
        )


class WordsOut(Schema):
    subject: str
    preheader: str
    body: str
    nameless: str

    @classmethod
    def of(cls, words: Words) -> "WordsOut":
        return cls(subject=words.subject, preheader=words.preheader, body=words.body, nameless=words.nameless)


class VariantOut(Schema):
    weight: int
    words: dict[str, WordsOut]


class AccountOut(Schema):
    """`counts` add up to `audience`; `reasons`: of who is held or was refused, by the gate's code."""

    audience: int
    counts: dict[str, int]
    reasons: dict[str, dict[str, int]]


class BroadcastOut(Schema):
    """`state`: draft, waiting (for a person's yes), scheduled, sending, paused, finished, cancelled. `size`:
    of the audience, from the moment when it was frozen."""

    id: Text
    name: str
    state: str
    segment: str
    touchpoint: str
    created_at: datetime
    begins_at: datetime | None
    began_at: datetime | None
    ended_at: datetime | None
    approved_by: Text | None
    size: int | None


class OneBroadcast(BroadcastOut):
    variants: list[VariantOut]
    account: AccountOut
