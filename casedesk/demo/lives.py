"""The life of one made-up case, step by step: who takes it, what is asked and answered, how it ends. Pure."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from casedesk.demo.plot import Customer, Step

GREETINGS = {
    "en": "Hello", "fr": "Bonjour", "de": "Guten Tag", "ja": "お世話になっております", "ar": "مرحباً",
}  # fmt: skip
THANKS = {
    "en": ("Thank you, it works again.", "That was it. Thanks a lot!", "Perfect, thank you.", "All good now, thanks.",
           "Yes, that did it.", "Works. You saved my afternoon."),
    "fr": ("Merci beaucoup, tout fonctionne.", "C'est réglé, merci !", "Parfait, merci pour votre aide."),
    "de": ("Vielen Dank, es läuft wieder.", "Das war es, danke!", "Wunderbar, alles in Ordnung."),
    "ja": ("解決しました。ありがとうございました。",),
    "ar": ("شكراً جزيلاً، كل شيء يعمل الآن.",),
}  # fmt: skip
_AGAIN = {
    "en": (
        "I am sorry, it is back since this morning. The same as before.",
        "Not quite: it happened again over night.",
    ),
    "fr": ("Malheureusement le problème est revenu ce matin.",),
    "de": ("Leider ist der Fehler heute früh wieder aufgetreten.",),
    "ja": ("申し訳ありませんが、今朝また同じ症状が出ました。",),
    "ar": ("للأسف عادت المشكلة هذا الصباح.",),
}
_PRAISE = ("", "", "", "Quick and friendly.", "Clear steps, thank you.", "Answered before my coffee was cold.",
           "{agent} knew at once what it was.", "Very patient with my questions.", "Solved at the first try.",
           "Good that somebody calls back.")  # fmt: skip
_MIXED = ("", "Solved at the second try.", "Helpful, but I had to explain it twice.", "Fine in the end.")
_BLAME = ("It took too long.", "Nobody called back as promised.", "I had to ask three times.")
_FINISHED = {"told": 31, "quick": 19, "asked": 21, "second_tier": 8, "silent": 8, "reopened": 6, "late": 7}
_RECENT = {**_FINISHED, "parked": 30}
_OLDEST_OPEN_HOURS = 60
_MAY_WAIT_HOURS = 3
"""Younger ones may wait for their first answer; older ones mostly wait for the customer's."""
_FIRST_TIER = ("mara", "priya", "theo", "kim", "sofia", "claire", "felix", "ewa", "dwayne")
_SECOND_TIER = ("jonas", "hiro", "nadia", "ivan", "mei")
_SPEAKERS = {
    "fr": ("mara", "claire", "nadia"), "de": ("jonas", "felix", "ewa"), "ja": ("hiro", "mei"), "ar": ("nadia",),
}  # fmt: skip


AGENTS = _FIRST_TIER + _SECOND_TIER
"""Who works cases, by the names in their addresses."""


def speakers(language: str) -> tuple[str, ...]:
    """Return the agents who answer in a language."""
    return _SPEAKERS.get(language, _FIRST_TIER)


class Life:
    """Writes the steps of one case; `line` draws a line of its topic."""

    def __init__(
        self, chance: Random, customer: Customer, language: str, line: Callable[[str], str], topic: Mapping[str, Any]
    ) -> None:
        self.chance, self.customer, self.language, self.line, self.topic = chance, customer, language, line, topic
        self.agent = chance.choice(speakers(language))
        self.pace, self.hours = 1.0, 0.0

    def steps(self, hours: float, *, fast: bool) -> list[Step]:
        """Return what happens to a case that is `hours` old; `fast` where an answer is owed within the hour."""
        self.pace, self.hours = (0.45 if fast else 1.2), hours
        weights = _RECENT if hours < _OLDEST_OPEN_HOURS else _FINISHED
        kind = self.chance.choices(list(weights), list(weights.values()))[0]
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
        late = Step(self._minutes(700) / self.pace, "take", self._address(self.agent))
        steps = [late, self._reply("fixes"), self._thanks(), self._resolve()]
        if self.chance.random() < 0.25:
            up = Step(5, "escalate", self._address(self.agent), "Found in the queue long after it came in.")
            steps.insert(1, up)
        return steps

    def _silent(self) -> list[Step]:
        ended = Step(
            self._minutes(4000) / self.pace, "resolve", self._address(self.agent), "No answer; taken as solved."
        )
        return [self._reply("questions"), ended]

    def _parked(self) -> list[Step]:
        first = [self._take(), self._note(), self._reply("questions"), self._says(self.line("answers"))]
        if self.hours < _MAY_WAIT_HOURS:
            return first[: self.chance.randint(1, 4)]
        return first[: self.chance.choices((3, 4), (8, 2))[0]]

    def _reopened(self) -> list[Step]:
        back = Step(self._minutes(1500), "customer", text=self._signed(self.chance.choice(_AGAIN[self.language])))
        return [*self._quick(), back, self._reply("fixes"), self._thanks(), self._resolve()]

    def _second_tier(self) -> list[Step]:
        expert = self.chance.choice(
            [each for each in _SPEAKERS.get(self.language, _SECOND_TIER) if each != self.agent] or [self.agent]
        )
        up = Step(
            self._minutes(15), "escalate", self._address(self.agent), "The usual steps did not help.",
            {"kind": "tier_2", "tried": "Everything in the solution", "need": "A look at the log"},
        )  # fmt: skip
        first = [self._take(), self._note(), up]
        self.agent = expert
        return [*first, self._take(), self._reply("fixes"), self._thanks(), self._resolve()]

    def _survey(self, kind: str) -> list[Step]:
        if kind == "parked" or self.chance.random() < 0.55:
            return []
        score = self.chance.choices((5, 4, 3, 2, 1), (78, 16, 4, 1, 1) if kind != "late" else (25, 25, 20, 15, 15))[0]
        words = _PRAISE if score > 3 else _MIXED if score == 3 else _BLAME
        text = self.chance.choice(words).format(agent=self.agent.capitalize())
        return [Step(self._minutes(300), "survey", text=text, more={"score": score})]

    def _take(self) -> Step:
        return Step(self._minutes(18), "take", self._address(self.agent))

    def _note(self) -> Step:
        return Step(self._minutes(8), "note", self._address(self.agent), self.line("notes"))

    def _reply(self, kind: str, status: str = "waiting_on_customer") -> Step:
        words = self.line(kind)
        words = words if self.language == "de" else words[0].upper() + words[1:]
        text = f"{GREETINGS[self.language]} {self.customer.first},\n\n{words}\n\n{self.agent.capitalize()}"
        return Step(self._minutes(32), "reply", self._address(self.agent), text, {"status": status})

    def _says(self, words: str) -> Step:
        return Step(self._minutes(90), "customer", text=self._signed(words))

    def _thanks(self) -> Step:
        return self._says(self.chance.choice(THANKS[self.language]))

    def _resolve(self) -> Step:
        more = {"solution": self.topic["solution"]} if "solution" in self.topic else {}
        return Step(self._minutes(20), "resolve", self._address(self.agent), self.topic["resolution"], more)

    def _signed(self, words: str) -> str:
        return f"{words}\n\n{self.customer.first}"

    def _minutes(self, median: float) -> float:
        return min(median * self.chance.lognormvariate(0, 0.75), median * 6) * self.pace

    @staticmethod
    def _address(name: str) -> str:
        return f"{name}@halden.example"
