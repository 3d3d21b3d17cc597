// URLs: /app/<page>, with the open task as ?task=id. Links inside the app are followed without reloading the page.

export const route = new EventTarget();

/** Return the parts of the path after /app, and the query. */
export function here() {
  const parts = location.pathname.split("/").slice(2).filter(Boolean);
  return { parts: parts.length ? parts : ["today"], query: new URLSearchParams(location.search) };
}

/** Go to a URL; with `replace`, the current one does not stay in the history. */
export function go(address, { replace = false } = {}) {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  route.dispatchEvent(new Event("go"));
}

/** Return the current URL with some query parameters changed; null removes one. */
export function withQuery(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return location.pathname + (query.size ? `?${query}` : "");
}

addEventListener("popstate", () => route.dispatchEvent(new Event("go")));

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || link.target) return;
  const address = new URL(link.href);
  if (address.origin !== location.origin || !/^\/app(\/|$)/.test(address.pathname)) return;
  event.preventDefault();
  if (address.hash && address.pathname === location.pathname) document.querySelector(address.hash)?.focus();
  else go(address.pathname + address.search);
});
