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


def test_caddy_in_front_is_told_the_same_as_by_ourselves() -> None:
    """Among it: no line of its log has an address, and nobody outside reads /metrics."""
    from tactful.config import https  # noqa: PLC0415, beside the file that it checks

    found = yaml.safe_load((TOP / "compose.yaml").read_text())["configs"]["caddyfile"]["content"]
    site = https.SITE.format(domain="${TACTFUL_DOMAIN}", port=8017, most=https.MOST_BYTES)
    ours = https.CADDYFILE.format(storage="x") + site.replace("127.0.0.1:8017", "web:8017")
    lines = [line for line in ours.splitlines() if line and not line.startswith(("#", "\tstorage"))]
    assert [line for line in found.splitlines() if line] == lines


def test_what_is_written_to_in_the_container_belongs_to_who_runs_there() -> None:
    text = (TOP / "Containerfile").read_text()
    volumes = yaml.safe_load((TOP / "compose.yaml").read_text())["services"]["worker"]["volumes"]
    folders = [volume.partition(":")[2] for volume in volumes]
    made = re.findall(r"--home-dir (\S+)|--owner tactful --mode 0700 (\S+)", text)
    assert sorted(folders) == sorted("".join(each) for each in made)


def test_nothing_private_is_sent_to_the_builder() -> None:
    for name in (".containerignore", ".dockerignore"):
        assert {".git", ".venv", ".var"} <= set((TOP / name).read_text().split())
