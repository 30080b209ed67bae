"""Who may be one person is found by what they share, and asked about once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tactful.contacts import actions
from tactful.contacts.hot.duplicates import MOST_ALIKE
from tactful.contacts.models import Contact, DuplicatePair
from tactful.contacts.types import NewContact

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)


def make(name: str, *mails: str, phones: tuple[str, ...] = (), company: str = "", **said: str) -> int:
    new = NewContact(name, mails, phones, company=company)
    contact = actions.create_contact(new, acting_user=None, now=NOW)
    if said:
        actions.update_contact(contact.id, said, acting_user=None, now=NOW)
    return contact.id


def pairs(**of: str) -> list[tuple[int, int, str]]:
    return list(DuplicatePair.objects.filter(**of).order_by("one").values_list("one", "other", "reason"))


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (("Kari Li", "kari.li@gmail.com"), ("K Li", "karili+bank@googlemail.com"), "same_postbox"),
        (("Kari Li", "kari@li.example"), ("Kari", "kari+shop@li.example"), "same_postbox"),
    ],
)
def test_one_postbox_under_two_addresses(one: tuple[str, str], other: tuple[str, str], reason: str) -> None:
    ids = (make(*one), make(*other))
    assert actions.find_duplicates(now=NOW) == 1
    assert pairs() == [(*ids, reason)]


def test_dots_count_everywhere_but_at_google() -> None:
    make("Kari Li", "kari.li@li.example")
    make("Karl I", "karli@li.example")
    assert actions.find_duplicates(now=NOW) == 0


@pytest.mark.parametrize("written", ["900 00 209", "+47 90 00 02 09", "0047-90000209", "(47) 900.00.209"])
def test_a_number_that_stands_among_the_attributes_of_another(written: str) -> None:
    ids = (make("Kari Li", phones=("90000209",)), make("K Li", "k@li.example", mobile=written))
    actions.find_duplicates(now=NOW)
    assert pairs() == [(*ids, "same_phone_noted")]


def test_a_mail_that_stands_among_the_attributes_of_another() -> None:
    ids = (make("Kari Li", "kari@li.example"), make("K Li", "k@li.example", work_email=" Kari@Li.Example "))
    actions.find_duplicates(now=NOW)
    assert pairs() == [(*ids, "same_mail_noted")]


def test_the_same_name_beside_what_few_share() -> None:
    born = date(1980, 2, 3).isoformat()
    named = (make("Kari Li", "a@li.example", birthday=born), make("LI, KARI", "b@x.example", birthday=born))
    at_work = (
        make("Ola Dal", "o@x.example", company="Dal AS"),
        make("Ola Dal", company="DAL", phones=("90000209",)),
    )
    make("Ola Dal", "another@x.example")  # a name alone is no ground
    make("Per Li", "p@x.example", birthday=born)  # nor is a birthday
    actions.find_duplicates(now=NOW)
    assert pairs() == [(*named, "name_birthday"), (*at_work, "name_company")]


def test_what_many_share_tells_nothing() -> None:
    for number in range(MOST_ALIKE + 1):
        make(f"Kari {'ABCDE'[number]}", f"k{number}@x.example", mobile="22 33 44 55")
    assert actions.find_duplicates(now=NOW) == 0


def test_a_pair_is_asked_about_once() -> None:
    one, other = make("Kari Li", "kari@li.example"), make("Kari", "kari+shop@li.example")
    actions.find_duplicates(now=NOW)
    assert actions.find_duplicates(now=NOW) == 0
    assert actions.tell_apart(other, one, acting_user=1, now=NOW)
    assert not actions.tell_apart(other, one, acting_user=1, now=NOW)
    actions.update_contact(other, {"work_email": "kari@li.example"}, acting_user=None, now=NOW)
    assert actions.find_duplicates(now=NOW) == 0
    assert pairs(verdict="") == []


def test_each_ground_has_its_turn_within_the_hour() -> None:
    one, other = make("Kari Li", "kari@li.example"), make("Kari", "kari+shop@li.example")
    found = [actions.look_for_duplicates(now=NOW + timedelta(minutes=10 * turn)) for turn in range(5)]
    assert sorted(found) == [0, 0, 0, 0, 1]
    assert pairs() == [(one, other, "same_postbox")]


def test_two_whom_nobody_asked_about_can_be_told_apart() -> None:
    one, other = make("Kari Li", "kari@li.example"), make("Kari Li", phones=("90000209",))
    assert actions.tell_apart(one, other, acting_user=1, now=NOW)
    assert pairs(verdict="different") == [(one, other, "by_hand")]
    assert not actions.tell_apart(one, one, acting_user=1, now=NOW)


def test_a_pair_of_which_one_is_gone_is_forgotten() -> None:
    one, other = make("Kari Li", "kari@li.example"), make("Kari", "kari+shop@li.example")
    actions.find_duplicates(now=NOW)
    Contact.objects.filter(id=other).delete()
    actions.find_duplicates(now=NOW)
    assert pairs(one=str(one)) == []
