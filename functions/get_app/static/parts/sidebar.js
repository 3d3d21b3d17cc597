// The navigation: a sidebar on desktops, a drawer and a bottom bar on phones.

import { dot, h, icon, iconButton } from "../dom.js";
import { changes, state } from "../state.js";
import { newTag } from "./tag_dialog.js";
import { showHelp } from "./help.js";
import { switchTheme } from "./theme_switch.js";

const LISTS = [
  ["today", "Today"],
  ["upcoming", "Upcoming"],
  ["all", "All tasks"],
];
const wide = matchMedia("(min-width: 800px)");

/** Return the sidebar and the bottom bar, and keep them up to date. */
export function navigation() {
  const tags = h("ul", { class: "nav-list" });
  const profile = h("a", { class: "nav-item profile", href: "/app/account" });
  const sidebar = h(
    "nav",
    { id: "sidebar", "aria-label": "Lists" },
    h(
      "div",
      { class: "brand" },
      mark(),
      "Lambdo",
      iconButton("close", "Close menu", closeDrawer, { class: "icon-button drawer-close" }),
    ),
    h(
      "a",
      { class: "search-link", href: "/app/search", "aria-keyshortcuts": "/" },
      icon("search"),
      "Search",
      h("kbd", { "aria-hidden": "true" }, "/"),
    ),
    h(
      "ul",
      { class: "nav-list" },
      LISTS.map(([name, label]) => item(`/app/${name}`, icon(name), label)),
      item("/app/trash", icon("trash"), "Trash"),
    ),
    h(
      "div",
      { class: "nav-heading" },
      h("h2", {}, "Tags"),
      iconButton("plus", "New tag", () => (closeDrawer(), newTag())),
    ),
    tags,
    h(
      "div",
      { class: "nav-foot" },
      profile,
      iconButton("keyboard", "Keyboard shortcuts", showHelp),
      iconButton("sun", "Switch between light and dark mode", switchTheme),
    ),
  );
  const refresh = () => {
    tags.replaceChildren(...state.tags.map((tag) => item(`/app/tag/${tag.id}`, dot(tag.color), tag.name)));
    const name = state.user.name ?? state.user.email;
    profile.replaceChildren(
      h("span", { class: "avatar", "aria-hidden": "true" }, name[0].toUpperCase()),
      h("span", { class: "name" }, name),
      h("span", { class: "unseen" }, ", account"),
    );
    markCurrent();
  };
  changes.addEventListener("state", refresh);
  refresh();
  return [sidebar, h("div", { class: "scrim", onclick: closeDrawer }), tabBar()];
}

const item = (href, picture, label) =>
  h("li", {}, h("a", { class: "nav-item", href }, picture, h("span", { class: "name" }, label)));

function tabBar() {
  return h(
    "nav",
    { id: "tabs", "aria-label": "Main" },
    tab("today", "Today"),
    tab("upcoming", "Upcoming"),
    h("button", { type: "button", class: "tab add", "aria-label": "Add a task", onclick: focusQuickAdd }, icon("plus")),
    tab("all", "All tasks"),
    h("button", { type: "button", class: "tab", "aria-haspopup": "true", onclick: openDrawer }, icon("menu"), "Menu"),
  );
}

const tab = (name, label) => h("a", { class: "tab", href: `/app/${name}` }, icon(name), label);

/** Return the app's logo. */
export function mark() {
  return h("span", { class: "mark", "aria-hidden": "true" }, icon("lambda"));
}

/** Mark the link to the current page. */
export function markCurrent() {
  const path = location.pathname === "/app" ? "/app/today" : location.pathname;
  for (const link of document.querySelectorAll("#sidebar a, #tabs a")) {
    if (link.getAttribute("href") === path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Move the focus to the quick-add line, and return whether the page has one. */
export function focusQuickAdd() {
  const line = document.querySelector("#quick-add");
  line?.focus();
  line?.scrollIntoView({ block: "center" });
  return Boolean(line);
}

function openDrawer() {
  document.body.classList.add("drawer-open");
  for (const part of behindDrawer()) part.inert = true;
  document.querySelector("#sidebar .nav-item").focus();
}

/** Close the drawer, if it is open. */
export function closeDrawer() {
  if (!document.body.classList.contains("drawer-open")) return;
  document.body.classList.remove("drawer-open");
  for (const part of behindDrawer()) part.inert = false;
  document.querySelector("#tabs button:last-child").focus();
}

const behindDrawer = () => document.querySelectorAll("#main, #tabs");
document.addEventListener("keydown", (event) => event.key === "Escape" && closeDrawer());
wide.addEventListener("change", closeDrawer);
