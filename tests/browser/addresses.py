"""Every page of the house, as addresses that a running house answers."""

from email import message_from_bytes, policy
from re import findall

from tests.browser.houses import House

JOURNEY = "annual-accounts-documents"
IMPORT_RUN = "SELECT min(id) FROM import_run"
THREAD = "SELECT min(id) FROM conversation"
ENTRY = "SELECT min(id) FROM entry WHERE kind = 'inbound'"
MESSAGE = "SELECT min(message_id) FROM dispatch WHERE state = %s"
WRITER = "SELECT contact_id FROM conversation ORDER BY id LIMIT 1"
OTHER = "SELECT contact_id FROM conversation ORDER BY id OFFSET 1 LIMIT 1"
SETTINGS = (
    "business", "quiet", "caps", "mail", "people", "keys", "webhooks", "connections", "systems", "calendars",
    "attributes", "news", "mail/privacy", "mail/sender", "records", "erased",
)  # fmt: skip


def staff_pages(house: House) -> list[str]:
    """In the order of the menu."""
    sent, held = (house.one(MESSAGE, state) for state in ("sent", "held"))
    return [
        "/",
        "/inbox/",
        f"/inbox/{house.one(THREAD)}/",
        f"/entries/{house.one(ENTRY)}/",
        "/clients/",
        "/clients/?q=zzz",
        "/clients/?write=1",
        "/clients/new/",
        "/clients/same/",
        f"/clients/{house.one(WRITER)}/same/?q=a",
        f"/clients/{house.one(WRITER)}/same/{house.one(OTHER)}/",
        "/clients/segments/",
        "/clients/segments/new/",
        "/clients/segments/new/?start=away",
        f"/clients/{house.one(WRITER)}/",
        "/line/",
        "/line/new/",
        "/line/print/",
        "/line/document-reminder/",
        "/line/gone-quiet/",
        "/journeys/",
        "/broadcasts/",
        "/broadcasts/new/",
        "/letters/",
        "/letters/document-request/",
        "/settings/brand/",
        "/late/",
        "/trial/",
        "/first/",
        "/going-out/",
        "/brake/",
        "/settings/trust/",
        "/restored/",
        f"/clients/{house.one(WRITER)}/erasure/",
        "/settings/asks/",
        "/before/",
        "/journeys/new/",
        f"/journeys/{JOURNEY}/",
        f"/journeys/{JOURNEY}/steps/{_step(house)}/",
        *proof_pages(),
        *(f"/outbox/?show={shelf}" for shelf in ("held", "planned", "sent", "stopped", "unknown")),
        f"/outbox/{sent}/",
        f"/outbox/{held}/",
        "/import/",
        f"/import/{house.one(IMPORT_RUN)}/",
        f"/import/{house.one(IMPORT_RUN)}/undo/",
        "/settings/",
        *(f"/settings/{page}/" for page in SETTINGS),
        "/settings/mail/connect/",
        "/settings/mailboxes/own/",
        f"/settings/people/{house.one('SELECT max(id) FROM staff')}/",
        "/me/",
        *second_steps(),
        "/parts/",
        "/no-such-page/",
        *postbox_pages(house),
    ]


def proof_pages() -> list[str]:
    """What is made on the way (a replay, a test) is looked at in ``test_proof``."""
    story = "from=2027-03-01T10:00&for=90&0.what=event:engagement.documents_wanted&0.at=2027-03-01T10:00"
    quarrel = "&1.what=client.complains&1.at=2027-03-02T10:00&2.what=we.settle&2.at=2027-03-20T10:00"
    here = f"/journeys/{JOURNEY}"
    return [
        f"{here}/try/",
        f"{here}/try/?{story}{quarrel}",
        f"{here}/tests/",
        f"{here}/tests/new/",
        f"{here}/replays/",
        f"{here}/people/",
        f"{here}/people/?only=held",
    ]


def second_steps() -> list[str]:
    """What belongs to signing in and needs it. Adding a passkey asks for the password first; what comes
    after that is looked at in ``test_signing_in``."""
    pages = ("2fa/", "2fa/webauthn/", "2fa/webauthn/add/", "password/change/", "sessions/", "logout/")
    return [f"/account/{page}" for page in pages]


def postbox_pages(house: House) -> list[str]:
    newest = house.mailbox.letters()[-1].number
    return ["/demo/postbox/", f"/demo/postbox/{newest}/", "/demo/postbox/new/"]


def client_pages(house: House) -> list[str]:
    """What somebody finds who follows the links of a letter."""
    return [f"/c/{page}/{token}/" for page, token in sorted(doors(house).items())]


def doors(house: House, place: int = 0) -> dict[str, str]:
    """Page and token of the personal links in a letter that went out, the first one unless told; a test that
    somebody sent to themselves has none."""
    found = [links for each in house.mailbox.letters() if (links := _links(house, each.number))]
    return found[place]


def _links(house: House, number: int) -> dict[str, str]:
    letter = message_from_bytes(house.mailbox.read(number), policy=policy.default)
    body = letter.get_body(("plain",))
    words = body.get_content() if body is not None else ""
    return dict(findall(r"/c/(\w+)/([^/\s]+)/", words + str(letter["List-Unsubscribe"])))


def _step(house: House) -> object:
    return house.one("SELECT step FROM visit GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
