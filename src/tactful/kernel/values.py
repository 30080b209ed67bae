"""Values that never change and are made by the thousand."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[_T]) -> type[_T]:
    """``dataclass(frozen=True, slots=True)`` for whoever reads or checks types: nobody may assign.

    At run time nothing stands guard, for the guard is asked about every field of every new object, and
    takes seven times as long as all the rest of making it.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
