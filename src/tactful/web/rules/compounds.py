"""Where a long Norwegian word may be parted, for columns that are narrower than it."""

import re

SOFT_HYPHEN = "\u00ad"
LONG = 13  # letters; shorter words fit
HEADS = (
    "påminnelse", "bekreftelse", "erklæring", "avslutning", "oppfølging", "fakturering", "evaluering",
    "melding", "avtale", "samtale", "oppgjør", "regnskap", "jubileum", "endring", "spørsmål", "henvendelse",
    "bestilling", "forespørsel", "kvittering", "gjennomgang", "kontroll", "undersøkelse", "rapport",
)  # fmt: skip
"""Last parts of compounds that stand on maps of touchpoints."""

_WORD = re.compile(rf"\w{{{LONG},}}")
_SEAM = re.compile(rf"(?<=\w{{3}})(?=(?:{'|'.join(HEADS)})(?:r|en|er|et|ene)?$)", re.IGNORECASE)


def parted(text: str) -> str:
    """``text`` with a soft hyphen at the seam of each long word whose last part is known."""
    return _WORD.sub(lambda word: _SEAM.sub(SOFT_HYPHEN, word[0], count=1), text)
