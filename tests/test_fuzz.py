"""Bytes that strangers made never break what reads them (R87). The long search is ``bin/fuzz``."""

from random import Random

import pytest
from fuzz.parsers import TARGETS

ROUNDS = 150
BITS = (
    b"\x00",
    b"\xff",
    b"\r\n",
    b"=",
    b'"',
    b";",
    b"\xc3",
    b"\xed\xa0\x80",
    b"{",
    b"[" * 60,
    b"9" * 400,
    b"--b",
)


def mutated(seed: bytes, dice: Random) -> bytes:
    made = bytearray(seed)
    for _ in range(dice.randint(1, 8)):
        at = dice.randint(0, len(made))
        match dice.randint(0, 4):
            case 0:
                made[at:at] = dice.choice(BITS)
            case 1:
                del made[at : at + dice.randint(1, 40)]
            case 2:
                made[at:at] = made[dice.randint(0, len(made)) :][: dice.randint(1, 200)]
            case 3:
                made[at : at + 1] = bytes([dice.randint(0, 255)])
            case _:
                del made[at:]
    return bytes(made)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_broken_seed_is_read_or_refused(name: str) -> None:
    target, dice = TARGETS[name], Random(name)
    assert target.seeds
    for seed in target.seeds:
        target.read(seed)
    for _ in range(ROUNDS):
        target.read(mutated(dice.choice(list(target.seeds)), dice))
