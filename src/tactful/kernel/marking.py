"""Sentences in rules: marked for the translators, and translated by whoever shows them."""


def gettext_noop(sentence: str) -> str:
    """As Django's, which rules may not import; ``makemessages`` knows the name."""
    return sentence
