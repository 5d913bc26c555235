"""What stands beside a question while it is typed: solutions that may answer it, a colleague's case, the promise."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from casedesk import language
from casedesk.cases import customers_list, following
from casedesk.cases.customers_list import CustomersFilter, Standing, Whose
from casedesk.cases.question_drafts import Question
from casedesk.entitlements.owned import OwnedAsset
from casedesk.errors import Invalid, Unavailable
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.rules.entitlement import Outcome
from casedesk.web.portal import lines, words
from casedesk.web.portal.page_views import Answer, Colleague, PromiseWords
from casedesk.web.portal.place import Place
from intake import by_portal
from knowledge import browsing, deflecting, steps, suggesting
from knowledge.audience import audience_of
from knowledge.deflecting import Beside, Signal
from knowledge.suggesting import Suggestion

SHOWN = 4
SHORTEST = 3
"""Letters from which on we look for an answer."""
LEAST = 0.05
"""Score below which a suggestion is noise: in a small knowledge base even good ones are low."""
LEAST_SHARE = 0.35
"""Share of the best score below which the others are noise beside it."""
FEW_WORDS = 4
"""A subject of fewer words is helped by the beginning of the text; a longer one is blurred by it."""
_SHOWN_STEPS = 6
_LONGEST_ASKED = 500
_LONGEST_READ = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """The answers, how many in words, and a colleague's case about the same product."""

    answers: tuple[Answer, ...]
    count: str
    colleague: Colleague | None


async def answers(
    question: Question, place: Place, actor: Actor, asset: OwnedAsset | None, *, note: bool = True
) -> Offered:
    """Return what may answer a question, and note that it was shown; what was put aside is left out."""
    found = await _suggested(question, place, actor, asset)
    if note and found:
        await deflecting.note(
            Signal.SHOWN, [each.solution_id for each in found], beside(question, place, actor), by=actor
        )
    drawn = tuple([await _answer(each, place, actor, question, first=not at) for at, each in enumerate(found)])
    count = ngettext("%(number)s solution", "%(number)s solutions", len(drawn))
    return Offered(
        drawn, count % {"number": language.number(len(drawn))} if drawn else "", await _colleague(place, actor, asset)
    )


async def promise(question: Question, place: Place, actor: Actor) -> PromiseWords | None:
    """Return the promise in words, None where the question names something that cannot be asked about."""
    try:
        made = await by_portal.promise(question, portal_id=place.portal.id, by=actor)
    except Invalid:
        return None
    level = made.process or (made.level or "").replace("_", " ").title()
    before = Markup("<b>{}</b>").format(words.by_when(made.answer_by)) if made.answer_by else Markup("")
    if made.verdict in (Outcome.COVERED, Outcome.LIMITED):
        head = _("You are covered by %(level)s.") % {"level": level}
        return PromiseWords(True, head, before, "" if before else _("A person answers as soon as possible."))
    if made.verdict is Outcome.GRACE:
        return PromiseWords(
            True, _("Your contract has ended; for a few more days you are covered all the same."), before, ""
        )
    if made.verdict is Outcome.UNKNOWN:
        head = _("We do not know your company's contract yet.")
    else:
        head = _("No contract of yours covers this at the moment.")
    return PromiseWords(False, head, before, _("We look at it all the same and tell you what is possible."))


def beside(question: Question, place: Place, actor: Actor) -> Beside:
    """Return the question as signals name it."""
    return Beside(question.mark, question.subject, audience_of(actor), place.portal.id)


async def _suggested(question: Question, place: Place, actor: Actor, asset: OwnedAsset | None) -> Sequence[Suggestion]:
    subject = question.subject.strip()[:_LONGEST_ASKED]
    if len(subject) < SHORTEST:
        return ()
    about = [asset.product] if asset else []
    if len(subject.split()) < FEW_WORDS:
        about.append(question.text[:_LONGEST_READ])
    try:
        found = await suggesting.suggest(
            subject,
            "\n".join(about),
            language=place.language,
            audience=audience_of(actor),
            limit=SHOWN + 4,
        )
    except Unavailable:  # a question can be asked without suggestions
        return ()
    aside = await deflecting.dismissed_beside(question.mark)
    least = max(LEAST, LEAST_SHARE * max((each.score for each in found), default=0.0))
    return [each for each in found if each.score >= least and each.solution_id not in aside][:SHOWN]


async def _answer(found: Suggestion, place: Place, actor: Actor, question: Question, *, first: bool) -> Answer:
    """Return a suggestion as it is drawn; only the first shows its steps, so only that one is read whole."""
    solution = await browsing.find(found.solution_id, audience=audience_of(actor))
    return Answer(
        id=found.solution_id,
        title=words.marked(found.title, found.why, found.language),
        url=lines.solution_url(solution, place, question=question.mark),
        helped=words.helped_words(solution.solved),
        minutes=words.minutes_words(steps.minutes_to_read(solution.body)),
        updated=words.updated_words(solution.updated_at),
        snippet=found.snippet,
        steps=steps.steps_of(solution.body)[:_SHOWN_STEPS] if first else (),
    )


async def _colleague(place: Place, actor: Actor, asset: OwnedAsset | None) -> Colleague | None:
    """Return a colleague's open case about the same product, for whoever may see the company's."""
    if asset is None or actor.company_id is None:
        return None
    wanted = CustomersFilter(state=Standing.OPEN, whose=Whose.COMPANY, asset_id=asset.id)
    found = (await customers_list.list_cases(wanted, by=actor, limit=5)).items
    followed = await following.followed_of([row.id for row in found], by=actor)
    for row in found:
        if not row.is_own and row.id not in followed:
            url = place.url(f"/cases/{row.number}")
            return Colleague(row.asked_by or _("A colleague"), row.number, url, f"{url}/follow")
    return None
