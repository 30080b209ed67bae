"""What a client's words ask of us, by plain rules in English and Norwegian.

A first, honest detector: it knows phrases, not people. It errs towards silence, for a hold that was
not needed costs a glance, and a chaser in the middle of a complaint costs a client.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum


class Mood(StrEnum):
    COMPLAINT = "complaint"
    NEGATIVE = "negative"
    SENSITIVE = "sensitive"
    HOLD = "hold"  # of a house that keeps neither topic nor sentiment


@dataclass(frozen=True, slots=True)
class Reading:
    """``expects_answer``: anything but a plain thank-you or a plain stop. ``evidence``: the words that
    decided. ``asks_to_stop``: in so many words; ``refuses``: perhaps, a person must read it."""

    expects_answer: bool
    asks: bool
    mood: Mood | None
    asks_to_stop: bool
    refuses: bool = False
    evidence: str = ""

    def without_topic(self) -> "Reading":
        """Hold or no hold, and nothing of what decided it: for trades whose clients write about their
        health (GDPR 9). A complaint and a grave illness become the same word here."""
        return replace(self, mood=Mood.HOLD if self.mood else None, evidence="")


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(phrases) + r")(?!\w)", re.IGNORECASE)


COMPLAINT = _any(
    r"complain(?:t|ts|ing)?", r"klag(?:e|er|en|et)", r"unacceptable", r"uakseptabelt", r"uholdbart",
    r"not good enough", r"ikke godt nok", r"(?:very |so |really )?disappointed", r"skuffe(?:t|nde)",
    r"misfornøyd", r"(?:un|not |ikke )happy with", r"unhappy", r"dissatisfied", r"fed up", r"lei av",
    r"frustrer(?:t|ende)", r"frustrat(?:ed|ing)", r"irriter(?:t|ende)", r"annoy(?:ed|ing)",
    r"(?:third|fourth|fifth) time", r"(?:tredje|fjerde|femte) gang(?:en)?", r"money back", r"pengene tilbake",
    r"lawyer", r"advokat", r"terrible", r"elendig", r"appalling", r"dårlig (?:service|oppfølging|jobb)",
    r"poor (?:service|job)", r"bad service", r"(?:does|is) anyone (?:even )?read(?:ing)?", r"leser noen",
    r"no(?:body| one) (?:answers|replies)", r"ingen (?:svarer|tar telefonen)", r"being ignored",
    r"blir ignorert", r"wrong again", r"feil igjen", r"slett arbeid", r"find another", r"finne (?:oss )?en annen",
    r"bytte (?:regnskapsfører|byrå)", r"(?:switch|change) accountants?",
)  # fmt: skip
NEGATIVE = _any(
    r"still (?:waiting|haven't)", r"venter (?:fortsatt|ennå)", r"haven't heard", r"ikke hørt noe",
    r"har ikke fått svar", r"no reply", r"confus(?:ed|ing)", r"forvirre(?:t|nde)", r"stress(?:ed|et|ende)",
    r"worried", r"bekymret", r"too expensive", r"for dyrt", r"mistake", r"feil i", r"mas(?:e|ing)",
    r"why do (?:i|we) (?:keep )?get(?:ting)?", r"hvorfor får (?:jeg|vi) (?:stadig )?",
)  # fmt: skip
SENSITIVE = _any(
    r"passed away", r"died", r"death", r"funeral", r"død(?:e|sfall|sfallet)?", r"gikk bort", r"gått bort",
    r"bortgang", r"begravelse(?:n)?", r"bisettelse", r"cancer", r"kreft", r"hospital", r"sykehus(?:et)?",
    r"innlagt", r"seriously ill", r"alvorlig syk", r"sykmeldt", r"on sick leave", r"divorce", r"skilsmisse",
    r"separert", r"bankrupt(?:cy)?", r"konkurs", r"miscarriage", r"spontanabort",
)  # fmt: skip
DENIED = re.compile(
    r"\b(?:no|not|never|isn't|wasn't|without|nothing to|ingen|ikke|aldri|uten|intet å)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
STOP = re.compile(
    r"^[\W_]*(?:stop+|stop[\W_]*all|stoppall|unsubscribe|avslutt|avmeld|meld (?:meg|oss) av|cancel|quit|end|revoke|"
    r"opt[\W_]*out|remove(?: me)?|arret|arrêt|slutt)(?:[\W_]*(?:please|takk|thanks?|thank you))?[\W_]*$"
    r"|(?<!\w)(?:unsubscribe (?:me|us)|meld (?:meg|oss) av|(?:take|remove) (?:me|us) (?:off|from) (?:the|your|this) (?:mailing )?list|"
    r"ta (?:meg|oss) av (?:e-?post|mail)?listen?)(?!\w)",
    re.IGNORECASE,
)
# Less than a plain stop: a person reads it at once, and meanwhile automation is quiet anyway.
REFUSAL = re.compile(
    r"(?<!\w)(?:(?P<plain>stop (?:sending|e-?mailing|writing)|slutt å (?:sende|mase|skrive)|"
    r"ikke send (?:meg|oss) (?:mer|flere|noe mer))|"
    r"(?:do not|don't) (?:e-?mail|write to|contact) (?:me|us)|ikke (?:send|kontakt|skriv til) (?:meg|oss))(?!\w)",
    re.IGNORECASE,
)
THANKS = re.compile(
    r"^(?:(?:ok(?:ay|ei|i)?|greit|fint|flott|supert?|topp|perfekt|perfect|great|bra|good|nice|noted|notert|mottatt|received|"
    r"ja|yes|takk|thanks?|thank you|thx|tusen takk|mange takk|many thanks|den er god|skal bli|will do|hei|hi|hello|"
    r"for (?:det|hjelpen|svar(?:et)?|your help|the help|that|help)|so much|very much|så mye|hilsen|mvh|regards|best)"
    r"[\s,.!:)😊👍🙏-]*)+(?:[A-ZÆØÅ][\wæøå]+[\s.]*){0,2}$",
    re.IGNORECASE,
)
LONGEST_READ = 20_000  # characters; the newest words of a longer mail stand at its top
LONGEST_STOP = 60  # characters; a longer text says more than stop
LONGEST_THANKS = 120  # characters; a longer text says more than thank you
QUESTION_WORDS = re.compile(
    r"(?:^|[.!\n]\s*)(?:kan (?:du|dere)|kunne (?:du|dere)|når|hva|hvor|hvem|hvorfor|hvordan|hvilke[nt]?|skal (?:jeg|vi)|er det|"
    r"can you|could you|when|what|where|who|why|how|which|should (?:i|we)|is it|do (?:i|we|you)|"
    r"jeg lurer|vi lurer|i wonder|please (?:call|tell|let)|ring meg|call me)\b",
    re.IGNORECASE,
)


def read(text: str) -> Reading:
    """Read the newest words of a message (quoted text already trimmed)."""
    words = text[:LONGEST_READ].strip()
    asks = "?" in words or bool(QUESTION_WORDS.search(_without_empty_lines(words)))
    mood, evidence = _mood(words)
    refusal = REFUSAL.search(words)
    short = len(words) < LONGEST_STOP and not asks
    stop = bool(STOP.search(words)) or (short and refusal is not None and bool(refusal["plain"]))
    thanks = len(words) <= LONGEST_THANKS and bool(THANKS.match(words)) and not asks
    return Reading(
        expects_answer=bool(words)
        and (not thanks or mood is not None)
        and (mood is not None or not (stop and short)),
        asks=asks,
        mood=mood,
        asks_to_stop=stop,
        refuses=refusal is not None and not stop,
        evidence=evidence,
    )


def _without_empty_lines(text: str) -> str:
    """Each line break would be looked behind to the end of all that follow it."""
    return "\n".join(line for each in text.splitlines() if (line := each.strip()))


def _mood(text: str) -> tuple[Mood | None, str]:
    for mood, pattern in (
        (Mood.COMPLAINT, COMPLAINT),
        (Mood.SENSITIVE, SENSITIVE),
        (Mood.NEGATIVE, NEGATIVE),
    ):
        for found in pattern.finditer(text):
            if not _denied(text, found.start(), found.group()):
                return mood, found.group()
    return None, ""


def _denied(text: str, start: int, phrase: str) -> bool:
    """ "No complaint at all": the words before take it back, unless the phrase itself is a denial."""
    if re.match(r"(?:not|ikke|no|ingen)\b", phrase, re.IGNORECASE):
        return False
    return bool(DENIED.search(text[max(0, start - 30) : start]))
