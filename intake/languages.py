"""A cheap guess at the language a message is written in: the header's word first, then script, then common words.

A hint for greeting the sender and routing, nothing more; None is an honest answer.
"""

import re

_SAMPLE = 1_200
_FEWEST_HITS = 2
_TAG = re.compile(r"([a-z]{2,3})(?:-[a-z0-9]{1,8})*", re.IGNORECASE)
_WORD = re.compile(r"[a-zà-öø-ÿąćęłńóśźżčďěňřšťůžőűğışåäöæø']+")
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_COMMON = {
    "en": "the and you your is are was have has not for with this that please we our can could would it of to my from",
    "de": "der die das und ist nicht ich wir sie mit für auf ein eine haben bitte wird kann den dem im zu von es mein",
    "fr": "le la les et est pas je nous vous avec pour une des du sur que qui dans bonjour merci ce mon votre ne",
    "es": "el los las y es no que para con una por se mi su hola gracias del como pero más está puedo tengo favor",
    "it": "il gli e è non che per con una di mi si sono grazie del della ho buongiorno come anche questo può vostro",
    "nl": "de het een en is niet ik wij u met voor op van dat die heb hebben graag kan maar ook bij onze mijn naar",
    "pt": "o os as e é não que para com uma por se meu sua olá obrigado do da em está mas como você tenho favor",
    "sv": "och är inte jag vi ni med för på en ett det som har kan hej tack av till att om min från den",
    "da": "og er ikke jeg vi med for på en et det som har kan hej tak af til at om min fra den jer",
    "no": "og er ikke jeg vi med for på en et det som har kan hei takk av til å om min fra den dere",
    "pl": "i jest nie się na do z że to w o jak ale dla mam proszę dziękuję czy po od przez są być mój",
    "cs": "a je se na to že v s z do ale jsem není prosím děkuji dobrý den jak pro mám který by si můj",
    "tr": "ve bir bu için ile değil ben merhaba teşekkürler ama çok mı var yok olarak daha lütfen da de benim",
    "fi": "ja on ei en se että minä me kanssa hei kiitos mutta ovat voi olen tämä kun niin joka mikä myös",
    "ro": "și este nu pe la cu pentru un o mai vă mulțumesc bună dar sunt care din să ca am că al",
    "hu": "és a az nem hogy egy van is de meg kérem köszönöm vagy mert csak már ha ezt jó volt",
}
_LANGUAGES_OF = {
    word: tuple(language for language, words in _COMMON.items() if word in words.split())
    for words in _COMMON.values()
    for word in words.split()
}


def declared(value: bytes | None) -> str | None:
    """Return the language of a Content-Language header (RFC 3282): the first one, without its region."""
    if not value:
        return None
    found = _TAG.fullmatch(value.split(b",", 1)[0].strip().decode("ascii", "replace")[:40])
    return found[1].lower() if found else None


def guessed(text: str) -> str | None:
    """Return the ISO 639 code of the language `text` seems to be written in, None where nothing speaks clearly."""
    sample = text[:_SAMPLE]
    if not sample.isascii():
        by_script = _by_script(sample)
        if by_script:
            return by_script
    return _by_words(sample)


def _by_script(sample: str) -> str | None:
    # A name or a signature in another script does not make a language: a fifth of the letters do.
    enough = max(4, sum(map(str.isalpha, sample)) // 5)
    for language, script in _SCRIPTS:
        if len(script.findall(sample)) >= enough:
            return "uk" if language == "ru" and _UKRAINIAN.search(sample) else language
    return None


def _by_words(sample: str) -> str | None:
    hits: dict[str, float] = {}
    # Each word once: a table of codes or an echo must not outvote the sentences around it.
    for word in set(_WORD.findall(sample.lower())):
        languages = _LANGUAGES_OF.get(word)
        if languages:
            # A word of one language tells more than one that five share.
            for language in languages:
                hits[language] = hits.get(language, 0) + 1 / len(languages)
    if not hits:
        return None
    best = max(hits, key=lambda language: hits[language])
    return best if hits[best] >= _FEWEST_HITS else None
