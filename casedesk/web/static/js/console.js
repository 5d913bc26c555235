// The console's entry: starts each part once; what htmx brings in later is caught by delegation or by htmx:load.
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startDrafts } from "./draft.js";
import { startFiles } from "./files.js";
import { startComposer } from "./composer.js";
import { startToasts } from "./toast.js";
import { startTime } from "./time.js";
import { startTheme } from "./theme.js";
import { startMenus } from "./menus.js";
import { startList } from "./list.js";
import { startTimeline } from "./timeline.js";
import { startPresence } from "./presence.js";
import { startCalls } from "./calls.js";
import { csrf } from "./send.js";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = csrf();
});
document.addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll?.('input[name="csrf"]') ?? []) field.value = csrf();
}, true);

startToasts();
startTheme();
startMenus();
startKeys();
startTime();
startDrafts();
startFiles();
startComposer();
startTimeline();
startList();
startLive();
startPresence();
startCalls();
