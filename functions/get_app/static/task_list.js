// The tasks of the current view, loaded page by page. Renders nothing: it notifies listeners.

import { tasks as api } from "./api.js";

const LINGER = 700; // milliseconds for which a task that no longer belongs here stays visible
const SHORT_PAGES = 5; // a filtered page may be empty and have a cursor: load up to so many before asking the user

export const list = { view: null, tasks: [], cursor: null, status: "loading", problem: null, leaving: new Set() };
export const listChanges = new EventTarget();

let visit = 0;

const tell = () => listChanges.dispatchEvent(new Event("list"));

/** Show a view: load its first page. With `quietly`, the old tasks stay until the new page has arrived. */
export async function open(view, { quietly = false } = {}) {
  visit += 1;
  Object.assign(list, { view, leaving: new Set() });
  if (!quietly) Object.assign(list, { tasks: [], cursor: null, status: "loading", problem: null });
  tell();
  if (view.words === "") return finish({ status: "ready" });
  return load(visit, null, []);
}

/** Load the next page. */
export async function more() {
  if (!list.cursor || list.status === "loading") return;
  list.status = "loading";
  tell();
  await load(visit, list.cursor, list.tasks);
}

async function load(mine, cursor, before) {
  try {
    let page = await api.list(list.view.filters, cursor);
    for (let short = 0; !page.items.length && page.next_cursor && short < SHORT_PAGES; short += 1) {
      page = await api.list(list.view.filters, page.next_cursor);
    }
    if (mine !== visit) return;
    const known = new Set(before.map((task) => task.id));
    const fresh = page.items.filter((task) => !known.has(task.id));
    finish({
      tasks: [...(cursor ? list.tasks : []), ...fresh].sort(list.view.compare),
      cursor: page.next_cursor,
      status: "ready",
      problem: null,
    });
  } catch (problem) {
    if (mine === visit) finish({ status: "failed", problem });
  }
}

function finish(news) {
  Object.assign(list, news);
  tell();
}

export const find = (id) => list.tasks.find((task) => task.id === id);

/** Show the current state of a task. If it no longer belongs to the list, it stays in its place for a moment. */
export function put(task) {
  const was = find(task.id);
  const others = list.tasks.filter((one) => one.id !== task.id);
  list.leaving.delete(task.id);
  if (list.view?.includes(task)) list.tasks = [...others, task].sort(list.view.compare);
  else if (was) leave(task, others);
  tell();
}

function leave(task, others) {
  const place = list.tasks.findIndex((one) => one.id === task.id);
  list.tasks = others.toSpliced(place, 0, task);
  list.leaving.add(task.id);
  setTimeout(() => list.leaving.has(task.id) && drop(task.id), LINGER);
}

/** Remove a task from the list. */
export function drop(id) {
  list.leaving.delete(id);
  list.tasks = list.tasks.filter((task) => task.id !== id);
  tell();
}
