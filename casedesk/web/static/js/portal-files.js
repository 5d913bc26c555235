// Files of a customer's form: kept on the server the moment they are chosen, pasted or dropped; the form carries their ids.
export function startFiles() {
  for (const form of document.querySelectorAll("[data-files-form]")) {
    const input = form.querySelector('input[type="file"]');
    input.addEventListener("change", () => { keep(form, [...input.files]); input.value = ""; });
    form.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      keep(form, files);
    });
    for (const name of ["dragover", "drop", "dragleave"]) form.addEventListener(name, (event) => dragged(form, event));
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove-file]");
      if (!button) return;
      event.preventDefault();
      button.closest(".cd-waiting").remove();
      form.querySelector("textarea").focus();
      form.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

export const uploads = (form) => form._uploads ?? Promise.resolve();

function dragged(form, event) {
  if (![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault();
  form.classList.toggle("cd-dropping", event.type === "dragover");
  if (event.type === "drop") keep(form, [...event.dataTransfer.files]);
}

function keep(form, files) {
  form._uploads = uploads(form).then(async () => {
    for (const file of files) await keepOne(form, file);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

async function keepOne(form, file) {
  const body = new FormData();
  body.set("file", file, file.name || "screenshot.png");
  body.set("csrf", form.elements.csrf.value);
  const answer = await fetch(form.dataset.filesForm, { method: "POST", body, headers: { accept: "application/json" } }).catch(() => null);
  const said = await answer?.json().catch(() => ({})) ?? {};
  const place = form.querySelector("[data-files]");
  if (answer?.ok) place.append(line(form, said));
  const words = answer?.ok ? said.notice : said.detail || answer?.statusText || file.name;
  if (words) place.append(told(words));
}

function line(form, { id, name, size }) {
  const row = document.createElement("div");
  row.className = "cd-waiting";
  const words = Object.assign(document.createElement("p"), { className: "cd-grow cd-strong cd-ellipsis" });
  words.append(Object.assign(document.createElement("bdi"), { textContent: name }));
  const away = Object.assign(document.createElement("button"), { type: "button", className: "cd-link", textContent: form.dataset.remove });
  away.dataset.removeFile = "";
  away.setAttribute("aria-label", `${form.dataset.remove} ${name}`);
  row.append(words, Object.assign(document.createElement("span"), { className: "cd-hint", textContent: `${Math.max(1, Math.round(size / 1000))} KB` }),
    Object.assign(document.createElement("input"), { type: "hidden", name: "kept", value: id }), away);
  return row;
}

function told(words) {
  const line = Object.assign(document.createElement("p"), { className: "cd-problem", textContent: words });
  line.setAttribute("role", "alert");
  return line;
}
