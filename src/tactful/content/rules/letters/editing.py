"""Changing the blocks of a letter. A path is "2", and inside columns "2.0.1": block, column, block."""

from collections.abc import Callable
from dataclasses import replace
from difflib import SequenceMatcher

from tactful.content.rules.letters.blocks import KINDS, MOST_BLOCKS, Block, Blocks, tidy, walk


class NoSuchBlock(LookupError):
    """It is not there (any more), or cannot be moved that way."""


def at(blocks: Blocks, path: str) -> Block:
    found = dict(walk(blocks)).get(path)
    if found is None:
        raise NoSuchBlock(path)
    return found


def fresh(kind: str) -> Block:
    if kind not in KINDS:
        raise NoSuchBlock(kind)
    return tidy(Block(kind, {}, ((), ()) if kind == "columns" else ()))


def add(blocks: Blocks, path: str, block: Block) -> Blocks:
    """Before what stands at ``path``; a path one past the end puts it last."""
    if len(list(walk(blocks))) >= MOST_BLOCKS or (block.kind == "columns" and "." in path):
        raise NoSuchBlock(path)
    return _among(blocks, path, lambda row, place: (*row[:place], tidy(block), *row[place:]), past=True)


def put(blocks: Blocks, path: str, block: Block) -> Blocks:
    return _among(blocks, path, lambda row, place: (*row[:place], tidy(block), *row[place + 1 :]))


def remove(blocks: Blocks, path: str) -> Blocks:
    return _among(blocks, path, lambda row, place: row[:place] + row[place + 1 :])


def copy(blocks: Blocks, path: str) -> Blocks:
    found = at(blocks, path)
    return add(blocks, following(path), found)


def move(blocks: Blocks, path: str, by: int) -> Blocks:
    """One place up (-1) or down (1) among its neighbours."""

    def swap(row: Blocks, place: int) -> Blocks:
        if not 0 <= place + by < len(row):
            raise NoSuchBlock(path)
        found = list(row)
        found.insert(place + by, found.pop(place))
        return tuple(found)

    return _among(blocks, path, swap)


def following(path: str, by: int = 1) -> str:
    before, dot, last = path.rpartition(".")
    return f"{before}{dot}{int(last) + by}"


def beside(blocks: Blocks, other: Blocks) -> dict[str, Block]:
    """By path in ``blocks``, what stands there in another language's letter: kinds in the same order."""
    kinds = [each.kind for each in blocks], [each.kind for each in other]
    found: dict[str, Block] = {}
    for start, there, count in SequenceMatcher(None, *kinds, autojunk=False).get_matching_blocks():
        for step in range(count):
            one, two = blocks[start + step], other[there + step]
            found[str(start + step)] = two
            for column, (mine, theirs) in enumerate(zip(one.columns, two.columns, strict=False)):
                inside = beside(mine, theirs)
                found |= {f"{start + step}.{column}.{path}": block for path, block in inside.items()}
    return found


def _among(
    blocks: Blocks, path: str, change: Callable[[Blocks, int], Blocks], *, past: bool = False
) -> Blocks:
    steps = path.split(".")
    if len(steps) not in (1, 3) or not all(step.isdecimal() and len(step) < 4 for step in steps):
        raise NoSuchBlock(path)
    place, *inside = map(int, steps)
    if not inside:
        if place >= len(blocks) + past:
            raise NoSuchBlock(path)
        return change(blocks, place)
    column, within = inside
    if place >= len(blocks) or column >= len(blocks[place].columns):
        raise NoSuchBlock(path)
    row = blocks[place].columns[column]
    if within >= len(row) + past:
        raise NoSuchBlock(path)
    columns = list(blocks[place].columns)
    columns[column] = change(row, within)
    return (*blocks[:place], replace(blocks[place], columns=tuple(columns)), *blocks[place + 1 :])
