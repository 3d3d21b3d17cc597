// What a person does to tasks: shown at once, sent, taken back with a message if it fails, and undone on demand.

import { tags as tagsApi, tasks as api } from "./api.js";
import { inWords, Unreachable } from "./problems.js";
import { change, state, tagNamed } from "./state.js";
import { drop, find, list, put } from "./task_list.js";
import { announce, toast } from "./toast.js";

const turns = new Map(); // task id -> the last change of it that was sent, so that the next one waits for it
let lastUndo = null;

/** Show a change, send it with a key of its own, and take it back if it fails; "Try again" sends the same key. */
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

/** Wait until the changes of a task that are on their way have been answered, so that its version is known. */
export const settled = (id) => turns.get(id);

/** Tell a person about a failure; what may succeed later can be tried again. */
export function report(problem, again = null) {
  const retry = again && (problem instanceof Unreachable || problem.status >= 500);
  toast(inWords(problem), retry ? { label: "Try again", run: again } : null, { urgent: true });
}

function offerUndo(text, run) {
  lastUndo = run;
  toast(text, { label: "Undo", run: undo });
}

/** Undo the last thing that can be undone. */
export function undo() {
  const run = lastUndo;
  lastUndo = null;
  if (run) run();
  else announce("There is nothing to undo.");
}

/** Complete or reopen a task; returns whether it worked, as all of these do. */
export function complete(task, completed = !task.completed, { undoable = true } = {}) {
  const shown = find(task.id) ?? task;
  if (undoable) offerUndo(completed ? "Completed" : "Reopened", () => complete(task, !completed, { undoable: false }));
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
  offerUndo("Moved to the trash", () => restore(task));
  return attempt({
    id: task.id,
    show: () => drop(task.id),
    send: (key) => api.delete(task.id, key),
    done: () => {},
    takeBack: () => put(task),
  });
}

/** Bring a task back from the trash. */
export function restore(task) {
  return attempt({
    id: task.id,
    show: () => put(task),
    send: (key) => api.restore(task.id, key),
    done: (restored) => (put(restored), announce(`Restored: ${task.title}`)),
    takeBack: () => drop(task.id),
  });
}

/** Add a task from the line that a person typed, with the tags that it names. Returns it; throws what went wrong. */
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

/** Return the id of the tag of this name, which is made if there is none. */
export async function tagId(name, fields = {}) {
  const known = tagNamed(name);
  if (known) return known.id;
  try {
    const made = await tagsApi.create({ name, ...fields });
    change({ tags: [...state.tags, made] });
    return made.id;
  } catch (problem) {
    if (problem.code !== "tag_already_exists") throw problem;
    change({ tags: (await tagsApi.list()).items }); // another device made it
    return tagNamed(name).id;
  }
}
