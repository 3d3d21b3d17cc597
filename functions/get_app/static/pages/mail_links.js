// Where the links of mails lead: to choose a new password, and to confirm an e-mail address. The token is in the fragment.

import { account } from "../api.js";
import { h } from "../dom.js";
import { field, form } from "../forms.js";
import { inWords } from "../problems.js";
import { mayBeLoggedIn } from "../session.js";
import { card } from "./entry.js";

const OLD = "This link is not good any more: it was used, or it is too old.";

/** Show the page of a link and take the token out of the address, so that it stays in no history. */
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
      return message.replaceChildren(`${OLD} `, h("a", { href: "/app/forgot-password" }, "Send a new one"));
    }
    card(app, "Password changed", [
      h("p", { role: "status" }, "All devices are logged out. Log in with the new password."),
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
          { hint: "At least 8 characters; a few words make a good one." },
        ),
      ],
      "Change password",
      change,
    ),
  ]);
}

async function verifyEmail(app, token) {
  card(app, "Confirming your address", [h("p", { role: "status" }, "One moment …")]);
  try {
    await account.verifyEmail(token);
    card(app, "Address confirmed", [
      h("p", { role: "status" }, "Thank you: this e-mail address is yours."),
      onward("Go to your tasks"),
    ]);
  } catch (problem) {
    const text =
      problem.code === "invalid_mail_token" ? `${OLD} Your account page can send a new one.` : inWords(problem);
    card(app, "Not confirmed", [h("p", { role: "alert" }, text), onward("Go to your tasks")]);
  }
}
