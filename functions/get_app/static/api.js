// The API's operations by name. Each returns the body of the response; writes take the idempotency key of the change.

import { exchange } from "./http.js";
import { authorized } from "./session.js";

const PAGE = 50;

const body = async (response) => (await response).body;
const query = (parameters) => {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return new URLSearchParams(given).toString();
};
const version = (item) => ({ "If-Match": `"v${item.version}"` });

export const tasks = {
  list: (filters, cursor) => body(authorized("GET", `/api/me/tasks?${query({ ...filters, limit: PAGE, cursor })}`)),
  get: (id) => body(authorized("GET", `/api/me/tasks/${id}`)),
  create: (fields, key) => body(authorized("POST", "/api/me/tasks", { body: fields, key })),
  update: (task, changes, key) =>
    body(authorized("PATCH", `/api/me/tasks/${task.id}`, { body: changes, headers: version(task), key })),
  complete: (id, completed, key) =>
    body(authorized("PATCH", `/api/me/tasks/${id}/complete`, { body: { completed }, key })),
  delete: (id, key) => body(authorized("DELETE", `/api/me/tasks/${id}`, { key })),
  restore: (id, key) => body(authorized("POST", `/api/me/tasks/trash/${id}/restore`, { key })),
};

export const trash = {
  list: (cursor) => body(authorized("GET", `/api/me/tasks/trash?${query({ limit: PAGE, cursor })}`)),
  empty: () => body(authorized("DELETE", "/api/me/tasks/trash")),
};

export const tags = {
  list: () => body(authorized("GET", "/api/me/tags")),
  create: (fields, key) => body(authorized("POST", "/api/me/tags", { body: fields, key })),
  update: (tag, fields, key) =>
    body(authorized("PATCH", `/api/me/tags/${tag.id}`, { body: fields, headers: version(tag), key })),
  delete: (id, key) => body(authorized("DELETE", `/api/me/tags/${id}`, { key })),
};

export const account = {
  register: (fields, key) => body(exchange("POST", "/api/auth/register", { body: fields, key })),
  forgotPassword: (email) => body(exchange("POST", "/api/auth/password/forgot", { body: { email } })),
  resetPassword: (token, password, key) =>
    body(exchange("POST", "/api/auth/password/reset", { body: { token, password }, key })),
  verifyEmail: (token) => body(exchange("POST", "/api/auth/email/verify", { body: { token } })),
  resendMail: () => body(authorized("POST", "/api/auth/email/resend")),
  get: () => body(authorized("GET", "/api/auth/me")),
  update: (fields, key) => body(authorized("PATCH", "/api/auth/me", { body: fields, key })),
  changePassword: (fields, key) => body(authorized("POST", "/api/auth/password", { body: fields, key })),
  delete: (password, key) => body(authorized("DELETE", "/api/auth/me", { body: { password }, key })),
  sessions: () => body(authorized("GET", "/api/auth/sessions")),
  endSession: (id) => body(authorized("DELETE", `/api/auth/sessions/${id}`)),
  endOtherSessions: () => body(authorized("DELETE", "/api/auth/sessions")),
};
