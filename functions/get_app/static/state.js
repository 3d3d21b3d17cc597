// What is known about who is logged in. Whoever changes it calls `changed`, whoever shows it listens.

export const state = { user: null, tags: [] };
export const changes = new EventTarget();

/** Take over what is new, and tell those who show it. */
export function change(news) {
  Object.assign(state, news);
  state.tags.sort((one, other) => one.name.localeCompare(other.name));
  changes.dispatchEvent(new Event("state"));
}

export const zone = () => state.user?.time_zone ?? "UTC";
export const tagNamed = (name) => state.tags.find((tag) => fold(tag.name) === fold(name));
const fold = (name) => name.normalize("NFKC").toLowerCase();
