// The list: J and K walk, Enter opens, the open case is marked, and new cases wait behind a pill.
import { register } from "./keys.js";

export function startList() {
  register("j", "Next case", () => walk(1));
  register("k", "Previous case", () => walk(-1));
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "case" || event.target.id === "case") opened();
  });
  document.addEventListener("cd:new-case", (event) => countNew(event.detail.topic));
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

const waiting = new Map();

function countNew(topic) {
  const pill = document.querySelector(`[data-new-cases][data-topic="${CSS.escape(topic)}"]`);
  if (!pill) return;
  const count = (waiting.get(topic) ?? 0) + 1;
  waiting.set(topic, count);
  pill.querySelector("[data-words]").textContent = count === 1 ? pill.dataset.one : pill.dataset.many.replace("{n}", count);
  pill.hidden = false;
}
