"""Journeys to begin with, as YAML files beside this one."""

from importlib.resources import files


def names() -> list[str]:
    """The slugs of all recipes."""
    found = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml"))


def text(slug: str) -> str:
    """The YAML of one recipe. Raises ``FileNotFoundError`` for a slug that is not in ``names()``."""
    return files(__name__).joinpath(f"{slug}.yaml").read_text("utf-8")
