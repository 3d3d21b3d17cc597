// The trash: tasks deleted in the last 30 days, to restore or to delete permanently.

import { report, restore } from "../actions.js";
import { trash as api } from "../api.js";
import { ago } from "../dates.js";
import { h, icon } from "../dom.js";
import { confirm } from "../parts/dialog.js";
import { facts } from "../parts/task_row.js";
import { inWords } from "../problems.js";
import { announce } from "../toast.js";
import { emptyState } from "./tasks.js";

const EMPTY = { icon: "trash", title: "The trash is empty", text: "Deleted tasks stay here for 30 days." };

/** Show the trash in `main`. Returns a function to call when the user leaves it. */
export function showTrash(main) {
  const rows = h("ul", { class: "tasks trash" });
  const foot = h("div", { class: "foot" });
  const emptyButton = h(
    "button",
    { type: "button", class: "button", hidden: true, onclick: () => empty() },
    "Empty trash",
  );
  main.replaceChildren(
    h(
      "header",
      { class: "view-header" },
      h(
        "div",
        {},
        h("h1", { tabindex: "-1" }, "Trash"),
        h("p", { class: "subtitle" }, "Deleted tasks are kept for 30 days"),
      ),
      h("div", { class: "view-tools" }, emptyButton),
    ),
    rows,
    foot,
  );

  const load = async (cursor = null) => {
    foot.replaceChildren(h("p", { class: "note" }, "Loading…"));
    try {
      const page = await api.list(cursor);
      rows.append(...page.items.map((task) => row(task, afterwards)));
      foot.replaceChildren(
        ...(page.next_cursor
          ? [h("button", { type: "button", class: "button more", onclick: () => load(page.next_cursor) }, "Load more")]
          : []),
      );
      afterwards();
    } catch (problem) {
      foot.replaceChildren(
        h("p", { class: "note" }, inWords(problem)),
        h("button", { type: "button", class: "button", onclick: () => load(cursor) }, "Try again"),
      );
    }
  };
  const afterwards = () => {
    emptyButton.hidden = !rows.children.length;
    if (!rows.children.length && !foot.querySelector(".more")) foot.replaceChildren(emptyState(EMPTY));
  };
  const empty = async () => {
    if (
      !(await confirm(
        "Empty the trash?",
        "This permanently deletes all tasks in the trash. You can't undo this.",
        "Empty trash",
      ))
    )
      return;
    try {
      while ((await api.empty()).more);
      rows.replaceChildren();
      foot.replaceChildren();
      afterwards();
      main.querySelector("h1").focus();
      announce("The trash is empty.");
    } catch (problem) {
      report(problem);
    }
  };
  load();
  return () => {};
}

function row(task, afterwards) {
  const bring = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    if (!(await restore(task))) return void (button.disabled = false);
    const next = element.nextElementSibling ?? element.previousElementSibling;
    element.remove();
    (next?.querySelector("button") ?? document.querySelector("h1")).focus();
    afterwards();
  };
  const element = h(
    "li",
    { class: "task" },
    h(
      "div",
      { class: "task-text" },
      h("span", { class: "task-title" }, task.title),
      h(
        "div",
        { class: "meta" },
        h("span", { class: "fact" }, `Deleted ${ago(task.deleted_at)}`),
        facts({ ...task, due_date: null }),
      ),
    ),
    h(
      "button",
      { type: "button", class: "button small", "aria-label": `Restore: ${task.title}`, onclick: bring },
      icon("restore"),
      "Restore",
    ),
  );
  return element;
}
