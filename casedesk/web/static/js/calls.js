// Calls that wait for whoever looks: a bar above every page, never a change of page, so that nothing typed is lost.
import { send } from "./send.js";

export function startCalls() {
  const place = document.getElementById("calls");
  if (!place) return;
  const url = place.dataset.calls;
  ask(url);
  document.addEventListener("cd:call", () => ask(url));
  document.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-sets-aside]")) return;
    event.preventDefault();
    await send(event.target.action, { body: new URLSearchParams(new FormData(event.target)) });
    ask(url);
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || !event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyO") return;
    const first = document.querySelector("#calls [data-answers]");
    if (!first) return;
    event.preventDefault();
    first.click();
  });
}

async function ask(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("calls");
  const place = document.getElementById("calls");
  if (!fresh || !place) return;
  fresh.dataset.calls = url;
  const open = document.getElementById("call-form")?.dataset.call; // the page of this call is its own bar
  if (open) fresh.querySelector(`[data-call-line="${CSS.escape(open)}"]`)?.remove();
  if (place.innerHTML === fresh.innerHTML) return;
  const held = place.contains(document.activeElement);
  place.replaceWith(fresh);
  if (held) fresh.querySelector("a, button")?.focus();
}
