"""The words of the gate: one sentence for each code, to staff and to clients.

To a client never a word of mood, complaint or bereavement: those get the same sentence as many a
harmless reason, so that nobody can read anything from it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tactful.gate.rules.codes import Code, Wake
from tactful.gate.types import OnRelease

Words = str | Promise

STAFF: dict[Code, Words] = {
    Code.LINE_JUDGEMENT: _("This touchpoint is a matter of judgement: a person writes it"),
    Code.LINE_UNDECIDED: _("Nobody has drawn the line for this touchpoint yet, so a person writes it"),
    Code.ADDRESS_MISSING: _("We have no address for %(client)s on this channel"),
    Code.ADDRESS_BOUNCED: _("The address does not exist. Ask %(client)s for a new one"),
    Code.ADDRESS_SUPPRESSED: _("We do not write to this address any more"),
    Code.ADDRESS_CHANNEL_OFF: _("This channel is switched off"),
    Code.ADDRESS_PROVIDER_DOWN: _("The provider does not answer at the moment"),
    Code.BASIS_NONE: _("We have no basis for writing to %(client)s about this"),
    Code.BASIS_NOT_FOR_MARKETING: _("A contract alone is no basis for marketing"),
    Code.BASIS_OBJECTED: _("%(client)s has objected to such messages"),
    Code.BASIS_WITHDRAWN: _("%(client)s has withdrawn the consent"),
    Code.BASIS_RESTRICTED: _("%(client)s has asked us to leave the data alone for now"),
    Code.CONDITION_NOT_TRUE: _("What the message says is no longer true"),
    Code.CONDITION_CANCELLED: _("What it is about has been cancelled"),
    Code.CONDITION_MOVED: _("What it is about has been moved"),
    Code.CONDITION_PAID: _("It has been paid"),
    Code.CONDITION_DELIVERED: _("It has been delivered"),
    Code.CONDITION_NOTHING_MISSING: _("Nothing is missing any more"),
    Code.LATE_LATEST: _("It came too late: it made sense until %(latest_at)s"),
    Code.LATE_GRACE: _("It should have gone out on %(due_at)s and is too late to go by itself"),
    Code.LATE_NO_ROOM: _("There is no fitting moment left before %(latest_at)s"),
    Code.TALK_CONVERSATION: _("A conversation with %(client)s is open"),
    Code.TALK_QUESTION: _("%(client)s has asked us something and has no answer yet"),
    Code.TALK_HANDOFF: _("A person has taken over with %(client)s"),
    Code.TALK_OTHER: _("Somebody from us is in touch with %(client)s"),
    Code.TALK_UNREAD: _(
        "Our mailbox could not be read since %(since)s, and %(client)s may have answered already"
    ),
    Code.STANDING_EVERYTHING: _("Everything is held for now"),
    Code.STANDING_CONTACT: _("Everything to %(client)s is held for now"),
    Code.STANDING_CONTACT_NEWS: _("News and offers to %(client)s are held for now"),
    Code.STANDING_CONTACT_OPTIONAL: _("What can wait is held for %(client)s for now"),
    Code.STANDING_CONTACT_AWAY: _("What can wait is held until %(client)s is back"),
    Code.STANDING_HOUSEHOLD: _("Everything to this household is held for now"),
    Code.STANDING_ENGAGEMENT: _("Everything about this engagement is held for now"),
    Code.STANDING_TOPIC: _("Everything on this topic is held for now"),
    Code.STANDING_OTHER: _("This is held for now"),
    Code.STANDING_TRIAL: _("It is the trial week: this would have gone out, and nothing leaves"),
    Code.STANDING_FIRST: _("It is one of the first of its kind, and one of us looks at it before it goes"),
    Code.DEBT_ANSWER: _("We have owed %(client)s an answer since %(due_at)s"),
    Code.DEBT_PROMISE: _("We have promised %(client)s something that was due on %(due_at)s"),
    Code.DEBT_DELIVERABLE: _("We are late with our own part: it was due on %(due_at)s"),
    Code.DEBT_OTHER: _("We have owed %(client)s something since %(due_at)s"),
    Code.MOOD_COMPLAINT_OPEN: _("%(client)s has complained, and that is not settled yet"),
    Code.MOOD_COMPLAINT: _("%(client)s complained on %(at)s"),
    Code.MOOD_NEGATIVE: _("%(client)s was unhappy with us on %(at)s"),
    Code.MOOD_SENSITIVE: _("%(client)s told us something sensitive on %(at)s"),
    Code.MOOD_HOLD: _("Something that %(client)s wrote on %(at)s rests with a person first"),
    Code.QUIET_NIGHT: _("It is quiet hours where %(client)s lives"),
    Code.QUIET_WEEKEND: _("It is weekend where %(client)s lives"),
    Code.QUIET_HOLIDAY: _("It is a public holiday where %(client)s lives"),
    Code.QUIET_CLOSED: _("We are closed today"),
    Code.QUIET_ALWAYS: _("The quiet hours leave no time to write. Change them in the settings"),
    Code.CAP_CONTACT_DAY: _("%(client)s has heard enough from us today: %(used)s of %(limit)s"),
    Code.CAP_CONTACT_WEEK: _("%(client)s has heard enough from us this week: %(used)s of %(limit)s"),
    Code.CAP_HOUSEHOLD_DAY: _("The household has heard enough from us today: %(used)s of %(limit)s"),
    Code.CAP_COMPANY_DAY: _("The company has heard enough from us today: %(used)s of %(limit)s"),
    Code.CHANNEL_WINDOW: _("%(client)s has not written on WhatsApp in the last 24 hours"),
    Code.CHANNEL_NO_OPT_IN: _("%(client)s has not agreed to hear from us on WhatsApp"),
    Code.CHANNEL_AUTO_REPLY: _("%(client)s has had an automatic reply in the last 24 hours"),
    Code.CHANNEL_SMS_HOURS: _("It is too early or too late for an SMS where %(client)s lives"),
    Code.SENSITIVE_BEREAVED: _("%(client)s is in mourning"),
    Code.SENSITIVE_OCCASION: _("%(client)s does not want to be reminded of this occasion"),
    Code.UNKNOWN_ADDRESS: _("We could not look up the address. We try again"),
    Code.UNKNOWN_BASIS: _("We could not look up the basis. We try again"),
    Code.UNKNOWN_CONDITION: _("We could not find out if it is still true. We try again"),
    Code.UNKNOWN_TALKS: _("We could not find out if somebody is talking with %(client)s. We try again"),
    Code.UNKNOWN_DEBTS: _("We could not find out if we owe %(client)s something. We try again"),
    Code.UNKNOWN_MOODS: _("We could not find out if %(client)s is content. We try again"),
    Code.UNKNOWN_PLACE: _("We could not find out what time it is where %(client)s lives. We try again"),
    Code.UNKNOWN_CAPS: _("We could not find out how much %(client)s has heard from us. We try again"),
    Code.UNKNOWN_CHANNEL: _("We could not find out if the channel allows it. We try again"),
    Code.UNKNOWN_SENSITIVE: _("We could not find out if the moment is a sensitive one. We try again"),
    Code.UNKNOWN_STANDING: _("We could not find out if somebody has held it. We try again"),
}

# The same with the name of the person who has it in hand.
OWNED: dict[Code, Words] = {
    Code.TALK_HANDOFF: _("%(owner)s has taken over with %(client)s"),
    Code.TALK_OTHER: _("%(owner)s is in touch with %(client)s"),
    Code.DEBT_PROMISE: _("%(owner)s has promised %(client)s something that was due on %(due_at)s"),
}

# Reasons of standing holds that are codes; all others are free words by a person.
ORDERS: dict[str, Words] = {
    "unverified": _("somebody has written under this address, and we do not know if it is theirs"),
    "is_this_it": _("a file has come, and one of us looks whether it is what we asked for"),
    "away": _("away, by an automatic answer"),
    "client_pause": _("%(client)s asked for a pause"),
    "talk_to_me": _("%(client)s asked to talk with a person"),
    "trial_not_them": _("said in the trial week: automation leaves %(client)s alone"),
    "trial_not_now": _("said in the trial week: not just now"),
    "unconfirmed": _("%(client)s has not said yet that the address is theirs"),
}

NEUTRAL: Words = _("This is not the moment for it")

# A code that is not here is NEUTRAL.
CLIENT: dict[Code, Words] = {
    Code.LINE_JUDGEMENT: _("A person writes to you about this, not a machine"),
    Code.LINE_UNDECIDED: _("A person writes to you about this, not a machine"),
    Code.ADDRESS_MISSING: _("We have no working address for you here"),
    Code.ADDRESS_BOUNCED: _("We have no working address for you here"),
    Code.ADDRESS_SUPPRESSED: _("We do not write to this address any more"),
    Code.ADDRESS_CHANNEL_OFF: _("We do not write this way at the moment"),
    Code.BASIS_NONE: _("We do not have your permission for this"),
    Code.BASIS_NOT_FOR_MARKETING: _("We do not have your permission for this"),
    Code.BASIS_OBJECTED: _("You have asked us not to send this"),
    Code.BASIS_WITHDRAWN: _("You have withdrawn your consent"),
    Code.BASIS_RESTRICTED: _("You have asked us to leave your data alone for now"),
    Code.CONDITION_NOT_TRUE: _("It is no longer needed"),
    Code.CONDITION_CANCELLED: _("It is no longer needed"),
    Code.CONDITION_MOVED: _("It is no longer needed"),
    Code.CONDITION_PAID: _("It is no longer needed"),
    Code.CONDITION_DELIVERED: _("It is no longer needed"),
    Code.CONDITION_NOTHING_MISSING: _("It is no longer needed"),
    Code.LATE_LATEST: _("It would have come too late"),
    Code.LATE_NO_ROOM: _("It would have come too late"),
    Code.TALK_CONVERSATION: _("We are talking with you already, and that comes first"),
    Code.TALK_QUESTION: _("You have asked us something, and the answer comes first"),
    Code.TALK_HANDOFF: _("A person is in touch with you, and that comes first"),
    Code.QUIET_NIGHT: _("We write at a fitting hour"),
    Code.QUIET_WEEKEND: _("We do not write on weekends and holidays"),
    Code.QUIET_HOLIDAY: _("We do not write on weekends and holidays"),
    Code.QUIET_CLOSED: _("We are closed today"),
    Code.CAP_CONTACT_DAY: _("You have heard enough from us for now"),
    Code.CAP_CONTACT_WEEK: _("You have heard enough from us for now"),
    Code.CAP_HOUSEHOLD_DAY: _("You have heard enough from us for now"),
    Code.CAP_COMPANY_DAY: _("You have heard enough from us for now"),
    Code.CHANNEL_SMS_HOURS: _("We write at a fitting hour"),
}

# Each follows "Until:", and begins its line there.
WAKES: dict[Wake, Words] = {
    Wake.PROVIDER_UP: _("the provider answers again"),
    Wake.MESSAGE_DECIDED: _("a person has decided"),
    Wake.CONVERSATION_CLOSED: _("the conversation is closed"),
    Wake.QUESTION_ANSWERED: _("the question is answered"),
    Wake.HANDOFF_RETURNED: _("it is handed back"),
    Wake.HOLD_RELEASED: _("the hold is released"),
    Wake.PROMISE_KEPT: _("the promise is kept"),
    Wake.DEBT_SETTLED: _("we have done our part"),
    Wake.COMPLAINT_CLOSED: _("the complaint is settled"),
    Wake.SETTINGS_CHANGED: _("the quiet hours are changed"),
}

RELEASES: dict[OnRelease, Words] = {
    OnRelease.SEND: _("It goes out by itself, if it is still true"),
    OnRelease.RECOMPUTE: _("Automation looks again: send, change or drop it"),
    OnRelease.SKIP: _("It is dropped"),
    OnRelease.ASK: _("A person decides"),
}
