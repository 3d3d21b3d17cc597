// A list of tasks: heading, filters, the quick-add line, the rows, and loading more of them.

import { h, icon, iconButton } from "../dom.js";
import { quickAdd } from "../parts/quick_add.js";
import { editTag } from "../parts/tag_dialog.js";
import { taskRows } from "../parts/task_rows.js";
import { inWords } from "../problems.js";
import { go, here, withQuery } from "../router.js";
import { list, listChanges, more, open } from "../task_list.js";
import { SORTS, STATUSES, viewOf } from "../views.js";

/** Show a view in `main`. Returns a function to call when the user leaves it. */
export function showTasks(main, view) {
  const rows = taskRows();
  const foot = h("div", { class: "foot" });
  main.replaceChildren(heading(view), view.words === undefined ? quickAdd() : searchBox(view), rows.element, foot);
  const sync = () => {
    rows.sync();
    foot.replaceChildren(...footOf(list.view));
    main.setAttribute("aria-busy", String(list.status === "loading"));
  };
  listChanges.addEventListener("list", sync);
  open(view);
  const stopScrolling = loadOnScroll(foot);
  return () => (listChanges.removeEventListener("list", sync), stopScrolling());
}

function heading(view) {
  return h(
    "header",
    { class: "view-header" },
    h(
      "div",
      {},
      h("h1", { tabindex: "-1" }, view.title),
      view.subtitle && h("p", { class: "subtitle" }, view.subtitle),
    ),
    view.status &&
      h(
        "div",
        { class: "view-tools" },
        view.tag && iconButton("pencil", "Edit tag", () => editTag(view.tag)),
        picker("Show", "status", view.status, Object.entries(STATUSES)),
        picker(
          "Sort by",
          "sort",
          view.sort,
          Object.entries(SORTS).map(([value, sort]) => [value, sort.label]),
        ),
      ),
  );
}

function picker(label, name, chosen, options) {
  const change = (event) => go(withQuery({ [name]: event.target.value }), { replace: true });
  return h(
    "select",
    { class: "picker", "aria-label": label, onchange: change },
    options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)),
  );
}

function searchBox(view) {
  let timer = null;
  const input = h("input", {
    id: "search",
    type: "search",
    maxlength: "100",
    value: view.words,
    placeholder: "Search your tasks",
    "aria-label": "Search your tasks",
    autocomplete: "off",
  });
  const search = () => {
    go(withQuery({ q: input.value.trim() || null }), { replace: true });
    const { parts, query } = here();
    open(viewOf(parts, query), { quietly: true });
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 250);
  });
  return h(
    "form",
    {
      class: "search-box",
      role: "search",
      onsubmit: (event) => (event.preventDefault(), clearTimeout(timer), search()),
    },
    icon("search"),
    input,
  );
}

function footOf(view) {
  if (list.status === "failed")
    return [
      h("p", { class: "note" }, inWords(list.problem)),
      h("button", { type: "button", class: "button", onclick: () => open(view) }, "Try again"),
    ];
  if (list.status === "loading") return list.tasks.length ? [h("p", { class: "note" }, "Loading…")] : skeleton();
  if (list.cursor)
    return [
      h(
        "button",
        { type: "button", class: "button more", onclick: more },
        list.tasks.length ? "Load more" : "Keep searching",
      ),
    ];
  return list.tasks.length ? [] : [emptyState(view.empty)];
}

/** Return the message for an empty list. */
export function emptyState({ icon: name, title, text }) {
  return h(
    "div",
    { class: "empty" },
    h("span", { class: "empty-icon" }, icon(name)),
    h("p", { class: "empty-title" }, title),
    h("p", {}, text),
  );
}

function skeleton() {
  return [
    h(
      "div",
      { class: "skeleton", "aria-hidden": "true" },
      Array.from({ length: 4 }, () => h("span")),
    ),
    h("p", { class: "unseen" }, "Loading…"),
  ];
}

function loadOnScroll(foot) {
  const observer = new IntersectionObserver(
    ([entry]) => entry.isIntersecting && list.tasks.length && list.status === "ready" && more(),
    { rootMargin: "400px" },
  );
  observer.observe(foot);
  return () => observer.disconnect();
}
