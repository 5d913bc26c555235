// Menus stand by their buttons, dialogs open over the page, panes fold; each works without this file as link or form.

let opener = null;

export function startMenus() {
  document.addEventListener("beforetoggle", (event) => { if (event.newState === "open") place(event.target); }, true);
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.(".cd-menu") && event.newState === "open") settle(event.target);
  }, true);
  document.addEventListener("click", onClick);
  document.addEventListener("submit", (event) => event.target.closest?.(".cd-menu")?.hidePopover(), false);
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-submits]")) event.target.form.requestSubmit();
    if (event.target.name === "reason") showReason(event.target.form);
  });
  document.addEventListener("keydown", walkMenu);
  document.addEventListener("htmx:afterSwap", passWhatIs);
  document.addEventListener("cd:refreshed", passWhatIs);
  document.addEventListener("htmx:load", reasons);
  reasons();
}

function reasons() {
  for (const form of document.querySelectorAll("[data-escalate]")) showReason(form);
}

function showReason(form) {
  const reason = form.elements.reason?.value;
  for (const part of form.querySelectorAll("[data-for-reason]")) part.hidden = part.dataset.forReason !== reason;
}

function place(menu) {
  if (menu.matches?.(".cd-menu")) menu.dataset.placed = "";
}

function settle(menu) {
  const button = [...document.querySelectorAll(`[popovertarget="${CSS.escape(menu.id)}"]`)].find((each) => each.checkVisibility())
    ?? document.getElementById("more-button");
  if (!button) return;
  const at = button.getBoundingClientRect();
  const box = menu.getBoundingClientRect();
  const below = at.bottom + 4 + box.height <= innerHeight;
  const left = document.documentElement.dir === "rtl" ? at.right - box.width : at.left;
  menu.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - 4 - box.height)}px`;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - box.width - 8))}px`;
  (menu.querySelector("[aria-current]") ?? menu.querySelector(".cd-menu-item"))?.focus();
}

function walkMenu(event) {
  const menu = event.target.closest?.(".cd-menu");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const items = [...menu.querySelectorAll(".cd-menu-item")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 };
  items[to[event.key]].focus();
  event.preventDefault();
}

function onClick(event) {
  const target = event.target.closest?.("[data-opens], [data-closes], [data-toggles], [data-copy], [data-copy-link], [data-print]");
  if (!target) return;
  if (target.dataset.opens) open(event, target);
  else if ("closes" in target.dataset && target.closest("dialog")) { event.preventDefault(); target.closest("dialog").close(); }
  else if (target.dataset.toggles) toggle(target);
  else if ("print" in target.dataset) { target.closest(".cd-menu")?.hidePopover(); print(); }
  else if ("copy" in target.dataset) copy(target.dataset.copy, target);
  else if ("copyLink" in target.dataset) copy(new URL(target.dataset.copyLink || location.pathname, location.origin).href, target);
}

function open(event, button) {
  const dialog = document.getElementById(button.dataset.opens);
  if (!dialog) return;
  event.preventDefault();
  opener = button.id || button.dataset.opens;
  dialog.showModal();
  dialog.addEventListener("close", () => {
    (document.getElementById(opener) ?? document.querySelector(`[data-opens="${CSS.escape(opener)}"]`))?.focus();
  }, { once: true });
}

function toggle(button) {
  const what = button.dataset.toggles;
  if (what === "search") {
    const form = document.getElementById("list-search");
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("input").focus();
    return;
  }
  const wide = matchMedia("(min-width: 1181px)").matches;
  const now = document.body.dataset[what];
  document.body.dataset[what] = wide ? (now === "closed" ? "" : "closed") : (now === "open" ? "" : "open");
}

async function copy(text, button) {
  await navigator.clipboard?.writeText(text);
  document.dispatchEvent(new CustomEvent("toast", { detail: { words: `${button.dataset.copied}: ${text}`, seconds: 3 } }));
}

// The menus stand outside the header that was just replaced; what they are checked against (the value their reader saw)
// comes from it.
function passWhatIs() {
  const header = document.getElementById("part-header");
  if (!header) return;
  for (const field of document.querySelectorAll("input[data-was]")) field.value = header.getAttribute(`data-was-${field.dataset.was}`);
}
