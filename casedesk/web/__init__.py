"""The web: four areas (console, portal, API, administration) on one ground of limits, rights and headers.

Handlers translate: read the request, call one ability, show the answer. They hold no business and never touch the
database. Starlette stays in here and in `casedesk.app`.
"""
