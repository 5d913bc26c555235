// Live: one stream for the browser, held by a leading tab; it tells ids only, and each tab asks for what it shows.
//
// `event: case` with {"ids": [20418]} changes the open case's parts, rows of the list and the counts; `user` and `queue`
// the counts; `presence` who is in a case; `call` a call for whoever looks; `reset` everything. What may be seen is decided where the part is asked for.
import { endInSight } from "./timeline.js";
import { offerRows } from "./list.js";

const SILENT = 35000; // a beat comes every 15 seconds: two missed ones mean that nobody is there
const LOST = 5000;
const WAIT = 100;
const COUNTS_WAIT = 1500;

const channel = "BroadcastChannel" in window ? new BroadcastChannel("casedesk-live") : null;
let heard = 0;
let state = "off";
let stateSince = 0;

export function startLive() {
  const url = document.body.dataset.stream;
  if (!url || !("EventSource" in window)) return;
  channel?.addEventListener("message", ({ data }) => take(data));
  if (navigator.locks && channel) navigator.locks.request("casedesk-live", () => new Promise(() => lead(url)));
  else lead(url);
  if (channel) channel.postMessage({ asks: true });
  setInterval(watch, 1000);
  document.addEventListener("cd:refresh", () => askCase());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) for (const run of late.splice(0)) run(); });
}

function lead(url) {
  let last = "";
  let source = null;
  const open = () => {
    source = new EventSource(last ? `${url}?since=${encodeURIComponent(last)}` : url);
    source.onopen = () => tell({ live: true });
    for (const topic of ["hello", "beat", "case", "user", "queue", "presence", "call", "reset"]) {
      source.addEventListener(topic, (event) => {
        if (event.lastEventId) last = event.lastEventId;
        tell({ live: true, topic, ids: JSON.parse(event.data).ids ?? [] });
      });
    }
    source.onerror = () => {
      tell({ live: false });
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 3000);
    };
  };
  open();
  channel?.addEventListener("message", ({ data }) => { if (data.asks) channel.postMessage({ live: state === "live" }); });
  addEventListener("pagehide", () => source.close());
}

function tell(message) {
  channel?.postMessage(message);
  take(message);
}

function take(message) {
  if (message.live === true) {
    heard = Date.now();
    show("live");
  }
  if (message.live === false) show("lost");
  if (message.topic) changed(message.topic, message.ids);
}

function watch() {
  if (heard && Date.now() - heard > SILENT) show("lost");
  const banner = document.querySelector("[data-live-lost]");
  if (banner) banner.hidden = !(state === "lost" && Date.now() - stateSince > LOST);
}

function show(next) {
  if (state === next) return;
  const was = state;
  state = next;
  stateSince = Date.now();
  const dot = document.querySelector("[data-live-state]");
  if (dot) {
    dot.dataset.state = next;
    dot.textContent = next === "live" ? dot.dataset.live : dot.dataset.lost;
  }
  const words = document.querySelector("[data-live-lost-words]");
  const time = new Date().toLocaleTimeString(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit" });
  if (words && next === "lost") words.textContent = words.dataset.words.replace("{time}", time);
  if (was === "lost" && next === "live") everything();
}

function changed(topic, ids) {
  if (topic === "case" || topic === "user") askParts();
  if (topic === "case") {
    if (ids.includes(openCase())) askCase();
    askRows(ids);
    askCounts();
  } else if (topic === "user" || topic === "queue") askCounts();
  else if (topic === "presence") document.dispatchEvent(new CustomEvent("cd:presence", { detail: ids }));
  else if (topic === "call" || topic === "hello") document.dispatchEvent(new CustomEvent("cd:call", { detail: ids }));
  else if (topic === "reset") everything();
}

function everything() {
  document.dispatchEvent(new CustomEvent("cd:call", { detail: [] }));
  askCase();
  askRows([], true);
  askCounts();
}

// Several changes within a moment make one request; a hidden tab asks when it is looked at again.
const late = [];
const asked = new Set();

function soon(name, wait, run) {
  if (asked.has(name)) return;
  asked.add(name);
  const go = () => setTimeout(() => { asked.delete(name); run(); }, wait + Math.random() * WAIT);
  if (document.hidden) late.push(go);
  else go();
}

// A case's number is its id behind the brand's prefix.
function openCase() {
  return Number(document.getElementById("case")?.dataset.number?.match(/\d+$/)?.[0] ?? 0);
}

function askCase() {
  if (!document.getElementById("case")?.dataset.parts) return;
  soon("case", WAIT, async () => {
    const url = document.getElementById("case")?.dataset.parts;
    const fresh = url && await fetched(url);
    if (!fresh || document.getElementById("case")?.dataset.parts !== url) return;
    for (const part of fresh.querySelectorAll("[data-part]")) put(part);
    document.dispatchEvent(new CustomEvent("cd:refreshed"));
  });
}

const rowIds = new Set();
let allRows = false;

function askRows(ids, all = false) {
  const list = document.querySelector("[data-rows]");
  if (!list) return;
  for (const id of ids) rowIds.add(id);
  allRows ||= all;
  soon("rows", WAIT, async () => {
    if (allRows) for (const row of list.querySelectorAll("[data-id]")) rowIds.add(Number(row.dataset.id));
    const wanted = [...rowIds].slice(0, 200);
    const url = new URL(list.dataset.rows, location.origin);
    url.searchParams.set("ids", wanted.join(","));
    if (allRows) url.searchParams.set("all", "1");
    rowIds.clear();
    allRows = false;
    const fresh = await fetched(url);
    if (fresh) offerRows([...fresh.querySelectorAll(".cd-case-row")], put);
  });
}

// Parts of other pages that name where they come from.
function askParts() {
  for (const part of document.querySelectorAll("[data-live-src]")) {
    soon(part.id, WAIT, async () => {
      const again = (await fetched(part.dataset.liveSrc))?.getElementById(part.id);
      if (again) put(again);
    });
  }
}

function askCounts() {
  soon("counts", COUNTS_WAIT, async () => {
    const views = document.getElementById("part-views");
    const fresh = views && await fetched(views.dataset.src);
    const part = fresh?.getElementById("part-views");
    if (part) put(part);
  });
}

async function fetched(url) {
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null; // no network: the banner says so, and all is asked for again when it is back
  }
}

export function put(fresh) {
  const part = document.getElementById(fresh.id);
  if (!part) return;
  const wasAtEnd = endInSight();
  if ("merge" in part.dataset) {
    const added = merge(part, fresh);
    window.htmx?.process(part);
    document.dispatchEvent(new CustomEvent("cd:merged", { detail: { part, added, wasAtEnd } }));
  } else if (part.outerHTML !== fresh.outerHTML) {
    const focused = part.contains(document.activeElement) ? document.activeElement.id || document.activeElement.dataset.key : null;
    keepOpen(part, fresh);
    part.replaceWith(fresh);
    window.htmx?.process(fresh);
    if (focused) (document.getElementById(focused) ?? fresh.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
    else if (part === document.activeElement) fresh.focus();
  }
}

// Children are known by id: what is the same stays untouched (with its selection and open folds), the rest is put in place.
function merge(part, fresh) {
  const added = [];
  const wanted = new Set([...fresh.children].map((child) => child.id));
  const firstShared = [...part.children].find((child) => wanted.has(child.id) && child.id !== "older") ?? part.lastElementChild ?? part;
  const kept = (child) => child.id === "older" || (!wanted.has(child.id) && child.compareDocumentPosition(firstShared) & 4);
  for (const child of [...part.children]) if (!wanted.has(child.id) && !kept(child)) child.remove();
  let after = null;
  for (const child of [...fresh.children]) {
    if (child.id === "older") continue;
    const old = child.id && part.querySelector(`:scope > #${CSS.escape(child.id)}`);
    if (!old) {
      if (after) after.after(child);
      else part.prepend(child);
      added.push(child);
      after = child;
    } else {
      keepOpen(old, child);
      if (old.outerHTML !== child.outerHTML && !old.contains(getSelection()?.anchorNode ?? null)) {
        old.replaceWith(child);
        after = child;
      } else after = old;
    }
  }
  part.dataset.seen = fresh.dataset.seen ?? "";
  return added;
}

function keepOpen(old, fresh) {
  for (const details of old.querySelectorAll("details[open][id]")) fresh.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute("open", "");
}
