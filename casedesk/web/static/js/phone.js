// The telephone page: what is typed is kept on the server 150 ms later, and the answer brings everything that follows from it.
import { register } from "./keys.js";
import { csrf, send } from "./send.js";
import { clockTime } from "./time.js";

const QUIET = 150;
const AGAIN = 5000;
const form = document.getElementById("call-form");
const drawn = new Map();
let timer = 0;
let changes = 0; // counts what was typed: an answer to older words is not drawn
let saved = "";
let busy = null;
const opened = Date.now();

if (form) start();

function start() {
  for (const part of parts(document)) drawn.set(part.id, part.outerHTML);
  saved = stand();
  bringBack();
  form.addEventListener("input", (event) => { if (event.target.name !== "give_to") later(); });
  form.addEventListener("change", (event) => { if (event.target.name !== "give_to") later(); });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && event.target.matches("input") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      keep();
    }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name='pick'], button[name='use']");
    if (!button) return;
    event.preventDefault();
    changes += 1;
    keep({ [button.name]: button.value });
  });
  form.addEventListener("submit", leave);
  document.addEventListener("keydown", keys);
  register("Alt+T", form.dataset.stamps, () => false);
  register("Alt+1", form.dataset.uses, () => false);
  document.addEventListener("cd:call", ({ detail }) => { if (detail.includes(Number(form.dataset.call))) askHead(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) beacon(); });
  addEventListener("pagehide", beacon);
  tick();
  setInterval(tick, 1000);
}

function parts(root) {
  return root.querySelectorAll("[data-part]");
}

function told(extra = {}) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "csrf" && name !== "give_to") body.append(name, value);
  for (const [name, value] of Object.entries(extra)) body.append(name, value);
  return body;
}

function stand() {
  return told().toString();
}

function later() {
  changes += 1;
  remember();
  clearTimeout(timer);
  timer = setTimeout(keep, QUIET);
}

// One request at a time; what was typed meanwhile is sent when it is back.
async function keep(extra = {}, ask = false) {
  clearTimeout(timer);
  if (busy) await busy;
  const now = stand();
  if (now === saved && !Object.keys(extra).length) return true;
  const mark = changes;
  busy = save(now, extra, mark, ask).finally(() => { busy = null; });
  return busy;
}

async function save(now, extra, mark, ask) {
  try {
    const answer = await send(form.dataset.notes, { body: told(extra), headers: { "HX-Request": "true", Accept: "text/html" }, ask });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    saved = now;
    if (mark === changes) {
      draw(fresh);
      saved = stand();
      forget();
    }
    say(form.dataset.saved.replace("{time}", clockTime()));
    return true;
  } catch {
    say(form.dataset.local);
    timer = setTimeout(keep, AGAIN);
    return false;
  }
}

function draw(fresh) {
  for (const part of parts(fresh)) {
    const here = document.getElementById(part.id);
    const html = part.outerHTML;
    if (!here || drawn.get(part.id) === html) continue;
    const active = document.activeElement;
    const held = here.contains(active) ? active : null;
    if (held?.matches("input:not([type='radio']), textarea, select")) continue;
    for (const details of here.querySelectorAll("details[open][id]")) part.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute("open", "");
    drawn.set(part.id, html);
    here.replaceWith(part);
    if (held) refocus(part, held);
  }
  const label = document.getElementById("call-mail-label");
  const words = fresh.querySelector("[data-mail-label]")?.dataset.mailLabel;
  if (label && words) label.textContent = words;
  const count = document.getElementById("call-found")?.dataset.said ?? "";
  const line = document.getElementById("call-said");
  if (line.textContent !== count) line.textContent = count;
  tick();
}

// The exchange said something of this call (it was answered, it ended): its bar is asked for anew, nothing is written.
async function askHead() {
  const answer = await fetch(`${form.action}?call_id=${form.dataset.call}`, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const head = fresh.getElementById("call-head");
  const here = document.getElementById("call-head");
  if (!head || here.querySelector("details[open]")) return;
  drawn.set("call-head", head.outerHTML);
  here.replaceWith(head);
  tick();
}

function refocus(part, held) {
  const again = (held.id && document.getElementById(held.id)) || (held.name && part.querySelector(`[name="${CSS.escape(held.name)}"][value="${CSS.escape(held.value)}"]`));
  const next = again || part.querySelector("button, input, a") || document.getElementById("subject");
  next?.focus();
}

function say(words) {
  form.querySelector("[data-state]").textContent = words;
  form.querySelector("[data-discards]").hidden = false;
}

// The page is left only when the server has the words: with a session that ended it asks for the password first.
async function leave(event) {
  const button = event.submitter;
  if (!button || form.dataset.leaving || button.name === "then" && button.value === "discard") {
    forget();
    saved = stand();
    return;
  }
  event.preventDefault();
  if (!await keep({ probe: "1" }, true)) return;
  form.dataset.leaving = "1";
  form.querySelector('input[name="csrf"]').value = csrf();
  forget();
  form.requestSubmit(button);
  delete form.dataset.leaving;
}

function keys(event) {
  if (event.isComposing || !event.altKey || event.ctrlKey || event.metaKey) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (event.code === "KeyT") stamp();
  else if (digit && form.querySelector(`[data-alt="${digit}"]`)) form.querySelector(`[data-alt="${digit}"]`).click();
  else return;
  event.preventDefault();
}

function stamp() {
  const notes = document.getElementById("notes");
  const at = document.activeElement === notes ? notes.selectionStart : notes.value.length;
  const before = notes.value.slice(0, at);
  const words = `${before && !before.endsWith("\n") ? "\n" : ""}${length(elapsed())}  `;
  notes.focus();
  notes.setRangeText(words, at, at, "end");
  notes.dispatchEvent(new Event("input", { bubbles: true }));
}

function elapsed() {
  const started = form.querySelector("[data-timer]")?.dataset.timer;
  return Math.max(0, Math.floor((Date.now() - (started ? Date.parse(started) : opened)) / 1000));
}

function length(seconds) {
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  const place = form.querySelector("[data-timer]");
  if (place) place.textContent = length(elapsed());
}

function beacon() {
  if (stand() === saved || form.dataset.leaving) return;
  const body = new FormData(form);
  body.delete("give_to");
  body.set("csrf", csrf());
  navigator.sendBeacon(form.dataset.notes, body);
}

function place() {
  return `cd-call:${form.dataset.call || "own"}`;
}

function remember() {
  try { localStorage.setItem(place(), JSON.stringify({ values: [...told()], at: Date.now() })); } catch { /* full or forbidden: the server has it in a moment */ }
}

function forget() {
  try { localStorage.removeItem(place()); } catch { /* forbidden: nothing was kept either */ }
}

// A copy in this browser exists only while the server lacks the words; a newer one wins over the server's.
function bringBack() {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(place())); } catch { return; }
  if (!kept || (form.dataset.savedAt && Date.parse(form.dataset.savedAt) > kept.at)) return forget();
  for (const [name, value] of kept.values) {
    const field = form.elements.namedItem(name);
    if (["subject", "notes", "who", "name", "email"].includes(name) && field) field.value = value;
  }
  say(form.dataset.restored);
  later();
}
