// The fields of the task panel. Each is `{label, element, value, fill}`: `value()` is for the API, `fill(task)` shows a task.

import { h } from "../dom.js";
import { field } from "../forms.js";
import { dueField } from "./due_field.js";
import { tagField } from "./tag_field.js";

const PRIORITIES = [
  ["high", "High"],
  ["medium", "Medium"],
  ["low", "Low"],
];

/** Return the fields by their names in the API. */
export function taskFields(task) {
  const fields = {
    title: titleField(),
    description: descriptionField(),
    due_date: dueField(),
    priority: priorityField(),
    tag_ids: tagField(),
  };
  for (const one of Object.values(fields)) one.fill(task);
  return fields;
}

const stored = (task, name) => (name === "tag_ids" ? task.tags.map((tag) => tag.id).sort() : task[name]);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Return the values of the fields that differ from the task. */
export function changesOf(task, fields) {
  const values = Object.entries(fields).map(([name, { value }]) => [name, value()]);
  return Object.fromEntries(values.filter(([name, value]) => !same(value, stored(task, name))));
}

/** Show a new version of a task, except in edited fields. Returns the edited fields that changed in that version, too. */
export function mergeInto(fields, before, now) {
  const mine = changesOf(before, fields);
  const moved = Object.keys(fields).filter((name) => !same(stored(before, name), stored(now, name)));
  for (const name of moved) if (!(name in mine)) fields[name].fill(now);
  return moved.filter((name) => name in mine).map((name) => ({ label: fields[name].label, text: inWords(now, name) }));
}

const inWords = (task, name) =>
  (name === "tag_ids" ? task.tags.map((tag) => tag.name).join(", ") : task[name]) || "(empty)";

function textField(label, name, attributes, { empty }) {
  const input = h("textarea", attributes);
  input.addEventListener("input", () => fit(input));
  const fill = (task) => {
    input.value = task[name] ?? "";
    requestAnimationFrame(() => fit(input));
  };
  return { label, element: field(label, name, {}, { input }), value: () => input.value.trim() || empty, fill };
}

// Grow with the text in browsers without CSS `field-sizing: content`.
function fit(input) {
  if (CSS.supports("field-sizing", "content")) return;
  input.rows = Math.max(1, input.value.split("\n").length);
}

function titleField() {
  const made = textField(
    "Title",
    "title",
    { class: "title-input", rows: "1", maxlength: "200", autofocus: true },
    { empty: "" },
  );
  const input = made.element.querySelector("textarea");
  input.addEventListener("focus", () => input.setSelectionRange(input.value.length, input.value.length), {
    once: true,
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // a title is one line, and Enter saves it
    input.form.requestSubmit();
  });
  return made;
}

function descriptionField() {
  return textField(
    "Description",
    "description",
    { rows: "4", maxlength: "1000", placeholder: "Notes, links, next steps…" },
    { empty: null },
  );
}

function priorityField() {
  const choices = PRIORITIES.map(([value, label]) =>
    h("label", {}, h("input", { type: "radio", name: "priority", value }), h("span", { class: value }, label)),
  );
  const element = h(
    "fieldset",
    { class: "field" },
    h("legend", {}, "Priority"),
    h("div", { class: "segments" }, choices),
  );
  const radio = (test) => [...element.querySelectorAll("input")].find(test);
  return {
    label: "Priority",
    element,
    value: () => radio((one) => one.checked).value,
    fill: (task) => (radio((one) => one.value === task.priority).checked = true),
  };
}
