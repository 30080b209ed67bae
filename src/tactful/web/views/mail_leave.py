"""A provider's answer to signing in: the same for the firm's mailbox and for one's own."""

from tactful.channels import sentences
from tactful.web.access import StaffRequest
from tactful.web.build.mail_connect import redirect_address
from tactful.wiring import mail_connect as wiring
from tactful.wiring.mail_connect import NotConnected, Wish


def trouble_with_answer(request: StaffRequest, wish: Wish) -> str:
    """Connects the mailbox by the code that came back. Why it did not, in a sentence; empty if it did."""
    if "code" not in request.GET:
        return sentences.trouble("denied", request.GET.get("error", "")[:60])
    code = request.GET["code"]
    try:
        wiring.complete(wish, code, redirect_address(), user=request.user.id, now=request.visit.now)
    except NotConnected as trouble:
        return sentences.trouble(trouble.code, trouble.said)
    return ""
