"""Nobody but the gate can make a clearance: refused by the types, and again when the program runs."""

from pathlib import Path

import pytest
from mypy import api

from tactful.gate.rules.check import check
from tactful.gate.tests.cast import FACTS, NOW, REQUEST, SETTINGS
from tactful.gate.types import Clearance, Verdict, VerdictKind

SRC = Path(__file__).parents[3]
FORGERIES = {
    "call": ("Clearance()", 'Cannot instantiate abstract class "Clearance"'),
    "half": (
        "class Half(Clearance):\n    message_id = 1\n\nHalf()",
        'Cannot instantiate abstract class "Half"',
    ),
    "lookalike": (
        (
            "from tactful.gate.types import Verdict, VerdictKind\n\n"
            "class Lookalike:\n    message_id = 1\n\n"
            "Verdict(VerdictKind.CLEAR, clearance=Lookalike())"
        ),
        'incompatible type "Lookalike"; expected "Clearance | None"',
    ),
    "honest": ("def read(clearance: Clearance) -> int:\n    return clearance.message_id", ""),
}


@pytest.fixture(scope="module")
def opinion(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What mypy says about all forgeries, in one run."""
    folder = tmp_path_factory.mktemp("forgeries")
    for name, (lines, _) in FORGERIES.items():
        (folder / f"{name}.py").write_text(f"from tactful.gate.types import Clearance\n\n{lines}\n")
    files = sorted(str(path) for path in folder.glob("*.py"))
    flags = ["--strict", "--no-incremental", "--config-file=", f"--cache-dir={folder / 'cache'}"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYPYPATH", str(SRC))
        said, trouble, _ = api.run([*flags, "--no-error-summary", *files])
    assert not trouble
    return said


@pytest.mark.parametrize("name", list(FORGERIES))
def test_mypy_refuses_a_forged_clearance(name: str, opinion: str) -> None:
    said = [line for line in opinion.splitlines() if f"{name}.py:" in line and " error: " in line]
    expected = FORGERIES[name][1]
    assert len(said) == (1 if expected else 0), opinion
    assert all(expected in line for line in said)


def test_an_abstract_clearance_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Clearance()  # type: ignore[abstract]


def test_a_complete_forgery_is_refused_when_it_is_defined() -> None:
    with pytest.raises(TypeError, match="Only the gate makes a Clearance"):
        type("Forged", (Clearance,), {"message_id": 1, "cleared_at": NOW, "checks": (), "mask": 0})


def test_a_clearance_cannot_be_changed_to_another_message() -> None:
    verdict = check(REQUEST, FACTS, SETTINGS, NOW)
    assert verdict.clearance is not None
    with pytest.raises(AttributeError):
        verdict.clearance.message_id = 2  # type: ignore[misc]


def test_other_code_may_name_a_clearance_and_hand_it_on() -> None:
    verdict: Verdict = check(REQUEST, FACTS, SETTINGS, NOW)
    assert verdict.kind is VerdictKind.CLEAR
    assert isinstance(verdict.clearance, Clearance)


def test_the_private_class_is_imported_by_the_check_alone() -> None:
    users = {path.name for path in SRC.rglob("*.py") if "_cleared import" in path.read_text("utf-8")}
    assert users == {"check.py", Path(__file__).name}
