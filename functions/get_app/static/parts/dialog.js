// Dialogs: one that closes on Escape and outside clicks, and one that asks before an action that cannot be undone.

import { h, iconButton } from "../dom.js";

/** Open a modal dialog with a title; closing removes it. `mayClose` can refuse Escape and clicks outside. */
export function openDialog(title, children, { className = "", mayClose = () => true } = {}) {
  const leave = () => mayClose() && dialog.close();
  const dialog = h(
    "dialog",
    { class: `dialog ${className}`, "aria-labelledby": "dialog-title" },
    h(
      "header",
      { class: "dialog-header" },
      h("h2", { id: "dialog-title" }, title),
      iconButton("close", "Close", leave),
    ),
    children,
  );
  dialog.addEventListener("cancel", (event) => mayClose() || event.preventDefault());
  dialog.addEventListener("pointerdown", (event) => outside(event, dialog) && leave());
  dialog.addEventListener("close", () => {
    document.body.append(...dialog.querySelectorAll("#toasts")); // where toast.js put them
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function outside({ clientX: x, clientY: y, target }, dialog) {
  const box = dialog.getBoundingClientRect();
  return target === dialog && (x < box.left || x > box.right || y < box.top || y > box.bottom);
}

/** Ask for confirmation, and return whether the user confirmed. */
export function confirm(title, text, yes) {
  return new Promise((resolve) => {
    const dialog = openDialog(
      title,
      [
        h("p", {}, text),
        h(
          "form",
          { method: "dialog", class: "dialog-buttons" },
          h("button", { class: "button", value: "no", autofocus: true }, "Cancel"),
          h("button", { class: "button danger", value: "yes" }, yes),
        ),
      ],
      { className: "small" },
    );
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
  });
}
