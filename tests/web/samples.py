"""A desk at one moment, finished for the eye: what the templates are drawn with when no database is there."""

# ruff: noqa: E501  # what people say is longer than a line of code

from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from casedesk.web import pages as w
from casedesk.web import views as v
from casedesk.web.admin import gallery
from casedesk.web.admin import operation_views as o
from casedesk.web.console import case_views as c
from casedesk.web.console import page_views as p
from casedesk.web.console import timeline_views as t
from casedesk.web.public.survey import Score, SurveyPage

NOW = datetime(2026, 11, 18, 10, 2, 7, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def frame(theme: w.Theme = w.Theme.LIGHT) -> w.Frame:
    return w.Frame(nonce="sample", csrf="sample-token", theme=theme, desk="Halden Support")


ELODIE = v.Person("Élodie Marchand", "ÉM", 1)
PRIYA = v.Person("Priya Nair", "PN", 7)
MARA = v.Person("Mara Okafor", "MO", 2)


def shell(view: str = "mine", pane: str = "list") -> v.Shell:
    def link(key: str, label: str, count: str, mark: str = "", hue: int = 0, tone: v.Tone = v.Tone.PLAIN) -> v.ViewLink:
        return v.ViewLink(key, label, f"/console/v/{key}", count, tone, mark, hue)

    return v.Shell(
        me=MARA,
        rail=(
            v.RailLink("Cases", "/console", "inbox", "i", "4", here=True),
            v.RailLink("Search", "/console/search", "search", "s"),
            v.RailLink("Solutions", "/console/solutions", "book-open", "k"),
            v.RailLink("Operations", "/console/setup/operations", "settings", "o"),
        ),
        groups=(
            v.ViewGroup(
                "My work",
                (
                    link("mine", "Assigned to me", "12", "user"),
                    link("due", "Due next hour", "4", "clock", tone=v.Tone.WARN),
                    link("late", "Late", "1", "triangle-alert", tone=v.Tone.BAD),
                    link("unassigned", "Nobody has it", "6", "circle-dashed"),
                    link("mentions", "Mentions", "2", "at-sign"),
                ),
            ),
            v.ViewGroup(
                "Queues",
                (
                    link("q-premier-emea", "Premier · EMEA", "9", hue=1),
                    link("q-premier-us", "Premier · US", "14", hue=3, tone=v.Tone.WARN),
                    link("q-standard-emea", "Standard · EMEA", "41", hue=4),
                    link("q-standard-us", "Standard · US", "57", hue=2),
                    link("q-tier-2", "Tier 2 engineering", "11", hue=5),
                    link("q-billing", "Billing", "8", hue=8),
                    link("q-review", "Review", "3", hue=6, tone=v.Tone.BAD),
                ),
            ),
            v.ViewGroup(
                "Saved views",
                (
                    link("s-1", "Firmware 4.2 regressions", "23", "star"),
                    link("s-2", "VIP without reply today", "5", "star"),
                ),
            ),
        ),
        view=view,
        pane=pane,
        desk="Halden Support",
    )


def clock(label: str, text: str, tone: v.Tone, fraction: int) -> v.ClockChip:
    return v.ClockChip(label, text, tone, fraction)


def row(number: int, channel: v.Channel, who: str, subject: str, line: str, at: datetime, **more: object) -> v.CaseRow:
    return v.CaseRow(
        number, f"HAL-{number}", f"/console/c/HAL-{number}?v=mine", channel, who, subject, line, at, **more
    )  # type: ignore[arg-type]


def case_list(empty: bool = False) -> v.CaseList:
    mail, phone, portal = v.Channel.MAIL, v.Channel.PHONE, v.Channel.PORTAL
    high = v.Priority.HIGH
    rows = (
        row(
            20418,
            mail,
            "Élodie Marchand · Clinique Saint-Roch",
            "Gateway offline after firmware 4.2",
            "The red LED blinks three times, then nothing. We have two wards without readings",
            ago(minutes=57),
            clock=clock("Reply", "14m", v.Tone.WARN, 77),
            priority=high,
            level="Premier",
            owner=PRIYA,
            unread=True,
            here=True,
        ),
        row(
            20391,
            phone,
            "Tomasz Wilk · PolMed Instruments",
            "Pump P4 stops at 38 °C with alarm E17",
            "Call 6 min · Agreed to swap the thermistor, send RMA label",
            ago(minutes=31),
            clock=clock("", "12m over", v.Tone.BAD, 100),
            priority=high,
            level="Premier",
            unread=True,
        ),
        row(
            20410,
            portal,
            "Hanna Lindqvist · Örebro Kommun",
            "Invoice 88213 shows the old VAT number",
            "Portal · Billing · attached invoice-88213.pdf",
            ago(hours=1),
            clock=clock("Reply", "5h 10m", v.Tone.OK, 35),
        ),
        row(
            20409,
            mail,
            "佐藤 美咲 · Kansai Biolabs",
            "校正証明書の再発行をお願いします",
            "AG-200 (S/N 2024-11873) の証明書を再発行していただけますか",
            ago(hours=2),
            clock=clock("Reply", "6h 48m", v.Tone.OK, 22),
            unread=True,
        ),
        row(
            20377,
            mail,
            "Rafael Ortega · Hospital del Mar",
            "Re: Cloud export misses Sunday readings",
            "Thanks, the new schedule works. One more question about the CSV",
            ago(hours=3),
            clock=clock("", "Waiting on customer", v.Tone.OFF, 0),
            level="Premier",
        ),
        row(
            20370,
            mail,
            "Dana Whitfield · Ridgeline Water",
            "Add two users to our portal account",
            "Could you please add j.cho@ridgeline.example and a second person",
            ago(hours=4),
            clock=clock("Reply", "3h 02m", v.Tone.OK, 48),
            priority=v.Priority.LOW,
        ),
        row(
            20366,
            phone,
            "Ismail Kaya · Bosphorus Labs",
            "Chiller C9 noise after relocation",
            "“it started on Monday after the move…”",
            ago(hours=5),
            clock=clock("", "Paused · outside hours", v.Tone.OFF, 0),
        ),
        row(
            20351,
            mail,
            "نادية عمر · مختبرات الخليج",
            "لا يعمل جهاز P4 بعد التحديث!",
            "مرحبا، منذ أمس لا يعمل الجهاز (alarm E17).",
            ago(days=1),
            clock=clock("Resolve", "Tue 17:00", v.Tone.OK, 12),
            gone="Resolved by Priya",
        ),
    )
    return v.CaseList(
        key="mine", title="Assigned to me", url="/console/v/mine", rows=() if empty else rows, count="" if empty else "12",
        filters=(v.Filter("Open, Waiting", True, "/console/v/mine?status=any"),),
        sorts=(v.Choice("due", "Due first", True), v.Choice("newest", "Newest first")),
        more_url="" if empty else "/console/v/mine?cursor=abc",
        empty="Nothing is waiting", empty_hint="Next due 11:16 in Premier US", empty_url="/console/v/q-premier-us",
        rows_query="",
    )  # fmt: skip


def header() -> c.Header:
    return c.Header(
        number="HAL-20418", url="/console/c/HAL-20418", subject="Gateway offline after firmware 4.2", status="Open",
        status_tone=v.Tone.INFO, priority=v.Priority.HIGH, owner_id="2", owner=MARA, mine=True, queue="Premier · EMEA",
        clocks=(clock("Reply", "14m", v.Tone.WARN, 77), clock("Resolve", "6h 12m", v.Tone.OK, 31)), position="1 of 12",
        previous_url="/console/c/HAL-20391?v=mine", next_url="/console/c/HAL-20410?v=mine", list_url="/console/v/mine",
        tabs=(v.Tab("All", "?tl=all", "9", True), v.Tab("Messages", "?tl=messages", "4"), v.Tab("Notes", "?tl=notes", "1"),
              v.Tab("Calls", "?tl=calls", "1"), v.Tab("History", "?tl=history", "11"),
              v.Tab("Files", "?tl=files", "3", mark="paperclip")),
    )  # fmt: skip


def why() -> t.Why:
    return t.Why(
        (
            t.WhyRow(Markup("Contract <b>Premier 24×5</b> covers S/N AG200-24-11873"), "rule 3"),
            t.WhyRow(Markup("Account in <b>France</b>, so region EMEA"), "rule 7"),
            t.WhyRow(Markup("You have skill <b>gateway</b>, speak <b>fr</b>, and 11 of 15 open cases"), "skill + load"),
        ),
        "Rule 2 (Premier US) did not match: the account is not in the Americas",
    )


def timeline() -> t.Timeline:
    return t.Timeline(
        number="HAL-20418", seen=887, older_url="?before=881", older_count=4,
        entries=(
            t.Entry("e-881", t.EntryKind.EVENT, ago(minutes=57), words="Case opened from mail to support@, acknowledged in French",
                    mark="mail", day=ago(minutes=57)),
            t.Entry("m-882", t.EntryKind.MESSAGE, ago(minutes=57), ELODIE, Markup(
                "<p>Hello, since last night’s update to 4.2 our gateway shows a red LED, three blinks, then nothing. "
                "Two wards have lost their fridge readings. We already tried a restart.</p>"),
                quoted=Markup("<p>The release notes of 4.2 say …</p>"), to="to support@halden.example",
                attachments=(t.Attachment("led-pattern.jpg", "/files/1", 1_200_000), t.Attachment("gateway.log", "/files/2", 48_000))),
            t.Entry("e-883", t.EntryKind.EVENT, ago(minutes=56), words=Markup("Routed to <b>Premier · EMEA</b>, then assigned to you"),
                    mark="route", why=why()),
            t.Entry("m-884", t.EntryKind.CALL, ago(minutes=38), MARA, Markup("<p>Asked for the serial number; she will look on site.</p>"),
                    to="You called · 2 min", ours=True),
            t.Entry("m-885", t.EntryKind.MESSAGE, ago(minutes=30), MARA, Markup("<p>Bonjour Élodie, could you send me the log of the gateway?</p>"),
                    to="to elodie@saint-roch.example", ours=True, state="Delivered", state_tone=v.Tone.OK),
            t.Entry("m-886", t.EntryKind.NOTE, ago(minutes=21), PRIYA, Markup(
                '<p><a href="/console/search?q=Mara">@Mara</a> same signature as problem <a href="/console/c/HAL-20377">HAL-20377</a>. '
                "The bootloader keeps slot B, so a 10-second reset brings 4.1 back without data loss.</p>"), unread=True),
            t.Entry("e-887", t.EntryKind.EVENT, ago(minutes=16), words="Lead told: reply due in 30 minutes", mark="bell", tone=v.Tone.WARN),
        ),
    )  # fmt: skip


def composer(kind: str = "reply") -> c.Composer:
    return c.Composer(
        number="HAL-20418", url="/console/c/HAL-20418/messages", drafts_url="/console/c/HAL-20418/drafts", seen=887, once="once-1", kind=kind,
        to=("Élodie Marchand",), language="French",
        outcomes=(c.Outcome("waiting_on_customer", "Send, set Waiting on customer"), c.Outcome("open", "Send, keep Open"),
                  c.Outcome("resolved", "Send and resolve")),
        reply=c.Draft("Bonjour Élodie,\nThank you for the log. Your gateway can go back to 4.1 safely: hold Reset for 10 seconds "
                      "until the LED turns blue", NOW),
        file_limit="up to 25 MB",
    )  # fmt: skip


def entitlement() -> c.EntitlementCard:
    return c.EntitlementCard(
        "Entitled: Premier 24×5", v.Tone.OK,
        (c.Reason("Named contact (1 of 3 primary)"), c.Reason("Asset in warranty to 14 Mar 2028"), c.Reason("Reply in 1 h, resolve in 8 h")),
        (c.Meter("Phone incidents this year", "7 of 10", 7, 10),), contract="to 14 Mar 2028",
    )  # fmt: skip


def not_covered() -> c.EntitlementCard:
    return c.EntitlementCard(
        "Not covered: warranty ended 3 Mar", v.Tone.WARN,
        (c.Reason("Known contact of the account"), c.Reason("Warranty of P4-19-0034 ended 3 Mar 2026", v.Tone.BAD),
         c.Reason("No contract of the account covers it", v.Tone.BAD)),
    )  # fmt: skip


def service_clock() -> c.ServiceClock:
    return c.ServiceClock(
        "HAL-20418",
        (
            c.Milestone(
                "Reply due 11:16", "14m left", v.Tone.WARN,
                "Clock started 10:05, paused 11 minutes, lead told 10:46, now 11:02, due 11:16", "Paris",
                (c.Stretch("run", 0, 71), c.Stretch("pause", 71, 41), c.Stretch("run", 112, 100)),
                (c.Tick("start", 0, "10:05", "start"), c.Tick("pause", 91, "paused 11m"), c.Tick("told", 152, "lead told 10:46"),
                 c.Tick("now", 212, "now"), c.Tick("due", 263, "due", "end")),
                (c.ClockFact("Policy", "Premier 24×5, first reply 1 h"), c.ClockFact("Calendar", "Weekdays round the clock, Paris"),
                 c.ClockFact("Paused", "10:24 to 10:35, asked for the serial number"), c.ClockFact("Next", "11:16 manager is told")),
                ago(minutes=-14),
            ),
            c.Milestone("Resolve due 17:40", "6h 38m left", v.Tone.OK, "Clock started 10:05, now 11:02, due 17:40", "",
                        (c.Stretch("run", 0, 33),), (c.Tick("start", 0, "10:05", "start"), c.Tick("now", 33, "now"),
                                                     c.Tick("due", 263, "17:40", "end"))),
        ),
    )  # fmt: skip


def context(card: c.EntitlementCard | None = None) -> c.Context:
    return c.Context(
        c.ContactCard(ELODIE, "Biomedical lead", "Clinique Saint-Roch", "+33467000000",
                      (c.Fact("Local time", "11:02 Montpellier, in hours"), c.Fact("Language", "French, English"),
                       c.Fact("Open cases", "3 of 41", "/console/search?q=saint-roch"))),
        card or entitlement(),
        c.AssetCard("Aurora gateway AG-200", "AG200-24-11873", "firmware 4.2.0", v.Tone.WARN),
        (c.Linked("Problem", "HAL-20377", "Firmware 4.2 slot swap", "/console/c/HAL-20377", v.Tone.BAD),
         c.Linked("Same account", "HAL-20102", "Export of readings", "/console/c/HAL-20102")),
    )  # fmt: skip


def suggestions() -> c.Suggestions:
    return c.Suggestions(
        "HAL-20418",
        (
            c.Suggestion(1, "Restore a gateway that stays red after 4.2", "/console/solutions/1",
                         "1. Hold Reset for 10 seconds\n2. Wait for the blue LED", "Public · fr, en", "18 of 21 resolved", likely=True),
            c.Suggestion(2, "Known issue: slot B and firmware 4.2", "/console/solutions/2", "Read the slot first.", "Internal",
                         "9 of 12 resolved", used=True),
        ),
        "/console/c/HAL-20418/used", "/console/solutions?q=gateway+firmware",
    )  # fmt: skip


def escalation() -> c.EscalationForm:
    return c.EscalationForm(
        "HAL-20418", "/console/c/HAL-20418/escalation", "/console/c/HAL-20418", "Lena (lead of Premier · EMEA), 4 open escalations",
        "Tier 2 engineering, 11 open, next free Jonas Krug", "Nadine Faure, service manager",
        (v.Choice("one", "One device"), v.Choice("site", "A whole site", True), v.Choice("safety", "Somebody's safety")),
        ("Queue becomes Tier 2 engineering", "The resolve clock goes on", "Jonas Krug and Lena are told"),
    )  # fmt: skip


def case(kind: str = "reply", card: c.EntitlementCard | None = None) -> c.CasePage:
    return c.CasePage(
        "/console/c/HAL-20418/parts?v=mine", header(), timeline(), composer(kind), service_clock(), context(card), suggestions(),
        c.CaseMenus(
            (v.Choice("open", "Open", True), v.Choice("waiting_on_customer", "Waiting on customer"), v.Choice("on_hold", "On hold")),
            (v.Choice("me", "Mara Okafor", True, "11 of 15"), v.Choice("jonas", "Jonas Krug", hint="7 of 12")),
            (v.Choice("premier-emea", "Premier · EMEA", True), v.Choice("tier-2", "Tier 2 engineering")),
            (v.Choice("urgent", "Urgent"), v.Choice("high", "High", True), v.Choice("normal", "Normal"), v.Choice("low", "Low")),
        ),
        escalation(), resolution(),
    )  # fmt: skip


def resolution() -> c.ResolveForm:
    return c.ResolveForm(
        "HAL-20418", "/console/c/HAL-20418/resolution", "/console/c/HAL-20418",
        (v.Choice("", "None"), v.Choice("1", "Restore a gateway that stays red after 4.2", True)), "A survey goes out to Élodie Marchand",
    )  # fmt: skip


def collision() -> t.Collision:
    return t.Collision("Priya Nair replied while you were writing", (
        t.Entry("m-888", t.EntryKind.MESSAGE, ago(minutes=1), PRIYA, Markup("<p>Bonjour, please hold Reset for 10 seconds.</p>"),
                to="to elodie@saint-roch.example", ours=True),), 888)  # fmt: skip


def new_case(known: bool = True) -> p.NewCaseForm:
    darnell = p.Caller(4, v.Person("Darnell Hughes", "DH", 4), "Ridgeline Water · +1 303 555 0142", "?contact=4", True)
    return p.NewCaseForm(
        "/console/new", "once-1", p.Field("subject", "In a few words", "Pump stops at 38 °C with alarm E17"),
        p.Field("words", "What happened?", "00:42 Started Monday after filter change.\n01:58 Inlet pressure 2.1 bar, ambient 24 °C."),
        p.Field("priority", "Priority", choices=(v.Choice("normal", "Normal"), v.Choice("high", "High", True))),
        p.Field("queue", "Queue", choices=(v.Choice("", "By the rules", True), v.Choice("premier-us", "Premier · US"))),
        p.Field("name", "Name"), p.Field("email", "Email"), "+1 303 555 0142", darnell if known else None,
        (darnell, p.Caller(5, v.Person("Ridgeline Water, front desk", "RW", 8), "Account main line · 303 555 0100", "?contact=5")),
        (p.CallerCase("HAL-20391", "Pump P4 trips at start-up", "/console/c/HAL-20391",
                      "Same serial · Mara asked for photos yesterday", clock("Reply", "24m", v.Tone.WARN, 60)),
         p.CallerCase("HAL-20355", "Add two users to our portal", "/console/c/HAL-20355",
                      status="Waiting on customer")),
        (v.Choice("1", "Fjord pump P4", True, "P4-23-00871 · in warranty to Jun 2027"),
         v.Choice("2", "Aurora AG-200", hint="AG200-23-5520 · in warranty to Jan 2027"),
         v.Choice("3", "Chiller C9", hint="C9-19-0034 · warranty ended Mar 2022")),
        entitlement(), suggestions().items, () if known else (("email", "Write an address like name@example.com"),),
    )  # fmt: skip


def solutions() -> p.SolutionsPage:
    return p.SolutionsPage(
        "gateway",
        (p.SolutionRow(1, "Restore a gateway that stays red after 4.2", "/console/solutions/1",
                       Markup("Hold Reset for ten seconds; the <mark>gateway</mark> goes back to slot B."), "Public · fr, en", "Published",
                       v.Tone.OK, "18 of 21 resolved", NOW),
         p.SolutionRow(2, "Known issue: slot B and firmware 4.2", "/console/solutions/2", "Why both slots may be marked bad.", "Internal",
                       "In review", v.Tone.WARN, "", NOW)),
        (v.ViewLink("gateway", "Gateways", "?category=gateways", "23"), v.ViewLink("pumps", "Pumps", "?category=pumps", "11")),
    )  # fmt: skip


def solution() -> p.SolutionPage:
    return p.SolutionPage(
        1, "Restore a gateway that stays red after 4.2",
        Markup("<h2>Problem</h2><p>After the update the LED is red and blinks three times.</p><h2>Fix</h2><ol><li>Hold Reset for 10 seconds."
               "</li><li>Wait for the blue LED.</li></ol><p>See <a href='/console/solutions/2'>the known issue</a>.</p>"),
        "Published", v.Tone.OK, "Public · fr, en", (c.Fact("Applies to", "Aurora AG-200"), c.Fact("Updated", "18 Nov 2026 by Kofi Mensah")),
        "18 of 21 resolved",
    )  # fmt: skip


def search() -> p.SearchPage:
    return p.SearchPage(
        "gateway", (v.Tab("All", "?q=gateway", "3", True), v.Tab("Cases", "?q=gateway&type=case", "2"), v.Tab("Assets", "?type=asset", "1")),
        (p.Hit("Case", "inbox", "HAL-20418 Gateway offline after firmware 4.2", "/console/c/HAL-20418",
               Markup("since last night’s update to 4.2 our <mark>gateway</mark> shows a red LED"), "Clinique Saint-Roch · Open", ago(minutes=57)),
         p.Hit("Asset", "cpu", "Aurora gateway AG-200", "/console/assets/1", "S/N AG200-24-11873", "Clinique Saint-Roch")),
    )  # fmt: skip


def operations() -> o.OperationsPage:
    return o.OperationsPage(
        (o.Gauge("Arrivals waiting", "0", v.Tone.OK), o.Gauge("Held by a rule", "2", v.Tone.WARN, "oldest 3 h"),
         o.Gauge("Failed arrivals", "0", v.Tone.OK), o.Gauge("Reactions waiting", "14"), o.Gauge("Index behind by", "0.4 s", v.Tone.OK)),
        (o.DeadLetter(3, "Tell the webhook “erp”", "case resolved, HAL-20198", "connection refused, 10.0.3.4:443", 6, ago(hours=2),
                      "/console/setup/operations/dead/3/retry", "/console/c/HAL-20198"),),
        (o.OutgoingRow(9, "h.lindqvist@orebro.example", "Re: Invoice 88213", "Refused", v.Tone.BAD, ago(minutes=12), 1, "550 mailbox full",
                       "HAL-20410", "/console/c/HAL-20410", "/console/setup/operations/outbox/9/retry"),
         o.OutgoingRow(10, "elodie@saint-roch.example", "Re: Gateway offline", "Waits 8 s", v.Tone.PLAIN, NOW, 0)),
        held=(o.HeldRow("nell@somewhere.example", "Nell Park", "The pump hums", "Since Monday, louder every day.",
                        "filled in faster than anybody can type", ago(hours=1), "/console/setup/operations/held/4"),),
    )  # fmt: skip


def sign_in() -> w.SignInPage:
    return w.SignInPage(
        email="mara@halden.example", refused="Email or password is not right.", next="/console/v/mine",
        samples=(w.SampleSignIn("mara@halden.example", "Mara Okafor", "Agent, tier 1"),
                 w.SampleSignIn("lena@halden.example", "Lena Brandt", "Supervisor")), sample_password="casedesk-demo",
    )  # fmt: skip


def error() -> w.ErrorPage:
    return w.ErrorPage(
        404, "Not found", "There is nothing here, or it is not yours to see.", "/console", "/console/search", "7f3a19c2"
    )


def me() -> p.MePage:
    return p.MePage("Mara Okafor", "mara@halden.example", (v.Choice("", "As the browser asks", True), v.Choice("de", "Deutsch")), (v.Choice("auto", "As the system", True),), (v.Choice("on", "On", True),),
                    (v.Choice("8", "8s", True),), "", "Europe/Paris", saved=True)  # fmt: skip


def survey(stored: bool = False) -> SurveyPage:
    words = ("Very bad", "Bad", "So-so", "Good", "Very good")
    return SurveyPage("/s/token", "Halden Support", "HAL-20198", "Red LED after night",
                        tuple(Score(str(at), word, at == 4) for at, word in enumerate(words, 1)), stored=stored)  # fmt: skip


def pages(theme: w.Theme = w.Theme.LIGHT) -> dict[str, tuple[str, dict[str, object]]]:
    """Return every page by a short name: the template and its context."""
    on_case = {"shell": shell(pane="case"), "list": case_list()}
    at_rest = {"shell": shell("")}
    drawn: dict[str, tuple[str, dict[str, object]]] = {
        "view": ("console/view.html", {"shell": shell(), "list": case_list()}),
        "empty-view": ("console/view.html", {"shell": shell(), "list": case_list(empty=True)}),
        "case": ("console/case.html", {**on_case, "case": case()}),
        "case-note": ("console/case.html", {**on_case, "case": case("note", not_covered())}),
        "case-call": ("console/case.html", {**on_case, "case": case("call")}),
        "escalate": ("console/escalate.html", {**at_rest, "form": escalation()}),
        "resolve": ("console/resolve.html", {**at_rest, "form": resolution()}),
        "new-case": ("console/new.html", {**at_rest, "form": new_case(known=False)}),
        "new-case-of-a-contact": ("console/new.html", {**at_rest, "form": new_case()}),
        "solutions": ("console/solutions.html", {**at_rest, "page": solutions()}),
        "solution": ("console/solution.html", {**at_rest, "solution": solution()}),
        "search": ("console/search.html", {**at_rest, "page": search()}),
        "search-nothing": ("console/search.html", {**at_rest, "page": p.SearchPage("zebra", (), ())}),
        "me": ("console/me.html", {**at_rest, "page": me()}),
        "gallery": ("admin/gallery.html", {**at_rest, "gallery": gallery.gallery()}),
        "operations": (
            "admin/operations.html",
            {**at_rest, "places": shell().groups[:1], "here": "operations", "page": operations()},
        ),
        "sign-in": ("console/sign_in.html", {"page": sign_in()}),
        "error": ("errors/error.html", {"page": error()}),
        "survey": ("public/survey.html", {"page": survey()}),
        "survey-stored": ("public/survey.html", {"page": survey(stored=True)}),
    }
    return {name: (template, {"frame": frame(theme), **context}) for name, (template, context) in drawn.items()}
