// Toasts: short messages at the bottom, each with at most one action. Also announcements for screen readers only.

import { h } from "./dom.js";

const SECONDS = 8;

let timer = null;

/** Show a message, with a button if there is an action. It stays while the pointer or the focus is on it. */
export function toast(text, action = null, { urgent = false } = {}) {
  const region = document.querySelector("#toasts");
  const host = document.querySelector("dialog[open]") ?? document.body; // elements behind a modal dialog cannot be reached
  if (region.parentElement !== host) host.append(region);
  const button =
    action &&
    h("button", { type: "button", class: "toast-action", onclick: () => (hide(), action.run()) }, action.label);
  const message = h("div", { class: `toast${urgent ? " urgent" : ""}` }, h("span", {}, text), button);
  region.replaceChildren(message);
  const wait = () => (timer = setTimeout(hide, SECONDS * 1000));
  const stay = () => clearTimeout(timer);
  for (const event of ["pointerenter", "focusin"]) message.addEventListener(event, stay);
  for (const event of ["pointerleave", "focusout"]) message.addEventListener(event, () => (stay(), wait()));
  stay();
  wait();
}

function hide() {
  clearTimeout(timer);
  document.querySelector("#toasts").replaceChildren();
}

/** Announce to screen readers what the page already shows. */
export function announce(text) {
  document.querySelector("#announcements").textContent = text;
}
