"""Single values: dates, addresses, names and words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.contacts.rules.addresses import is_mobile, read_mail, read_mails, read_phone, read_phones
from tactful.contacts.rules.dates import column_order, read_date
from tactful.contacts.rules.names import company_key, compatible, is_full, read_name, sort_key
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.rules.words import (
    read_consent,
    read_language,
    read_org_number,
    read_postal,
    read_tags,
)

TODAY = date(2026, 4, 9)


def refused(call: object, *args: object, **more: object) -> str:
    with pytest.raises(Unusable) as caught:
        call(*args, **more)  # type: ignore[operator]
    return caught.value.note.code


@pytest.mark.parametrize(
    "text",
    [
        "412 00 137",
        "41200137",
        "+47 412 00 137",
        "0047 41200137",
        "(+47) 41 20 01 37",
        "tlf. 412 00 137",
        "47 41200137",
    ],
)
def test_one_number_in_seven_notations(text: str) -> None:
    assert read_phone(text, "NO") == "+4741200137"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("900 00 14", "phone.short_no"),
        ("900 00 142 1", "phone.long_no"),
        ("4,79E+09", "phone.rounded"),
        ("ring meg", "phone.unreadable"),
        ("+999 12345678", "phone.country"),
        ("10000000", "phone.unknown"),
        ("+44 77", "phone.short"),
    ],
)
def test_a_bad_number_says_what_is_wrong(text: str, code: str) -> None:
    assert refused(read_phones, text, "NO") == code


def test_several_numbers_and_foreign_ones() -> None:
    assert read_phones("55 31 00 42 / 412 00 137", "NO") == ("+4755310042", "+4741200137")
    assert read_phone("+44 7700 900314", "NO") == "+447700900314"
    assert is_mobile("+4741200137")
    assert not is_mobile("+4755310042")
    assert not is_mobile("nonsense")


def test_mail_is_lower_case_and_its_domain_ascii() -> None:
    assert read_mail(" Bjørg@ÅGOTNES-Fisk.example ") == "bjørg@xn--gotnes-fisk-w8a.example"
    assert read_mail("Kari Hansen <Kari@Firma.Example>") == "kari@firma.example"
    assert read_mails("a@b.example; mailto:c@d.example, a@b.example") == ("a@b.example", "c@d.example")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kari.firma.example", "mail.no_at"),
        ("kari@", "mail.domain"),
        ("kari@firma", "mail.domain"),
        ("kari@-firma.example", "mail.domain"),
        ("kari@192.168.0.1", "mail.domain"),
        ("ka ri@firma.example", "mail.local"),
        ("kari..h@firma.example", "mail.local"),
        ("kari\r\nBcc: x@firma.example", "mail.local"),
        (f"{'a' * 65}@firma.example", "mail.local"),
    ],
)
def test_a_bad_mail_address_says_what_is_wrong(text: str, code: str) -> None:
    assert refused(read_mail, text) == code


@given(st.text(max_size=60))
def test_what_passes_as_mail_never_breaks_a_header_or_a_command(text: str) -> None:
    try:
        address = read_mail(text)
    except Unusable:
        return
    assert read_mail(address) == address
    assert address.count("@") == 1
    assert not any(c.isspace() or c in "<>,;\0" for c in address)
    assert address.partition("@")[2].isascii()


@given(st.text(max_size=40))
def test_what_passes_as_phone_is_e164(text: str) -> None:
    try:
        number = read_phone(text, "NO")
    except Unusable:
        return
    assert number[0] == "+"
    assert number[1:].isdigit()
    assert read_phone(number, "NO") == number


@pytest.mark.parametrize(
    "text",
    ["2019-02-14", "14.02.2019", "14.2.19", "14/2/19", "14-02-2019", "2019-02-14T10:00:00Z", "14.02.2019."],
)
def test_one_day_in_many_shapes(text: str) -> None:
    assert read_date(text, TODAY) == date(2019, 2, 14)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31.02.2018", "date.impossible"),
        ("2021-02-30", "date.impossible"),
        ("30/2/14", "date.impossible"),
        ("3/4/19", "date.ambiguous"),
        ("i fjor", "date.unreadable"),
        ("14.02/2019", "date.unreadable"),
        ("2027-01-01", "date.future"),
    ],
)
def test_a_bad_date_says_what_is_wrong(text: str, code: str) -> None:
    assert refused(read_date, text, TODAY) == code


def test_the_column_or_a_person_tells_the_order() -> None:
    assert column_order(["3/4/19", "14/2/19"]) == "dmy"
    assert column_order(["3/4/19", "2/14/19"]) == "mdy"
    assert column_order(["14/2/19", "2/14/19"]) == ""
    assert column_order(["3/4/19", "14.02.2019"]) == ""
    assert read_date("3/4/19", TODAY, "dmy") == date(2019, 4, 3)
    assert read_date("3/4/19", TODAY, "mdy") == date(2019, 3, 4)
    assert read_date("4/4/19", TODAY) == date(2019, 4, 4)


def test_a_year_of_two_digits_takes_the_century_of_a_living_person() -> None:
    assert read_date("4/4/58", TODAY, birthday=True) == date(1958, 4, 4)
    assert read_date("4/4/12", TODAY, birthday=True) == date(2012, 4, 4)
    assert refused(read_date, "4/4/18", TODAY, birthday=True) == "date.century"
    assert read_date("4/4/18", TODAY) == date(2018, 4, 4)
    assert read_date("4/4/98", TODAY) == date(1998, 4, 4)


@given(st.dates(min_value=date(1977, 1, 1), max_value=TODAY))
def test_every_day_round_trips_in_three_shapes(day: date) -> None:
    for shape in (day.isoformat(), f"{day:%d.%m.%Y}", f"{day:%d/%m/%y}"):
        assert read_date(shape, TODAY, "dmy") == day


@given(st.text(max_size=30))
def test_dates_never_crash(text: str) -> None:
    try:
        code = "date.read" if read_date(text, TODAY) <= TODAY else ""
    except Unusable as trouble:
        code = trouble.note.code
    assert code.startswith("date.")


@pytest.mark.parametrize(
    ("full", "given_name", "family"),
    [
        ("Hansen, Kari", "Kari", "Hansen"),
        ("KARI HANSEN", "Kari", "Hansen"),
        ("Fru Kari  Anne Hansen", "Kari Anne", "Hansen"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("Kate O'Brien (privat)", "Kate", "O'Brien"),
        ("Ytre-Arne, Mona", "Mona", "Ytre-Arne"),
        ("Kråka", "Kråka", ""),
    ],
)
def test_names_come_in_one_order(full: str, given_name: str, family: str) -> None:
    name = read_name(full)
    assert (name.given, name.family) == (given_name, family)
    assert name.full == f"{given_name} {family}".strip()


def test_no_name_is_no_name() -> None:
    assert read_name(" - ").full == ""
    assert read_name("12345").full == ""
    assert read_name("Hansen, AS").full == "Hansen, AS"
    assert "\n" not in read_name("Kari\r\nBcc: x").full


def test_names_sort_as_in_norwegian() -> None:
    names = ["Åse", "Aarvik", "Øystein", "Ærlig", "Zenith", "Anders", "Ole", "Éva", "Eva", "Özil"]
    assert sorted(names, key=lambda n: (sort_key(n), n)) == [
        "Anders", "Eva", "Éva", "Ole", "Zenith", "Ærlig", "Øystein", "Özil", "Aarvik", "Åse",
    ]  # fmt: skip


def test_one_person_or_two() -> None:
    assert compatible("Kari Hansen", "K. Hansen")
    assert compatible("Kari Hansen", "Kari Anne Hansen")
    assert compatible("Bjørg Ågotnes", "Bjoerg Aagotnes")
    assert compatible("Kari", "Kari Hansen")
    assert not compatible("Kari Hansen", "Ola Hansen")
    assert not compatible("Kari Hansen", "Kari Olsen")
    assert not compatible("", "Kari Hansen")
    assert not is_full("Kari")
    assert company_key("Kafé Kråka AS") == company_key("KAFÉ KRÅKA")
    assert company_key("AS") == "as"


@given(st.text(max_size=40), st.text(max_size=40))
def test_compatible_is_symmetric(one: str, other: str) -> None:
    assert compatible(one, other) == compatible(other, one)


def test_small_words() -> None:
    assert [read_language(t) for t in ("Norsk", "eng.", "Bokmål", "en-GB", "Norsk (bokmål)")] == [
        "nb", "en", "nb", "en", "nb",
    ]  # fmt: skip
    assert refused(read_language, "klingon") == "language.unknown"
    assert read_consent("Ja")
    assert not read_consent("no")
    assert refused(read_consent, "kanskje") == "consent.unknown"
    assert read_postal("5005 Bergen", "") == ("5005", "Bergen")
    assert read_postal("582", "Oslo") == ("0582", "Oslo")
    assert read_tags("* myContacts ::: Kunder ::: VIP") == ("kunder", "vip")


def test_the_check_digit_of_an_organisation() -> None:
    assert read_org_number("NO 974 760 673 MVA") == "974760673"
    assert refused(read_org_number, "974760674") == "org.check"
    assert refused(read_org_number, "97476067") == "org.digits"
    assert refused(read_org_number, "٩٧٤٧٦٠٦٧٣") == "org.digits"
