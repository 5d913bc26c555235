"""Every URL of setup with its permission."""

from starlette.routing import BaseRoute

from casedesk.permissions import Permission
from casedesk.web.admin import (
    brands,
    checklist,
    customers,
    gallery,
    hours,
    imports,
    index,
    kept_pages,
    letters,
    nouns,
    operations,
    people,
    portal_access,
    rules,
    web_forms,
)
from casedesk.web.admin.kept import Kept
from casedesk.web.admin.rules import RuleKind
from casedesk.web.staff_pages import page

_IMPORTS = "/console/setup/imports"
_OPERATIONS = "/console/setup/operations"
_PERSON = "/console/setup/people/{id}"

KEPT: tuple[Kept, ...] = (
    people.PEOPLE,
    nouns.QUEUES_KEPT,
    hours.HOURS,
    nouns.MAILBOXES_KEPT,
    web_forms.WEB_FORMS_KEPT,
    letters.LETTERS,
    brands.BRANDS,
    customers.ACCOUNTS_KEPT,
    portal_access.CONTACTS,
    customers.PRODUCTS_KEPT,
    customers.ASSETS_KEPT,
    customers.CONTRACTS_KEPT,
    customers.ENTITLEMENTS_KEPT,
)
"""Every kind of record that setup keeps."""


def _pages_of(each: Kept) -> tuple[BaseRoute, ...]:
    change = each.register.write
    one = f"{each.url}/{{id}}"
    return (
        page(each.url, kept_pages.lists(each), each.sees),
        page(f"{each.url}/new", {"GET": kept_pages.new(each), "POST": kept_pages.adds(each)}, change),
        page(
            one,
            {"GET": kept_pages.shows(each), "POST": kept_pages.changes_of(each)},
            {"GET": each.sees, "POST": change},
        ),
        page(f"{one}/removal", {"GET": kept_pages.asks_removal(each), "POST": kept_pages.removes(each)}, change),
        page(f"{one}/reversal", {"POST": kept_pages.reverts(each)}, change),
    )


def _pages_of_rules(each: RuleKind) -> tuple[BaseRoute, ...]:
    return (
        page(each.url, {"GET": rules.shows(each), "POST": rules.steps(each)}, Permission.RULES_CHANGE),
        page(f"{each.url}/versions/{{number}}", {"POST": rules.takes_back(each)}, Permission.RULES_CHANGE),
    )


ROUTES: tuple[BaseRoute, ...] = (
    page("/console/setup/ui", gallery.show, Permission.OPERATIONS_READ),
    page("/console/setup", index.show, Permission.ACCOUNT_CHANGE),
    page("/console/setup/find/{what}", index.find, Permission.ACCOUNT_CHANGE),
    page(_IMPORTS, {"GET": imports.show, "POST": imports.begin}, Permission.PRODUCT_CHANGE),
    page(f"{_IMPORTS}/{{id}}", {"GET": imports.look_over, "POST": imports.act}, Permission.PRODUCT_CHANGE),
    page(f"{_IMPORTS}/{{id}}/failed", imports.failed, Permission.PRODUCT_CHANGE),
    page(_OPERATIONS, operations.show, Permission.OPERATIONS_READ),
    page(f"{_OPERATIONS}/dead/{{letter}}", {"POST": operations.retry_dead}, Permission.OPERATIONS_READ),
    page(f"{_OPERATIONS}/arrivals/{{arrival}}", {"POST": operations.retry_arrival}, Permission.OPERATIONS_READ),
    page(f"{_OPERATIONS}/held/{{held}}", {"POST": operations.make_case}, Permission.OPERATIONS_READ),
    page(f"{_OPERATIONS}/mail/{{mail}}", {"POST": operations.retry_mail}, Permission.OPERATIONS_READ),
    page("/console/setup/checklist", {"GET": checklist.show, "POST": checklist.look}, Permission.USER_CHANGE),
    page("/console/setup/checklist/{step}", {"POST": checklist.examine}, Permission.USER_CHANGE),
    page(f"{_PERSON}/suspension", {"POST": people.suspend}, Permission.USER_CHANGE),
    page(f"{_PERSON}/invitation", {"POST": people.send_link}, Permission.USER_CHANGE),
    page(f"{_PERSON}/tokens", {"POST": people.add_token}, Permission.USER_CHANGE),
    page(f"{_PERSON}/tokens/{{token}}/revocation", {"POST": people.revoke_token}, Permission.USER_CHANGE),
    *(route for each in rules.KINDS for route in _pages_of_rules(each)),
    page("/console/setup/contacts/{id}/portals/{portal}", {"POST": portal_access.change}, Permission.ACCOUNT_ADMIT),
    *(route for each in KEPT for route in _pages_of(each)),
)
