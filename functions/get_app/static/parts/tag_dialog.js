// The dialogs that create, edit and delete a tag.

import { report } from "../actions.js";
import { tags as api } from "../api.js";
import { h } from "../dom.js";
import { field, form } from "../forms.js";
import { go } from "../router.js";
import { change, state } from "../state.js";
import { toast } from "../toast.js";
import { confirm, openDialog } from "./dialog.js";

const COLORS = {
  "#e5484d": "Red",
  "#f76b15": "Orange",
  "#ffc53d": "Yellow",
  "#46a758": "Green",
  "#12a594": "Teal",
  "#0090ff": "Blue",
  "#8e4ec6": "Purple",
  "#8b8d98": "Grey",
};

/** Ask for a new tag, create it and show its list. */
export function newTag() {
  const dialog = openDialog(
    "New tag",
    tagForm({ name: "", color: null }, "Create tag", async (fields, key) => {
      const made = await api.create(fields, key);
      dialog.close();
      change({ tags: [...state.tags, made] });
      go(`/app/tag/${made.id}`);
    }),
    { className: "small" },
  );
}

/** Edit a tag, or delete it. */
export function editTag(tag) {
  const dialog = openDialog(
    "Edit tag",
    [
      tagForm(tag, "Save", async (fields, key) => {
        const saved = await api.update(tag, fields, key);
        dialog.close();
        change({ tags: state.tags.map((one) => (one.id === tag.id ? saved : one)) });
        go(location.pathname + location.search, { replace: true });
      }),
      h(
        "button",
        { type: "button", class: "button quiet danger", onclick: () => (dialog.close(), deleteTag(tag)) },
        "Delete tag",
      ),
    ],
    { className: "small" },
  );
}

async function deleteTag(tag) {
  if (!(await confirm(`Delete the tag “${tag.name}”?`, "Tasks with this tag are not deleted.", "Delete tag"))) return;
  try {
    await api.delete(tag.id);
    change({ tags: state.tags.filter((one) => one.id !== tag.id) });
    go("/app/all");
    toast("Tag deleted");
  } catch (problem) {
    report(problem);
  }
}

function tagForm(tag, label, submit) {
  const own = tag.color && !(tag.color in COLORS) ? [[tag.color, "Custom colour"]] : [];
  const swatches = [["", "No colour"], ...Object.entries(COLORS), ...own].map(([value, name]) =>
    swatch(value, name, value === (tag.color ?? "")),
  );
  return form(
    [
      field("Name", "name", { value: tag.name, maxlength: "50", autofocus: true, autocomplete: "off" }),
      h("fieldset", { class: "field" }, h("legend", {}, "Colour"), h("div", { class: "swatches" }, swatches)),
    ],
    label,
    ({ name, color }, key) => submit({ name, color: color || null }, key),
  );
}

function swatch(value, name, checked) {
  const circle = h("span", { class: "swatch", title: name });
  if (value) circle.style.setProperty("--dot", value);
  return h("label", {}, h("input", { type: "radio", name: "color", value, checked, "aria-label": name }), circle);
}
