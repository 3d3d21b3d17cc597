// Sends a request to the API, and retries transient failures with the same idempotency key. Knows nothing of tokens.

import { Problem, Unreachable } from "./problems.js";

const PAUSES = [1000, 2000, 4000]; // milliseconds, unless the response has Retry-After
const PATIENCE = 35_000; // the gateway gives up after 30 s

/** Reports the state of the connection: `lost` during retries, `dead` after the last one, `good` otherwise. */
export const connection = new EventTarget();

/** Return `{status, body, etag}`. Throws Problem for 4xx and 5xx, Unreachable without a response. Attempts share one key. */
export async function exchange(method, path, { body, headers = {}, key = crypto.randomUUID() } = {}) {
  const request = { method, headers: { ...headers }, cache: "no-store" };
  if (method !== "GET") request.headers["Idempotency-Key"] = key;
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  for (let attempt = 0; ; attempt += 1) {
    const response = await ask(path, request);
    if (response && !isTransient(response)) return settle(response);
    if (attempt === PAUSES.length) return giveUp(response);
    tell("lost");
    await pause(response?.retryAfter ? response.retryAfter * 1000 : PAUSES[attempt]);
  }
}

async function ask(path, request) {
  try {
    const response = await fetch(path, { ...request, signal: AbortSignal.timeout(PATIENCE) });
    const text = await response.text();
    return {
      status: response.status,
      etag: response.headers.get("ETag"),
      retryAfter: Number(response.headers.get("Retry-After")) || null,
      body: text ? JSON.parse(text) : null,
    };
  } catch {
    return null; // no connection, a broken one, or a proxy's page: in each case the request may have been applied
  }
}

// docs/reliability.md, "What a client should do". A 429 without a code is the gateway's throttle, which is transient.
function isTransient({ status, body }) {
  if (status === 503) return body?.code !== "mail_not_configured";
  if (status === 429) return !body?.code;
  return [500, 502, 504].includes(status) || body?.code === "idempotency_key_in_use";
}

function settle(response) {
  tell("good");
  if (response.status >= 400) throw new Problem(response);
  return response;
}

function giveUp(response) {
  tell("dead");
  throw response ? new Problem(response) : new Unreachable();
}

function tell(state) {
  connection.dispatchEvent(new Event(state));
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    const jitter = 0.75 + Math.random() / 2;
    const timer = setTimeout(resolve, milliseconds * jitter);
    addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
