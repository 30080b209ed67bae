"""The first owner, and who has lost a password, from the command line."""

import pytest

from tactful.config import shop
from tactful.foundation.models import User

pytestmark = pytest.mark.usefixtures("db")
ADDRESS = "solveig@salong.example"


def test_the_first_owner_gets_a_one_time_password(capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.add_person(ADDRESS, "Solveig Aas", "owner") == 0
    user = User.objects.get(email=ADDRESS)
    password = capsys.readouterr().out.split("password ")[1].split(" ")[0]
    assert (user.is_owner, user.must_choose_password) == (True, True)
    assert user.check_password(password)
    assert shop.give_new_password(ADDRESS.upper()) == 0
    user.refresh_from_db()
    assert not user.check_password(password)


@pytest.mark.parametrize(
    ("email", "said"), [(ADDRESS, "Somebody has this mail address"), ("nothing", "valid email")]
)
def test_what_cannot_be_is_said(capsys: pytest.CaptureFixture[str], email: str, said: str) -> None:
    shop.add_person(ADDRESS, "Solveig Aas", "owner")
    assert shop.add_person(email, "Solveig", "staff") == 1
    assert shop.give_new_password("nobody@salong.example") == 1
    assert said in capsys.readouterr().err
