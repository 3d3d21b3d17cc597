// Labelled fields, and forms that show each problem at the field that caused it.

import { h, iconButton } from "./dom.js";
import { keysOf } from "./keys.js";
import { byField, inWords } from "./problems.js";

let count = 0;

/** Return a labelled input; `hint` is shown below it until an error replaces it. */
export function field(label, name, attributes = {}, { hint = null, input = null } = {}) {
  const id = `field-${(count += 1)}`;
  const control = input ?? h("input", { type: "text", ...attributes });
  control.id = id;
  control.name = name;
  control.setAttribute("aria-describedby", `${id}-note`);
  const shown = control.type === "password" ? revealing(control) : control;
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    shown,
    h("p", { class: "note", id: `${id}-note` }, hint),
  );
}

function revealing(input) {
  const button = iconButton(
    "eye",
    "Show password",
    () => {
      const show = input.type === "password";
      input.type = show ? "text" : "password";
      button.setAttribute("aria-pressed", String(show));
    },
    { "aria-pressed": "false" },
  );
  return h("div", { class: "with-button" }, input, button);
}

/** Return a form. `submit` gets the fields, their key and the element for a message; an error that it throws is shown. */
export function form(children, label, submit, { danger = false } = {}) {
  const button = h("button", { class: danger ? "button danger" : "button primary" }, label);
  const message = h("p", { class: "form-message", role: "alert" });
  const element = h("form", { class: "form", novalidate: true }, children, message, button);
  const keyOf = keysOf();
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy")) return;
    clear(element, message);
    button.setAttribute("aria-busy", "true");
    try {
      const fields = Object.fromEntries(new FormData(element));
      await submit(fields, keyOf(fields), message);
    } catch (problem) {
      show(problem, element, message);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
  return element;
}

function clear(element, message) {
  message.replaceChildren();
  for (const input of element.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    note(input).textContent = note(input).dataset.hint;
    note(input).classList.remove("error");
  }
}

const note = (input) => document.getElementById(input.getAttribute("aria-describedby"));

/** Show a problem: the messages of fields at the fields, any other below; the first invalid field gets the focus. */
export function show(problem, element, message) {
  const wrong = Object.entries(byField(problem)).filter(([name]) => element.elements[name]);
  for (const [name, text] of wrong) reject(element.elements[name], text);
  if (!wrong.length) message.textContent = inWords(problem);
  else element.elements[wrong[0][0]].focus();
}

/** Mark an input as invalid and show why. */
export function reject(input, text) {
  input.setAttribute("aria-invalid", "true");
  note(input).dataset.hint ??= note(input).textContent;
  note(input).textContent = text;
  note(input).classList.add("error");
}
