"""The container's files, as far as they can be read without a container engine."""

import re
from pathlib import Path

import yaml

TOP = Path(__file__).parents[2]


def test_what_is_copied_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (TOP / "Containerfile").read_text(), re.M)
    names = [name for line in copied for name in line.split()]
    assert len(names) > 8
    assert [name for name in names if not (TOP / name).exists()] == []


def test_it_does_not_run_as_root_and_has_no_secret_inside() -> None:
    text = (TOP / "Containerfile").read_text()
    assert re.search(r"^USER tactful$", text, re.M)
    assert not re.search(r"(?i)password|SECRET_KEY=|token", text)


def test_compose_names_known_settings_and_keeps_secrets_in_files() -> None:
    from tactful.config.environment import PARSERS, PREFIX  # noqa: PLC0415, beside the file that it checks

    found = yaml.safe_load((TOP / "compose.yaml").read_text())
    known = {PREFIX + name + ending for name in PARSERS for ending in ("", "_FILE")}
    for name, service in found["services"].items():
        given = service.get("environment", {})
        assert {key for key in given if key.startswith(PREFIX)} <= known, name
        assert all(
            key.endswith("_FILE")
            for key in given
            if re.search("PASSWORD|SECRET|URL$", key) and "BASE" not in key
        )
        assert set(service.get("secrets", ())) <= set(found["secrets"]), name
        assert {volume.partition(":")[0] for volume in service.get("volumes", ())} <= set(found["volumes"]), (
            name
        )


def test_nothing_private_is_sent_to_the_builder() -> None:
    for name in (".containerignore", ".dockerignore"):
        assert {".git", ".venv", ".var"} <= set((TOP / name).read_text().split())
