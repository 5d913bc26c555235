// Drafts: on the server 800 ms after the last letter, on leaving the field or the page; in this browser until then.
import { send, csrf } from "./send.js";
import { keptIds } from "./files.js";
import { clockTime } from "./time.js";

const QUIET = 800;
const timers = new WeakMap();
const saved = new WeakMap();

export function startDrafts() {
  begin(document);
  document.addEventListener("htmx:load", (event) => begin(event.target));
  document.addEventListener("input", (event) => { if (isDraft(event.target)) later(event.target); });
  document.addEventListener("focusout", (event) => { if (isDraft(event.target)) save(event.target); });
  document.addEventListener("htmx:beforeRequest", () => { for (const area of areas(document)) save(area); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) for (const area of areas(document)) beacon(area); });
  addEventListener("pagehide", () => { for (const area of areas(document)) beacon(area); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-discard]");
    if (button) discard(document.getElementById(`composer-${button.closest("[data-draft-state]").dataset.draftState}`));
  });
}

function isDraft(element) {
  return element.matches?.("textarea[data-draft]");
}

function areas(root) {
  return root.querySelectorAll?.("textarea[data-draft]") ?? [];
}

// What the server should have: the words, and the files kept for them.
function stand(area) {
  return JSON.stringify([area.value, keptIds(area.form)]);
}

function told(area, body) {
  body.set("kind", area.dataset.kind);
  body.set("text", area.value);
  for (const id of keptIds(area.form)) body.append("kept", id);
  return body;
}

function place(area) {
  return `cd-draft:${area.dataset.case}:${area.dataset.kind}`;
}

// A copy in this browser exists only while the server lacks the text; a newer one wins over the server's.
function begin(root) {
  for (const area of areas(root)) {
    if (saved.has(area)) continue;
    saved.set(area, stand(area));
    const kept = recall(area);
    if (!kept || kept.text === area.value) continue;
    if (area.dataset.savedAt && Date.parse(area.dataset.savedAt) > kept.at) continue;
    area.value = kept.text;
    say(area, box(area).dataset.restored);
    save(area);
  }
}

function later(area) {
  remember(area);
  clearTimeout(timers.get(area));
  timers.set(area, setTimeout(() => save(area), QUIET));
}

export async function save(area) {
  clearTimeout(timers.get(area));
  const text = area.value;
  const now = stand(area);
  if (saved.get(area) === now || area.dataset.sending) return;
  try {
    const answer = await send(area.dataset.draft, { method: "PUT", body: told(area, new URLSearchParams()), ask: false });
    if (!answer.ok) throw new Error(String(answer.status));
    saved.set(area, now);
    if (area.value === text) forget(area);
    say(area, text ? box(area).dataset.saved.replace("{time}", clockTime()) : "");
  } catch {
    say(area, box(area).dataset.local);
    timers.set(area, setTimeout(() => save(area), 5000));
  }
}

function beacon(area) {
  if (saved.get(area) === stand(area) || area.dataset.sending) return;
  const body = told(area, new FormData());
  body.set("csrf", csrf());
  navigator.sendBeacon(area.dataset.draft, body);
}

export function cleared(area) {
  clearTimeout(timers.get(area));
  area.value = "";
  area.form.querySelector("[data-chosen]")?.replaceChildren();
  saved.set(area, stand(area));
  forget(area);
  say(area, "");
}

export function filled(area, text) {
  area.value = text;
  later(area);
}

async function discard(area) {
  const text = area.value;
  cleared(area);
  area.focus();
  await send(area.dataset.draft, { method: "DELETE", body: new URLSearchParams({ kind: area.dataset.kind }), ask: false }).catch(() => null);
  document.dispatchEvent(new CustomEvent("cd:discarded", { detail: { area, text } }));
}

function box(area) {
  return area.closest("[data-composer]");
}

function say(area, words) {
  const line = box(area).querySelector(`[data-draft-state="${area.dataset.kind}"]`);
  line.querySelector("[data-words]").textContent = words;
  line.querySelector("[data-discard]").hidden = !area.value;
}

function remember(area) {
  try { localStorage.setItem(place(area), JSON.stringify({ text: area.value, at: Date.now() })); } catch { /* full or forbidden: the server has it in a moment */ }
}

function recall(area) {
  try { return JSON.parse(localStorage.getItem(place(area))); } catch { return null; }
}

function forget(area) {
  try { localStorage.removeItem(place(area)); } catch { /* forbidden: nothing was kept either */ }
}
