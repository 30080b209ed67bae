"""Words for what has happened: what somebody did, did not, and never did, how often, when, and then."""

from collections.abc import Mapping

from django.utils.translation import gettext, ngettext

from tactful.segments.types import Happened, Op, Property, Then, Times, Window
from tactful.segments.wording_values import Names, a_day, thing


def did(event: str, names: Names) -> tuple[str, str, str]:
    """What somebody did, did not, and never did, where this event happened to them."""
    known = _deeds().get(event)
    if known is not None and ("event", event) not in names.of:
        return known
    name = {"event": names.quoted("event", event)}
    return (
        gettext("had %(event)s") % name,
        gettext("did not have %(event)s") % name,
        gettext("never had %(event)s") % name,
    )


def _deeds() -> Mapping[str, tuple[str, str, str]]:
    return {
        "contact.created": (
            gettext("came to us"),
            gettext("did not come to us"),
            gettext("never came to us"),
        ),
        "Order Completed": (gettext("bought"), gettext("did not buy"), gettext("never bought")),
        "Product Added": (
            gettext("put something in the basket"),
            gettext("put nothing in the basket"),
            gettext("never put anything in the basket"),
        ),
        "Checkout Started": (
            gettext("went to the checkout"),
            gettext("did not go to the checkout"),
            gettext("never went to the checkout"),
        ),
        "reply.received": (
            gettext("wrote to us"),
            gettext("did not write to us"),
            gettext("never wrote to us"),
        ),
        "message.sent": (
            gettext("got a message from us"),
            gettext("got no message from us"),
            gettext("never got a message from us"),
        ),
        "form.submitted": (gettext("sent a form"), gettext("sent no form"), gettext("never sent a form")),
    }


def happened(leaf: Happened, names: Names, positive: bool) -> str:
    wanted, times = _turned(leaf.times) if not positive else (True, leaf.times)
    if times.count == 0:
        wanted, times = not wanted, Times()
    deeds, window = did(leaf.event, names), _window(leaf.window)
    ever = not window and leaf.then is None
    verb = deeds[0] if wanted else deeds[2] if ever and times == Times() else deeds[1]
    said = " ".join(filter(None, (verb, _times(times), window, _with(leaf.where, names))))
    return said if leaf.then is None else f"{said} {_then(leaf.then, names)}"


def _turned(times: Times) -> tuple[bool, Times]:
    """The opposite of a count, as a count where there is one."""
    if times.how == "exactly" or times == Times():
        return False, times
    if times.how == "at_least":
        return True, Times("at_most", times.count - 1)
    return True, Times("at_least", times.count + 1)


def _times(times: Times) -> str:
    count = {"count": times.count}
    if times.how == "at_most":
        return ngettext("at most once", "at most %(count)d times", times.count) % count
    if times.how == "exactly":
        return ngettext("exactly once", "exactly %(count)d times", times.count) % count
    if times.count == 1:
        return ""
    return ngettext("at least once", "at least %(count)d times", times.count) % count


def _window(window: Window) -> str:
    if window.last_days is not None:
        days = window.last_days
        return ngettext("in the last day", "in the last %(count)d days", days) % {"count": days}
    if window.between is None:
        return ""
    first, last = map(a_day, window.between)
    return gettext("between %(first)s and %(last)s") % {"first": first, "last": last}


def _with(where: tuple[Property, ...], names: Names) -> str:
    by = [_by_list(each.test.value) for each in where if _is_of_list(each)]
    things = [thing(names.name("property", each.name), each.test) for each in where if not _is_of_list(each)]
    if things:
        by.append(gettext("with %(things)s") % {"things": gettext(" and ").join(things)})
    return " ".join(by)


def _is_of_list(each: Property) -> bool:
    return each.name == "import" and each.test.op is Op.KNOWN


def _by_list(known: object) -> str:
    """How a client came to us."""
    return gettext("by an imported list") if known else gettext("without an imported list")


def _then(then: Then, names: Names) -> str:
    deeds = did(then.event, names)
    within = ngettext("within one day", "within %(count)d days", then.days) % {"count": then.days}
    deed = " ".join(filter(None, (deeds[1 if then.never else 0], _with(then.where, names), within)))
    return gettext("and then %(deed)s") % {"deed": deed}
