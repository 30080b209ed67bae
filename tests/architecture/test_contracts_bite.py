"""Each import contract is shown to catch a violation that we plant in a copy of the house."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PLANTED = {
    "Imports point down only": ("kernel/planted.py", "from tactful.gate import types\n"),
    "Rules are pure": ("gate/rules/planted.py", "import random\n"),
    "Rules know no tables": ("gate/rules/planted_table.py", "from tactful.gate import models\n"),
    "The kernel stands alone": ("kernel/planted_django.py", "import django\n"),
    "Adapters are reached through wiring": ("inbox/planted.py", "import tactful.channels.mail\n"),
    "Channel adapters are strangers": ("channels/sms/__init__.py", "import tactful.channels.mail\n"),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    house = tmp_path_factory.mktemp("house")
    ignore = shutil.ignore_patterns("__pycache__", "static", "locale", "*.html")
    shutil.copytree(PROJECT / "src" / "tactful", house / "tactful", ignore=ignore)
    for name, text in PLANTED.values():
        path = house / "tactful" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--no-cache",
        "--config",
        str(PROJECT / ".importlinter"),
    ]
    environ = os.environ | {"PYTHONPATH": str(house)}
    done = subprocess.run(command, cwd=house, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_violation_is_caught(report: str, contract: str) -> None:
    line = next(line for line in report.splitlines() if line.startswith(contract))
    assert " BROKEN" in line
