// Light, dark, or as the system: kept with the person, so that the server paints the next page right from the start.
import { prefer } from "./send.js";

const NEXT = { auto: "dark", dark: "light", light: "auto" };

export function startTheme() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    const theme = NEXT[document.documentElement.dataset.theme] ?? "auto";
    document.documentElement.dataset.theme = theme;
    prefer("theme", theme);
  });
}
