// Creates elements. User input becomes text or attributes, never markup: there is no innerHTML in this app.

import { PATHS } from "./icons.js";

const SVG = "http://www.w3.org/2000/svg";
const AS_PROPERTY = new Set(["value", "checked", "indeterminate"]);

/** Return an element. `on...` attributes are listeners; null and false omit an attribute; null children are dropped. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (AS_PROPERTY.has(key)) element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Return one of the icons. It is hidden from screen readers, which read the text beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** Return a button with an icon, and with a label for screen readers and the tooltip. */
export function iconButton(name, label, onclick, attributes = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...attributes },
    icon(name),
  );
}

/** Return the dot in a tag's colour. Set by script, because the page's policy forbids style attributes. */
export function dot(color) {
  const element = h("span", { class: "dot", "aria-hidden": "true" });
  if (color) element.style.setProperty("--dot", color);
  return element;
}
