"""What the sender newly wrote, parted from quotes and signatures in many languages; and that hostile text is quick."""

import time

import pytest

from casedesk import richtext
from intake.quoting import REPLY_MARKER, new_text

ABOVE = "Thank you, that helped.\n\nAnn"
TOP_POSTS = {
    "English": "On Mon, Nov 2, 2026 at 5:03 PM, Support <support@example.com> wrote:",
    "English, wrapped": "On Monday, 2 November 2026 at 17:03, Customer Support Team <\nsupport@example.com> wrote:",
    "English, Zoho": "---- On Mon, 02 Nov 2026 17:03:00 +0100 Support <support@example.com> wrote ----",
    "German": "Am 02.11.2026 um 17:03 schrieb Support:",
    "German, Gmail": "Support <support@example.com> schrieb am Mo., 2. Nov. 2026 um 17:03 Uhr:",
    "French": "Le lun. 2 nov. 2026 à 17:03, Support <support@example.com> a écrit :",
    "Spanish": "El lun, 2 nov 2026 a las 17:03, Support (<support@example.com>) escribió:",
    "Italian": "Il giorno lun 2 nov 2026 alle ore 17:03 Support <support@example.com> ha scritto:",
    "Dutch": "Op ma 2 nov. 2026 om 17:03 schreef Support <support@example.com>:",
    "Portuguese": "Em seg., 2 de nov. de 2026 às 17:03, Support <support@example.com> escreveu:",
    "Swedish": "Den mån 2 nov. 2026 kl 17:03 skrev Support <support@example.com>:",
    "Danish": "Den man. 2. nov. 2026 kl. 17.03 skrev Support <support@example.com>:",
    "Norwegian": "man. 2. nov. 2026 kl. 17:03 skrev Support <support@example.com>:",
    "Polish": "pon., 2 lis 2026 o 17:03 Support <support@example.com> napisał(a):",
    "Finnish": "ma 2. marrask. 2026 klo 17.03 Support (support@example.com) kirjoitti:",
    "Czech": "po 2. 11. 2026 v 17:03 odesílatel Support <support@example.com> napsal:",
    "Russian": "пн, 2 нояб. 2026 г. в 17:03, Support <support@example.com>:",
    "Ukrainian": "пн, 2 лист. 2026 р. о 17:03 Support <support@example.com> пише:",
    "Turkish": "Support <support@example.com>, 2 Kas 2026 Pzt, 17:03 tarihinde şunu yazdı:",
    "Japanese": "2026年11月2日(月) 17:03 Support <support@example.com>:",
    "Chinese": "Support <support@example.com> 于2026年11月2日周一 17:03写道：",
    "Korean": "2026년 11월 2일 (월) 오후 5:03, Support <support@example.com>님이 작성:",
    "no verb": '02.11.2026, 17:03, "Support" <support@example.com>:',
}


@pytest.mark.parametrize("line", TOP_POSTS.values(), ids=TOP_POSTS.keys())
def test_what_stands_above_the_line_that_introduces_a_quote_is_new(line: str) -> None:
    assert new_text(f"{ABOVE}\n\n{line}\n\n> Please try a new cable.\n> It is in the box.\n") == ABOVE


@pytest.mark.parametrize("line", TOP_POSTS.values(), ids=TOP_POSTS.keys())
def test_the_quote_below_it_needs_no_marks(line: str) -> None:
    assert new_text(f"{ABOVE}\n\n{line}\n\nPlease try a new cable.\nIt is in the box.\n") == ABOVE


HEADER_BLOCKS = {
    "English": "From: Support <support@example.com>\nSent: Monday, November 2, 2026 5:03 PM\nTo: Ann\nSubject: Printer",
    "English, in stars": "*From:* Support\n*Sent:* Monday\n*To:* Ann\n*Subject:* Printer",
    "German": "Von: Support <support@example.com>\nGesendet: Montag, 2. November 2026 17:03\nAn: Ann\nBetreff: Drucker",
    "French": "De : Support <support@example.com>\nEnvoyé : lundi 2 novembre 2026 17:03\nÀ : Ann\nObjet : Imprimante",
    "Spanish": "De: Support\nEnviado el: lunes\nPara: Ann\nAsunto: Impresora",
    "Italian": "Da: Support\nInviato: lunedì 2 novembre 2026\nA: Ann\nOggetto: Stampante",
    "Dutch": "Van: Support\nVerzonden: maandag 2 november 2026\nAan: Ann\nOnderwerp: Printer",
    "Portuguese": "De: Support\nEnviada: segunda-feira\nPara: Ann\nAssunto: Impressora",
    "Swedish": "Från: Support\nSkickat: den 2 november 2026\nTill: Ann\nÄmne: Skrivare",
    "Danish": "Fra: Support\nSendt: 2. november 2026\nTil: Ann\nEmne: Printer",
    "Polish": "Od: Support\nWysłano: poniedziałek\nDo: Ann\nTemat: Drukarka",
    "Russian": "От: Support\nОтправлено: 2 ноября 2026\nКому: Ann\nТема: Принтер",
    "Japanese": "差出人: Support\n送信日時: 2026年11月2日\n宛先: Ann\n件名: プリンター",
    "Chinese": "发件人: Support\n发送时间: 2026年11月2日\n收件人: Ann\n主题: 打印机",
    "Korean": "보낸 사람: Support\n보낸 날짜: 2026년 11월 2일\n받는 사람: Ann\n제목: 프린터",
}


@pytest.mark.parametrize("block", HEADER_BLOCKS.values(), ids=HEADER_BLOCKS.keys())
@pytest.mark.parametrize("rule", ["", "________________________________\n", "-----Original Message-----\n"])
def test_what_stands_above_a_block_of_quoted_headers_is_new(block: str, rule: str) -> None:
    assert new_text(f"{ABOVE}\n\n{rule}{block}\n\nPlease try a new cable.\n") == ABOVE


CASES = [
    ("one line", "one line", "a single line is all new"),
    ("Hello\n\nworld\n", "Hello\n\nworld", "a text without a quote is all new"),
    ("> a quote\n> goes on", "", "nothing but a quote has nothing new"),
    (
        "On 2 Nov 2026, at 17:03, Support wrote:\n\n> Is it plugged in?\n\nYes, it is.\n",
        "Yes, it is.",
        "an answer below one quote is new and the quote is not",
    ),
    (
        "Hi,\nOn 2 Nov 2026, at 17:03, Support wrote:\n> Is it plugged in?\nYes.\n> Is it on?\nNo.\n",
        "Hi,\n> Is it plugged in?\nYes.\n> Is it on?\nNo.",
        "answers between quotes keep the questions they answer",
    ),
    ("> Is it plugged in?\n\nYes.\n", "> Is it plugged in?\n\nYes.", "a quote made by hand stays with its answer"),
    (f"Thanks\n\n{REPLY_MARKER}\n\nDear Ann, ...\n", "Thanks", "below our own marker all is history"),
    (
        f"Thanks\n\nAm 2.11.2026 um 17:03 schrieb Support:\n> {REPLY_MARKER}\n>\n> Dear Ann\n",
        "Thanks",
        "our own marker inside a quote ends the same way",
    ),
    ("All good.\n\n-- \nAnn Smith\nHead of Pumps\n", "All good.", "a signature below its mark is not new"),
    ("All good.\n\nSent from my iPhone\n", "All good.", "the advertisement of a telephone is not new"),
    ("Alles gut.\n\nVon meinem iPhone gesendet\n", "Alles gut.", "also in German"),
    ("Tout va bien.\n\nEnvoyé de mon iPhone\n", "Tout va bien.", "also in French"),
    (
        "See below.\n\n---------- Forwarded message ---------\nFrom: Bo <bo@x.example>\nDate: Mon\n"
        "Subject: Hi\nTo: Ann\n\nhello\n",
        "See below.",
        "a forwarded message is not new",
    ),
    (
        "---------- Forwarded message ---------\nFrom: Bo <bo@x.example>\nDate: Mon\nSubject: Hi\nTo: Ann\n\nhello\n",
        "hello",
        "a forwarded message alone is what there is",
    ),
    (
        "On Monday the printer stopped.\nOn Tuesday it burnt, at 10:30.\nWhat now?\n",
        "On Monday the printer stopped.\nOn Tuesday it burnt, at 10:30.\nWhat now?",
        "a sentence that begins with On is the sender's own",
    ),
    (
        "The form asks:\nFrom: Berlin\nWhich town do you mean?\n",
        "The form asks:\nFrom: Berlin\nWhich town do you mean?",
        "one label makes no header block",
    ),
    (
        "Steps:\n--\n1. switch on\n" + "2. wait\n" * 40,
        "Steps:\n--\n1. switch on\n" + "2. wait\n" * 39 + "2. wait",
        "a rule above a long text is no signature",
    ),
]


@pytest.mark.parametrize(("text", "new"), [case[:2] for case in CASES], ids=[case[2] for case in CASES])
def test_new_text(text: str, new: str) -> None:
    assert new_text(text) == new


HTML = [
    ('<p>Yes.</p><div class="gmail_quote">On 2.11.2026 Support wrote:<blockquote>Is it on?</blockquote></div>', "Yes."),
    ('<p>Yes.</p><blockquote type="cite">Is it on?</blockquote>', "Yes."),
    ('<p>Yes.</p><div id="divRplyFwdMsg">From: Support</div><p>Is it on?</p>', "Yes."),
    ('<p>Yes.</p><div id="x_divRplyFwdMsg">From: Support</div><p>Is it on?</p>', "Yes."),
    ("<p>Yes.</p><p>26.06.2026, 14:41, Support &lt;a@b.example&gt;:</p><blockquote>Is it on?</blockquote>", "Yes."),
    (
        '<p>I mean:</p><blockquote style="margin:0 0 0 40px;border:none;padding:0px">the red one</blockquote>',
        "I mean:\n\nthe red one",
    ),
    (
        '<div>On 2.11.2026 Support wrote:</div><blockquote type="cite">Is it on?</blockquote><p>Yes.</p>',
        "Yes.",
    ),
]


@pytest.mark.parametrize(
    ("html", "new"),
    HTML,
    ids=["Gmail", "Apple", "Outlook for the web", "Outlook, quoted again", "Yandex", "an indent", "an answer below"],
)
def test_marks_of_quotes_in_html_are_known(html: str, new: str) -> None:
    assert new_text(richtext.to_text(html), html, text_is_from_html=True) == new


BOMBS = {
    "lines that introduce quotes": "On Mon 2.11.2026, X wrote:\n" * 30_000,
    "quotes and answers": "On Mon 2.11.2026, X wrote:\n> q\n" * 20_000 + "end",
    "labels": "From: a\nSent: b\nTo: c\n" * 20_000,
    "signature marks": "--\n" * 80_000,
    "rules": "________\n" * 30_000,
    "one long line": "On " + "a" * 300_000 + " wrote:",
    "dashes": "-" * 250_000 + "\nx",
    "greater-than signs": (">" * 900 + "\n") * 300,
    "stars before labels": "*" * 200_000 + "\n*From:* x\n",
    "addresses": "a@" * 130_000 + "\nx",
    "spaces": " " * 250_000 + "x\ny",
    "commas": "2.11.2026, 14:41" + "<" * 200_000 + "\nx:",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    start = time.process_time()

    new_text(text)

    assert time.process_time() - start < 5  # It takes a fraction of a second; a quadratic reader takes minutes.
