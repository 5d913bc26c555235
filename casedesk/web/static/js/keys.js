// Keys: anything with data-key is reachable by it, and the sheet behind "?" lists what this page has.
// Single letters never act in a field, during composition of characters, with a modifier, or when switched off.

import { prefer } from "./send.js";

const own = new Map();
let begun = "";
let begunAt = 0;

export function register(key, label, run) {
  own.set(key, { label, run });
}

export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("toggle", (event) => { if (event.target.id === "dialog-keys") fillSheet(); }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.('[data-opens="dialog-keys"]')) fillSheet();
    const button = event.target.closest?.("[data-letter-keys-switch]");
    if (button) switchLetters(button);
  });
}

export function typing(target) {
  return Boolean(target.closest?.("input:not([type=radio]):not([type=checkbox]):not([type=button]), textarea, select, [contenteditable]"));
}

function named(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("ctrl");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && (event.key.length > 1 || /^[a-z]$/i.test(event.key))) parts.push("shift");
  parts.push(event.key.toLowerCase());
  return parts.join("+");
}

function onKey(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const key = named(event);
  if (insideDialog(event, key)) return;
  const send = key === "ctrl+enter" && event.target.closest?.("main form:not([data-kind])")?.querySelector("[data-send]");
  if (send) {
    event.preventDefault();
    send.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (document.body.dataset.letterKeys === "off" && event.key.length === 1 && key !== "?") return;
  const sequence = event.timeStamp - begunAt < 1200 && begun ? `${begun} ${key}` : key;
  begun = key === "g" ? "g" : "";
  begunAt = event.timeStamp;
  if (act(sequence) || (sequence !== key && act(key))) event.preventDefault();
}

function insideDialog(event, key) {
  const dialog = event.target.closest?.("dialog[open]");
  if (!dialog) return false;
  if (key === "ctrl+enter") {
    dialog.querySelector("[data-send]")?.click();
    event.preventDefault();
    return true;
  }
  const wanted = !typing(event.target) && dialog.querySelector(`[data-key-inside="${CSS.escape(key)}"]`);
  if (wanted) {
    wanted.click();
    event.preventDefault();
  }
  return Boolean(wanted);
}

function act(key) {
  const mine = own.get(key);
  if (mine && mine.run() !== false) return true;
  const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(reachable);
  if (!target) return false;
  if (target.matches("input, textarea")) target.focus();
  else target.click();
  return true;
}

function reachable(element) {
  return element.hasAttribute("hidden") || element.checkVisibility?.() !== false;
}

function labelled(element) {
  const copy = element.cloneNode(true);
  for (const sign of copy.querySelectorAll("kbd, [aria-hidden]")) sign.remove();
  return element.getAttribute("aria-label") || copy.textContent.trim();
}

function fillSheet() {
  const list = document.querySelector("[data-keys-list]");
  const lines = new Map();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (reachable(element)) lines.set(element.dataset.key, labelled(element));
  }
  for (const [key, { label }] of own) lines.set(key, label);
  list.replaceChildren(...[...lines].map(([key, label]) => {
    const line = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = label;
    const sign = document.createElement("kbd");
    sign.className = "cd-kbd";
    sign.textContent = key.split(" ").map((part) => part.length === 1 ? part.toUpperCase() : part).join(" ");
    line.append(words, sign);
    return line;
  }));
}

function switchLetters(button) {
  const on = document.body.dataset.letterKeys === "off";
  document.body.dataset.letterKeys = on ? "on" : "off";
  prefer("letter_keys", on ? "on" : "off");
  button.setAttribute("aria-pressed", String(on));
  button.querySelector("[data-letter-keys-state]").textContent = on ? "on" : "off";
}
