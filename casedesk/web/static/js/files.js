// Files of an answer: kept on the server from the moment they are chosen, so that neither a closed tab nor a held send
// loses them; the form carries their ids. Without this file the chosen ones simply travel with the form.
import { send } from "./send.js";

export function startFiles() {
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-composer] [data-files]")) keep(event.target.form, [...event.target.files]);
  });
  document.addEventListener("paste", (event) => {
    const form = event.target.closest?.("[data-composer] form:has([data-files])");
    const files = [...(event.clipboardData?.files ?? [])];
    if (form && files.length) {
      event.preventDefault();
      keep(form, files);
    }
  });
  for (const name of ["dragover", "drop"]) document.addEventListener(name, onDrop);
  document.addEventListener("click", (event) => {
    const kept = event.target.closest?.("[data-drop]")?.closest(".cd-kept");
    if (!kept) return;
    const form = kept.closest("form");
    kept.remove();
    told(form);
  });
}

function onDrop(event) {
  const form = event.target.closest?.("[data-composer] form:has([data-files])");
  if (!form || ![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault();
  if (event.type === "drop") keep(form, [...event.dataTransfer.files]);
}

// A send waits for what is still on its way.
export function uploads(form) {
  return form._uploads ?? Promise.resolve();
}

export function keptIds(form) {
  return [...form.querySelectorAll('input[name="kept"]')].map((field) => field.value);
}

export function show(form, { id, name }) {
  const place = form.querySelector("[data-chosen]");
  const kept = document.createElement("span");
  kept.className = "cd-kept";
  const words = document.createElement("bdi");
  words.textContent = name;
  const away = document.createElement("button");
  Object.assign(away, { type: "button", textContent: "×" });
  away.dataset.drop = "";
  away.setAttribute("aria-label", `${place.dataset.remove} ${name}`);
  kept.append(Object.assign(document.createElement("input"), { type: "hidden", name: "kept", value: id }), words, away);
  place.append(kept);
}

function keep(form, files) {
  const input = form.querySelector("[data-files]");
  form._uploads = uploads(form).then(async () => {
    for (const file of files) await keepOne(form, file);
    input.value = "";
    told(form);
  });
}

async function keepOne(form, file) {
  const body = new FormData();
  body.set("file", file);
  const answer = await send("/console/files", { body }).catch(() => null);
  const said = await answer?.json().catch(() => ({}));
  if (answer?.ok) show(form, said);
  else document.dispatchEvent(new CustomEvent("toast", { detail: { words: `${file.name}: ${said?.detail ?? said?.title ?? answer?.statusText ?? "✕"}`, bad: true } }));
}

function told(form) {
  form.querySelector("textarea").dispatchEvent(new Event("input", { bubbles: true }));
}
