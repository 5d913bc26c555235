"""What happens to whom, as data: the cases of the demo company and the steps of each, made of a seed alone.

Pure: the same customers, number of cases and seed give the same plot. Telling it to a desk is `telling`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from random import Random
from typing import Any

WEEKS = 4
_GREETINGS = {"en": "Hello", "fr": "Bonjour", "de": "Guten Tag"}
_THANKS = {
    "en": ("Thank you, it works again.", "That was it. Thanks a lot!", "Perfect, thank you.", "All good now, thanks."),
    "fr": ("Merci beaucoup, tout fonctionne.", "C'est réglé, merci !"),
    "de": ("Vielen Dank, es läuft wieder.", "Das war es, danke!"),
}  # fmt: skip
_AGAIN = {
    "en": "I am sorry, it is back since this morning. The same as before.",
    "fr": "Malheureusement le problème est revenu ce matin.",
    "de": "Leider ist der Fehler heute früh wieder aufgetreten.",
}
_WORDS_OF_SURVEYS = ("", "", "", "Quick and friendly.", "Solved at the second try.", "Clear steps, thank you.")
_LIVES = {"told": 34, "quick": 16, "asked": 18, "second_tier": 9, "silent": 6, "reopened": 4, "late": 4, "parked": 9}
_ORIGINS = {"email": 52, "portal": 27, "phone": 18, "web": 3}
_FIRST_TIER = ("mara@halden.example", "priya@halden.example", "theo@halden.example", "kim@halden.example")
_SECOND_TIER = ("jonas@halden.example", "hiro@halden.example", "nadia@halden.example")
_SPEAKERS = {"fr": ("mara@halden.example", "nadia@halden.example"), "de": ("jonas@halden.example",)}


@dataclass(frozen=True, slots=True)
class Customer:
    """A person who writes; `devices` are the serials of their company by product (sku)."""

    email: str
    name: str
    language: str
    sites: tuple[str, ...] = ()
    devices: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """Return what an agent greets them by."""
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Step:
    """Something done on a case, `after` minutes since the step before; `who` is staff by address, "" the customer."""

    after: float
    do: str
    who: str = ""
    text: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plot:
    """One case: `hours` old, begun with `text` by `contact`, and what happened to it since."""

    hours: float
    contact: str
    name: str
    subject: str
    text: str
    steps: tuple[Step, ...]
    origin: str = "email"
    mailbox: str = "support"
    language: str = "en"
    priority: str | None = None
    type: str | None = None
    tags: tuple[str, ...] = ()
    on_behalf: str = ""


def read(name: str) -> dict[str, Any]:
    """Return one of the files of this package, parsed."""
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


def plots(customers: Sequence[Customer], products: Mapping[str, str], cases: int, seed: int) -> list[Plot]:
    """Return `cases` plots, the oldest first: the threads written by hand, and the rest made of topics.

    `products` are names by sku.
    """
    by_address = {customer.email: customer for customer in customers}
    found = [_star(star, by_address) for star in read("stars.toml")["star"][:cases]]
    topics = read("topics.toml")["topic"]
    for number in range(cases - len(found)):
        # Text, not the pair: what Random makes of a text is the same in every process.
        found.append(_made(Random(f"{seed}:{number}"), customers, topics, products))
    return sorted(found, key=lambda plot: -plot.hours)


def _star(star: Mapping[str, Any], customers: Mapping[str, Customer]) -> Plot:
    customer = customers.get(star["contact"]) or Customer(star["contact"], star.get("name", ""), "en")
    text = star["text"]
    for sku, serials in customer.devices.items():
        text = text.replace(f"{{serial:{sku}}}", serials[0])
    return Plot(
        hours=star["hours"], contact=customer.email, name=customer.name, subject=star["subject"], text=text,
        steps=tuple(_written(step) for step in star["steps"]), origin=star.get("origin", "email"),
        mailbox=star.get("mailbox", "support"), language=star.get("language", "en"), priority=star.get("priority"),
        type=star.get("type", "technical_support"), tags=tuple(star.get("tags", ())), on_behalf=star.get("on_behalf", ""),
    )  # fmt: skip


def _written(step: Mapping[str, Any]) -> Step:
    more = {key: value for key, value in step.items() if key not in ("after", "do", "who", "text")}
    return Step(step["after"], step["do"], step.get("who", ""), step.get("text", ""), more)


def _made(chance: Random, customers: Sequence[Customer], topics: Sequence[Any], products: Mapping[str, str]) -> Plot:
    customer = chance.choice(customers)
    spoken = [topic for topic in topics if topic.get("language") == customer.language]
    if not spoken or chance.random() < 0.4:
        spoken = [topic for topic in topics if "language" not in topic]
    topic = chance.choice(spoken)
    language = topic.get("language", "en")
    sku = chance.choice([sku for sku in topic["products"] if sku in customer.devices] or topic["products"][:1])
    devices = customer.devices.get(sku, ())
    facts = {
        "first": customer.first, "name": customer.name, "product": products.get(sku, "Halden Cloud"),
        "serial": chance.choice(devices) if devices else "of ours", "site": chance.choice(customer.sites),
        "invoice": 88000 + chance.randrange(900),
    }  # fmt: skip

    def line(kind: str) -> str:
        return str(chance.choice(topic[kind])).format(**facts)

    subject, opening, detail = line("subjects"), line("openings"), line("details")
    origin = _one_of(chance, _ORIGINS)
    if origin == "phone":
        text = f"{customer.name} on the telephone: {opening} {detail}"
    else:
        text = f"{_GREETINGS[language]},\n\n{opening} {detail}\n\n{customer.name}"
    agent = chance.choice(_SPEAKERS.get(language, _FIRST_TIER))
    writer = _Writer(chance, customer, language, agent, line, topic)
    return Plot(
        hours=WEEKS * 7 * 24 * chance.random() ** 2.2 + 0.2, contact=customer.email, name=customer.name,
        subject=subject, text=text, steps=tuple(writer.life(_one_of(chance, _LIVES))), origin=origin,
        mailbox=topic.get("mailbox", "support"), language=language, priority=topic.get("priority"), type=topic["type"],
        tags=tuple(topic.get("tags", ())),
    )  # fmt: skip


def _one_of(chance: Random, weights: Mapping[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


class _Writer:
    """Writes the life of one case; `line` draws a line of its topic."""

    def __init__(
        self, chance: Random, customer: Customer, language: str, agent: str, line: Any, topic: Mapping[str, Any]
    ) -> None:
        self.chance, self.customer, self.language = chance, customer, language
        self.agent, self.line, self.topic = agent, line, topic

    def life(self, kind: str) -> list[Step]:
        """Return the steps of a life of this kind, the survey included when somebody answers it."""
        return [*getattr(self, f"_{kind}")(), *self._survey(kind)]

    def _told(self) -> list[Step]:
        return [self._reply("fixes", status="resolved")]

    def _quick(self) -> list[Step]:
        return [self._reply("fixes"), self._thanks(), self._resolve()]

    def _asked(self) -> list[Step]:
        return [
            self._reply("questions"), self._says(self.line("answers")), self._reply("fixes"),
            self._thanks(), self._resolve(),
        ]  # fmt: skip

    def _late(self) -> list[Step]:
        late = Step(self._minutes(500), "take", self.agent)
        return [late, self._reply("fixes"), self._thanks(), self._resolve()]

    def _silent(self) -> list[Step]:
        ended = Step(self._minutes(4000), "resolve", self.agent, "No answer; taken as solved.")
        return [self._reply("questions"), ended]

    def _parked(self) -> list[Step]:
        first = [self._take(), self._note(), self._reply("questions"), self._says(self.line("answers"))]
        return first[: self.chance.randint(1, 4)]

    def _reopened(self) -> list[Step]:
        back = Step(self._minutes(1500), "customer", text=self._signed(_AGAIN[self.language]))
        return [*self._quick(), back, self._reply("fixes"), self._thanks(), self._resolve()]

    def _second_tier(self) -> list[Step]:
        expert = self.chance.choice(_SPEAKERS.get(self.language, _SECOND_TIER))
        up = Step(
            self._minutes(30), "escalate", self.agent, "The usual steps did not help.",
            {"kind": "tier_2", "tried": "Everything in the solution", "need": "A look at the log"},
        )  # fmt: skip
        first = [self._take(), self._note(), up]
        self.agent = expert
        return [*first, self._take(), self._reply("fixes"), self._thanks(), self._resolve()]

    def _survey(self, kind: str) -> list[Step]:
        if kind == "parked" or self.chance.random() < 0.55:
            return []
        score = self.chance.choices((5, 4, 3, 2, 1), (60, 25, 8, 4, 3) if kind != "late" else (5, 15, 30, 25, 25))[0]
        words = self.chance.choice(_WORDS_OF_SURVEYS) if score > 2 else "It took too long."
        return [Step(self._minutes(300), "survey", text=words, more={"score": score})]

    def _take(self) -> Step:
        return Step(self._minutes(25), "take", self.agent)

    def _note(self) -> Step:
        return Step(self._minutes(10), "note", self.agent, self.line("notes"))

    def _reply(self, kind: str, status: str = "waiting_on_customer") -> Step:
        words = self.line(kind)
        words = words if self.language == "de" else words[0].upper() + words[1:]
        name = self.agent.partition("@")[0].capitalize()
        text = f"{_GREETINGS[self.language]} {self.customer.first},\n\n{words}\n\n{name}"
        return Step(self._minutes(35), "reply", self.agent, text, {"status": status})

    def _says(self, words: str) -> Step:
        return Step(self._minutes(90), "customer", text=self._signed(words))

    def _thanks(self) -> Step:
        return self._says(self.chance.choice(_THANKS[self.language]))

    def _resolve(self) -> Step:
        more = {"solution": self.topic["solution"]} if "solution" in self.topic else {}
        return Step(self._minutes(20), "resolve", self.agent, self.topic["resolution"], more)

    def _signed(self, words: str) -> str:
        return f"{words}\n\n{self.customer.first}"

    def _minutes(self, median: float) -> float:
        return min(median * self.chance.lognormvariate(0, 0.8), median * 6)
