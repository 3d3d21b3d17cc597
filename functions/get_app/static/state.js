// The user who is logged in, and their tags. Call `change` to change them; listen to `changes` to show them.

export const state = { user: null, tags: [] };
export const changes = new EventTarget();

/** Apply the new values, and notify the listeners. */
export function change(news) {
  Object.assign(state, news);
  state.tags.sort((one, other) => one.name.localeCompare(other.name));
  changes.dispatchEvent(new Event("state"));
}

export const zone = () => state.user?.time_zone ?? "UTC";
export const tagNamed = (name) => state.tags.find((tag) => fold(tag.name) === fold(name));
const fold = (name) => name.normalize("NFKC").toLowerCase();
