// How a request can fail, and the messages that users read.

/** A 4xx or 5xx response: the API's problem details, or the gateway's `{message}`, which has no code. */
export class Problem extends Error {
  constructor(response) {
    super(response.body?.detail ?? response.body?.message ?? `The server returned ${response.status}.`);
    this.status = response.status;
    this.code = response.body?.code ?? null;
    this.errors = response.body?.errors ?? [];
    this.retryAfter = response.retryAfter;
  }
}

/** No response to any attempt. The request may have been applied, so it may only be sent again with the same key. */
export class Unreachable extends Error {
  constructor() {
    super("Can't reach Lambdo.");
  }
}

/** Return the message that tells the user what happened. */
export function inWords(problem, now = new Date()) {
  if (problem instanceof Unreachable) return "Can't reach Lambdo. Check your connection, then try again.";
  if (!(problem instanceof Problem)) throw problem;
  if (problem.status === 429) return `Too many attempts. ${waiting(problem.retryAfter, now)}`;
  if (problem.code === "invalid_credentials") return "Incorrect email or password.";
  if (problem.code === "mail_not_configured") return "This server doesn't send emails. Contact its administrator.";
  if (problem.status >= 500) return "Something went wrong. Try again in a moment.";
  return problem.message;
}

function waiting(seconds, now) {
  if (!seconds) return "Try again in a moment.";
  const minutes = Math.ceil(seconds / 60);
  const time = new Date(now.getTime() + seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return minutes > 1 ? `Try again in ${minutes} minutes, at ${time}.` : "Try again in a minute.";
}

/** Return the messages of a 422 by field name. */
export function byField(problem) {
  return Object.fromEntries((problem.errors ?? []).map((one) => [one.loc[1], friendly(one.msg)]));
}

function friendly(message) {
  return `${message.replace(/^(String|Password) should/, (_, noun) => (noun === "String" ? "This should" : "It should"))}.`;
}
