"""A draft of a rule set as its form holds it: the whole document, and the one rule that is open, folded in at each step.

Pure: a form's texts and a document in, a document out. Nothing is stored before somebody publishes, so a page works by
plain posts, and going back loses nothing but the steps since. Whether a document is right is said by the rules' floor.
"""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from casedesk.cases.fields import CATALOGUE
from casedesk.rules.actions import ActionKind
from casedesk.rules.catalogue import FieldKind, Operator
from casedesk.rules.lifecycle import Priority
from casedesk.rules.milestones import MilestoneKind
from casedesk.rulesets.documents import RuleSetKind
from casedesk.web.forms import Form

MOST = 500
OCCASIONS = ("on_warning", "on_violation", "on_success")
_LISTED = frozenset({Operator.IN, Operator.NOT_IN})
_VALUELESS = frozenset({Operator.IS_EMPTY, Operator.IS_TRUE})
_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    ActionKind.ASSIGN_QUEUE: ("queue",),
    ActionKind.ASSIGN_USER: ("user",),
    ActionKind.SET_FIELD: ("field", "value"),
    ActionKind.NOTIFY: ("to",),
    ActionKind.SEND_TEMPLATE: ("template", "to"),
    ActionKind.ADD_TASK: ("subject", "due_minutes", "owner"),
    ActionKind.RAISE_LEVEL: (),
    ActionKind.CALL_WEBHOOK: ("webhook",),
}
"""What each action needs beside its `do`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`base` is the version it was begun at, `open` the place of the rule that is being edited, None for none."""

    kind: str
    document: dict[str, Any]
    base: int
    open: int | None = None

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The rules, or the processes of service levels."""
        found = self.document.setdefault(self.listed, [])
        return found if isinstance(found, list) else []

    @property
    def listed(self) -> str:
        """The word under which the document lists them."""
        return "processes" if self.kind == RuleSetKind.ENTITLEMENT_PROCESS else "entries"


def begun(kind: str, document: Mapping[str, Any], base: int) -> Draft:
    """Return the draft of a published version."""
    return Draft(kind, deepcopy(dict(document)), base)


def read(kind: str, form: Form) -> Draft:
    """Return the draft a form holds, the open rule folded in; raises ValueError for what is no draft."""
    document = json.loads(form.text("document"))
    if not isinstance(document, dict):
        raise ValueError("a draft is an object")
    draft = Draft(kind, document, form.number("base") or 0, form.number("open"))
    if not all(isinstance(each, dict) for each in draft.entries) or len(draft.entries) > MOST:
        raise ValueError("a draft lists rules")
    if kind == RuleSetKind.ASSIGNMENT and "otherwise" in form.values:
        document["otherwise"] = {"queue": form.line("otherwise")}
    if draft.open is None or draft.open >= len(draft.entries):
        return Draft(kind, document, draft.base)
    draft.entries[draft.open] = _entry(kind, form)
    return draft


def stepped(draft: Draft, act: str, place: int) -> Draft:
    """Return the draft after one step: up, down, remove, open, add, close, or one of its parts added or removed."""
    entries, opened = draft.entries, draft.open
    inside = 0 <= place < len(entries)
    if act == "add":
        entries.append(empty(draft.kind, len(entries) + 1))
        opened = len(entries) - 1
    elif act == "open" and inside:
        opened = place
    elif act == "close":
        opened = None
    elif act == "remove" and inside:
        del entries[place]
        opened = None
    elif act in ("up", "down") and inside:
        _moved(entries, place, place + (1 if act == "down" else -1))
        opened = None
    elif opened is not None:
        _part(entries[opened], act, place)
    return Draft(draft.kind, draft.document, draft.base, opened)


def _moved(entries: list[dict[str, Any]], place: int, other: int) -> None:
    if 0 <= other < len(entries):
        entries[place], entries[other] = entries[other], entries[place]


def empty(kind: str, number: int) -> dict[str, Any]:
    """Return a new rule with room for what it needs."""
    rule: dict[str, Any] = {"name": "", "match": "all", "when": [condition()]}
    if kind == RuleSetKind.ASSIGNMENT:
        return {**rule, "then": {"queue": ""}}
    if kind == RuleSetKind.AUTO_RESPONSE:
        return {**rule, "then": {"template": ""}}
    if kind == RuleSetKind.ESCALATION:
        return {**rule, "after_minutes": 60, "clock": "business", "since": "created", "then": [action()]}
    if kind == RuleSetKind.TRIGGER:
        return {**rule, "on": "case_created", "then": [action()]}
    return {"key": f"level_{number}", "name": "", "business_hours": "", "pause_when": [], "milestones": [milestone()]}


def condition() -> dict[str, Any]:
    """Return a condition to begin with."""
    return {"field": "subject", "operator": Operator.CONTAINS.value, "value": ""}


def action() -> dict[str, Any]:
    """Return an action to begin with."""
    return {"do": ActionKind.NOTIFY.value, "to": "queue"}


def milestone() -> dict[str, Any]:
    """Return a milestone to begin with."""
    return {"kind": MilestoneKind.FIRST_RESPONSE.value, "name": "First response", "minutes": {}}


def _part(entry: dict[str, Any], act: str, place: int) -> None:
    """Add or remove a condition, an action or a milestone of the open rule."""
    what, _dash, where = act.partition(":")
    lists = {"condition": "when", "action": "then", "milestone": "milestones"}
    verb, _under, noun = what.partition("-")
    holder, made = entry, {"condition": condition, "action": action, "milestone": milestone}.get(noun)
    name = lists.get(noun, "")
    if where:  # the action of an occasion of a milestone: "add-action:2.on_warning"
        number, _dot, name = where.partition(".")
        milestones = entry.get("milestones", [])
        if name not in OCCASIONS or not number.isdigit() or int(number) >= len(milestones):
            return
        holder = milestones[int(number)]
    parts = holder.setdefault(name, []) if name else []
    if verb == "add" and made is not None and isinstance(parts, list):
        parts.append(made())
    elif verb == "remove" and isinstance(parts, list) and 0 <= place < len(parts):
        del parts[place]


def _entry(kind: str, form: Form) -> dict[str, Any]:
    if kind == RuleSetKind.ENTITLEMENT_PROCESS:
        return _process(form)
    rule: dict[str, Any] = {
        "name": form.line("name"),
        "match": form.line("match") or "all",
        "when": [_condition(form, place) for place in _places(form, "c{}-field")],
    }
    if kind == RuleSetKind.ASSIGNMENT:
        return {**rule, "then": _assignment(form)}
    if kind == RuleSetKind.AUTO_RESPONSE:
        return {**rule, "then": {"template": form.line("template")}}
    acts = [_action(form, f"a{place}-") for place in _places(form, "a{}-do")]
    if kind == RuleSetKind.ESCALATION:
        timing = {
            "after_minutes": _number(form.line("after_minutes")),
            "clock": form.line("clock"),
            "since": form.line("since"),
        }
        return {**rule, **timing, "then": acts}
    every = form.line("every_minutes")
    occasion = {"every_minutes": _number(every)} if every else {"on": form.line("on")}
    return {**rule, **occasion, "then": acts}


def _assignment(form: Form) -> dict[str, Any]:
    then: dict[str, Any] = {name: text for name in ("queue", "user", "priority") if (text := form.line(name))}
    tags = _split(form.line("tags"))
    return {**then, "tags": tags} if tags else then


def _process(form: Form) -> dict[str, Any]:
    return {
        "key": form.line("key"),
        "name": form.line("name"),
        "business_hours": form.line("business_hours"),
        "pause_when": list(form.texts("pause_when")),
        "milestones": [_milestone(form, f"m{place}-") for place in _places(form, "m{}-kind")],
    }


def _milestone(form: Form, at: str) -> dict[str, Any]:
    minutes = {p.value: _number(text) for p in Priority if (text := form.line(f"{at}{p.value}"))}
    made: dict[str, Any] = {"kind": form.line(f"{at}kind"), "name": form.line(f"{at}name"), "minutes": minutes}
    if form.is_ticked(f"{at}recurs"):
        made["recurs"] = True
    if warnings := _split(form.line(f"{at}warn_before")):
        made["warn_before"] = [_number(each) for each in warnings]
    for occasion in OCCASIONS:
        prefix = f"{at}{occasion}-a"
        if acts := [_action(form, f"{prefix}{place}-") for place in _places(form, prefix + "{}-do")]:
            made[occasion] = acts
    return made


def _condition(form: Form, place: int) -> dict[str, Any]:
    key, operator = form.line(f"c{place}-field"), form.line(f"c{place}-operator")
    asked: dict[str, Any] = {"field": key, "operator": operator}
    if operator in _VALUELESS:
        return {**asked, "value": form.line(f"c{place}-value") != "no"}
    text = form.text(f"c{place}-value")
    if operator in _LISTED:
        texts = form.texts(f"c{place}-value")
        parts = list(texts) if len(texts) > 1 else _split(text)
        return {**asked, "value": [_typed(key, each) for each in parts]}
    return {**asked, "value": _typed(key, text.strip())}


def _action(form: Form, at: str) -> dict[str, Any]:
    do = form.line(f"{at}do")
    act: dict[str, Any] = {"do": do}
    for name in _PARAMETERS.get(do, ()):
        text = form.line(f"{at}{name}")
        if name == "due_minutes":
            act |= {name: _number(text)} if text else {}
        elif name == "owner":
            act |= {name: text} if text else {}
        elif name == "value":
            act[name] = _settable(act.get("field", ""), text)
        elif name == "to":
            act[name] = _split(text) if "@" in text else text or "queue"
        else:
            act[name] = text
    return act


def _settable(key: str, text: str) -> Any:
    """Return the value a field is set to; nothing typed empties it."""
    entry = CATALOGUE.get(key)
    if not text:
        return None
    return _split(text) if entry is not None and entry.kind is FieldKind.LIST else _typed(key, text)


def _typed(key: str, text: str) -> Any:
    """Return a text as the kind of the field wants it; what cannot be read stays text and is refused in words."""
    entry = CATALOGUE.get(key)
    if entry is not None and entry.kind is FieldKind.NUMBER:
        return _number(text)
    if entry is not None and entry.kind is FieldKind.BOOL:
        return {"true": True, "false": False, "yes": True, "no": False}.get(text.casefold(), text)
    return text


def _number(text: str) -> Any:
    bare = text.removeprefix("-")
    return int(text) if bare.isascii() and bare.isdigit() and len(bare) <= 15 else text


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _places(form: Form, pattern: str) -> Sequence[int]:
    """Return the places 0, 1, 2 … that a form has under names of a pattern."""
    place = 0
    while pattern.format(place) in form.values and place < MOST:
        place += 1
    return range(place)


def facts_typed(form: Form) -> dict[str, Any]:
    """Return the facts that were typed to try rules on: `fact-FIELD`, empty ones left out."""
    found: dict[str, Any] = {}
    for name in form.values:
        key = name.removeprefix("fact-")
        if key == name or key not in CATALOGUE or not (text := form.line(name)):
            continue
        found[key] = _split(text) if CATALOGUE[key].kind is FieldKind.LIST else _typed(key, text)
    return found
