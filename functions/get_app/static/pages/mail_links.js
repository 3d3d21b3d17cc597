// The pages that links in emails open: choose a new password, confirm an email address. The token is in the URL fragment.

import { account } from "../api.js";
import { h } from "../dom.js";
import { field, form } from "../forms.js";
import { inWords } from "../problems.js";
import { mayBeLoggedIn } from "../session.js";
import { card } from "./entry.js";

const OLD = "This link has expired or was already used.";

/** Show the page for a link. Removes the token from the URL, so that it does not stay in the browser history. */
export function showMailLink(app, page) {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  history.replaceState(null, "", location.pathname);
  if (page === "verify-email") return verifyEmail(app, token);
  return resetPassword(app, token);
}

const onward = (text) =>
  h("p", { class: "links" }, h("a", { href: mayBeLoggedIn() ? "/app/today" : "/app/log-in" }, text));

function resetPassword(app, token) {
  const change = async ({ password }, key, message) => {
    try {
      await account.resetPassword(token, password, key);
    } catch (problem) {
      if (problem.code !== "invalid_mail_token") throw problem;
      return message.replaceChildren(`${OLD} `, h("a", { href: "/app/forgot-password" }, "Send a new link"));
    }
    card(app, "Password changed", [
      h("p", { role: "status" }, "You've been logged out on all devices. Log in with your new password."),
      onward("Log in"),
    ]);
  };
  card(app, "Choose a new password", [
    form(
      [
        field(
          "New password",
          "password",
          { type: "password", autocomplete: "new-password", required: true },
          { hint: "At least 8 characters. A few random words work well." },
        ),
      ],
      "Change password",
      change,
    ),
  ]);
}

async function verifyEmail(app, token) {
  card(app, "Confirming your email", [h("p", { role: "status" }, "One moment…")]);
  try {
    await account.verifyEmail(token);
    card(app, "Email confirmed", [
      h("p", { role: "status" }, "Thanks! Your email address is confirmed."),
      onward("Go to your tasks"),
    ]);
  } catch (problem) {
    const text =
      problem.code === "invalid_mail_token" ? `${OLD} You can send a new one from your account page.` : inWords(problem);
    card(app, "Email not confirmed", [h("p", { role: "alert" }, text), onward("Go to your tasks")]);
  }
}
