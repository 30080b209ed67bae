"""The mail account inside the first run: the same form as in Settings, kept and tried with one tap.

Another way of connecting takes the place of these four functions and of ``web/first/mail_form.html``.
"""

from datetime import datetime
from typing import Any, Final

from tactful.channels.actions import save_mail_account
from tactful.channels.queries import main_account
from tactful.content.templates_seed import load_seed_templates
from tactful.content.types import MailAddress, MailRefused, MailSource, TemplateRefused
from tactful.foundation.models import User
from tactful.journeys import recipes
from tactful.journeys.rules.definition import read
from tactful.journeys.types import Send
from tactful.web.forms.mail import MailForm
from tactful.web.visit import Visit
from tactful.wiring.broadcasts import send_letter_test
from tactful.wiring.mail_test import Tried, try_account
from tactful.wiring.recipes import words_of

USUAL: Final = "appointment-reminders"
"""The mail that is tried where no reminder was chosen."""


def typed_mail(given: Any) -> MailForm:
    """What was typed; where only one password was given, both ways use it, as most providers do."""
    data = given.copy()
    if data.get("smtp_password") and not data.get("imap_password"):
        data["imap_password"] = data["smtp_password"]
    return MailForm(data, account=main_account("mail"))


def keep_mail(form: MailForm, *, by: User, now: datetime) -> int:
    """Raises ``ValueError`` with a sentence. Answers the account's id."""
    before = main_account("mail")
    kept = save_mail_account(
        form.account_form(), account_id=before.id if before else None, acting_user=by.id, now=now
    )
    return int(kept.id)


def try_mail(account_id: int) -> tuple[Tried, ...]:
    """Outside a transaction: somebody else's server may take its time."""
    return try_account(account_id)


def send_test(recipe: str, visit: Visit) -> str:
    """The first mail of the chosen reminder, with invented values, to whoever asks. "" if it was taken."""
    source = _source(recipe, visit.language, visit.house.trade)
    to = MailAddress(visit.user.email, visit.user.name)
    try:
        trouble = send_letter_test(source, None, to, visit.now)
    except (TemplateRefused, MailRefused) as refusal:
        trouble = str(refusal)
    return trouble


def _source(recipe: str, language: str, trade: str) -> MailSource:
    """As it will be sent: the recipe's first template, in the words of the trade."""
    sends = [step for step in read(recipes.text(recipe or USUAL)).steps if isinstance(step, Send)]
    every = load_seed_templates(words_of(trade))
    found = [each for each in every if each.slug == sends[0].template]
    return next((each for each in found if each.language == language), found[0]).source
