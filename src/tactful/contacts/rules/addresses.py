"""Mail addresses and phone numbers in the one form in which they are compared."""

import re
from functools import cache

import idna
import phonenumbers

from .trouble import Unusable, shown

HOME_CODE = 47
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}")
_BRACKETS = re.compile(r"<([^<>]*)>")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_BETWEEN = re.compile(r"\s*(?:[;/|\n]|,|\s(?:og|eller|and|or)\s)\s*", re.IGNORECASE)
_PREFIX = re.compile(r"^[^\d+(]{0,12}(?=[\d+(])")  # "tlf. ", "Mob: "
_ROUNDED = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)  # what a spreadsheet makes of a number
#: What nine in ten cells hold, and what comes of them here without a further question. The rest of this
#: module answers the same, only more slowly.
_PLAIN_MAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_PLAIN_PHONE = re.compile(r"(?:\+47 ?)?([0-9](?: ?[0-9]){7})")
_REASONS = {
    phonenumbers.ValidationResult.TOO_SHORT: "phone.short",
    phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "phone.short",
    phonenumbers.ValidationResult.TOO_LONG: "phone.long",
    phonenumbers.ValidationResult.INVALID_COUNTRY_CODE: "phone.country",
}


def read_mails(text: str) -> tuple[str, ...]:
    """Every address in a cell, the first one first. Raises ``Unusable`` if one is bad."""
    if plain := plain_mail(text):
        return (plain,)
    return tuple(dict.fromkeys(read_mail(part) for part in re.split(r"[;,\n]", text) if part.strip()))


def plain_mail(text: str) -> str:
    """The address, when the cell is nothing but one and there is nothing to be thought over; else ""."""
    lowered = text.lower()
    plain = (
        text.isascii()
        and len(text) <= 254
        and 0 < text.find("@") <= 64
        and _PLAIN_MAIL.fullmatch(lowered)
        and "xn--" not in lowered
    )
    return lowered if plain else ""


def read_mail(text: str) -> str:
    """One address: lower case, domain in A-labels (UTS 46). Accepts "Kari <kari@…>" and "mailto:"."""
    match = _BRACKETS.search(text)
    bare = (match[1] if match else text).strip().removeprefix("mailto:").strip(".'\" ")
    local, at, domain = bare.rpartition("@")
    if not at:
        raise Unusable("mail.no_at", text=shown(text))
    if not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise Unusable("mail.local", text=shown(text))
    ascii_domain = _domain(domain, text)
    address = f"{local.casefold()}@{ascii_domain}"
    if len(address) > 254:
        raise Unusable("mail.domain", text=shown(text))
    return address


def read_phones(text: str, region: str) -> tuple[str, ...]:
    """Every number in a cell in E.164. Raises ``Unusable`` if one is bad."""
    if region == "NO" and (plain := plain_phone(text)):
        return (plain,)
    if _ROUNDED.fullmatch(text.strip()):
        raise Unusable("phone.rounded", text=shown(text))
    return tuple(dict.fromkeys(read_phone(part, region) for part in _BETWEEN.split(text) if part.strip()))


def plain_phone(text: str) -> str:
    """The number, when the cell is nothing but eight digits of a Norwegian mobile or fixed line; else "".

    The ranges are the library's own.
    """
    match = _PLAIN_PHONE.fullmatch(text)
    if match is None:
        return ""
    digits = match[1].replace(" ", "")
    return f"+47{digits}" if _lines().fullmatch(digits) else ""


@cache
def _lines() -> re.Pattern[str]:
    norway = phonenumbers.PhoneMetadata.metadata_for_region("NO")
    lines = (norway.mobile, norway.fixed_line) if norway else ()
    return re.compile("|".join(f"(?:{line.national_number_pattern})" for line in lines if line))


def read_phone(text: str, region: str) -> str:
    """One number in E.164; ``region`` is its country when it carries no country code."""
    bare = _PREFIX.sub("", text.strip())
    try:
        number = phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException as error:
        unknown = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        raise Unusable("phone.country" if unknown else "phone.unreadable", text=shown(text)) from error
    at_home = number.country_code == phonenumbers.country_code_for_region(region)
    digits = len(str(number.national_number or ""))
    if at_home and region == "NO" and digits != 8:
        code = "phone.short_no" if digits < 8 else "phone.long_no"
        raise Unusable(code, text=shown(text), digits=digits)
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE or not _exists(number, at_home):
        raise Unusable(_REASONS.get(reason, "phone.unknown"), text=shown(text))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _exists(number: phonenumbers.PhoneNumber, at_home: bool) -> bool:
    """Foreign numbering plans change faster than our tables: a possible length is enough there."""
    return not at_home or phonenumbers.is_valid_number(number)


def _domain(domain: str, text: str) -> str:
    try:
        # The tables of UTS 46 are slow, and a file holds thousands of plain domains.
        plain = domain.strip().lower()
        ascii_domain = (
            plain
            if plain.isascii() and "xn--" not in plain
            else idna.encode(domain.strip(), uts46=True).decode("ascii").lower()
        )
    except (idna.IDNAError, UnicodeError) as error:
        raise Unusable("mail.domain", text=shown(text)) from error
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise Unusable("mail.domain", text=shown(text))
    return ascii_domain


def written_phone(e164: str) -> str:
    """As people write it: "901 00 209" at home in Norway, with the country in front elsewhere."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    at_home = number.country_code == HOME_CODE
    form = (
        phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return str(phonenumbers.format_number(number, form))


def is_mobile(e164: str) -> bool:
    """Can this number receive an SMS? Numbers whose kind cannot be told are given the chance."""
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return False
    return kind not in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.TOLL_FREE)
