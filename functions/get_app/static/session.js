// The user's session. The access token is kept only in this module, the refresh token in a cookie that no script can read.

import { exchange } from "./http.js";
import { Problem } from "./problems.js";

const MARK = "lambdo-session"; // says that there may be a cookie, so that a first visit sends no request; holds no secret
const EARLY = 30_000; // milliseconds; a token is renewed this long before it expires

let token = null;
let renewAt = 0;

/** Tells the page, with the event `over`, that the session has ended. */
export const session = new EventTarget();

/** Tell whether someone may be logged in; only a refresh can confirm it. */
export const mayBeLoggedIn = () => localStorage.getItem(MARK) !== null;

/** Log in; throws Problem. */
export async function logIn(email, password) {
  const { body } = await exchange("POST", "/api/auth/login", { body: { email, password, cookie: true } });
  keep(body);
  return body.user;
}

/** End the session here and on the server. */
export async function logOut() {
  await exchange("POST", "/api/auth/logout", { body: {} });
  forget();
}

/** Forget the session, for example after it has ended on the server. */
export function forget() {
  token = null;
  localStorage.removeItem(MARK);
  session.dispatchEvent(new Event("over"));
}

/** Send a request with the access token. An old token is renewed first; after a 401, it is renewed for one retry. */
export async function authorized(method, path, options = {}) {
  const key = options.key ?? crypto.randomUUID();
  const send = () =>
    exchange(method, path, { ...options, key, headers: { ...options.headers, Authorization: `Bearer ${token}` } });
  if (!token || Date.now() > renewAt) await renew();
  try {
    return await send();
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    await renew();
    return send();
  }
}

/** Get a new access token with the cookie. One tab at a time, because a refresh token works only once. */
async function renew() {
  const refused = token;
  await navigator.locks.request("lambdo-refresh", async () => {
    if (token !== refused) return; // another request of this tab was first
    try {
      keep((await exchange("POST", "/api/auth/refresh", { body: {} })).body);
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 401) forget();
      throw problem;
    }
  });
}

function keep({ access_token: access, expires_in: seconds }) {
  const owner = JSON.parse(atob(access.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sub;
  const known = token && localStorage.getItem(MARK);
  token = access;
  renewAt = Date.now() + seconds * 1000 - EARLY;
  localStorage.setItem(MARK, owner);
  if (known && known !== owner) location.reload();
}

// Another tab logged in or out: what is shown here may belong to another user.
addEventListener("storage", (event) => {
  if (event.key === MARK && event.oldValue !== event.newValue) location.reload();
});
