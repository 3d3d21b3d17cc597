// One request to the API until there is an answer: repeats what may pass, with the same idempotency key. Knows no tokens.

import { Problem, Unreachable } from "./problems.js";

const PAUSES = [1000, 2000, 4000]; // milliseconds, unless the answer says Retry-After
const PATIENCE = 35_000; // the gateway gives up after 30 s

/** Tells the page how the connection is: `lost` while it is being tried again, `dead` afterwards, `good` otherwise. */
export const connection = new EventTarget();

/** Return `{status, body, etag}`; throws Problem for 4xx and 5xx, Unreachable for no answer. A write has one key for all attempts. */
export async function exchange(method, path, { body, headers = {}, key = crypto.randomUUID() } = {}) {
  const request = { method, headers: { ...headers }, cache: "no-store" };
  if (method !== "GET") request.headers["Idempotency-Key"] = key;
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  for (let attempt = 0; ; attempt += 1) {
    const answer = await ask(path, request);
    if (answer && !mayPass(answer)) return settle(answer);
    if (attempt === PAUSES.length) return giveUp(answer);
    tell("lost");
    await pause(answer?.retryAfter ? answer.retryAfter * 1000 : PAUSES[attempt]);
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
    return null; // no connection, one that broke off, or a proxy's page: in each case it may have been applied
  }
}

// docs/reliability.md, "What a client should do". A 429 without a code is the gateway's throttle, which passes.
function mayPass({ status, body }) {
  if (status === 503) return body?.code !== "mail_not_configured";
  if (status === 429) return !body?.code;
  return [500, 502, 504].includes(status) || body?.code === "idempotency_key_in_use";
}

function settle(answer) {
  tell("good");
  if (answer.status >= 400) throw new Problem(answer);
  return answer;
}

function giveUp(answer) {
  tell("dead");
  throw answer ? new Problem(answer) : new Unreachable();
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
