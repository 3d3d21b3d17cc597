// Idempotency keys: one for each thing that a person does, the same for as long as exactly that is sent again.

/** Return a function from what is sent to its key. */
export function keysOf() {
  let last = { sent: null, key: null };
  return (what) => {
    const sent = JSON.stringify(what);
    if (sent !== last.sent) last = { sent, key: crypto.randomUUID() };
    return last.key;
  };
}
