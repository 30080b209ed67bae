"""What the checks say of a definition, each with the way to mend it if a click can. Pure."""

from dataclasses import dataclass

from tactful.journeys.rules.checks import run_checks
from tactful.journeys.rules.findings import Finding, Surroundings
from tactful.journeys.rules.fixes import fixed
from tactful.journeys.types import Definition


@dataclass(frozen=True, slots=True)
class Advice:
    """``mended``: the definition without this finding; None if only a person can tell what is meant."""

    finding: Finding
    mended: Definition | None

    @property
    def name(self) -> str:
        """Says which finding is meant, as long as the definition stays the same."""
        return f"{self.finding.id}.{self.finding.code}.{self.finding.step}"


def advice(definition: Definition, around: Surroundings) -> tuple[Advice, ...]:
    """In the order of the checks; nothing means that all is well."""
    found = (finding for checked in run_checks(definition, around) for finding in checked.findings)
    return tuple(Advice(finding, fixed(definition, finding, around)) for finding in found)


def advised(definition: Definition, around: Surroundings, name: str) -> Advice | None:
    """What is said under this name; None if there is no such finding any more."""
    return next((each for each in advice(definition, around) if each.name == name), None)
