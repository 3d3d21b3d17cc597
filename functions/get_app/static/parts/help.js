// The keyboard shortcuts, and a switch to turn them off: single keys can get in the way of speech input (WCAG 2.1.4).

import { h } from "../dom.js";
import { openDialog } from "./dialog.js";

const OFF = "lambdo-shortcuts-off";
const SHORTCUTS = [
  ["Add a task", "n"],
  ["Search", "/"],
  ["Next or previous task", "j", "k"],
  ["Complete or reopen task", "x", "Space"],
  ["Edit task", "e", "Enter"],
  ["Delete task", "Delete"],
  ["Undo", "z"],
  ["Go to Today", "g t"],
  ["Go to Upcoming", "g u"],
  ["Go to All tasks", "g a"],
  ["Save open task", "Ctrl Enter"],
  ["Show shortcuts", "?"],
];

export const shortcutsOn = () => localStorage.getItem(OFF) === null;

/** Show the shortcuts. */
export function showHelp() {
  const change = (event) => (event.target.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"));
  openDialog(
    "Keyboard shortcuts",
    [
      h(
        "dl",
        { class: "shortcuts" },
        SHORTCUTS.map(([what, ...keys]) =>
          h(
            "div",
            {},
            h("dt", {}, what),
            h(
              "dd",
              {},
              keys.map((key) => h("kbd", {}, key)),
            ),
          ),
        ),
      ),
      h(
        "label",
        { class: "switch" },
        h("input", { type: "checkbox", checked: shortcutsOn(), onchange: change }),
        "Use single-key shortcuts",
      ),
    ],
    { className: "small" },
  );
}
