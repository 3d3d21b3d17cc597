// The rows of the list, in groups. Only rows that changed are rebuilt; the focus stays on its row or moves to the next one.

import { h } from "../dom.js";
import { list } from "../task_list.js";
import { taskRow } from "./task_row.js";

/** Return `{element, sync}`: a container, and a function that brings it up to date with the list. */
export function taskRows() {
  const element = h("div", { class: "groups" });
  const rows = new Map(); // task id -> {task, leaving, row}
  return { element, sync: () => keepingFocus(element, () => element.replaceChildren(...groups(rows))) };
}

function groups(rows) {
  const alive = new Set(list.tasks.map((task) => task.id));
  for (const id of rows.keys()) if (!alive.has(id)) rows.delete(id);
  return list.view.groups(list.tasks).map(({ title, tasks }, at) =>
    h(
      "section",
      { class: "group", "aria-labelledby": title && `group-${at}` },
      title &&
        h(
          "h2",
          { id: `group-${at}`, class: title === "Overdue" ? "late" : null },
          title,
          " ",
          h("span", { class: "count" }, String(tasks.length)),
        ),
      h(
        "ul",
        { class: "tasks" },
        tasks.map((task) => rowOf(task, rows)),
      ),
    ),
  );
}

function rowOf(task, rows) {
  const leaving = list.leaving.has(task.id);
  const known = rows.get(task.id);
  if (known?.task === task && known.leaving === leaving) return known.row;
  const row = taskRow(task, { leaving, fresh: !known, grouped: list.view.grouped });
  rows.set(task.id, { task, leaving, row });
  return row;
}

function keepingFocus(element, update) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const row = focused?.closest(".task");
  const part = focused && [...(row?.querySelectorAll("a, input, button") ?? [])].indexOf(focused);
  const place = row && [...element.querySelectorAll(".task")].indexOf(row);
  update();
  if (!row) return;
  const same = element.querySelector(`[data-id="${row.dataset.id}"]`);
  const rows = element.querySelectorAll(".task");
  const next = rows[Math.min(place, rows.length - 1)];
  const target = same ? same.querySelectorAll("a, input, button")[part] : next?.querySelector(".task-title");
  (target ?? document.querySelector("h1")).focus();
}
