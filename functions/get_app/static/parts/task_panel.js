// The panel that shows a task for reading and editing. It is open as long as the URL has ?task=id.

import { complete, remove, report, settled } from "../actions.js";
import { tasks as api } from "../api.js";
import { longMoment } from "../dates.js";
import { h, icon } from "../dom.js";
import { show } from "../forms.js";
import { keysOf } from "../keys.js";
import { go, withQuery } from "../router.js";
import { zone } from "../state.js";
import { find, put } from "../task_list.js";
import { toast } from "../toast.js";
import { openDialog } from "./dialog.js";
import { changesOf, mergeInto, taskFields } from "./task_fields.js";

const leave = () => go(withQuery({ task: null }), { replace: true });

/** Open the panel of a task, which need not be in the list. Returns a function that closes it when the URL has changed. */
export async function openTask(id) {
  try {
    await settled(id);
    return panel(find(id) ?? (await api.get(id)));
  } catch (problem) {
    report(problem);
    leave();
    return () => {};
  }
}

function panel(task) {
  let base = task; // the version that the fields were filled with: differences from it are the user's changes
  const keyOf = keysOf();
  const fields = taskFields(task);
  const notice = h("div", { class: "notice", role: "alert" });
  const message = h("p", { class: "form-message", role: "alert" });
  const close = () => dialog.close();
  const form = h(
    "form",
    { class: "panel", novalidate: true },
    h(
      "div",
      { class: "panel-body" },
      notice,
      Object.values(fields).map((field) => field.element),
      times(task),
      message,
    ),
    buttons(task, close),
  );
  const unchanged = () => Object.keys(changesOf(base, fields)).length === 0;
  const dialog = openDialog("Task", form, { className: "sheet", mayClose: () => unchanged() || warn(notice, close) });

  const saveButton = form.querySelector(".primary");
  const save = async () => {
    if (saveButton.hasAttribute("aria-busy")) return;
    if (unchanged()) return close();
    message.textContent = "";
    saveButton.setAttribute("aria-busy", "true");
    const changes = changesOf(base, fields);
    try {
      put(await api.update(base, changes, keyOf([base.version, changes])));
      close();
      toast("Saved");
    } catch (problem) {
      if (problem.status === 412) base = await reload(base, fields, notice, message);
      else show(problem, form, message);
    } finally {
      saveButton.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("submit", (event) => (event.preventDefault(), save()));
  form.addEventListener("keydown", (event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && save());
  dialog.addEventListener("close", () => {
    if (new URLSearchParams(location.search).has("task")) leave();
    document.querySelector(`[data-id="${task.id}"] .task-title`)?.focus();
  });
  return close;
}

function times(task) {
  const created = `Created ${longMoment(task.created_at, zone())}`;
  return h(
    "p",
    { class: "note times" },
    task.completed ? `${created} · completed ${longMoment(task.completed_at, zone())}` : created,
  );
}

function buttons(task, close) {
  const then = (act) => () => (close(), act(task));
  return h(
    "footer",
    { class: "panel-buttons" },
    h("button", { type: "button", class: "button quiet danger", onclick: then(remove) }, icon("trash"), "Delete"),
    h(
      "button",
      { type: "button", class: "button quiet", onclick: then((it) => complete(it)) },
      icon("check"),
      task.completed ? "Reopen" : "Complete",
    ),
    h("button", { class: "button primary" }, "Save"),
  );
}

function warn(notice, discard) {
  notice.replaceChildren(
    h("p", {}, "You have unsaved changes."),
    h("button", { type: "button", class: "button small", onclick: discard }, "Discard changes"),
  );
  return false;
}

async function reload(base, fields, notice, message) {
  try {
    const latest = await api.get(base.id);
    put(latest);
    const conflicts = mergeInto(fields, base, latest);
    notice.replaceChildren(
      h(
        "p",
        {},
        "This task was changed elsewhere. The fields you haven't edited are up to date. Save again to keep your changes.",
      ),
      h(
        "ul",
        {},
        conflicts.map(({ label, text }) => h("li", {}, `${label} was changed to: ${text}`)),
      ),
    );
    notice.scrollIntoView({ block: "nearest" });
    return latest;
  } catch (problem) {
    show(problem, notice.closest("form"), message);
    return base;
  }
}
