// Setup's comforts: the index narrows as one types, pickers offer names. Everything works without them.
import { csrf } from "./send.js";

const narrow = document.querySelector("[data-setup-index] [data-filters]");
if (narrow) narrow.addEventListener("input", () => filter(narrow));

function filter(field) {
  const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const card of document.querySelectorAll(field.dataset.filters)) {
    const words = card.dataset.words.toLowerCase();
    card.hidden = !wanted.every((word) => words.includes(word));
    shown += card.hidden ? 0 : 1;
  }
  for (const group of document.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("[data-words]:not([hidden])");
  const nothing = document.querySelector("[data-nothing]");
  if (nothing) nothing.hidden = shown > 0;
}

let waiting = 0;
document.addEventListener("input", (event) => {
  const field = event.target.closest?.("[data-find]");
  if (!field) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => offer(field), 150);
});
document.addEventListener("focusin", (event) => {
  const field = event.target.closest?.("[data-find]");
  if (field && !field.list?.options.length) offer(field);
});

async function offer(field) {
  const answer = await fetch(`${field.dataset.find}?q=${encodeURIComponent(field.value.replace(/\s*#\d+$/, ""))}`, { headers: { Accept: "application/json" } });
  if (!answer.ok || !field.list) return;
  const options = (await answer.json()).map((name) => Object.assign(document.createElement("option"), { value: name }));
  field.list.replaceChildren(...options);
}

document.querySelector(".cd-problems[data-focus]")?.focus();

// A rule's fields depend on one another: choosing another field or action asks for the form anew.
document.addEventListener("change", (event) => {
  const field = event.target.closest?.("[data-draft-form] [data-refresh]");
  if (field) field.form.requestSubmit(document.querySelector("[data-refresh-button]"));
});

// A test that is under way is looked at every second and a half until it has ended.
const checklist = document.getElementById("checklist");
if (checklist?.dataset.poll) setTimeout(look, 1000);

async function look() {
  const answer = await fetch(checklist.dataset.poll, { method: "POST", headers: { "X-CSRF-Token": csrf(), "X-Requested-With": "poll" } }).catch(() => null);
  if (!answer?.ok) return void setTimeout(look, 5000);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("checklist");
  if (!fresh) return;
  checklist.replaceChildren(...fresh.childNodes);
  if (fresh.dataset.poll) setTimeout(look, 1500);
}
