// The entry point: finds out whether someone is logged in, and shows the page for each URL.

import { account, tags } from "./api.js";
import { todayIn } from "./dates.js";
import { h } from "./dom.js";
import { connection } from "./http.js";
import "./keyboard.js";
import { showAccount } from "./pages/account.js";
import { showEntry } from "./pages/entry.js";
import { showMailLink } from "./pages/mail_links.js";
import { showTasks } from "./pages/tasks.js";
import { showTrash } from "./pages/trash.js";
import { closeDrawer, markCurrent, navigation } from "./parts/sidebar.js";
import { openTask } from "./parts/task_panel.js";
import { inWords } from "./problems.js";
import { go, here, route } from "./router.js";
import { mayBeLoggedIn, session } from "./session.js";
import { change, state, zone } from "./state.js";
import { open } from "./task_list.js";
import { viewOf } from "./views.js";

const ENTRY = ["log-in", "sign-up", "forgot-password"];
const MAIL_LINKS = ["reset-password", "verify-email"];
const STALE = 60_000; // milliseconds; a list older than this is reloaded when the page becomes visible again

const app = document.querySelector("#app");
let shown = { address: null, leave: () => {} };
let panel = { task: null, close: null };
let seenAt = Date.now();

async function start() {
  const [page] = here().parts;
  if (MAIL_LINKS.includes(page)) return showMailLink(app, page);
  if (!mayBeLoggedIn()) return enter();
  try {
    await loaded();
  } catch (problem) {
    if (problem.status !== 401 && problem.code !== "user_not_found") showFailure(problem);
  }
}

/** Load the user who is logged in, and show the page for the current URL. */
async function loaded() {
  const [user, { items }] = await Promise.all([account.get(), tags.list()]);
  change({ user, tags: items });
  app.replaceChildren(
    h("a", { class: "skip", href: "#main" }, "Skip to main content"),
    ...navigation(),
    h("main", { id: "main", tabindex: "-1" }),
  );
  shown.address = null;
  if ([...ENTRY, ...MAIL_LINKS].includes(here().parts[0])) go("/app/today", { replace: true });
  else follow();
}

function enter() {
  const page = ENTRY.includes(here().parts[0]) ? here().parts[0] : "log-in";
  showEntry(app, page, loaded);
}

function showFailure(problem) {
  app.replaceChildren(
    h(
      "main",
      { class: "entry" },
      h(
        "div",
        { class: "card" },
        h("h1", {}, "Lambdo"),
        h("p", {}, inWords(problem)),
        h("button", { type: "button", class: "button primary", onclick: start }, "Try again"),
      ),
    ),
  );
}

function follow() {
  if (!state.user) return MAIL_LINKS.includes(here().parts[0]) ? start() : enter();
  const { parts, query } = here();
  const task = query.get("task");
  query.delete("task");
  showPage(parts, query);
  showPanel(task);
}

function showPage(parts, query) {
  const tag = parts[0] === "tag" && state.tags.find((one) => one.id === parts[1]);
  const filters = [...query].filter(([name]) => name !== "q"); // the search page handles its own query
  const address = JSON.stringify([parts, filters, tag?.version, todayIn(zone())]);
  if (address === shown.address) return;
  const samePage = shown.page === location.pathname;
  shown.leave();
  closeDrawer();
  const main = document.querySelector("#main");
  const view = viewOf(parts, query);
  const pages = { trash: showTrash, account: showAccount };
  if (!view && !pages[parts[0]]) return go("/app/today", { replace: true });
  const typed = document.activeElement?.id;
  shown = { address, page: location.pathname, leave: view ? showTasks(main, view) : pages[parts[0]](main) };
  markCurrent();
  document.title = `${main.querySelector("h1").textContent} · Lambdo`;
  focusAfter(samePage, typed, main);
}

// A new page puts the focus on its heading, which announces it. If only a filter changed, the focus stays on that control.
function focusAfter(samePage, typed, main) {
  const search = document.querySelector("#search");
  if (search && (typed === "search" || !samePage)) return search.focus();
  if (!samePage) return main.querySelector("h1").focus({ preventScroll: true });
}

async function showPanel(task) {
  if (task === panel.task) return;
  const { close } = panel;
  panel = { task, close: task && openTask(task) };
  (await close)?.();
}

// Other devices may have changed tasks, or a new day may have begun: the day is part of `address`.
function refresh() {
  if (!state.user) return;
  follow();
  const { parts, query } = here();
  const view = viewOf(parts, query);
  if (view) open(view, { quietly: true });
}

const banner = (text) => (document.querySelector("#banner").textContent = text);

route.addEventListener("go", follow);
// Reloading clears everything that was shown. After logging in again, the user is back where the session ended.
session.addEventListener("over", () => {
  if (location.pathname === "/app/account") location.replace("/app/log-in");
  else location.reload();
});
connection.addEventListener("good", () => banner(""));
connection.addEventListener("lost", () => banner("Can't reach Lambdo. Retrying…"));
connection.addEventListener("dead", () => banner("Can't reach Lambdo."));
addEventListener("online", refresh);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) seenAt = Date.now();
  else if (Date.now() - seenAt > STALE) refresh();
});
start();
