// Who else is in the open case: every page says now and then what its reader does, and remembers what others said.
import { csrf, send } from "./send.js";

const [GONE, LOOKING, WRITING] = [0, 1, 2];
const AGAIN = 20000;
const QUIET = 5000;
const FORGET = 45000;

const others = new Map();
let at = "";
let doing = LOOKING;
let quiet = 0;

export function startPresence() {
  come();
  setInterval(() => { if (at && !document.hidden) say(doing); forget(); }, AGAIN);
  document.addEventListener("htmx:afterSwap", (event) => { if ((event.detail.target ?? event.target).id === "case" || event.target.id === "case") come(); });
  document.addEventListener("input", (event) => { if (event.target.matches?.("[data-composer] textarea")) typed(); });
  document.addEventListener("cd:presence", ({ detail }) => heard(...detail));
  addEventListener("pagehide", leave);
}

function place() {
  return document.querySelector("#case[data-number]");
}

function come() {
  const now = place()?.dataset.number ?? "";
  if (now === at) return;
  leave();
  at = now;
  doing = LOOKING;
  others.clear();
  if (at) say(LOOKING);
}

function say(what) {
  send(`/console/c/${at}/presence`, { body: new URLSearchParams({ doing: what }), ask: false }).catch(() => null);
}

function leave() {
  if (!at) return;
  const body = new FormData();
  body.set("doing", GONE);
  body.set("csrf", csrf());
  navigator.sendBeacon(`/console/c/${at}/presence`, body);
  at = "";
}

function typed() {
  clearTimeout(quiet);
  quiet = setTimeout(() => { doing = LOOKING; say(LOOKING); }, QUIET);
  if (doing === WRITING) return;
  doing = WRITING;
  say(WRITING);
}

// Somebody new is answered, so that they see at once who was here before them.
function heard(caseId, who, what) {
  if (caseId !== Number(at.match(/\d+$/)?.[0] ?? 0) || who === Number(document.body.dataset.me)) return;
  const isNew = !others.has(who);
  if (what === GONE) others.delete(who);
  else others.set(who, { what, heard: Date.now() });
  if (isNew && what !== GONE) setTimeout(() => { if (at) say(doing); }, Math.random() * 300);
  draw();
}

function forget() {
  const before = others.size;
  for (const [who, told] of others) if (Date.now() - told.heard > FORGET) others.delete(who);
  if (others.size !== before) draw();
}

let drawn = 0;

async function draw() {
  const turn = ++drawn;
  const part = document.getElementById("company");
  if (!part) return;
  if (!others.size) {
    part.hidden = true;
    return;
  }
  const url = new URL(`/console/c/${at}/company`, location.origin);
  url.searchParams.set("who", [...others.keys()].join(","));
  url.searchParams.set("writing", [...others].filter(([, told]) => told.what === WRITING).map(([who]) => who).join(","));
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || turn !== drawn) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("company");
  if (fresh && part.outerHTML !== fresh.outerHTML) document.getElementById("company")?.replaceWith(fresh);
}
