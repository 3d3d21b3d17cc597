// Single-key shortcuts, active unless the focus is in a field or a dialog. parts/help.js lists them.

import { complete, remove, undo } from "./actions.js";
import { showHelp, shortcutsOn } from "./parts/help.js";
import { focusQuickAdd } from "./parts/sidebar.js";
import { go, withQuery } from "./router.js";
import { find } from "./task_list.js";

const PAGES = { t: "/app/today", u: "/app/upcoming", a: "/app/all" };
const WAIT = 1500; // milliseconds between g and the letter after it

let goUntil = 0;

const rows = () => [...document.querySelectorAll("#main .task[data-id]")];
const current = () => document.activeElement?.closest?.(".task[data-id]");
const withTask = (act) => () => {
  const task = find(current()?.dataset.id);
  return Boolean(task && (act(task), true));
};

function move(by) {
  const all = rows();
  const next = all[current() ? all.indexOf(current()) + by : by > 0 ? 0 : all.length - 1];
  next?.querySelector(".task-title").focus();
  next?.scrollIntoView({ block: "nearest" });
  return all.length > 0;
}

const search = () => (go("/app/search"), document.querySelector("#search")?.focus(), true);
const KEYS = {
  n: () => focusQuickAdd() || (go("/app/today"), focusQuickAdd()),
  "/": search,
  j: () => move(1),
  ArrowDown: () => move(1),
  k: () => move(-1),
  ArrowUp: () => move(-1),
  x: withTask((task) => complete(task)),
  e: withTask((task) => go(withQuery({ task: task.id }))),
  Delete: withTask(remove),
  Backspace: withTask(remove),
  z: () => (undo(), true),
  g: () => ((goUntil = Date.now() + WAIT), true),
  "?": () => (showHelp(), true),
};
KEYS[" "] = () => document.activeElement.matches(".task-title") && KEYS.x(); // on other elements, Space activates the element

addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing && event.key === "Escape") event.target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !shortcutsOn()) return;
  if (document.querySelector("dialog[open]") || !document.querySelector("#sidebar")) return;
  const page = Date.now() < goUntil && PAGES[event.key];
  goUntil = 0;
  if (page ? (go(page), true) : KEYS[event.key]?.()) event.preventDefault();
});
