"""Clients, their addresses, spells, permissions and merges."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, Value, When

from tactful.foundation.models import Row, Spell, User


class Company(Row):
    """``key``: how the name is compared, the beginning of ``rules.names.company_key``."""

    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, blank=True, default="", db_default="")
    org_number = models.CharField(max_length=20, blank=True, db_index=True)
    address = models.JSONField(default=dict)
    industry = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "company"
        indexes = [models.Index(fields=["key"], name="company_keyed")]


class Household(Row):
    name = models.CharField(max_length=200)

    class Meta:
        db_table = "household"


class Contact(Row):
    """``gate_rev`` is bumped by every action that changes a gate fact of this contact (ENGINE.md).

    ``search`` and ``pieces`` cover name, mail, phone and company; ``sort_key`` sorts names as a
    Norwegian reader expects, for the database has no ICU.
    """

    name = models.CharField(max_length=200)
    given_name = models.CharField(max_length=100, blank=True)
    sort_key = models.CharField(max_length=200)
    language = models.CharField(max_length=12, blank=True)  # BCP 47; empty is unknown
    time_zone = models.CharField(max_length=60, blank=True, default="", db_default="")  # IANA; "" is unknown
    country = models.CharField(max_length=2, default="NO")
    subdivision = models.CharField(max_length=6, blank=True, default="", db_default="")
    tier = models.CharField(max_length=20, blank=True, default="", db_default="")
    company = models.ForeignKey(
        Company, null=True, on_delete=models.SET_NULL, db_index=False, db_constraint=False
    )  # triggers keep it
    household = models.ForeignKey(Household, null=True, on_delete=models.SET_NULL, db_index=False)
    manager = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, db_index=False)
    attributes = models.JSONField(default=dict)  # birthday, address, client_since …
    source = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    gate_rev = models.BigIntegerField(default=0, db_default=0)
    search = SearchVectorField(null=True)
    pieces = ArrayField(models.IntegerField(), default=list, db_default=[])  # of ``rules.searching``

    class Meta:
        db_table = "contact"
        indexes = [
            models.Index(fields=["sort_key", "id"], name="contact_sorted"),
            GinIndex(fields=["search"], name="contact_search"),
            GinIndex(fields=["pieces"], name="contact_pieces"),
            # Most have neither, and an index of nothing costs as much to keep as one of something.
            *(
                models.Index(
                    fields=[name], name=f"contact_in_{name}", condition=Q(**{f"{name}__isnull": False})
                )
                for name in ("company", "household", "manager")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Identity(Row):
    """``value`` is normalised: mail with lower-case domain in A-labels, phone in E.164."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"
        EXTERNAL = "external"

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="identities", db_constraint=False
    )  # triggers keep it
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.CharField(max_length=320)
    shown = models.CharField(max_length=320)
    is_primary = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "identity"
        # The value first: it tells two of them apart at once, and everybody has the same few kinds.
        constraints = [models.UniqueConstraint(fields=["value", "kind"], name="one_owner_of_each_identity")]


class ContactSpell(Spell):
    """Tags, attribute values, flags and memberships over time.

    ``kind``: tag, attribute, flag (bereaved, restricted, objected:marketing, occasion_off:birthday),
    away (out of office), company, household, manager. ``key`` names it, ``value`` carries its value.

    ``began``: what an imported client had from the first moment on, in one row and not in one for each
    (``docs/decisions/0020``): ``{"attributes": {…}, "company": id}``. It holds of each of these until a spell
    of that thing itself begins, and does not end before.
    """

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )  # the index below begins so; triggers keep it
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    value = models.JSONField(null=True)
    by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "contact_spell"
        indexes = [models.Index(fields=["contact", "kind", "key"], name="contact_spell_of")]


class ConsentReceipt(Row):
    """What was asked, how and when; immutable and chained like the audit log (R68)."""

    contact_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=20)  # consent, existing_customer, contract, withdrawal
    purpose = models.CharField(max_length=20)
    channel = models.CharField(max_length=12)
    wording = models.TextField(blank=True, default="", db_default="")
    wording_hash = models.BinaryField(max_length=32)
    wording_version = models.CharField(max_length=20, blank=True, default="", db_default="")
    language = models.CharField(max_length=12, blank=True, default="", db_default="")
    controller = models.CharField(max_length=200)
    how = models.CharField(max_length=60)  # import, portal, one_click, mail, in_person …
    source = models.CharField(max_length=300, blank=True)
    actor = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    seal = models.BinaryField(max_length=32, null=True)
    sealed_order = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "consent_receipt"


class BasisSpell(Spell):
    """Why we may write, per purpose and channel."""

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )  # the index below begins so; triggers keep it
    purpose = models.CharField(max_length=20)
    channel = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)  # consent, existing_customer, contract, withdrawn
    receipt_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "basis_spell"
        constraints = [
            # Of those that run one for each use; and the index by which all of a client are found.
            models.UniqueConstraint(
                F("contact"),
                F("purpose"),
                F("channel"),
                Case(
                    When(to_at__isnull=True, then=Value(0, output_field=models.BigIntegerField())),
                    default=F("id"),
                ),
                name="one_running_basis_of_each",
            ),
        ]


class Suppression(Spell):
    """An address that we do not write to. Keyed by a hash, so that it outlives the contact (R75)."""

    channel = models.CharField(max_length=12)
    address_hash = models.BinaryField(max_length=32)
    contact_id = models.BigIntegerField(null=True, db_index=True)
    reason = models.CharField(max_length=30)  # hard_bounce, complaint, mailbox_full, asked, unsubscribe
    scope = models.CharField(max_length=20, default="all")  # all | marketing
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "suppression"
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "address_hash", "scope"],
                condition=Q(to_at__isnull=True),
                name="one_running_suppression",
            ),
        ]
        indexes = [models.Index(fields=["address_hash"], name="suppression_of_address")]  # ended ones too


class DuplicatePair(Row):
    """Two contacts that may be one person, for a person to decide: nothing here merges them.

    ``one`` < ``other``, both ids of contacts. ``reason``: a code; ``evidence``: what it rests on.
    ``verdict``: "" while nobody has decided, then ``merged`` or ``different``.
    """

    one = models.BigIntegerField()
    other = models.BigIntegerField(db_index=True)
    reason = models.CharField(max_length=40)
    evidence = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=12, blank=True, default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "duplicate_pair"
        constraints = [models.UniqueConstraint(fields=["one", "other", "reason"], name="one_pair")]


class ContactMerge(Row):
    """Two contacts have become one: what was ``gone`` is ``kept`` from then on, and old links lead there.

    ``shown``: how the gone one was called, for the sentence that offers to undo it. ``undone_at``: they are
    two again, by ``undone_by``.
    """

    kept = models.BigIntegerField(db_index=True)
    gone = models.BigIntegerField(db_index=True)
    shown = models.CharField(max_length=200)
    at = models.DateTimeField(db_index=True)
    by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "contact_merge"


class MergePart(Row):
    """One thing that a merge did to one table, in the order of ``number``; undoing goes backwards.

    ``kind``: moved (``keys`` of the rows whose ``column`` went from ``was`` to ``becomes``), changed
    (``before`` and ``after``: the ``key_names`` and the changed ``names`` of each row), added
    (``after``: whole rows), removed (``before``: whole rows). ``counts``: columns that are tallies.
    """

    merge = models.ForeignKey(ContactMerge, on_delete=models.CASCADE, related_name="parts")
    number = models.IntegerField()
    kind = models.CharField(max_length=8)
    table = models.CharField(max_length=60)
    names = ArrayField(models.CharField(max_length=60), default=list)
    key_names = ArrayField(models.CharField(max_length=60), default=list)
    counts = ArrayField(models.CharField(max_length=60), default=list)
    keys = ArrayField(models.BigIntegerField(), default=list)
    was = models.BigIntegerField(null=True)
    becomes = models.BigIntegerField(null=True)
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)

    class Meta:
        db_table = "contact_merge_part"
        constraints = [models.UniqueConstraint(fields=["merge", "number"], name="one_part_at_a_place")]


class ConsentRequest(Row):
    """Somebody has written an address into a form of the business's site, and its owner is asked if it was
    them (double opt-in). ``is_new``: we knew nobody with the address; the client is told of only when they
    say yes. ``address_hash``: how often an address is asked is counted when the client is gone, too."""

    contact_id = models.BigIntegerField(db_index=True)
    is_new = models.BooleanField()
    name = models.CharField(max_length=200, blank=True)
    address_hash = models.BinaryField(max_length=32, db_index=True)
    wording = models.TextField()
    language = models.CharField(max_length=12)
    source = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "consent_request"
