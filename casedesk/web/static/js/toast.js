// Toasts: said once and politely, eight seconds with a ring, three at most; Z takes back the newest that can be.
import { register } from "./keys.js";

const SVG = '<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="8"/><circle cx="10" cy="10" r="8" pathLength="100" stroke-dasharray="100 100" transform="rotate(-90 10 10)"/></svg><b aria-hidden="true"></b>';
const shown = [];

export function startToasts() {
  register("z", region()?.dataset.undo ?? "", () => {
    const newest = shown.findLast((each) => each.undo);
    if (!newest) return false;
    newest.takeBack();
    return true;
  });
  // An answer of htmx may carry a toast: HX-Trigger: {"toast": {"words": "…", "undo": "/console/…"}}
  document.addEventListener("toast", (event) => {
    const { words, undo, seconds, bad } = event.detail;
    toast(words, { bad, seconds, undo: undo && (() => postUndo(undo)) });
  });
  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    let words = answer.statusText;
    try { words = JSON.parse(answer.responseText).detail ?? words; } catch { /* an HTML answer: the status text must do */ }
    toast(`${answer.status} ${words}`, { bad: true });
  });
  document.addEventListener("htmx:sendError", () => toast(navigator.onLine ? "✕" : "offline", { bad: true }));
}

function region() {
  return document.querySelector("[data-toasts]");
}

async function postUndo(url) {
  const { send } = await import("./send.js");
  const answer = await send(url);
  document.dispatchEvent(new CustomEvent("cd:undone", { detail: await answer.json().catch(() => ({})) }));
  return answer.ok;
}

export function toast(words, { undo = null, seconds = 8, bad = false } = {}) {
  const box = document.createElement("div");
  box.className = bad ? "cd-toast cd-toast-bad" : "cd-toast";
  if (bad) box.setAttribute("role", "alert");
  const ring = document.createElement("span");
  ring.className = "cd-ring";
  ring.innerHTML = SVG;
  const text = document.createElement("span");
  text.textContent = words;
  box.append(ring, text);
  const mine = { undo, takeBack: () => { close(); undo(); } };
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(region().dataset.undo, " ", Object.assign(document.createElement("kbd"), { className: "cd-kbd", textContent: "Z" }));
    button.addEventListener("click", mine.takeBack);
    box.append(button);
  }
  const arc = ring.querySelector("circle + circle");
  const digits = ring.querySelector("b");
  let left = seconds * 1000;
  let last = performance.now();
  let held = false;
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, () => { held = !undo; });
  for (const name of ["pointerleave", "focusout"]) box.addEventListener(name, () => { held = false; });
  // A toast with an undo cannot be held: the mail leaves when its time is up, and the ring must not lie about it.
  const ticking = setInterval(() => {
    const now = performance.now();
    if (!held) left -= now - last;
    last = now;
    arc.setAttribute("stroke-dasharray", `${Math.max(0, left / (seconds * 10))} 100`);
    digits.textContent = Math.max(0, Math.ceil(left / 1000));
    if (left <= 0) close();
  }, 200);
  function close() {
    clearInterval(ticking);
    box.remove();
    const at = shown.indexOf(mine);
    if (at >= 0) shown.splice(at, 1);
  }
  mine.close = close;
  shown.push(mine);
  while (shown.length > 3) shown[0].close();
  region().append(box);
}
