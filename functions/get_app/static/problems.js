// What can go wrong with a request, and how it is said to a person.

/** An answer of 4xx or 5xx: the API's problem details, or the gateway's `{message}`, which has no code. */
export class Problem extends Error {
  constructor(answer) {
    super(answer.body?.detail ?? answer.body?.message ?? `The server answered ${answer.status}.`);
    this.status = answer.status;
    this.code = answer.body?.code ?? null;
    this.errors = answer.body?.errors ?? [];
    this.retryAfter = answer.retryAfter;
  }
}

/** No answer at all, again and again. The request may have been applied: it is sent again with its key or not at all. */
export class Unreachable extends Error {
  constructor() {
    super("Lambdo cannot be reached.");
  }
}

/** Return the sentence that tells a person what happened. */
export function inWords(problem, now = new Date()) {
  if (problem instanceof Unreachable) return "Lambdo cannot be reached. Nothing is lost: try again in a moment.";
  if (!(problem instanceof Problem)) throw problem;
  if (problem.status === 429) return `Too many attempts. ${waiting(problem.retryAfter, now)}`;
  if (problem.code === "invalid_credentials") return "E-mail address and password do not match.";
  if (problem.code === "mail_not_configured") return "This server sends no mails. Ask whoever runs it.";
  if (problem.status >= 500) return "Lambdo is in trouble. Try again in a moment.";
  return problem.message;
}

function waiting(seconds, now) {
  if (!seconds) return "Try again in a moment.";
  const minutes = Math.ceil(seconds / 60);
  const time = new Date(now.getTime() + seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return minutes > 1 ? `Try again in ${minutes} minutes, at ${time}.` : "Try again in a minute.";
}

/** Return the messages of a 422 by the field's name, and whether there are any. */
export function byField(problem) {
  return Object.fromEntries((problem.errors ?? []).map((one) => [one.loc[1], friendly(one.msg)]));
}

function friendly(message) {
  return `${message.replace(/^(String|Password) should/, (_, noun) => (noun === "String" ? "This should" : "It should"))}.`;
}
