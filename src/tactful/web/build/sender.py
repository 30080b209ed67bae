"""The sender check as a page: what is well, what needs a person, what could not be found out."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from tactful.channels.queries import Account
from tactful.channels.rules.sender import Check, Verdict, complaints
from tactful.channels.rules.sender_words import SAID
from tactful.web.pages.settings import CheckGroup, SenderPage
from tactful.web.types import Text
from tactful.wiring.sender_check import complaints_of


def kept(checks: Iterable[Check], address: str) -> dict[str, Any]:
    """Fit for a session."""
    return {"address": address, "checks": [{**asdict(each), "params": dict(each.params)} for each in checks]}


def shown(given: Any, address: str) -> tuple[Check, ...]:
    """What was kept, if it is of this account."""
    if not isinstance(given, dict) or given.get("address") != address:
        return ()
    return tuple(
        Check(row["name"], Verdict(row["verdict"]), row["code"], row["params"]) for row in given["checks"]
    )


def sender_page(account: Account | None, found: Sequence[Check], now: datetime) -> SenderPage:
    every = [*found, complaints(complaints_of(now))] if account else []
    return SenderPage(
        address=account.address if account else "",
        asked=bool(found),
        said=_said(every, bool(found)),
        groups=tuple(group for group in _groups(every) if group.lines),
    )


def _groups(every: Sequence[Check]) -> Iterable[CheckGroup]:
    heads = {
        Verdict.LOOK: _("Needs a person"),
        Verdict.BETTER: _("Could be better"),
        Verdict.UNKNOWN: _("Could not be checked from here"),
        Verdict.WELL: _("Is well"),
    }
    for verdict, head in heads.items():
        lines = tuple(sentence(each) for each in every if each.verdict is verdict)
        yield CheckGroup(verdict.value, head, lines)


def _said(every: Sequence[Check], asked: bool) -> Text:
    if not every:
        return _("There is no mail account yet. Connect one first.")
    if not asked:
        return _("Nobody has looked yet. It asks name servers and sends nothing.")
    if any(each.verdict is Verdict.LOOK for each in every):
        return _("Something may keep your mail from arriving. Whoever keeps your domain can mend it.")
    return _("Nothing that we can see keeps your mail from arriving.")


def sentence(check: Check) -> str:
    """In the reader's language, figures too."""
    rate = check.params.get("rate")
    own = {"rate": number_format(rate, decimal_pos=2)} if rate else {}
    return _(SAID[check.code]) % {**check.params, **own}
