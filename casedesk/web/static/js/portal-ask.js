// The form of a question: solutions and promise follow the typing, the draft is kept while somebody types.
import { uploads } from "./portal-files.js";

const QUIET = 180;
const KEEP_AFTER = 900;
const narrow = matchMedia("(max-width: 960px)");

export function startAsking() {
  const form = document.querySelector("[data-ask]");
  if (!form) return;
  const state = { form, asked: key(form), saved: draft(form), timer: 0, keeper: 0, stop: null };
  place();
  fold(document);
  narrow.addEventListener("change", () => { place(); fold(document); });
  form.addEventListener("input", () => later(state));
  form.addEventListener("change", () => later(state));
  addEventListener("pagehide", () => { if (!state.sent && draft(form) !== state.saved) navigator.sendBeacon(`${form.dataset.ask}/draft`, body(form)); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-not]");
    if (button) { event.preventDefault(); putAside(state, button); }
  });
  form.addEventListener("submit", (event) => {
    if (state.sent && event.submitter?.value === "send") { event.preventDefault(); return; }
    clearTimeout(state.keeper);
    state.sent = true;
    if (form._uploads) waitForFiles(form, event);
  });
  addEventListener("pageshow", () => { state.sent = false; });
}

// A send waits for files that are still on their way.
function waitForFiles(form, event) {
  const { submitter } = event;
  event.preventDefault();
  uploads(form).then(() => {
    form._uploads = null;
    if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
    HTMLFormElement.prototype.submit.call(form);
  });
}

function later(state) {
  clearTimeout(state.timer);
  clearTimeout(state.keeper);
  if (key(state.form) !== state.asked) state.timer = setTimeout(() => look(state), QUIET);
  state.keeper = setTimeout(() => keep(state), KEEP_AFTER);
}

async function look(state) {
  const { form } = state;
  state.asked = key(form);
  state.stop?.abort();
  state.stop = new AbortController();
  const subject = words(form);
  const query = new URLSearchParams({ mark: form.elements.mark.value, q: subject, text: form.elements.text.value.slice(0, 900), product: product(form) });
  const answer = await fetch(`${form.dataset.ask}/suggest?${query}`, { signal: state.stop.signal }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (state.asked !== key(form)) return;
  for (const name of ["answers", "promise"]) {
    const fresh = drawn.getElementById(name);
    const shown = document.getElementById(name);
    if (fresh && shown && fresh.outerHTML !== shown.outerHTML && !shown.contains(document.activeElement)) shown.replaceWith(fresh);
  }
  form.elements.seen.value = subject;
  fold(document);
}

async function keep(state) {
  const { form } = state;
  const now = draft(form);
  if (now === state.saved || state.sent) return;
  const answer = await fetch(`${form.dataset.ask}/draft`, { method: "POST", body: body(form), headers: { accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  state.saved = now;
  document.querySelector("[data-saved]").textContent = (await answer.json()).saved;
}

function putAside(state, button) {
  const sent = body(state.form);
  sent.set("solution", button.dataset.not);
  fetch(`${state.form.dataset.ask}/aside`, { method: "POST", body: sent, headers: { accept: "application/json" } }).then(() => {
    state.form.elements.subject.focus();
    look(state);
  }, () => {});
}

function body(form) {
  const sent = new FormData(form);
  sent.delete("file");
  return sent;
}

const words = (form) => form.elements.subject.value.split(/\s+/).filter(Boolean).join(" ");
const draft = (form) => new URLSearchParams(body(form)).toString();
const key = (form) => [words(form), form.elements.text.value.slice(0, 900), product(form)].join("\n");

function product(form) {
  const chosen = form.querySelector('[name="asset"]:checked')?.value ?? "";
  return chosen === "other" ? form.querySelector('[name="other"]')?.value ?? "" : chosen;
}

// On a phone the solutions stand directly under the words, beside the form where there is room.
function place() {
  const panel = document.getElementById("answers");
  document.querySelector(narrow.matches ? "[data-answers-here]" : "[data-answers-beside]")?.append(panel);
}

function fold(box) {
  for (const how of box.querySelectorAll("[data-folds]")) how.open = !matchMedia("(max-width: 760px)").matches;
}
