// The due date of a task: a day, an optional time in the user's time zone, and buttons for common days.

import { addDays, dueParts, momentOf, todayIn, weekday } from "../dates.js";
import { h } from "../dom.js";
import { field } from "../forms.js";
import { zone } from "../state.js";

const MONDAY = 1;

/** Return the field of a task's due date. */
export function dueField() {
  let shown = { due: null, day: null, time: null };
  const day = h("input", { type: "date", max: "9999-12-31" });
  const time = h("input", { type: "time" });
  const choose = (value) => () => {
    day.value = value ?? "";
    if (!value) time.value = "";
  };
  const today = todayIn(zone());
  const choices = [
    ["Today", today],
    ["Tomorrow", addDays(today, 1)],
    ["Next week", addDays(today, (MONDAY - weekday(today) + 7) % 7 || 7)],
    ["No date", null],
  ];
  const element = h(
    "fieldset",
    { class: "field due-field" },
    h("legend", {}, "Due"),
    h(
      "div",
      { class: "presets" },
      choices.map(([label, value]) => h("button", { type: "button", class: "chip", onclick: choose(value) }, label)),
    ),
    h(
      "div",
      { class: "pair" },
      field("Date", "due_date", {}, { input: day }),
      field("Time", "due_time", {}, { input: time, hint: "Optional" }),
    ),
  );
  return {
    label: "Due",
    element,
    value: () => {
      const now = { day: day.value || null, time: time.value || null };
      if (now.day === shown.day && now.time === shown.time) return shown.due; // unchanged, so to the second
      return now.day && now.time ? momentOf(now.day, now.time, zone()) : now.day;
    },
    fill: (task) => {
      shown = { due: task.due_date, ...dueParts(task.due_date, zone()) };
      day.value = shown.day ?? "";
      time.value = shown.time ?? "";
    },
  };
}
