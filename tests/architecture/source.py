"""The source of the house as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2] / "src" / "tactful"


@dataclass(frozen=True)
class Source:
    path: Path
    tree: ast.Module
    text: str

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def app(self) -> str:
        return self.path.relative_to(ROOT).parts[0]

    def imports(self) -> Iterator[str]:
        """Dotted names of what is imported from our own house."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tactful."):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if alias.name.startswith("tactful."))


@cache
def production() -> tuple[Source, ...]:
    """Every module that ships, tests left out."""
    paths = (path for path in sorted(ROOT.rglob("*.py")) if "tests" not in path.parts)
    return tuple(
        Source(path, ast.parse(text), text) for path in paths if (text := path.read_text("utf-8")) is not None
    )
