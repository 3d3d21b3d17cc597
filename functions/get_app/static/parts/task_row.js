// One task in a list. The title is a link that covers the row: Enter opens the task, and Space can complete it.

import { complete, remove } from "../actions.js";
import { dueParts, isOverdue, shortDay, shortTime, todayIn } from "../dates.js";
import { dot, h, icon, iconButton } from "../dom.js";
import { withQuery } from "../router.js";
import { zone } from "../state.js";

/** Return the row of a task. */
export function taskRow(task, { leaving = false, fresh = false, grouped = false } = {}) {
  const classes = ["task", task.completed && "done", leaving && "leaving", fresh && "fresh"].filter(Boolean).join(" ");
  return h(
    "li",
    { class: classes, "data-id": task.id },
    h("input", {
      type: "checkbox",
      class: `check ${task.priority}`,
      checked: task.completed,
      "aria-label": `Complete: ${task.title}`,
      onchange: (event) => complete(task, event.target.checked),
    }),
    h(
      "div",
      { class: "task-text" },
      h(
        "a",
        { class: "task-title", href: withQuery({ task: task.id }), "aria-describedby": `meta-${task.id}` },
        task.title,
      ),
      h("div", { class: "meta", id: `meta-${task.id}` }, facts(task, { grouped })),
    ),
    h(
      "div",
      { class: "task-buttons" },
      iconButton("trash", `Delete: ${task.title}`, () => remove(task)),
    ),
  );
}

/** Return the details of a task that are shown below its title. */
export function facts(task, { grouped = false } = {}) {
  return [
    task.due_date && dueFact(task, grouped),
    task.priority !== "medium" &&
      h("span", { class: `fact ${task.priority}` }, icon("flag"), task.priority === "high" ? "High" : "Low"),
    ...task.tags.map((tag) => h("span", { class: "fact" }, dot(tag.color), tag.name)),
    task.description &&
      h(
        "span",
        { class: "fact", title: "Has a description" },
        icon("notes"),
        h("span", { class: "unseen" }, "Has a description"),
      ),
  ];
}

// Below a heading that names the day, a task shows only its time; an overdue task always shows its day.
function dueFact(task, grouped) {
  const { day, time } = dueParts(task.due_date, zone());
  const today = todayIn(zone());
  const late = !task.completed && isOverdue(task.due_date, zone());
  if (grouped && !time && !late) return null;
  const said = [grouped && !late ? null : shortDay(day, today), time && shortTime(time)].filter(Boolean).join(" ");
  const kind = late ? "late" : day === today ? "today" : "";
  return h(
    "span",
    { class: `fact due ${kind}` },
    icon(time ? "clock" : "upcoming"),
    said,
    late && h("span", { class: "unseen" }, " (overdue)"),
  );
}
