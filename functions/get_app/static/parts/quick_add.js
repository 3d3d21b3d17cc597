// The quick-add line. The dates, tags and priorities that it recognises are shown below it before anything is sent.

import { add, report } from "../actions.js";
import { longDay, shortDay, todayIn } from "../dates.js";
import { dot, h, icon } from "../dom.js";
import { keysOf } from "../keys.js";
import { Problem } from "../problems.js";
import { go, withQuery } from "../router.js";
import { tagNamed, zone } from "../state.js";
import { list } from "../task_list.js";
import { parseLine } from "../title_line.js";
import { toast } from "../toast.js";

/** Return the form that adds tasks to the current list. */
export function quickAdd() {
  const literal = new Set(); // words that the user wants to keep in the title
  const keyOf = keysOf();
  const chips = h("div", { class: "chips", "aria-live": "polite" });
  const input = h("input", {
    id: "quick-add",
    class: "quick-input",
    type: "text",
    maxlength: "300",
    autocomplete: "off",
    enterkeyhint: "done",
    placeholder: "Add a task",
    "aria-label": "Add a task",
    "aria-describedby": "quick-hint",
    "aria-keyshortcuts": "n",
  });
  const parsed = () => parseLine(input.value, todayIn(zone()), literal);
  const refresh = () => {
    form.classList.toggle("filled", input.value.trim() !== "");
    chips.replaceChildren(
      ...parsed().words.map((one) => chip(one, () => (literal.add(one.word), refresh(), input.focus()))),
    );
  };
  const submit = async () => {
    const { title, due, priority, tags } = parsed();
    if (!title) return input.focus();
    const line = input.value;
    const fields = {
      title,
      priority,
      due: due ?? list.view.defaults.due,
      tags: [...(list.view.defaults.tags ?? []), ...tags],
    };
    reset();
    try {
      tellWhere(await add(fields, keyOf(fields)));
      keyOf(null); // the same line again is another task
    } catch (problem) {
      input.value ||= line; // sent again unchanged, it is the same request
      refresh();
      report(problem.code === "invalid_fields" ? tooLong(problem) : problem);
    }
  };
  const reset = () => {
    input.value = "";
    literal.clear();
    refresh();
  };
  const form = h(
    "form",
    { class: "quick-add", onsubmit: (event) => (event.preventDefault(), submit()) },
    h("span", { class: "quick-plus" }, icon("plus")),
    input,
    h("button", { class: "button primary small" }, "Add task"),
    chips,
    h("p", { class: "quick-hint", id: "quick-hint" }, "Try “Call Ada tomorrow #work !high”"),
  );
  input.addEventListener("input", refresh);
  return form;
}

function chip({ word, kind, value }, keep) {
  const today = todayIn(zone());
  const shown = {
    due: () => [icon("upcoming"), h("span", { title: longDay(value, today) }, shortDay(value, today))],
    priority: () => [icon("flag"), `${value[0].toUpperCase()}${value.slice(1)} priority`],
    tag: () => [dot(tagNamed(value)?.color), tagNamed(value)?.name ?? `${value} (new tag)`],
  }[kind]();
  return h(
    "button",
    {
      type: "button",
      class: `chip ${kind === "priority" ? value : ""}`,
      title: `Keep “${word}” in the title`,
      onclick: keep,
    },
    shown,
    h("span", { class: "unseen" }, `, keep ${word} in the title`),
    icon("close"),
  );
}

function tellWhere(task) {
  if (list.view.includes(task)) return;
  toast("Task added to another list", { label: "Open task", run: () => go(withQuery({ task: task.id })) });
}

const tooLong = (problem) =>
  new Problem({ status: 422, body: { detail: problem.errors[0]?.msg.replace(/^String/, "The title") } });
