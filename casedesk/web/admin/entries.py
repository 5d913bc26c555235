"""The places of setup: what each is for, who may go there, and the words by which it is looked for."""

from collections.abc import Mapping
from dataclasses import replace

from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.permissions import Permission, can
from casedesk.web.admin.page_views import Entry, EntryGroup
from casedesk.web.views import Tone

ROOT = "/console/setup"

SEES: Mapping[str, Permission] = {
    "checklist": Permission.USER_CHANGE,
    "people": Permission.USER_CHANGE,
    "queues": Permission.QUEUE_CHANGE,
    "assignment": Permission.RULES_CHANGE,
    "service-levels": Permission.RULES_CHANGE,
    "escalation": Permission.RULES_CHANGE,
    "auto-response": Permission.RULES_CHANGE,
    "triggers": Permission.RULES_CHANGE,
    "hours": Permission.HOURS_CHANGE,
    "mailboxes": Permission.MAILBOX_READ,
    "web-forms": Permission.MAILBOX_READ,
    "letters": Permission.TEMPLATE_CHANGE,
    "accounts": Permission.ACCOUNT_CHANGE,
    "contacts": Permission.ACCOUNT_CHANGE,
    "products": Permission.PRODUCT_CHANGE,
    "assets": Permission.PRODUCT_CHANGE,
    "contracts": Permission.PRODUCT_CHANGE,
    "entitlements": Permission.PRODUCT_CHANGE,
    "brands": Permission.PORTAL_CHANGE,
    "imports": Permission.PRODUCT_CHANGE,
    "operations": Permission.OPERATIONS_READ,
}
"""Who goes to which place; the routes ask for the same rights."""


def groups(by: Actor) -> tuple[EntryGroup, ...]:
    """Return the places this person may go to, by group."""
    every = (
        EntryGroup(_("Team and work"), _team()),
        EntryGroup(_("Promises and automation"), _rules()),
        EntryGroup(_("Mail and portal"), _channels()),
        EntryGroup(_("Customers and what they have"), _customers()),
        EntryGroup(_("The desk itself"), _desk()),
    )
    allowed = (
        replace(group, entries=tuple(e for e in group.entries if e.key in SEES and can(by, SEES[e.key])))
        for group in every
    )
    return tuple(group for group in allowed if group.entries)


def with_states(found: tuple[EntryGroup, ...], census: Mapping[str, int]) -> tuple[EntryGroup, ...]:
    """Return the groups with how each place stands."""
    return tuple(
        replace(group, entries=tuple(replace(e, state=words, tone=tone) for e in group.entries
                                     for words, tone in (_state(e.key, census),)))
        for group in found
    )  # fmt: skip


def matching(found: tuple[EntryGroup, ...], text: str) -> tuple[EntryGroup, ...]:
    """Return the places whose title, sentence or further words hold every word of `text`."""
    wanted = text.casefold().split()
    kept = (
        replace(group, entries=tuple(e for e in group.entries if all(word in searched(e) for word in wanted)))
        for group in found
    )
    return tuple(group for group in kept if group.entries)


def searched(entry: Entry) -> str:
    """Return everything an entry is found by, folded."""
    return f"{entry.title} {entry.sentence} {entry.words}".casefold()


def _team() -> tuple[Entry, ...]:
    return (
        Entry("people", _("People and roles"), _("Who works here, what each may do, and the keys of their programs."),
              f"{ROOT}/people", "users", adds=f"{ROOT}/people/new",
              words=_("agents users staff team members invite invitation password tokens api keys roles rights tier skills")),
        Entry("queues", _("Queues"), _("Where cases wait, in which order, and who works them."),
              f"{ROOT}/queues", "layers", adds=f"{ROOT}/queues/new",
              words=_("teams groups tiers regions members inbox buckets")),
        Entry("assignment", _("Assignment rules"), _("Which queue a new case goes to, and why; try them on a case first."),
              f"{ROOT}/assignment", "route", words=_("routing router triage priority tags conditions simulator dispatch")),
        Entry("hours", _("Business hours"), _("When the desk is open: all promises are counted in these hours."),
              f"{ROOT}/hours", "clock", adds=f"{ROOT}/hours/new",
              words=_("calendar holidays opening times week zone sla deadline")),
    )  # fmt: skip


def _rules() -> tuple[Entry, ...]:
    return (
        Entry("service-levels", _("Service levels"), _("Which clocks run for an entitlement, and how many minutes each gives."),
              f"{ROOT}/service-levels", "timer",
              words=_("sla milestones targets entitlement processes response resolution minutes warnings")),
        Entry("escalation", _("Escalation rules"), _("What happens to cases that take too long."),
              f"{ROOT}/escalation", "arrow-up", words=_("sla overdue escalate manager late")),
        Entry("auto-response", _("Auto-response rules"), _("Which letter acknowledges a new case."),
              f"{ROOT}/auto-response", "reply", words=_("autoresponse auto-reply acknowledgement email")),
        Entry("triggers", _("Triggers"), _("What follows an event, or recurs."),
              f"{ROOT}/triggers", "zap", words=_("automation workflows events schedule actions")),
    )  # fmt: skip


def _channels() -> tuple[Entry, ...]:
    return (
        Entry("mailboxes", _("Mailboxes"), _("The addresses customers write to, and what a mail to each begins as."),
              f"{ROOT}/mailboxes", "inbox", adds=f"{ROOT}/mailboxes/new",
              words=_("email e-mail address support smtp channel inbound mail")),
        Entry("web-forms", _("Web forms"), _("Forms on your own web pages, with the HTML to copy."),
              f"{ROOT}/web-forms", "text-cursor-input", adds=f"{ROOT}/web-forms/new",
              words=_("web-to-case website contact form html snippet embed channel spam honeypot")),
        Entry("letters", _("Letters"),
              _("The words of automatic mail: acknowledgement, survey and their like, in each language."),
              f"{ROOT}/letters", "file-text", adds=f"{ROOT}/letters/new",
              words=_("templates email autoresponse auto-reply acknowledgement placeholders survey texts")),
        Entry("brands", _("Portal and brands"), _("What customers see: name, look, address, and the prefix of case numbers."),
              f"{ROOT}/brands", "globe", adds=f"{ROOT}/brands/new",
              words=_("portal brand help center helpcenter logo colours colors host domain theme case number prefix")),
    )  # fmt: skip


def _customers() -> tuple[Entry, ...]:
    return (
        Entry("accounts", _("Accounts"), _("The companies that are served, with their mail domains."),
              f"{ROOT}/accounts", "building-2", adds=f"{ROOT}/accounts/new",
              words=_("companies customers organisations organizations clients domains")),
        Entry("contacts", _("Contacts"), _("The people who write and call."),
              f"{ROOT}/contacts", "contact-round", adds=f"{ROOT}/contacts/new",
              words=_("customers persons requesters callers email phone")),
        Entry("entitlements", _("Entitlements"),
              _("What each customer may ask for: level, days, named people, packs of incidents."),
              f"{ROOT}/entitlements", "shield-check", adds=f"{ROOT}/entitlements/new",
              words=_("sla support level coverage incidents packs service plan")),
        Entry("contracts", _("Contracts"), _("The agreements that entitlements rest on."),
              f"{ROOT}/contracts", "scroll-text", adds=f"{ROOT}/contracts/new",
              words=_("sla agreements service subscription")),
        Entry("assets", _("Assets"), _("What is installed where, by serial number, with its warranty."),
              f"{ROOT}/assets", "cpu", adds=f"{ROOT}/assets/new",
              words=_("installed devices machines serial warranty equipment")),
        Entry("products", _("Products"), _("What the company sells."),
              f"{ROOT}/products", "package", adds=f"{ROOT}/products/new", words=_("sku catalogue catalog items")),
    )  # fmt: skip


def _desk() -> tuple[Entry, ...]:
    return (
        Entry("checklist", _("First steps"), _("What a new desk needs, each step with a test of itself."),
              f"{ROOT}/checklist", "list-checks", words=_("checklist start onboarding test mail smtp relay")),
        Entry("imports", _("Imports"), _("Bring in what another system knows: customers, products, contracts, cases, solutions."),
              f"{ROOT}/imports", "file-up",
              words=_("import csv excel xlsx salesforce zendesk migrate migration upload data")),
        Entry("operations", _("Operations"), _("Is everything moving, and what is stuck."),
              f"{ROOT}/operations", "activity", words=_("health dead letters outbox failed monitoring status errors")),
    )  # fmt: skip


def _state(key: str, census: Mapping[str, int]) -> tuple[str, Tone]:
    """Say how a place stands: how much there is, and what waits for somebody."""
    if key == "people":
        return _people(census["people"], census["invited"])
    if key == "queues":
        return _queues(census["queues"], census["queues_without_members"])
    if key == "mailboxes":
        return _mailboxes(census["mailboxes"], census["silent_mailboxes"])
    if key == "operations":
        stuck = census["dead_letters"] + census["mail_failed"]
        if stuck:
            return ngettext("%(n)s thing is stuck", "%(n)s things are stuck", stuck) % {"n": stuck}, Tone.BAD
        return _("Everything moves"), Tone.OK
    return _counted(key, census), Tone.PLAIN


def _people(number: int, invited: int) -> tuple[str, Tone]:
    words = ngettext("%(n)s person", "%(n)s people", number) % {"n": number}
    if not invited:
        return words, Tone.PLAIN
    return _("%(people)s, %(n)s not signed in yet") % {"people": words, "n": invited}, Tone.WARN


def _queues(number: int, empty: int) -> tuple[str, Tone]:
    words = ngettext("%(n)s queue", "%(n)s queues", number) % {"n": number}
    if not empty:
        return words, Tone.PLAIN
    return _("%(queues)s, %(n)s without anybody") % {"queues": words, "n": empty}, Tone.WARN


def _mailboxes(number: int, silent: int) -> tuple[str, Tone]:
    words = ngettext("%(n)s mailbox", "%(n)s mailboxes", number) % {"n": number}
    if not silent:
        return words, Tone.PLAIN
    return _("%(mailboxes)s, %(n)s never received mail") % {"mailboxes": words, "n": silent}, Tone.WARN


def _counted(key: str, census: Mapping[str, int]) -> str:
    forms = {
        "letters": lambda n: ngettext("%(n)s letter", "%(n)s letters", n),
        "web-forms": lambda n: ngettext("%(n)s form", "%(n)s forms", n),
        "hours": lambda n: ngettext("%(n)s calendar", "%(n)s calendars", n),
        "accounts": lambda n: ngettext("%(n)s account", "%(n)s accounts", n),
        "contacts": lambda n: ngettext("%(n)s contact", "%(n)s contacts", n),
        "products": lambda n: ngettext("%(n)s product", "%(n)s products", n),
        "assets": lambda n: ngettext("%(n)s asset", "%(n)s assets", n),
        "contracts": lambda n: ngettext("%(n)s contract", "%(n)s contracts", n),
        "entitlements": lambda n: ngettext("%(n)s entitlement", "%(n)s entitlements", n),
        "brands": lambda n: ngettext("%(n)s brand", "%(n)s brands", n),
    }
    if key not in forms:
        return ""
    number = census["calendars" if key == "hours" else key]
    return forms[key](number) % {"n": number} if number else _("none yet")
