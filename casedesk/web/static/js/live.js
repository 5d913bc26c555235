// Live: one stream for the browser, held by a leading tab; ids only, and each tab asks for the parts it shows.
//
// The stream's events carry {"topic": "case:HAL-20418", "parts": ["timeline", "clock"]} (no parts: all of the topic's),
// {"topic": "counts"}, or {"topic": "view:mine", "new": true}. What may be seen is decided where the part is asked for.
import { endInSight } from "./timeline.js";

const SILENT = 35000; // heartbeats come every 15 seconds: two missed ones mean that nobody is there
const LOST = 5000;
const WAIT = 120;

const channel = "BroadcastChannel" in window ? new BroadcastChannel("casedesk-live") : null;
const asked = new Map();
let heard = 0;
let state = "off";
let stateSince = 0;

export function startLive() {
  const url = document.body.dataset.stream;
  if (!url || !("EventSource" in window)) return;
  channel?.addEventListener("message", ({ data }) => take(data));
  if (navigator.locks && channel) navigator.locks.request("casedesk-live", () => new Promise(() => lead(url)));
  else lead(url);
  setInterval(watch, 1000);
  document.addEventListener("cd:refresh", (event) => change(event.detail));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) for (const run of late.splice(0)) run(); });
}

function lead(url) {
  let last = "";
  let source = null;
  const open = () => {
    source = new EventSource(last ? `${url}?after=${encodeURIComponent(last)}` : url);
    source.onopen = () => tell({ heard: true, live: true });
    source.addEventListener("beat", () => tell({ heard: true, live: true }));
    source.addEventListener("ended", () => { source.close(); tell({ signedOut: true }); });
    source.onmessage = (event) => {
      if (event.lastEventId) last = event.lastEventId;
      tell({ heard: true, live: true, change: JSON.parse(event.data) });
    };
    source.onerror = () => {
      tell({ live: false });
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 3000);
    };
  };
  open();
  addEventListener("pagehide", () => source.close());
}

function tell(message) {
  channel?.postMessage(message);
  take(message);
}

function take(message) {
  if (message.heard) heard = Date.now();
  if (message.live === true) show("live");
  if (message.live === false) show("lost");
  if (message.change) change(message.change);
}

function watch() {
  if (heard && Date.now() - heard > SILENT) show("lost");
  const banner = document.querySelector("[data-live-lost]");
  if (!banner) return;
  banner.hidden = !(state === "lost" && Date.now() - stateSince > LOST);
}

function show(next) {
  if (state === next) return;
  const was = state;
  state = next;
  stateSince = Date.now();
  const dot = document.querySelector("[data-live-state]");
  if (dot) {
    dot.dataset.state = next;
    dot.textContent = next === "live" ? dot.dataset.live ?? "Live" : dot.dataset.lost ?? "Not live";
  }
  const words = document.querySelector("[data-live-lost-words]");
  const time = new Date().toLocaleTimeString(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit" });
  if (words && next === "lost") words.textContent = words.dataset.words.replace("{time}", time);
  if (was === "lost" && next === "live") for (const part of document.querySelectorAll("[data-src][data-topic]")) ask(part);
}

function change({ topic, parts, new: isNew }) {
  if (isNew) document.dispatchEvent(new CustomEvent("cd:new-case", { detail: { topic } }));
  for (const part of document.querySelectorAll(`[data-src][data-topic="${CSS.escape(topic)}"]`)) {
    if (!parts || parts.includes(part.dataset.part)) ask(part);
  }
}

const late = [];

// Several changes within a moment make one request; a hidden tab asks when it is looked at again.
function ask(part) {
  const key = part.dataset.src;
  if (asked.has(key)) return;
  asked.set(key, true);
  const run = () => setTimeout(() => { asked.delete(key); refresh(part.id); }, WAIT + Math.random() * WAIT);
  if (document.hidden) late.push(run);
  else run();
}

async function refresh(id) {
  const part = document.getElementById(id);
  if (!part) return;
  let answer;
  try {
    answer = await fetch(part.dataset.src, { headers: { "HX-Request": "true", "HX-Target": id }, credentials: "same-origin" });
  } catch {
    return; // no network: the banner says so, and all is asked for again when it is back
  }
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
  const now = document.getElementById(id);
  if (fresh && now) put(now, fresh);
}

function put(part, fresh) {
  const wasAtEnd = endInSight();
  if ("merge" in part.dataset) {
    const added = merge(part, fresh);
    window.htmx?.process(part);
    document.dispatchEvent(new CustomEvent("cd:merged", { detail: { part, added, wasAtEnd } }));
  } else if (part.outerHTML !== fresh.outerHTML) {
    const focused = part.contains(document.activeElement) ? document.activeElement.id || document.activeElement.dataset.key : null;
    keepOpen(part, fresh);
    if (part.hasAttribute("aria-current") && part.dataset.part === "row") fresh.setAttribute("aria-current", "true");
    if (part.dataset.part === "row") fresh.dataset.changed = "";
    part.replaceWith(fresh);
    window.htmx?.process(fresh);
    if (focused) (document.getElementById(focused) ?? fresh.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
    else if (part === document.activeElement) fresh.focus();
  }
  document.dispatchEvent(new CustomEvent("cd:refreshed", { detail: { id: fresh.id } }));
}

// Children are known by id: what is the same stays untouched (with its selection and open folds), the rest is put in place.
function merge(part, fresh) {
  const added = [];
  const wanted = new Set([...fresh.children].map((child) => child.id));
  const kept = (child) => child.id === "older" || (!wanted.has(child.id) && child.compareDocumentPosition(firstShared) & 4);
  const firstShared = [...part.children].find((child) => wanted.has(child.id) && child.id !== "older") ?? part.lastElementChild ?? part;
  for (const child of [...part.children]) if (!wanted.has(child.id) && !kept(child)) child.remove();
  let after = null;
  for (const child of [...fresh.children]) {
    if (child.id === "older" && !document.getElementById("older")) continue;
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
