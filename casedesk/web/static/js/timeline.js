// The timeline opens at the first unread line (else at the newest), grows at its end, and never moves what is read.

export function startTimeline() {
  settle();
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "case" || event.detail.target?.id === "case") settle();
  });
  document.addEventListener("cd:merged", (event) => {
    if (event.detail.part.dataset.part === "timeline") grown(event.detail);
  });
  document.addEventListener("click", async (event) => {
    if (event.target.closest?.("[data-jump]")) toEnd();
    const older = event.target.closest?.("[data-older]");
    if (older) {
      event.preventDefault();
      await bringOlder(older);
    }
  });
  document.addEventListener("scroll", (event) => {
    if (event.target.id === "timeline" && atEnd(event.target)) hidePill();
  }, true);
}

function box() {
  return document.getElementById("timeline");
}

function settle() {
  const timeline = box();
  if (!timeline) return;
  const unread = timeline.querySelector("[data-unread]");
  const named = location.hash.startsWith("#m-") && document.getElementById(location.hash.slice(1));
  if (named || unread) (named || unread).scrollIntoView({ block: "start" });
  else timeline.scrollTop = timeline.scrollHeight;
}

function atEnd(timeline) {
  return timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 60;
}

function grown({ added, wasAtEnd }) {
  const spoken = added.filter((entry) => entry.dataset.kind && entry.dataset.kind !== "event");
  if (wasAtEnd) return toEnd();
  if (!spoken.length) return;
  const pill = box().querySelector("[data-jump]");
  const count = Number(pill.dataset.count ?? 0) + spoken.length;
  pill.dataset.count = count;
  pill.querySelector("[data-words]").textContent = count === 1 ? box().dataset.one : box().dataset.many.replace("{n}", count);
  pill.hidden = false;
}

export function endInSight() {
  return box() ? atEnd(box()) : true;
}

function toEnd() {
  box().scrollTop = box().scrollHeight;
  hidePill();
}

function hidePill() {
  const pill = box().querySelector("[data-jump]");
  if (!pill || pill.hidden) return;
  pill.hidden = true;
  pill.dataset.count = 0;
}

async function bringOlder(link) {
  const timeline = box();
  const before = timeline.scrollHeight - timeline.scrollTop;
  const answer = await fetch(link.href, { headers: { "HX-Request": "true", "HX-Target": "part-timeline" }, credentials: "same-origin" });
  if (!answer.ok) { location.href = link.href; return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = document.getElementById("part-timeline");
  const known = new Set([...part.children].map((child) => child.id));
  const fresh = [...(page.getElementById("part-timeline")?.children ?? [])];
  const more = fresh.find((child) => child.id === "older");
  document.getElementById("older")?.remove();
  part.prepend(...(more ? [more] : []), ...fresh.filter((child) => child !== more && !known.has(child.id)));
  window.htmx?.process(part);
  timeline.scrollTop = timeline.scrollHeight - before;
}
