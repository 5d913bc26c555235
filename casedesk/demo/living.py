"""A demo that lives: every few seconds somebody writes, looks, answers, resolves or calls, until it is stopped.

Mail comes by the SMTP port of the desk that is served, calls and who-is-here by its HTTP port, colleagues act through the
same abilities as its pages. The same seed plays the same order of events; on what they fall depends on the desk.
"""

import asyncio
import contextlib
import http.client
import json
import os
import signal
import smtplib
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.utils import make_msgid
from random import Random
from typing import Any
from urllib.parse import urlencode

import structlog

from casedesk import clock
from casedesk.app import opened
from casedesk.cases import assigning, closing, conversing
from casedesk.database import rows
from casedesk.demo.authoring import Author
from casedesk.demo.company import cast
from casedesk.demo.lives import AGENTS, GREETINGS, THANKS, speakers
from casedesk.demo.population import customers, population
from casedesk.demo.reading import read
from casedesk.demo.story import Story, story_of
from casedesk.errors import CasedeskError, Unusable
from casedesk.identity import SYSTEM, Actor
from casedesk.settings import Settings
from casedesk.users import enrolling

PASSWORD = "casedesk-demo"  # noqa: S105  # shown on the sign-in page; these sign-ins work on loopback only
SHORTEST_PAUSE, LONGEST_PAUSE = 4.0, 10.0
SECONDS_BETWEEN_CALLS = 180.0
_LOOKING, _WRITING, _GONE = 1, 2, 0
_HAPPENS = {"mail": 30, "answer": 24, "look": 16, "reply": 22, "resolve": 8}
_ASKS = {
    "en": ("thank you for your message. I have the device's record in front of me. Since when does it happen, and does it "
           "come back after a restart?", "I have seen this before and think that I know what it is. Could you send me the "
           "first lines of the log, please?", "this is covered by your contract. I look into it now and write again today."),
    "fr": ("merci pour votre message. Depuis quand cela se produit-il, et cela revient-il après un redémarrage ?",),
    "de": ("vielen Dank für Ihre Nachricht. Seit wann tritt das auf, und kommt es nach einem Neustart wieder?",),
}  # fmt: skip
_WAITING = """
SELECT o.headers, o.recipient, o.mail_message_id, o.subject, c.language FROM outgoing_mail o JOIN cases c ON c.id = o.case_id
WHERE o.kind = 'reply' AND o.state = 'sent' AND c.status_category = 'waiting_on_customer' ORDER BY o.id DESC LIMIT 25
"""
_OPEN = """
SELECT c.id, c.language, k.name FROM cases c LEFT JOIN contacts k ON k.id = c.contact_id
WHERE c.is_open AND c.contact_id IS NOT NULL AND c.status_category IN ('new', 'open') ORDER BY c.next_due_at, c.id LIMIT 20
"""
_ANSWERED = """
SELECT id, language FROM cases WHERE status_category = 'open' AND last_reply_at IS NOT NULL
AND last_customer_message_at > last_reply_at ORDER BY last_customer_message_at DESC LIMIT 10
"""

_log = structlog.get_logger("demo")


async def live(settings: Settings, *, seed: int) -> None:
    """Play events against the demo that is served from this folder, until cancelled or what started this is gone.

    Raises Unusable for a desk that is no demo.
    """
    story = story_of(settings.data)
    if story is None:
        raise Unusable(f"{settings.data} holds no demo: nothing is played in a desk of real people")
    async with opened(settings):
        people = (await cast()).staff
        playing = asyncio.current_task()
        if playing is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, playing.cancel)
        token = await enrolling.add_token(people["lena@halden.example"].user_id or 0, by=SYSTEM, name="demo --live")
        try:
            # Stopped by a signal it ends as it should: the token is taken back.
            with contextlib.suppress(asyncio.CancelledError):
                await _Living(settings, story, people, Random(f"{seed}:live"), token.secret).play()
        finally:
            await enrolling.revoke_token(token.id, by=SYSTEM)


class _Living:
    """Plays one event after another."""

    def __init__(self, settings: Settings, story: Story, people: dict[str, Actor], chance: Random, token: str) -> None:
        self.settings, self.story, self.people, self.chance, self.token = settings, story, people, chance, token
        self.customers = customers(population(story.seed))
        self.products = {product["sku"]: product["name"] for product in read("company.toml")["product"]}
        self.sessions: dict[str, dict[str, str]] = {}

    async def play(self) -> None:
        """Play until what started this has ended."""
        does: dict[str, Callable[[], Awaitable[None]]] = {
            "mail": self._mail, "answer": self._answer, "look": self._look, "reply": self._reply,
            "resolve": self._resolve, "call": self._call,
        }  # fmt: skip
        parent, last_call = os.getppid(), clock.now()
        while os.getppid() == parent:
            await asyncio.sleep(self.chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))
            happens = self.chance.choices(list(_HAPPENS), list(_HAPPENS.values()))[0]
            if (clock.now() - last_call).total_seconds() > SECONDS_BETWEEN_CALLS:
                happens, last_call = "call", clock.now()
            try:
                await does[happens]()
            except (OSError, smtplib.SMTPException, http.client.HTTPException, CasedeskError) as error:
                # The desk may be starting, stopping or busy, and people may have done it first: the next event comes.
                _log.info("demo_event_not_played", what=happens, reason=str(error))
            else:
                _log.info("demo_event", what=happens)

    async def _mail(self) -> None:
        plot = Author(self.chance, self.customers, self.products, clock.now(), 14).any()
        letter = _letter(plot.contact, plot.name, f"{plot.mailbox}@example.com", plot.subject, plot.text)
        await asyncio.to_thread(self._post, letter)

    async def _answer(self) -> None:
        found = await rows(_WAITING)
        if not found:
            await self._mail()
            return
        mail = self.chance.choice(found)
        headers = json.loads(mail["headers"])
        words = self.chance.choice(THANKS.get(mail["language"] or "en", THANKS["en"]))
        letter = _letter(mail["recipient"], "", headers["Reply-To"], mail["subject"], words)
        letter["In-Reply-To"] = letter["References"] = mail["mail_message_id"]
        await asyncio.to_thread(self._post, letter)

    async def _look(self) -> None:
        if case := await self._open_case():
            agent = self.chance.choice(AGENTS)
            await self._be_there(agent, case["id"], _LOOKING)
            await asyncio.sleep(self.chance.uniform(3, 8))
            await self._be_there(agent, case["id"], _GONE)

    async def _reply(self) -> None:
        case = await self._open_case()
        if case is None:
            return
        language = case["language"] if case["language"] in _ASKS else "en"
        agent = self.chance.choice(speakers(language))
        await self._be_there(agent, case["id"], _LOOKING)
        await asyncio.sleep(self.chance.uniform(2, 4))
        await self._be_there(agent, case["id"], _WRITING)
        await asyncio.sleep(self.chance.uniform(3, 7))
        first = (case["name"] or "").split(" ")[0]
        text = f"{GREETINGS[language]} {first},\n\n{self.chance.choice(_ASKS[language])}\n\n{agent.capitalize()}"
        by = self.people[f"{agent}@halden.example"]
        await conversing.reply_unseen(str(case["id"]), by=by, text=text, status="waiting_on_customer")
        await self._be_there(agent, case["id"], _GONE)

    async def _resolve(self) -> None:
        found = await rows(_ANSWERED)
        if not found:
            await self._take()
            return
        by = self.people[f"{self.chance.choice(AGENTS)}@halden.example"]
        case = self.chance.choice(found)
        await closing.resolve_unseen(str(case["id"]), by=by, resolution="The customer says that it works.")

    async def _take(self) -> None:
        if case := await self._open_case():
            by = self.people[f"{self.chance.choice(AGENTS)}@halden.example"]
            await assigning.take_unseen(str(case["id"]), by=by)

    async def _call(self) -> None:
        found = await rows("SELECT phones FROM contacts WHERE phones <> '[]' ORDER BY id LIMIT 200")
        phones = [json.loads(row["phones"]) if isinstance(row["phones"], str) else row["phones"] for row in found]
        caller = self.chance.choice(phones)[0] if phones else "+1 303 555 0142"
        body = {
            "from": caller,
            "to": "+1 303 555 0110",
            "direction": "in",
            "provider_id": f"demo-{self.chance.random()}",
        }
        await asyncio.to_thread(self._ask, "POST", "/api/v1/calls", json.dumps(body), _json(self.token))

    async def _open_case(self) -> dict[str, Any] | None:
        found = await rows(_OPEN)
        return self.chance.choice(found) if found else None

    async def _be_there(self, agent: str, case: int, doing: int) -> None:
        await asyncio.to_thread(self._tell_presence, agent, case, doing)

    def _tell_presence(self, agent: str, case: int, doing: int) -> None:
        if agent not in self.sessions:
            body = urlencode({"email": f"{agent}@halden.example", "password": PASSWORD})
            status, answer, cookie = self._ask("POST", "/sign-in", body, _form())
            if status != 200:
                return
            self.sessions[agent] = {"csrf": json.loads(answer)["csrf"], "cookie": cookie}
        session = self.sessions[agent]
        body = urlencode({"doing": doing, "csrf": session["csrf"]})
        status, _, _ = self._ask("POST", f"/console/c/{case}/presence", body, {**_form(), "Cookie": session["cookie"]})
        if status == 401:
            del self.sessions[agent]

    def _post(self, letter: EmailMessage) -> None:
        host, _, port = self.settings.smtp.rpartition(":")
        with smtplib.SMTP(host, int(port), timeout=20) as door:
            door.send_message(letter)

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str, str]:
        """Ask the desk; return the status, the body and the cookie it set."""
        connection = http.client.HTTPConnection(self.settings.http, timeout=20)
        try:
            connection.request(method, path, body.encode(), {**headers, "Origin": f"http://{self.settings.http}"})
            answer = connection.getresponse()
            cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
            return answer.status, answer.read().decode(), cookie
        finally:
            connection.close()


def _letter(sender: str, name: str, to: str, subject: str, text: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = f'"{name}" <{sender}>' if name else sender
    letter["To"], letter["Subject"] = to, subject
    letter["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    letter["Date"] = clock.now()
    letter.set_content(text)
    return letter


def _form() -> dict[str, str]:
    return {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


def _json(token: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
