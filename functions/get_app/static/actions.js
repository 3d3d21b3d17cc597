// What users do to tasks. A change is shown at once and then sent; if it fails, it is reverted with a message.

import { tags as tagsApi, tasks as api } from "./api.js";
import { inWords, Unreachable } from "./problems.js";
import { change, state, tagNamed } from "./state.js";
import { drop, find, list, put } from "./task_list.js";
import { announce, toast } from "./toast.js";

const turns = new Map(); // task id -> the last change that was sent, for which the next one waits
let lastUndo = null;

/** Show a change, send it with a new idempotency key, and revert it if it fails; "Try again" sends the same key. */
async function attempt(action, key = crypto.randomUUID()) {
  const { id, show, send, done, takeBack } = action;
  show();
  const sent = (turns.get(id) ?? Promise.resolve()).then(() => send(key));
  turns.set(
    id,
    sent.catch(() => {}),
  );
  try {
    done(await sent);
    return true;
  } catch (problem) {
    if (problem.code === "task_not_found") drop(id);
    else takeBack();
    report(problem, () => attempt(action, key));
    return false;
  }
}

/** Wait for the responses to the pending changes of a task, so that its version is known. */
export const settled = (id) => turns.get(id);

/** Show a failure to the user, with "Try again" if a retry may succeed. */
export function report(problem, again = null) {
  const retry = again && (problem instanceof Unreachable || problem.status >= 500);
  toast(inWords(problem), retry ? { label: "Try again", run: again } : null, { urgent: true });
}

function offerUndo(text, run) {
  lastUndo = run;
  toast(text, { label: "Undo", run: undo });
}

/** Undo the last change that can be undone. */
export function undo() {
  const run = lastUndo;
  lastUndo = null;
  if (run) run();
  else announce("Nothing to undo.");
}

/** Complete or reopen a task. Returns whether it succeeded, as `remove` and `restore` do. */
export function complete(task, completed = !task.completed, { undoable = true } = {}) {
  const shown = find(task.id) ?? task;
  const text = completed ? "Task completed" : "Task reopened";
  if (undoable) offerUndo(text, () => complete(task, !completed, { undoable: false }));
  return attempt({
    id: task.id,
    show: () => put({ ...shown, completed }),
    send: (key) => api.complete(task.id, completed, key),
    done: put,
    takeBack: () => put(shown),
  });
}

/** Move a task to the trash. */
export function remove(task) {
  offerUndo("Task moved to trash", () => restore(task));
  return attempt({
    id: task.id,
    show: () => drop(task.id),
    send: (key) => api.delete(task.id, key),
    done: () => {},
    takeBack: () => put(task),
  });
}

/** Restore a task from the trash. */
export function restore(task) {
  return attempt({
    id: task.id,
    show: () => put(task),
    send: (key) => api.restore(task.id, key),
    done: (restored) => (put(restored), announce(`Restored: ${task.title}`)),
    takeBack: () => drop(task.id),
  });
}

/** Create a task from a parsed quick-add line, with the tags that it names. Returns it; throws Problem or Unreachable. */
export async function add({ title, due, priority, tags }, key) {
  const ids = await Promise.all(tags.map((name) => tagId(name)));
  const task = await api.create(
    { title, due_date: due ?? undefined, priority: priority ?? undefined, tag_ids: [...new Set(ids)] },
    key,
  );
  put(task);
  if (list.view.includes(task)) announce(`Added: ${task.title}`);
  return task;
}

/** Return the id of the tag with this name, creating the tag if there is none. */
export async function tagId(name, fields = {}) {
  const known = tagNamed(name);
  if (known) return known.id;
  try {
    const made = await tagsApi.create({ name, ...fields });
    change({ tags: [...state.tags, made] });
    return made.id;
  } catch (problem) {
    if (problem.code !== "tag_already_exists") throw problem;
    change({ tags: (await tagsApi.list()).items }); // another device created it
    return tagNamed(name).id;
  }
}
