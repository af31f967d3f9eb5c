"""Credits: who took a picture, as it is printed behind or instead of its caption."""

import re

# Agencies, libraries of pictures, and what stands in the place of one.
_AGENCIES = (
    r"AP|(?:The )?Associated Press|AFP|Agence France-Presse|Reuters|EFE|EPA|dpa|ANSA|"
    r"Getty(?: ?Images)?|Europa ?Press|Notimex|Xinhua|TASS|Shutterstock|iStock(?:photo)?|Alamy|"
    r"NurPhoto|Bloomberg|Cuartoscuro|ANP|APA|Keystone|Belga|Lusa|Imago|Unsplash|Pexels|Pixabay|"
    r"Wikimedia(?: Commons)?|Wikipedia|Flickr|Creative Commons|NASA|Instagram|Twitter|Facebook|"
    r"YouTube|T[ée]lam|Andina|Ag[eê]ncia|Archivo|Archiv|File|Handout|Courtesy|Cortesía|PA Wire|"
    r"PA(?: Images)?|Press Association|UPI|SIPA|Zuma|Anadolu(?: Agency)?|Adobe ?Stock|"
    r"stock\.adobe\.com|Fotolia(?:\.com)?|pixelio(?:\.de)?|photocase(?:\.de)?|"
    r"Depositphotos|Dreamstime|PantherMedia|picture[ -]alliance|epd|KNA|Hans Lucas|MAXPPP|Abaca|"
    r"Rex(?: Features)?|(?:The )?Canadian Press|AAP|NTB|Scanpix|Ritzau|LaPresse|Folhapress|"
    r"Imagn|USA TODAY Sports|Icon Sportswire|WireImage|FilmMagic|Splash|Sputnik|Kyodo|Yonhap|PTI|"
    r"ANI|Magnum(?: Photos)?"
)
_LEAD = (
    r"(?:photo(?:graph(?:er|y|ie|e)?)?s?|fotos?|foto(?:graf(?:o|a|ía|ia|ie|in)?|credit)|"
    r"fotógraf[oa]|image|imagen|imágenes|bild(?:er|quelle|nachweis|rechte)?|picture|pic|"
    r"cr[ée]dito?s?|source|fuente|quelle|fonte|illustration|ilustración|lizenz)"
)
_BY = (
    r"(?:\s*(?:credit|copyright|by|via|from|courtesy(?: of)?|source|de|por|par|von|di|da|"
    r"cortesía(?: de)?))?"
)
_LED_BY = (
    rf"{_LEAD}{_BY}\s*[:/]\s*|{_LEAD}\s+(?:credit|by|courtesy(?: of)?|via|source)\s+|"
    r"image source,?\s*|©\s*|\(c\)\s|copyright\b\s*:?|courtesy of\s|cortesía de\s|"
    r"(?-i:FOTOS?\s(?=[A-ZÀ-Þ])|PHOTOS?\s(?=[A-ZÀ-Þ]))"
)
_STARTS_AGENCY = re.compile(rf"^(?:{_AGENCIES})\b", re.IGNORECASE)
_STARTS_LEAD = re.compile(
    rf"^(?:{_LEAD}\b|via\b|vía\b|courtesy\b|cortesía\b|©|\(c\)|by\b)", re.IGNORECASE
)
# The last: "Credit Jane Roe", and "CreditCreditJane Roe" of nested elements.
_LEAD_WORDS = re.compile(
    rf"^(?:camera icon\s*|{_LED_BY}|{_LEAD}{_BY}\s*[,–-]\s*|(?:via|vía|by|von|por)\s+|"
    r"(?-i:Credit|Crédito?|Photo|Foto|Bild)\s*(?=(?-i:[A-ZÀ-Þ©])))+",
    re.IGNORECASE,
)
_NO_CREDIT = re.compile(rf"^(?:{_LEAD}|courtesy|author|name|autor)?[\s:,.*]*$", re.IGNORECASE)
# What stands at a page's foot: "© 2004 - 2024 The Harbour", "All rights reserved".
_OF_SITE = re.compile(
    r"\b(?:19|20)\d\d\s*[–-]\s*(?:19|20)\d\d\b|rights reserved|rechte vorbehalten|"
    r"derechos reservados|direitos reservados|droits réservés|diritti riservati",
    re.IGNORECASE,
)
_LINK = re.compile(r",?\s*https?://\S+")
_SAID_BEFORE = re.compile(
    r"^(?:media|image|photo) caption(?:[,:]?\s+|(?=(?-i:[A-ZÀ-Þ])))", re.IGNORECASE
)

# A point ends a credit, but for those in the name of a server and behind an initial.
_REST = r"(?:[^.]|\.(?=\w)|(?<=\b\w)\.){2,120}"
_NAME = r"[^\W\d_a-zà-ÿ][\w'’.-]*(?:\s[^\W\d_a-zà-ÿ][\w'’.-]*){0,3}"
_HOUSE = rf"(?:{_AGENCIES})(?:\s(?:Photo|files?|Images))?(?:\svia\s(?:{_AGENCIES}))?"
_BRACKETED = re.compile(r"^(.*?)\s*[(\[]([^()\[\]]{2,100})[)\]]\s*\.?$", re.DOTALL)
_LED = re.compile(
    rf"^(.*?)(?:^|(?<=[.!?)\"”»’])|[|–—/-]|\s{{2,}}|\s(?=©))\s*((?:{_LED_BY}){_REST})\.?$",
    re.IGNORECASE | re.DOTALL,
)
_HOUSE_BEHIND = re.compile(
    rf"^(.*[.!?\"”»)\]])\s*[/|–—-]?\s*({_HOUSE}(?:\s*/\s*[\w .,'’/-]{{2,60}})?)\.?$", re.DOTALL
)
# "J. Roe / AP": a point behind a single letter ends no sentence.
_NAMES_BEHIND = re.compile(
    r"^(.*(?:(?<!\b\w)[.!?]|[\"”»)\]]))\s*[/|–—-]?\s*"
    rf"((?:[^\W\d_a-z]{{2,10}}|{_NAME})(?:\s*/\s*{_NAME}){{1,3}}(?:\sfiles?)?)\.?$",
    re.DOTALL,
)
_ALONE = re.compile(rf"^()((?:{_NAME}|[\w.@-]+)(?:\s*[/|,]\s*|\svia\s)(?i:{_HOUSE}))$")
_WORDS_BEFORE = re.compile(
    rf"^(.*\w)(?:\s+/\s+|\s(?={_NAME}/))((?:\S+ \S+/)?{_HOUSE})\.?$", re.DOTALL
)
_PIPED = re.compile(r"^(.*\S)\s+\|\s+([^|]{2,80})$", re.DOTALL)
_MOST_WORDS = 6  # of a credit behind a bar
_LONGEST = 2_000  # characters: more is no caption, and costs these patterns time
_BRACKETS = {"(": ")", "[": "]"}


def split_credit(text: str) -> tuple[str | None, str | None]:
    """ "A caption. (EFE)" → ("A caption.", "EFE"). What is no credit stays: "(left)", "(2019)"."""
    caption = _SAID_BEFORE.sub("", " ".join(text.split()))
    if len(caption) > _LONGEST:
        return caption, None
    for rule in (_in_brackets, _by_form, _after_bar):
        found = rule(caption)
        if found is not None:
            rest, credit = _in_brackets(found[0]) or found  # "(Photo: Getty Images) Getty"
            return rest.strip(" |–—-/") or None, without_lead(credit) or None
    return (None if _NO_CREDIT.match(caption) else caption), None


def without_lead(credit: str) -> str:
    """The credit without what only says that it is one: "Photo: ", "© ", "Image source, "; ""
    where nothing else is said."""
    text = _LINK.sub("", unwrapped(credit))
    if _OF_SITE.search(text):
        return ""
    stripped = _LEAD_WORDS.sub("", text).strip(" .,:;|*")
    return "" if _NO_CREDIT.match(stripped) else unwrapped(stripped)


def unwrapped(text: str) -> str:
    """The text without brackets around all of it, or beside it without a partner."""
    text = text.strip(" |")
    if text[:1] in _BRACKETS and text.endswith(_BRACKETS[text[0]]):
        return unwrapped(text[1:-1])
    if text[:1] in _BRACKETS and _BRACKETS[text[0]] not in text:
        return text[1:].strip()
    for opening, closing in _BRACKETS.items():
        if text.endswith(closing) and opening not in text:
            return text[:-1].strip()
    return text


def _in_brackets(text: str) -> tuple[str, str] | None:
    match = _BRACKETED.match(text)
    return (match[1], match[2]) if match and _is_credit(match[2]) else None


def _by_form(text: str) -> tuple[str, str] | None:
    for form in (_LED, _ALONE, _HOUSE_BEHIND, _NAMES_BEHIND, _WORDS_BEFORE):
        match = form.match(text)
        if match:
            return match[1], match[2]
    return None


def _after_bar(text: str) -> tuple[str, str] | None:
    match = _PIPED.match(text)
    return (match[1], match[2]) if match and len(match[2].split()) <= _MOST_WORDS else None


def _is_credit(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return False
    loud = len(text) <= 30 and len(letters) >= 2 and all(c.isupper() for c in letters)
    slashed = re.search(r"[^\W\d]\s*/\s*[^\W\d]|\svia\s", text) is not None
    return bool(loud or slashed or _STARTS_AGENCY.match(text) or _STARTS_LEAD.match(text))
