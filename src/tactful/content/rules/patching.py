"""Finished bytes with gaps, and what goes into each gap for one client."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tactful.content.rules.escaping import Escape, Fits, escape_for, is_blank, plain_test
from tactful.content.rules.html_places import Slot
from tactful.content.rules.liquid import Rendering, liquid_value
from tactful.content.rules.quoted_printable import encode_before_slot, encode_plain, encode_slot, encode_text
from tactful.content.types import MailRefused, Variable, VariableKind

Words = Callable[[Mapping[str, str]], str]
Body = Callable[[Mapping[str, str]], list[bytes]]


def resolve(variables: Sequence[Variable], values: Mapping[str, str]) -> dict[str, str]:
    """The value of each variable: as given, or its default where nothing visible is given."""
    own: dict[str, str] = {}
    for variable in variables:
        value: str | None = values.get(variable.name, "")
        if value is None or is_blank(value):
            value = variable.default
        if value is None or (variable.required and not value):
            raise missing(variable.name)
        own[variable.name] = value
    return own


def missing(name: str) -> MailRefused:
    return MailRefused(
        f"The value “{name}” is missing, and the message makes no sense without it. "
        "Give it when the message is queued.",
        "mail.value",
        name=name,
    )


class PatchedWords:
    """A short text (subject, preheader, SMS) with plain values only. ``names``: all that it depends on."""

    def __init__(self, pieces: Sequence[str | Slot], kinds: Mapping[str, VariableKind]) -> None:
        self._parts = [piece if isinstance(piece, str) else _Gap.of(piece, kinds) for piece in pieces]
        self.names = tuple(dict.fromkeys(part.name for part in self._parts if isinstance(part, _Gap)))

    def __call__(self, values: Mapping[str, str]) -> str:
        return "".join(
            [
                part if isinstance(part, str) else part.escape(values[part.name] or part.default)
                for part in self._parts
            ]
        )


def rendered_words(rendering: Rendering, kinds: Mapping[str, VariableKind]) -> Words:
    """A text with conditions or loops."""
    return lambda values: rendering(
        {name: liquid_value(value, kinds.get(name, VariableKind.TEXT)) for name, value in values.items()}
    )


@dataclass(frozen=True, slots=True)
class _Gap:
    name: str
    default: str
    escape: Escape

    @classmethod
    def of(cls, slot: Slot, kinds: Mapping[str, VariableKind]) -> "_Gap":
        return cls(slot.mark.name, slot.mark.default or "", escape_for(slot.context, _kind(slot, kinds)))


def _kind(slot: Slot, kinds: Mapping[str, VariableKind]) -> VariableKind:
    return kinds.get(slot.mark.name, VariableKind.TEXT)


@dataclass(slots=True)
class Value:
    """One variable in a body: how it is encoded for each context, and at which places it goes in.

    ``fits``: values that pass need no escape in any of these contexts. ``ways``: each way of writing
    it, with its places.
    """

    name: str
    default: str
    fits: Fits | None
    ways: dict[Escape, list[int]] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)

    def moved(self, to: Mapping[int, int]) -> "Value":
        """The same in a body whose pieces stand elsewhere."""
        ways = {escape: [to[place] for place in places] for escape, places in self.ways.items()}
        return Value(self.name, self.default, self.fits, ways, [to[place] for place in self.places])

    def written(self, values: Sequence[str]) -> Iterator[tuple[list[int], list[bytes]]]:
        """The values of many mails as they go into each of these places."""
        given = [value or self.default for value in values] if self.default else values
        if self.fits and self.fits(given):
            yield self.places, encode_plain(given)
            return
        for escape, places in self.ways.items():
            known = {
                value: (_encode_short if len(value) <= _SHORT else _encode)(self.fits, escape, value)
                for value in set(given)
            }
            yield places, [known[value] for value in given]


def _encode(fits: Fits | None, escape: Escape, value: str) -> bytes:
    if fits and fits([value]):
        return encode_plain([value])[0]
    return encode_slot(escape(value))


_SHORT = 120
_encode_short = lru_cache(maxsize=1024)(_encode)  # given names, dates and senders come again and again


class PatchedBody:
    """Quoted-printable bytes with gaps."""

    def __init__(self, pieces: Sequence[str | Slot | bytes], kinds: Mapping[str, VariableKind]) -> None:
        """``pieces``: words to encode, gaps, and bytes that are finished (boundaries, part headers)."""
        self._template: list[bytes] = []
        values: dict[tuple[str, str, Fits | None], Value] = {}
        for index, piece in enumerate(pieces):
            if isinstance(piece, Slot):
                gap, fits = _Gap.of(piece, kinds), plain_test(piece.context, _kind(piece, kinds))
                key = (gap.name, gap.default, fits)
                value = values.setdefault(key, Value(*key))
                value.ways.setdefault(gap.escape, []).append(index)
                value.places.append(index)
                self._template.append(b"")
            elif isinstance(piece, str):
                before_slot = index + 1 < len(pieces) and isinstance(pieces[index + 1], Slot)
                self._template.append(encode_before_slot(piece) if before_slot else encode_text(piece))
            else:
                self._template.append(piece)
        self.values = tuple(values.values())

    def __call__(self, values: Mapping[str, str]) -> list[bytes]:
        filled = self._template.copy()
        for value in self.values:
            for places, (written,) in value.written([values[value.name]]):
                for place in places:
                    filled[place] = written
        return filled


def rendered_body(parts: Sequence[Words | bytes]) -> Body:
    """A body whose words are rendered anew for each mail."""
    return lambda values: [
        part if isinstance(part, bytes) else encode_text(part(values).replace("\r\n", "\n")) for part in parts
    ]
