"""The words that mail programs in many languages put around quoted history; plain data for `quoting`."""

# Verbs of the line that introduces a quote: "On Monday, Ann wrote:".
WROTE = (
    "wrote", "writes", "schrieb", "schreibt", "hat geschrieben", "a écrit", "a ecrit", "écrit", "escribió",
    "escribio",
    "ha escrito", "ha scritto", "scrive", "schreef", "geschreven", "escreveu", "skrev", "skriver", "napisał",
    "napisała",
    "napisał(a)", "pisze", "napsal", "napsala", "napísal", "kirjoitti", "írta", "yazdı", "şunu yazdı", "a scris",
    "έγραψε", "написал", "написала", "написал(а)", "пишет", "пише", "написав", "написа", "كتب", "כתב", "đã viết",
    "menulis", "写道", "寫道", "写：", "書きました", "のメッセージ", "님이 작성", "작성:", "เขียน",
)  # fmt: skip

# How such a line begins; a line that only goes on from the sender's own words does not.
OPENINGS = (
    "on ", "am ", "le ", "el ", "il ", "op ", "em ", "den ", "dnia ", "w dniu ", "dne ", "dňa ", "pe ", "în data ",
    "vào ", "pada ", "în ", "tarihinde ", "στις ", "на ", "в ", "vom ", "a ", "w ", "el día ", "in data ", "ons ",
    "tor ",
    "fre ", "man ", "tir ", "lør ", "søn ", "mån ", "tis ", "lör ", "sön ", "ma ", "ti ", "ke ", "to ", "pe ",
    "la ", "su ",
    "mon,", "tue,", "wed,", "thu,", "fri,", "sat,", "sun,", "quoting ", "at ", "po ", "---- on ", "dana ", "dana, ",
)  # fmt: skip

# Lines that stand alone above a whole quoted or forwarded message.
ORIGINAL = (
    "original message", "original appointment", "forwarded message", "begin forwarded message", "reply message",
    "ursprüngliche nachricht", "originalnachricht", "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht",
    "message d'origine", "message original", "message transféré", "début du message transféré", "message réexpédié",
    "mensaje original", "mensaje reenviado", "inicio del mensaje reenviado", "messaggio originale",
    "messaggio inoltrato", "inizio messaggio inoltrato", "oorspronkelijk bericht", "doorgestuurd bericht",
    "begin doorgestuurd bericht", "mensagem original", "mensagem encaminhada", "mensagem reencaminhada",
    "ursprungligt meddelande", "originalmeddelande", "vidarebefordrat meddelande", "oprindelig meddelelse",
    "videresendt meddelelse", "opprinnelig melding", "videresendt melding", "alkuperäinen viesti", "välitetty viesti",
    "wiadomość oryginalna", "oryginalna wiadomość", "wiadomość przekazana", "původní zpráva", "přeposlaná zpráva",
    "eredeti üzenet", "orijinal mesaj", "iletilen mesaj", "mesaj original", "исходное сообщение",
    "пересылаемое сообщение",
    "пересылаемое письмо", "оригінальне повідомлення", "元のメッセージ", "原始邮件", "原始郵件", "转发邮件",
    "邮件原件",
    "원본 메시지", "원본 메일", "전달된 메시지", "mensaje citado",
)  # fmt: skip

# The labels of a quoted header block, by what they stand for.
LABELS = {
    "from": "from von de da van från fra od lähettäjä от від kimden feladó expéditeur remitente"
    " mittente afzender 差出人"
    " 发件人 寄件者 寄件人 보낸_사람 보낸사람 de_la gönderen absender",
    "date": "sent date gesendet datum envoyé date enviado fecha inviato data verzonden skickat sendt dato wysłano"
    " lähetetty päivämäärä отправлено дата надіслано gönderme_tarihi gönderildi tarih elküldve dátum sent_at odesláno"
    " 送信日時 日付 日時 发送时间 发送日期 時間 日期 寄件日期 보낸_날짜 날짜 gesendet_am enviada",
    "to": "to an à para a aan till til do vastaanottaja кому kime címzett komu către 宛先 收件人 收件者"
    " 받는_사람 destinatario",
    "subject": "subject betreff objet asunto oggetto onderwerp ämne emne temat aihe тема konu tárgy předmět subiect"
    " 件名 主题 主題 主旨 제목 assunto",
    "cc": "cc kopie copie kopia kopi kopio копия bilgi másolat 抄送 副本 참조 bcc",
    "reply": "reply-to antwort antwort_an risposta importance wichtigkeit",
}

# How a line begins that a telephone or a mail program adds below the text.
MOBILE = (
    "sent from ", "sent via ", "sent by ", "sent with ", "sent using ", "get outlook for", "get [outlook for",
    "from my iphone", "from my ipad", "from my mobile", "from my android", "from my samsung", "from my blackberry",
    "sent on the go", "von meinem ", "gesendet von ", "gesendet mit ", "diese nachricht wurde von meinem",
    "outlook für ", "envoyé depuis ", "envoyé de mon ", "envoyé à partir ", "télécharger outlook", "obtenir outlook",
    "enviado desde ", "enviado de mi ", "enviado con ", "enviado do meu ", "enviado por ", "enviado via ",
    "obtener outlook",
    "inviato da ", "inviato dal ", "inviato con ", "ottieni outlook", "scarica outlook", "verzonden met ",
    "verzonden vanaf ", "verstuurd vanaf ", "verstuurd vanuit ", "outlook voor ", "obter o outlook", "skickat från ",
    "skickades från ", "hämta outlook", "sendt fra ", "hent outlook", "wysłano z ", "wysłane z ", "pobierz outlook",
    "lähetetty ", "odesláno z ", "odesláno ze ", "отправлено с ", "отправлено из ", "надіслано з ", "iphone'umdan",
    "从我的 ", "从我的iphone", "發自我的", "发自我的", "從我的 ", "iphoneから送信", "나의 iphone에서 보냄",
    "내 iphone에서 보냄",
    "someone from mobile", "trimis de pe",
)  # fmt: skip

# What other helpdesks and we ourselves write above an answer: everything below it is history.
REPLY_MARKERS = (
    "please type your reply above this line",
    "please reply above this line",
    "reply above this line",
    "write above this line",
    "type your response above this line",
    "bitte antworten sie über dieser zeile",
    "répondez au-dessus de cette ligne",
    "responda por encima de esta línea",
    "please do not write below this line",
)
