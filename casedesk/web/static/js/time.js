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

// The page brings the patterns of its language: "%(n)dm", "%(h)dh %(m)02dm".
const units = JSON.parse(document.documentElement.dataset.units ?? "{}");

function worded(pattern, values) {
  return (units[pattern] ?? "").replace(/%\((\w)\)(0\d)?d/g, (_, name, wide) => String(values[name]).padStart(Number(wide ?? 0), "0"));
}

function short(seconds) {
  if (seconds < MINUTE) return worded("now", {});
  if (seconds < HOUR) return worded("minutes", { n: Math.floor(seconds / MINUTE) });
  if (seconds < DAY) return worded("hours", { n: Math.floor(seconds / HOUR) });
  return worded("days", { n: Math.floor(seconds / DAY) });
}

function span(seconds) {
  if (seconds < HOUR) return worded("minutes", { n: Math.floor(seconds / MINUTE) });
  const [d, h, m] = [Math.floor(seconds / DAY), Math.floor(seconds % DAY / HOUR), Math.floor(seconds % HOUR / MINUTE)];
  return d ? worded("days_hours", { d, h }) : worded("hours_minutes", { h, m });
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
