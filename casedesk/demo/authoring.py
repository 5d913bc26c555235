"""The cases of the demo company are made up: threads written by hand, and others put together from topics by chance.

Pure: the same customers, number of cases, seed and present give the same plots.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from casedesk.demo import rhythm
from casedesk.demo.lives import GREETINGS, Life
from casedesk.demo.plot import Customer, Plot, Step
from casedesk.demo.reading import read

PROBLEM = 20_377
"""Number of the case that the reports of one fault are linked to; all others are counted from it."""

SPIKE = 23
"""Reports of the fault of firmware 4.2, all of the last day and a half."""

ORIGINS = {"email": 52, "portal": 27, "phone": 18, "web": 3}
_PROBLEM_KEY = "firmware-4.2"
_SPIKE_TOPIC = "gateway-red"
_NEWEST_SPIKE_HOURS, _OLDEST_SPIKE_HOURS = 0.4, 34.0


def plots(
    customers: Sequence[Customer], products: Mapping[str, str], cases: int, seed: int, now: datetime
) -> list[tuple[int, Plot]]:
    """Return `cases` plots with the numbers of their cases, the oldest first: threads written by hand, and the others.

    `products` are names by sku.
    """
    by_address = {customer.email: customer for customer in customers}
    found = [_star(star, by_address) for star in read("stars.toml")["star"][:cases]]
    reported = sum(plot.linked_to is not None for plot in found)
    spike = min(SPIKE - reported, max(cases - len(found), 0) // 2)
    for number in range(cases - len(found)):
        # Text, not the pair: what Random makes of a text is the same in every process.
        chance = Random(f"{seed}:{number}")
        author = Author(chance, customers, products, now, rhythm.days_of(cases))
        found.append(author.report() if number < spike else author.any())
    found.sort(key=lambda plot: -plot.hours)
    return _numbered(found)


def _numbered(found: Sequence[Plot]) -> list[tuple[int, Plot]]:
    place = next((place for place, plot in enumerate(found) if plot.key == _PROBLEM_KEY), len(found))
    first = max(PROBLEM - place, 10_001)
    problem = first + place
    return [
        (number, replace(plot, linked_to=problem) if plot.linked_to is not None else plot)
        for number, plot in enumerate(found, first)
    ]


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
        key=star.get("key", ""), linked_to=PROBLEM if star.get("linked") else None,
    )  # fmt: skip


def _written(step: Mapping[str, Any]) -> Step:
    more = {key: value for key, value in step.items() if key not in ("after", "do", "who", "text")}
    return Step(step["after"], step["do"], step.get("who", ""), step.get("text", ""), more)


class Author:
    """Makes up one case of topics, customers and chance."""

    def __init__(
        self, chance: Random, customers: Sequence[Customer], products: Mapping[str, str], now: datetime, days: int
    ) -> None:
        self.chance, self.customers, self.products, self.now, self.days = chance, customers, products, now, days
        self.topics = read("topics.toml")["topic"]

    def any(self) -> Plot:
        """Return a case about anything, by anybody who writes at times."""
        chance = self.chance
        customer = chance.choices(self.customers, [each.weight for each in self.customers])[0]
        spoken = [topic for topic in self.topics if topic.get("language") == customer.language]
        if not spoken or chance.random() < 0.25:
            spoken = [topic for topic in self.topics if "language" not in topic and topic["key"] != _SPIKE_TOPIC]
        topic = chance.choices(spoken, [each.get("weight", 4) for each in spoken])[0]
        return self._of(topic, customer, rhythm.hours_ago(chance, customer.zone, self.now, self.days), linked=False)

    def report(self) -> Plot:
        """Return one of the many reports of the fault of the day."""
        topic = next(topic for topic in self.topics if topic["key"] == _SPIKE_TOPIC)
        affected = [each for each in self.customers if each.weight and topic["products"][0] in each.devices]
        hours = self.chance.uniform(_NEWEST_SPIKE_HOURS, _OLDEST_SPIKE_HOURS)
        return self._of(topic, self.chance.choice(affected), hours, linked=True)

    def _of(self, topic: Mapping[str, Any], customer: Customer, hours: float, *, linked: bool) -> Plot:
        chance, language = self.chance, topic.get("language", "en")
        line = self._lines(topic, customer)
        subject, opening, detail = line("subjects"), line("openings"), line("details")
        origin = chance.choices(list(ORIGINS), list(ORIGINS.values()))[0]
        if origin == "phone":
            text = f"{customer.name} on the telephone: {opening} {detail}"
        else:
            text = f"{GREETINGS[language]},\n\n{opening} {detail}\n\n{customer.name}"
        life = Life(chance, customer, language, line, topic)
        return Plot(
            hours=hours, contact=customer.email, name=customer.name, subject=subject, text=text,
            steps=tuple(life.steps(hours, fast=customer.contract == "premier")), origin=origin,
            mailbox=topic.get("mailbox") or ("medical" if customer.medical and origin == "email" else "support"),
            language=language, priority=topic.get("priority"), type=topic["type"], tags=tuple(topic.get("tags", ())),
            linked_to=PROBLEM if linked else None,
        )  # fmt: skip

    def _lines(self, topic: Mapping[str, Any], customer: Customer) -> Any:
        """Return what draws a line of a topic, the customer's own names in it."""
        chance = self.chance
        sku = chance.choice([sku for sku in topic["products"] if sku in customer.devices] or topic["products"][:1])
        devices = customer.devices.get(sku, ())
        facts = {
            "first": customer.first, "name": customer.name, "product": self.products.get(sku, "Halden Cloud"),
            "serial": chance.choice(devices) if devices else "of ours",
            "site": chance.choice(customer.sites) if customer.sites else "our site", "invoice": 88000 + chance.randrange(900),
        }  # fmt: skip

        def line(kind: str) -> str:
            return str(chance.choice(topic[kind])).format(**facts)

        return line
