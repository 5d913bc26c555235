// Requests of our own: the token, and signing in again over the page when the session has ended.

export function csrf() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

function headers(extra) {
  return { "X-CSRF-Token": csrf(), Accept: "application/json", ...extra };
}

// Send, and on 401 ask for the password and send the same once more. Rejects only when there is no network.
export async function send(url, { method = "POST", body = null, headers: extra = {}, ask = true } = {}) {
  const once = () => fetch(url, { method, body, headers: headers(extra), credentials: "same-origin" });
  const answer = await once();
  if (answer.status !== 401 || !ask) return answer;
  await signInAgain();
  if (body instanceof FormData && body.has("csrf")) body.set("csrf", csrf());
  return once();
}

let asking = null;

export function signInAgain() {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById("dialog-sign-in");
    const form = dialog.querySelector("form");
    const refused = form.querySelector("[data-refused]");
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    form.onsubmit = async (event) => {
      event.preventDefault();
      const body = new FormData(form);
      body.set("csrf", csrf());
      const answer = await fetch(form.action, { method: "POST", body, headers: headers({}), credentials: "same-origin" });
      const told = await answer.json().catch(() => ({}));
      if (!answer.ok) {
        refused.textContent = told.detail ?? told.title ?? answer.statusText;
        refused.hidden = false;
        return;
      }
      if (told.csrf) document.querySelector('meta[name="csrf-token"]').content = told.csrf;
      document.dispatchEvent(new CustomEvent("cd:signed-in"));
      form.reset();
      refused.hidden = true;
      dialog.close();
      asking = null;
      resolve();
    };
    dialog.showModal();
  });
  return asking;
}

// What somebody chose for themselves is kept with them; a choice that could not be kept still holds for this page.
export function prefer(name, value) {
  return send("/console/me", { body: new URLSearchParams({ [name]: value }), ask: false }).catch(() => null);
}
