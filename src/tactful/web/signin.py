"""How people of the business sign in."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody signs up by themselves: an owner adds people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
