// The composer: three kinds with a text each; a send happens once, is held when something new came, and can be undone.
import { send } from "./send.js";
import { toast } from "./toast.js";
import { cleared, filled, save } from "./draft.js";
import { show as showFile, uploads } from "./files.js";

export function startComposer() {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("keydown", onKey);
  document.addEventListener("input", onInput);
  document.addEventListener("cd:refreshed", noteNew);
  document.addEventListener("cd:undone", (event) => takeBack(event.detail));
  document.addEventListener("cd:discarded", ({ detail }) => {
    if (detail.text.trim()) toast(document.querySelector("[data-toasts]").dataset.discarded, { seconds: 8, undo: () => filled(detail.area, detail.text) });
  });
}

function box() {
  return document.querySelector("[data-composer]");
}

function area(kind = box().dataset.kind) {
  return document.getElementById(`composer-${kind}`);
}

function onClick(event) {
  const target = event.target.closest?.("[data-compose], [data-inserts], [data-send-anyway], [data-edit-again], [data-send-again]");
  if (!target || !box()) return;
  if (target.dataset.compose) {
    event.preventDefault();
    show(target.dataset.compose);
  } else if (target.dataset.inserts) insert(target);
  else if ("sendAnyway" in target.dataset) sendAnyway(target);
  else if ("editAgain" in target.dataset) closeCollision();
  else box().querySelector("[data-send-failed]")._again?.();
}

export function show(kind) {
  const composer = box();
  const before = area();
  if (before) save(before);
  composer.dataset.kind = kind;
  for (const tab of composer.querySelectorAll("[data-compose]")) tab.setAttribute("aria-pressed", String(tab.dataset.compose === kind));
  for (const form of composer.querySelectorAll("form[data-kind]")) form.hidden = form.dataset.kind !== kind;
  for (const line of composer.querySelectorAll("[data-draft-state]")) line.hidden = line.dataset.draftState !== kind;
  area(kind)?.focus();
}

function onKey(event) {
  if (event.isComposing || !event.target.closest) return;
  if (event.key === " " && event.target.closest("[data-compose]")) {
    event.preventDefault();
    event.target.click();
  }
  if (event.key === "Escape" && event.target.closest("[data-composer]")) event.target.blur();
  const form = event.target.closest("[data-composer] form");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  const resolve = event.shiftKey && form.querySelector('[data-send-as][value="resolved"]');
  form.requestSubmit(resolve || form.querySelector("[data-send]"));
}

// The first letter in a case that nobody has makes it mine; that can be undone like everything else.
async function onInput(event) {
  const composer = event.target.closest?.("[data-composer]");
  if (!composer?.dataset.take || !event.target.matches("textarea")) return;
  const url = composer.dataset.take;
  delete composer.dataset.take;
  const answer = await send(url, { ask: false }).catch(() => null);
  if (!answer?.ok) return;
  const told = await answer.json().catch(() => ({}));
  if (told.toast) toast(told.toast, { undo: told.undo_url && (() => undo(told.undo_url)) });
  refreshCase();
}

function refreshCase() {
  document.dispatchEvent(new CustomEvent("cd:refresh"));
}

async function onSubmit(event) {
  const form = event.target;
  if (!form.closest?.("[data-composer]") || !form.dataset.kind) return;
  event.preventDefault();
  if (form.dataset.busy) return; // a second click must not make a second message
  const button = event.submitter?.name ? event.submitter : undefined;
  form.querySelector("[popover]:popover-open")?.hidePopover();
  busy(form, true);
  await uploads(form);
  await deliver(form, new FormData(form, button));
}

async function deliver(form, body) {
  const composer = box();
  const text = form.querySelector("textarea");
  const failed = composer.querySelector("[data-send-failed]");
  busy(form, true);
  failed.hidden = true;
  try {
    const answer = await send(form.action, { body });
    if (answer.ok) await sent(form, await answer.json());
    else if (answer.status === 409) showCollision(await answer.text(), () => deliver(form, body), body);
    else refuse(failed, await reason(answer), () => deliver(form, body));
  } catch {
    refuse(failed, composer.dataset.failed, () => deliver(form, body));
  } finally {
    busy(form, false);
    text.dataset.sending = "";
    delete text.dataset.sending;
  }
}

function busy(form, now) {
  if (now) {
    form.dataset.busy = "yes";
    form.querySelector("textarea").dataset.sending = "yes";
  } else delete form.dataset.busy;
  for (const button of form.querySelectorAll("[data-send], [data-send-as]")) button.setAttribute("aria-busy", String(now));
}

async function reason(answer) {
  const told = await answer.json().catch(() => ({}));
  const mark = told.instance ? ` (${told.instance.split(":").pop()})` : "";
  return `${box().dataset.failed} ${told.detail ?? told.title ?? answer.statusText}${mark}`;
}

function refuse(banner, words, again) {
  banner.querySelector("[data-words]").textContent = words;
  banner._again = again;
  banner.hidden = false;
}

// {"toast": "Reply to Élodie", "undo_url": "…", "undo_seconds": 8, "seen": 884}
async function sent(form, told) {
  form.elements.once.value = [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
  form.querySelector("[data-chosen]")?.replaceChildren();
  cleared(form.querySelector("textarea"));
  closeCollision();
  if (told.seen) see(told.seen);
  if (told.toast) toast(told.toast, { seconds: told.undo_seconds || 8, undo: told.undo_url && (() => undo(told.undo_url)) });
  refreshCase();
}

async function undo(url) {
  const answer = await send(url);
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) takeBack(told);
  else toast(told.detail ?? told.title ?? answer.statusText, { bad: true });
}

// {"kind": "reply", "text": "…", "files": [{"id": 3, "name": "log.txt"}], "case": "HAL-20418"}: what was taken back stands
// in the composer again, its files with it.
function takeBack(told) {
  if (!box() || (told.case && told.case !== box().dataset.number)) return;
  refreshCase();
  if (!told.text) return;
  show(told.kind ?? "reply");
  const text = area(told.kind ?? "reply");
  filled(text, text.value ? `${told.text}\n\n${text.value}` : told.text);
  for (const file of told.files ?? []) showFile(text.form, file);
}

function showCollision(html, again, body) {
  const place = box().querySelector("[data-collision]");
  place.innerHTML = html;
  place._again = () => { body.set("anyway", "yes"); closeCollision(); again(); };
  place.querySelector("[data-focus]")?.focus();
  refreshCase();
}

function sendAnyway() {
  box().querySelector("[data-collision]")._again?.();
}

function closeCollision() {
  const place = box().querySelector("[data-collision]");
  const newest = place.querySelector("[data-newest]")?.dataset.newest;
  if (newest) see(newest);
  if (!place.firstChild) return;
  place.replaceChildren();
  area().focus();
}

function see(id) {
  for (const field of box().querySelectorAll('input[name="seen"]')) field.value = id;
}

// Something new came: with nothing typed it is simply seen; a text begun before it is held at the send (409).
function noteNew() {
  const seen = document.getElementById("part-timeline")?.dataset.seen;
  if (!box() || !seen) return;
  const begun = [...box().querySelectorAll("textarea")].some((text) => text.value.trim());
  if (!begun) see(seen);
}

// What goes into an answer is marked as used, and is what solved the case unless somebody says otherwise.
function use(solution) {
  document.querySelector(`#suggestion-${solution} form`)?.requestSubmit();
  const solved = document.getElementById("resolve-solution");
  if (solved && [...solved.options].some((option) => option.value === solution)) solved.value = solution;
}

function insert(button) {
  const steps = document.getElementById(button.dataset.inserts);
  show("reply");
  const text = area("reply");
  if (!steps || !text) return;
  const words = steps.content.textContent.trim();
  const gap = text.value && !text.value.slice(0, text.selectionStart).endsWith("\n") ? "\n\n" : "";
  text.setRangeText(gap + words, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  use(button.dataset.solution);
  document.body.dataset.context = matchMedia("(min-width: 1181px)").matches ? document.body.dataset.context ?? "" : "";
}
