// Idempotency keys: a new one for each action, the same one as long as an identical request is sent again.

/** Return a function that returns the key for the content of a request. */
export function keysOf() {
  let last = { sent: null, key: null };
  return (what) => {
    const sent = JSON.stringify(what);
    if (sent !== last.sent) last = { sent, key: crypto.randomUUID() };
    return last.key;
  };
}
