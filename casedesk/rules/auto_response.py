"""Which automatic answer a new case gets: ordered rules, the first that holds wins, and there may be none."""

from dataclasses import dataclass

from casedesk.rules.conditions import Facts, Seen, When, fields_of, first_failure


@dataclass(frozen=True, slots=True)
class AutoResponseRule:
    """One rule: `template` is the key of the letter to send."""

    name: str
    when: When
    template: str


@dataclass(frozen=True, slots=True)
class AutoResponseRules:
    """A compiled rule set."""

    rules: tuple[AutoResponseRule, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The keys of all facts these rules may look at."""
        return fields_of(*(rule.when for rule in self.rules))


@dataclass(frozen=True, slots=True)
class Response:
    """The answer chosen: template None is no answer; `rule`, `rule_name`, `failed` as in routing.Route."""

    template: str | None
    rule: int | None = None
    rule_name: str | None = None
    failed: tuple[int, ...] = ()


def choose_response(facts: Facts, rules: AutoResponseRules) -> Response:
    """Return the answer for a case with these facts. Whether mail may be answered at all is decided before."""
    seen = Seen(facts)
    failed: list[int] = []
    for index, rule in enumerate(rules.rules):
        failure = first_failure(rule.when, seen)
        if failure is None:
            return Response(rule.template, index, rule.name, tuple(failed))
        failed.append(failure)
    return Response(None, failed=tuple(failed))
