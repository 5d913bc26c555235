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

// Placeholders go in at the cursor of the field that was last written in.
let written = document.getElementById("f-text");
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("#f-subject, #f-text, #f-html")) written = event.target;
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-puts]");
  if (!button || !written) return;
  written.setRangeText(button.dataset.puts, written.selectionStart, written.selectionEnd, "end");
  written.focus();
});

// Colours: the picker beside the field, and whether links can be read, as one chooses.
for (const picker of document.querySelectorAll("[data-picks-colour]")) {
  const field = picker.previousElementSibling;
  picker.hidden = false;
  picker.addEventListener("input", () => { field.value = picker.value; shade(); });
  field.addEventListener("input", () => { if (/^#[0-9a-f]{6}$/i.test(field.value)) { picker.value = field.value; shade(); } });
}

function shade() {
  const told = document.querySelector("[data-contrast]");
  const primary = document.getElementById("f-primary_colour")?.value ?? "";
  if (!told || !/^#[0-9a-f]{6}$/i.test(primary)) return;
  const typed = document.getElementById("f-bar_colour")?.value ?? "";
  const bar = /^#[0-9a-f]{6}$/i.test(typed) ? typed : primary;
  const ratio = Math.min(contrast(primary, "#ffffff"), contrast(primary, "#f5f4f0"));
  const fine = ratio >= Number(told.dataset.least);
  told.classList.toggle("cd-banner-ok", fine);
  told.classList.toggle("cd-banner-bad", !fine);
  told.querySelector("span").textContent = told.dataset.words.replace("{ratio}", ratio.toFixed(1)).replace("{least}", told.dataset.least);
  const day = document.querySelector('[data-brand="day"]');
  const fills = { bar, "on-bar": textOn(bar), accent: primary, "on-accent": textOn(primary) };
  for (const part of day.querySelectorAll("[data-fill]")) part.setAttribute("fill", fills[part.dataset.fill]);
}

function textOn(colour) {
  return contrast("#ffffff", colour) >= contrast("#000000", colour) ? "#ffffff" : "#000000";
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
