"""Requests as the systems document them, in words of our own, and their signatures."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

SECRET = "a-secret-of-both-sides"
MOMENT = 1_795_000_000  # 18 November 2026
BOOKED = "2026-11-18T08:00:00Z"


@dataclass(frozen=True)
class Sample:
    """``events``: what it becomes."""

    system: str
    payload: dict[str, Any]
    events: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return json.dumps(self.payload, separators=(",", ":")).encode()


def signed(sample: Sample, secret: str = SECRET, moment: int = MOMENT) -> dict[str, str]:
    """All headers of a genuine request."""
    return sample.headers | _SIGN[sample.system](secret, sample.body, moment)


def _base64(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def _timed(secret: str, body: bytes, moment: int) -> str:
    digest = hmac.digest(secret.encode(), str(moment).encode() + b"." + body, hashlib.sha256).hex()
    return f"t={moment},v1={digest}"


_SIGN: dict[str, Callable[[str, bytes, int], dict[str, str]]] = {
    "shopify": lambda secret, body, _: {"x-shopify-hmac-sha256": _base64(secret, body)},
    "woocommerce": lambda secret, body, _: {"x-wc-webhook-signature": _base64(secret, body)},
    "stripe": lambda secret, body, moment: {"stripe-signature": _timed(secret, body, moment)},
    "calcom": lambda secret, body, _: {
        "x-cal-signature-256": hmac.digest(secret.encode(), body, hashlib.sha256).hex()
    },
    "calendly": lambda secret, body, moment: {"calendly-webhook-signature": _timed(secret, body, moment)},
    "typeform": lambda secret, body, _: {"typeform-signature": f"sha256={_base64(secret, body)}"},
    "tally": lambda secret, body, _: {"tally-signature": _base64(secret, body)},
    "other": lambda secret, _body, _: {"authorization": f"Bearer {secret}"},
}

WOO = Sample(
    "woocommerce",
    {
        "id": 501,
        "number": "501",
        "status": "processing",
        "currency": "NOK",
        "date_created_gmt": "2026-11-18T07:59:00",
        "date_paid_gmt": "2026-11-18T08:00:00",
        "date_modified_gmt": "2026-11-18T08:00:00",
        "total": "1249.50",
        "total_tax": "249.90",
        "customer_id": 0,
        "billing": {
            "first_name": "Kari",
            "last_name": "Nordmann",
            "company": "",
            "email": "kari@example.no",
            "phone": "912 34 567",
        },
        "line_items": [
            {"name": "Shampoo", "product_id": 7, "quantity": 2, "price": 349.8, "sku": "SH-1"},
            {"name": "Comb", "product_id": 8, "quantity": 1, "price": 300, "sku": ""},
        ],
        "coupon_lines": [],
    },
    ("Order Completed",),
    {
        "x-wc-webhook-topic": "order.updated",
        "x-wc-webhook-resource": "order",
        "x-wc-webhook-delivery-id": "91a",
        "content-type": "application/json",
    },
)
SHOPIFY = Sample(
    "shopify",
    {
        "id": 5_678_901_234_567,
        "name": "#1042",
        "email": "kari@example.no",
        "created_at": "2026-11-18T09:00:00+01:00",
        "processed_at": "2026-11-18T09:00:00+01:00",
        "currency": "NOK",
        "total_price": "499.00",
        "financial_status": "paid",
        "customer": {"id": 77, "email": "kari@example.no", "first_name": "Kari", "last_name": "Nordmann"},
        "line_items": [{"product_id": 9, "title": "Wax", "price": "499.00", "quantity": 1, "sku": "W"}],
    },
    ("Order Completed",),
    {"x-shopify-topic": "orders/paid", "x-shopify-webhook-id": "w-1"},
)
STRIPE = Sample(
    "stripe",
    {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "created": MOMENT - 20,
        "data": {
            "object": {
                "id": "cs_1",
                "mode": "payment",
                "payment_status": "paid",
                "amount_total": 25_050,
                "currency": "nok",
                "customer": None,
                "customer_details": {"email": "kari@example.no", "name": "Kari Nordmann", "phone": None},
            }
        },
    },
    ("Order Completed",),
)


def calcom(trigger: str, uid: str = "u1", start: str = "2026-12-01T09:00:00Z", **more: Any) -> Sample:
    payload = {
        "uid": uid,
        "eventTitle": "Haircut",
        "startTime": start,
        "endTime": "2026-12-01T09:30:00Z",
        "location": "Storgata 1",
        "attendees": [
            {
                "email": "kari@example.no",
                "name": "Kari Nordmann",
                "timeZone": "Europe/Oslo",
                "language": {"locale": "nb"},
            }
        ],
        **more,
    }
    events: dict[str, tuple[str, ...]] = {
        "BOOKING_CREATED": ("appointment.booked", "appointment.dated"),
        "BOOKING_RESCHEDULED": ("appointment.moved",),
        "BOOKING_CANCELLED": ("appointment.cancelled",),
        "PING": (),
    }
    return Sample(
        "calcom", {"triggerEvent": trigger, "createdAt": BOOKED, "payload": payload}, events[trigger]
    )


def calendly(event: str, uri: str = "https://api.calendly.com/i/1", **more: Any) -> Sample:
    payload = {
        "uri": uri,
        "email": "kari@example.no",
        "name": "Kari Nordmann",
        "timezone": "Europe/Oslo",
        "created_at": BOOKED,
        "old_invitee": None,
        "rescheduled": False,
        "reschedule_url": "https://calendly.com/reschedulings/1",
        "scheduled_event": {
            "name": "Haircut",
            "start_time": "2026-12-01T09:00:00Z",
            "end_time": "2026-12-01T09:30:00Z",
            "location": {"type": "physical", "location": "Storgata 1"},
        },
        **more,
    }
    moved, gone = bool(payload["old_invitee"]), event == "invitee.canceled"
    events: tuple[str, ...] = (
        ("appointment.cancelled",) if gone else ("appointment.booked", "appointment.dated")
    )
    if moved:
        events = ("appointment.moved",)
    if gone and payload["rescheduled"]:
        events = ()
    return Sample("calendly", {"event": event, "created_at": BOOKED, "payload": payload}, events)


TYPEFORM = Sample(
    "typeform",
    {
        "event_id": "e1",
        "event_type": "form_response",
        "form_response": {
            "form_id": "f1",
            "token": "t1",
            "submitted_at": BOOKED,
            "definition": {
                "title": "Contact us",
                "fields": [{"id": "q1", "title": "Your mail"}, {"id": "q2", "title": "How can we help?"}],
            },
            "answers": [
                {"type": "email", "email": "kari@example.no", "field": {"id": "q1", "ref": "mail"}},
                {"type": "text", "text": "A new colour", "field": {"id": "q2", "ref": "help"}},
                {"type": "text", "text": "Kari Nordmann", "field": {"id": "q3", "ref": "name"}},
            ],
        },
    },
    ("form.submitted",),
)
TALLY = Sample(
    "tally",
    {
        "eventId": "e1",
        "eventType": "FORM_RESPONSE",
        "createdAt": "2026-11-18T08:00:00.000Z",
        "data": {
            "responseId": "r1",
            "formName": "Contact us",
            "createdAt": "2026-11-18T08:00:00.000Z",
            "fields": [
                {"key": "a", "label": "Name", "type": "INPUT_TEXT", "value": "Kari Nordmann"},
                {"key": "b", "label": "E-mail", "type": "INPUT_EMAIL", "value": "kari@example.no"},
                {"key": "c", "label": "How can we help?", "type": "TEXTAREA", "value": "A new colour"},
            ],
        },
    },
    ("form.submitted",),
)
OTHER = Sample(
    "other",
    {"kind": "paid", "no": 12, "when": BOOKED, "sum": "1 499,50", "buyer": {"mail": "kari@example.no"}},
    ("Order Completed",),
)
MAPPING: dict[str, Any] = {
    "client": {"email": "buyer.mail"},
    "rules": [
        {
            "when": {"kind": "paid"},
            "event": "Order Completed",
            "at": "when",
            "once": ["no"],
            "properties": {"total": {"path": "sum", "as": "number"}},
        }
    ],
}
SAMPLES = (
    WOO,
    SHOPIFY,
    STRIPE,
    calcom("BOOKING_CREATED"),
    calendly("invitee.created"),
    TYPEFORM,
    TALLY,
    OTHER,
)
