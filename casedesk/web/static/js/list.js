// The list: J and K walk, Enter opens, the open case is marked, and new cases wait behind a pill.
import { register } from "./keys.js";

export function startList() {
  const words = document.getElementById("list")?.dataset;
  if (words) {
    register("j", words.next, () => walk(1));
    register("k", words.previous, () => walk(-1));
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "case" || event.target.id === "case") opened();
    if (event.detail.target?.id === "list") anew();
  });
}

function rows() {
  return [...document.querySelectorAll("#list-rows .cd-case-row")].filter((row) => row.checkVisibility?.() !== false);
}

// With a case open J and K open its neighbours; in a list alone they move the focus. False: let the links decide.
function walk(step) {
  const all = rows();
  if (!all.length) return false;
  const here = all.findIndex((row) => row === document.activeElement);
  const current = all.findIndex((row) => row.hasAttribute("aria-current"));
  if (here < 0 && current >= 0) {
    const next = all[current + step];
    if (!next) return false;
    next.click();
    return true;
  }
  all[Math.min(all.length - 1, Math.max(0, here + step))].focus();
  return true;
}

function opened() {
  const page = document.getElementById("case");
  document.body.dataset.pane = "case";
  document.body.dataset.context = matchMedia("(min-width: 1181px)").matches ? document.body.dataset.context ?? "" : "";
  for (const row of rows()) {
    const here = row.dataset.number === page.dataset.number;
    row.toggleAttribute("aria-current", here);
    if (here) {
      row.setAttribute("aria-current", "true");
      row.classList.remove("cd-unread");
      row.scrollIntoView({ block: "nearest" });
    }
  }
  if (page.dataset.title) document.title = page.dataset.title;
  page.querySelector("h1[tabindex]")?.focus({ preventScroll: true });
}

// The list was fetched anew: nothing waits any more, and the open case is marked in it again.
function anew() {
  waiting.clear();
  const here = document.getElementById("case")?.dataset.number;
  for (const row of rows()) if (row.dataset.number === here) row.setAttribute("aria-current", "true");
  (rows()[0] ?? document.getElementById("list-rows"))?.focus({ preventScroll: true });
}

// Rows that changed are put in their places; cases that came in wait behind a pill, so that nothing moves under the pointer.
const waiting = new Set();

export function offerRows(rows, put) {
  for (const row of rows) {
    const shown = document.getElementById(row.id);
    if (shown) {
      if (shown.hasAttribute("aria-current")) row.setAttribute("aria-current", "true");
      else if (shown.outerHTML !== row.outerHTML) row.dataset.changed = "";
      if (!same(shown, row)) put(row);
    } else if (!("gone" in row.dataset)) waiting.add(row.id);
    else waiting.delete(row.id);
  }
  tellWaiting();
}

// A row that only looks changed because it was marked a moment ago stays as it is.
function same(shown, row) {
  const copy = shown.cloneNode(true);
  for (const each of [copy, row]) each.classList.remove("htmx-settling", "htmx-swapping", "htmx-added", "htmx-request");
  delete copy.dataset.changed;
  const fresh = row.cloneNode(true);
  delete fresh.dataset.changed;
  return copy.outerHTML === fresh.outerHTML;
}

function tellWaiting() {
  const pill = document.querySelector("[data-new-cases]");
  if (!pill) return;
  pill.querySelector("[data-words]").textContent = waiting.size === 1 ? pill.dataset.one : pill.dataset.many.replace("{n}", waiting.size);
  pill.hidden = waiting.size === 0;
}
