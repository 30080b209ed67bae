"""How the tests are shared out to processes."""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    "tests/browser/test_hostile.py",  # a house full of hostile words
    "tests/browser/",  # the demo business
    "src/tactful/config/tests/",  # a database server that is stopped and killed
    "tests/architecture/",  # the source of the house, read and parsed
)
LONG = (
    "src/tactful/delivery/tests/test_state_machine.py",
    "src/tactful/journeys/tests/test_driver_states.py",
    "src/tactful/journeys/tests/test_two_engines.py",
    "src/tactful/web/tests/test_every_address.py",
    "tests/month/test_month.py",
    "tests/sdk/",
    "tests/test_broadcast.py",
    "tests/year/",
)


class Sharing(LoadScopeScheduling):  # type: ignore[misc, unused-ignore]
    """Tests that share something expensive run in one process, all others wherever there is room.

    The largest groups start first, and the long tests are a group, so that none is left for the end.
    By names of tests, because the groups that xdist writes into them get lost with pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(LONG):
            return "long"
        return next((each for each in TOGETHER if nodeid.startswith(each)), nodeid)
