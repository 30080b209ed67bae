"""What a password of our people must not be, in our own words. The checks are Django's."""

from django.contrib.auth import password_validation as checks
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LongEnough(checks.MinimumLengthValidator):
    def get_error_message(self) -> str:
        words = ngettext(
            "That is too short. Take at least %(count)d character.",
            "That is too short. Take at least %(count)d characters, such as four words in a row.",
            self.min_length,
        )
        return words % {"count": self.min_length}

    def get_help_text(self) -> str:
        words = ngettext(
            "At least %(count)d character.",
            "At least %(count)d characters. Four words in a row are easy to remember.",
            self.min_length,
        )
        return words % {"count": self.min_length}


class NotYourName(checks.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return _("That is too close to your name or mail address. Take something else.")

    def get_help_text(self) -> str:
        return _("Not your name or your mail address.")


class NotEverybodys(checks.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("Many people use that one, so it is tried first. Take another.")

    def get_help_text(self) -> str:
        return _("Not one that many people use.")
