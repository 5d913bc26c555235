// Relative times and service clocks go on counting on the page. Nothing here is announced: it only changes text.

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

export function startTime() {
  tellZone();
  tick();
  setInterval(tick, 15000);
  document.addEventListener("htmx:load", tick);
}

// The server draws times in the zone of this browser; it learns the zone once, and then draws this page again.
function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const drawn = document.body.dataset.zone;
  const told = `zone=${encodeURIComponent(zone)}`;
  if (!drawn || drawn === zone || document.cookie.includes(told)) return;
  document.cookie = `${told}; path=/; max-age=31536000; samesite=lax`;
  if (document.cookie.includes(told)) location.reload();
}

export function clockTime(instant = new Date()) {
  return instant.toLocaleTimeString(document.documentElement.lang || undefined, { hour12: false });
}

function short(seconds) {
  if (seconds < MINUTE) return "now";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}h`;
  return `${Math.floor(seconds / DAY)}d`;
}

function span(seconds) {
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}h ${String(Math.floor(seconds % HOUR / MINUTE)).padStart(2, "0")}m`;
  return `${Math.floor(seconds / DAY)}d ${Math.floor(seconds % DAY / HOUR)}h`;
}

function tick() {
  const now = Date.now();
  for (const element of document.querySelectorAll('time[data-time="relative"]')) {
    const away = Math.abs(now - Date.parse(element.dateTime)) / 1000;
    if (away < 7 * DAY) say(element, short(away));
  }
  for (const chip of document.querySelectorAll(".cd-clock[data-due]")) tickClock(chip, now);
}

// Late is late at once; "soon" is the last hour, as on the server.
function tickClock(chip, now) {
  const due = Date.parse(chip.dataset.due);
  const left = (due - now) / 1000;
  const words = chip.querySelector("[data-left]");
  say(words, left >= 0 ? span(left) : (words.dataset.over ?? "{time} over").replace("{time}", span(-left)));
  if (!chip.dataset.started) return;
  const used = Math.min(100, Math.max(0, 100 * (now - Date.parse(chip.dataset.started)) / (due - Date.parse(chip.dataset.started))));
  chip.querySelector("circle + circle").setAttribute("stroke-dasharray", `${Math.round(used)} 100`);
  const tone = left < 0 ? "bad" : left <= HOUR ? "warn" : "ok";
  for (const each of ["ok", "warn", "bad"]) chip.classList.toggle(`cd-clock-${each}`, each === tone);
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
