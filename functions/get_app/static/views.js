// The lists: what each requests from the API, which tasks belong to it, and how they are sorted and grouped.

import { addDays, dueParts, longDay, shortDay, todayIn } from "./dates.js";
import { state, zone } from "./state.js";

const RANK = { high: 3, medium: 2, low: 1 };
const byText = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
const newest = (one, other) => byText(other.id, one.id);
// By due date, tasks without one come last; tasks with the same one are ordered by id, that is by creation, as in the API.
const byDue = (one, other) => byText(one.due_date ?? "~", other.due_date ?? "~") || byText(one.id, other.id);
const byPriority = (one, other) => RANK[other.priority] - RANK[one.priority] || newest(one, other);

export const SORTS = {
  "-created_at": { label: "Newest first", compare: newest },
  due_date: { label: "Due date", compare: byDue },
  priority: { label: "Priority", compare: byPriority },
};
export const STATUSES = { open: "Open", done: "Completed", any: "All" };

/** Return the view of a path such as ["tag", id] with the page's query, or null if there is none. */
export function viewOf([name, id], query) {
  const make = { today, upcoming, all, tag, search }[name];
  return make?.(query, id) ?? null;
}

const dueDay = (task) => dueParts(task.due_date, zone()).day;
const dueGroups = (tasks, heading) => {
  const groups = new Map();
  for (const task of tasks) {
    const title = heading(dueDay(task));
    groups.set(title, [...(groups.get(title) ?? []), task]);
  }
  return [...groups].map(([title, members]) => ({ title, tasks: members }));
};

function today() {
  const day = todayIn(zone());
  return {
    path: "/app/today",
    title: "Today",
    subtitle: longDay(day),
    filters: { status: "open", due_before: addDays(day, 1) },
    includes: (task) => !task.completed && task.due_date !== null && dueDay(task) <= day,
    compare: byDue,
    grouped: true,
    groups: (tasks) => dueGroups(tasks, (due) => (due < day ? "Overdue" : "Today")),
    defaults: { due: day },
    empty: { icon: "sun", title: "All clear", text: "Nothing is due today. Enjoy your day, or add a task above." },
  };
}

function upcoming() {
  const day = todayIn(zone());
  return {
    path: "/app/upcoming",
    title: "Upcoming",
    subtitle: "Tomorrow and later",
    filters: { status: "open", due_after: day },
    includes: (task) => !task.completed && task.due_date !== null && dueDay(task) > day,
    compare: byDue,
    grouped: true,
    groups: (tasks) =>
      dueGroups(tasks, (due) =>
        due <= addDays(day, 6)
          ? `${shortDay(due, day)} · ${longDay(due, day).replace(/^\S+ /, "")}`
          : longDay(due, day),
      ),
    defaults: { due: addDays(day, 1) },
    empty: { icon: "upcoming", title: "Nothing coming up", text: "Tasks that are due after today appear here." },
  };
}

function filtered(query, view) {
  const status = query.get("status") in STATUSES ? query.get("status") : view.status;
  const sort = query.get("sort") in SORTS ? query.get("sort") : "-created_at";
  const fits = { open: (task) => !task.completed, done: (task) => task.completed, any: () => true }[status];
  return {
    ...view,
    status,
    sort,
    filters: { ...view.filters, status: status === "any" ? null : status, sort },
    includes: (task) => fits(task) && view.includes(task),
    compare: SORTS[sort].compare,
    groups: (tasks) => [{ title: null, tasks }],
  };
}

function all(query) {
  return filtered(query, {
    path: "/app/all",
    title: "All tasks",
    status: "open",
    filters: {},
    includes: () => true,
    defaults: {},
    empty: { icon: "all", title: "No tasks here", text: "Add one above. A title is all it needs." },
  });
}

function tag(query, id) {
  const it = state.tags.find((one) => one.id === id);
  return (
    it &&
    filtered(query, {
      path: `/app/tag/${id}`,
      title: it.name,
      tag: it,
      status: "open",
      filters: { tag: id },
      includes: (task) => task.tags.some((one) => one.id === id),
      defaults: { tags: [it.name] },
      empty: {
        icon: "tag",
        title: "No tasks with this tag",
        text: "Tasks you add here get this tag automatically.",
      },
    })
  );
}

function search(query) {
  const words = query.get("q") ?? "";
  const fold = (text) => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return filtered(query, {
    path: "/app/search",
    title: "Search",
    words,
    status: "any",
    filters: { q: words },
    includes: (task) => fold(`${task.title}\n${task.description ?? ""}`).includes(fold(words)),
    empty: words
      ? {
          icon: "search",
          title: "No tasks found",
          text: "Search covers titles and descriptions, and ignores case and accents.",
        }
      : { icon: "search", title: "Find a task", text: "Type a word from its title or description." },
  });
}
