"""The people who work here."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from tactful.foundation.ids import new_id


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    STAFF = "staff", _("Staff")
    READ_ONLY = "read_only", _("Read only")
    HELPER = "helper", _("Helper")


WORKING = (Role.OWNER, Role.STAFF)
"""Who may act on clients. Readers look, helpers set the house up and see nothing of its clients."""


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def add(
        self, *, email: str, name: str, role: Role, password: str | None = None, ident: int | None = None
    ) -> "User":
        user = self.model(id=ident or new_id(), email=self.normalize_email(email), name=name, role=role)
        user.set_password(password)
        user.save(force_insert=True)
        return user


class User(AbstractBaseUser):
    # No default: Django's system checks build a user before there is a database to ask for a node.
    id = models.BigIntegerField(primary_key=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.STAFF)
    language = models.CharField(max_length=12, default="nb")
    theme = models.CharField(max_length=8, blank=True)  # "", "light", "dark"
    shortcuts = models.BooleanField(default=True)  # single keys on or off
    is_active = models.BooleanField(default=True)
    # An owner has seen the password, so its holder chooses another before anything else.
    must_choose_password = models.BooleanField(default=False, db_default=False)
    # Until when a helper may come in, by the business clock; without it one may not at all. None for others.
    ends_at = models.DateTimeField(null=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "staff"

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def may_write(self) -> bool:
        return self.role in WORKING

    @property
    def may_set_up(self) -> bool:
        """Journeys, letters and the like, which hold nothing of clients."""
        return self.may_write or self.is_helper

    @property
    def is_helper(self) -> bool:
        return self.role == Role.HELPER

    def is_over(self, now: datetime) -> bool:
        """A helper whose days have passed."""
        return self.is_helper and (self.ends_at is None or self.ends_at <= now)

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER
