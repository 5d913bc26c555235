// A portal's pages with a script: solutions as one types, drafts, files pasted and dropped, threads that look again.
// Without it everything is done by the same forms.
import { startAsking } from "./portal-ask.js";
import { startFiles } from "./portal-files.js";

const LOOK_AGAIN = 25_000;

document.body.classList.add("cd-scripted");
tellZone();
startFiles();
startAsking();
keepWords(document.querySelector("[data-keeps]"));
keepLooking(document.querySelector("[data-thread]"));
document.querySelector("[data-focus]")?.focus();

// Times are drawn in the zone of this browser from the next page on.
function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
}

function keepLooking(box) {
  if (!box) return;
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(box.dataset.thread).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("thread");
    const shown = document.getElementById("thread");
    if (drawn && (drawn.dataset.last !== shown.dataset.last || drawn.dataset.state !== shown.dataset.state)) shown.replaceWith(drawn);
  }, LOOK_AGAIN);
}

// What is typed into an answer outlives a reload and a sign-in in between; this tab alone knows it, and only until it is sent.
function keepWords(form) {
  if (!form) return;
  const name = form.dataset.keeps;
  const words = form.querySelector("textarea");
  try {
    if (new URLSearchParams(location.search).get("done") === "added") sessionStorage.removeItem(name);
    words.value ||= sessionStorage.getItem(name) ?? "";
    words.addEventListener("input", () => sessionStorage.setItem(name, words.value));
  } catch { /* forbidden: then the words live as long as the page */ }
}
