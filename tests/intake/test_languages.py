"""The guess at a language: clear texts are named, unclear ones are not."""

import pytest

from intake import languages

TEXTS = [
    ("en", "Hello, the printer in our office does not work since Monday. Can you please help us?"),
    ("de", "Guten Tag, der Drucker in unserem Büro funktioniert nicht. Können Sie mir bitte helfen und ist das neu?"),
    ("fr", "Bonjour, l'imprimante ne marche pas depuis lundi. Pouvez-vous nous aider avec une solution ? Merci"),
    ("es", "Hola, la impresora no funciona desde el lunes. ¿Pueden ayudarme con este problema por favor? Gracias"),
    (
        "it",
        "Buongiorno, la stampante non funziona da lunedì. Mi può aiutare per favore? Grazie, è urgente per il mio ufficio",
    ),
    (
        "nl",
        "Goedemiddag, de printer werkt niet sinds maandag. Kunt u ons helpen met dit probleem? Ik heb het niet nodig",
    ),
    (
        "pt",
        "Olá, a impressora não funciona desde segunda. Você pode ajudar com isso? Obrigado, tenho uma reunião em breve",
    ),
    ("sv", "Hej, skrivaren fungerar inte sedan måndag. Kan ni hjälpa mig? Tack, jag är på kontoret och det är bråttom"),
    (
        "pl",
        "Dzień dobry, drukarka nie działa od poniedziałku. Proszę o pomoc, czy to jest możliwe? Dziękuję, mam pytanie",
    ),
    ("ru", "Здравствуйте, принтер не работает с понедельника."),
    ("uk", "Доброго дня, принтер не працює з понеділка, потрібна її заміна."),
    ("ja", "プリンターが動きません。助けてください。"),
    ("zh", "打印机从星期一开始不工作了，请帮助我们。"),
    ("ko", "프린터가 월요일부터 작동하지 않습니다."),
    ("ar", "الطابعة لا تعمل منذ يوم الاثنين."),
    ("el", "Ο εκτυπωτής δεν λειτουργεί από τη Δευτέρα."),
    (None, "OK"),
    (None, "4711 / 0815"),
    (None, ""),
    ("en", "My name is Юрий and the printer of our office does not work with your cable, can you help?"),
]


@pytest.mark.parametrize(("language", "text"), TEXTS, ids=[text[:20] for _, text in TEXTS])
def test_a_text_is_guessed(language: str | None, text: str) -> None:
    assert languages.guessed(text) == language


@pytest.mark.parametrize(
    ("value", "language"),
    [(b"de", "de"), (b"de-AT", "de"), (b"EN, fr", "en"), (b"", None), (b"<script>", None), (None, None)],
)
def test_a_declared_language_loses_its_region(value: bytes | None, language: str | None) -> None:
    assert languages.declared(value) == language
