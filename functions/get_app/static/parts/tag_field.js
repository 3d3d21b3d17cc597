// The tags of a task: a checkbox for each tag, and an input that finds or creates one.

import { report, tagId } from "../actions.js";
import { dot, h } from "../dom.js";
import { state, tagNamed } from "../state.js";

/** Return the field of a task's tags. */
export function tagField() {
  const chosen = new Set();
  const chips = h("div", { class: "chips" });
  const line = h("input", {
    type: "text",
    maxlength: "50",
    autocomplete: "off",
    placeholder: "Find or create a tag",
    "aria-label": "Find or create a tag",
  });
  const refresh = () => {
    const words = line.value.trim().toLowerCase();
    const fitting = state.tags.filter((tag) => chosen.has(tag.id) || tag.name.toLowerCase().includes(words));
    chips.replaceChildren(...fitting.map((tag) => choice(tag, chosen)));
  };
  const take = async () => {
    const name = line.value.trim();
    if (!name) return;
    try {
      chosen.add(tagNamed(name)?.id ?? (await tagId(name)));
      line.value = "";
      refresh();
    } catch (problem) {
      report(problem);
    }
  };
  line.addEventListener("input", (event) => (event.stopPropagation(), refresh()));
  line.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // Enter adds the tag instead of submitting the form
    take();
  });
  return {
    label: "Tags",
    element: h(
      "fieldset",
      { class: "field" },
      h("legend", {}, "Tags"),
      chips,
      h(
        "div",
        { class: "with-button" },
        line,
        h("button", { type: "button", class: "button small", onclick: take }, "Add tag"),
      ),
    ),
    value: () => [...chosen].sort(),
    fill: (task) => {
      chosen.clear();
      for (const tag of task.tags) chosen.add(tag.id);
      refresh();
    },
  };
}

function choice(tag, chosen) {
  const change = (event) => (event.target.checked ? chosen.add(tag.id) : chosen.delete(tag.id));
  return h(
    "label",
    { class: "chip choice" },
    h("input", { type: "checkbox", checked: chosen.has(tag.id), onchange: change }),
    dot(tag.color),
    tag.name,
  );
}
