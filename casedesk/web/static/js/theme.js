// Light, dark, or as the system: kept in a cookie, so that the server paints the next page right from the start.

const NEXT = { auto: "dark", dark: "light", light: "auto" };

export function startTheme() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    const theme = NEXT[document.documentElement.dataset.theme] ?? "auto";
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  });
}
