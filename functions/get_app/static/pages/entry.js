// The way in: log in, sign up, or ask for a mail with which to choose a new password.

import { account } from "../api.js";
import { h } from "../dom.js";
import { field, form, reject } from "../forms.js";
import { mark } from "../parts/sidebar.js";
import { inWords } from "../problems.js";
import { logIn } from "../session.js";

const EMAIL = { type: "email", autocomplete: "username", inputmode: "email", required: true, maxlength: "254" };

/** Show one of the pages; `loaded` goes on once somebody is logged in. */
export function showEntry(app, page, loaded) {
  const { title, lead, content, links } = { "log-in": logInPage, "sign-up": signUpPage, "forgot-password": forgotPage }[
    page
  ](loaded);
  card(app, title, [lead && h("p", { class: "lead" }, lead), content, h("p", { class: "links" }, links)]);
}

/** Show a page with one card on it, as for all that comes before somebody is logged in. */
export function card(app, title, content) {
  document.title = `${title} · Lambdo`;
  app.replaceChildren(
    h(
      "main",
      { class: "entry", id: "main" },
      h(
        "div",
        { class: "card" },
        h("div", { class: "brand" }, mark(), "Lambdo"),
        h("h1", { tabindex: "-1" }, title),
        content,
      ),
    ),
  );
  (app.querySelector("input") ?? app.querySelector("h1")).focus();
}

const link = (href, text) => h("a", { href }, text);

function logInPage(loaded) {
  return {
    title: "Log in",
    content: form(
      [
        field("E-mail", "email", EMAIL),
        field("Password", "password", { type: "password", autocomplete: "current-password", required: true }),
      ],
      "Log in",
      async ({ email, password }) => {
        await logIn(email, password);
        await loaded();
      },
    ),
    links: [link("/app/sign-up", "Create an account"), link("/app/forgot-password", "Forgot your password?")],
  };
}

function signUpPage(loaded) {
  const content = form(
    [
      field("Name", "name", { autocomplete: "name", maxlength: "100" }, { hint: "Optional" }),
      field("E-mail", "email", EMAIL),
      field(
        "Password",
        "password",
        { type: "password", autocomplete: "new-password", required: true },
        { hint: "At least 8 characters; a few words make a good one." },
      ),
    ],
    "Create account",
    async ({ name, email, password }, key) => {
      try {
        await account.register({ email, password, ...(name.trim() && { name }) }, key);
      } catch (problem) {
        if (problem.code !== "email_already_exists") throw problem;
        reject(content.elements.email, "There is an account with this address. Log in instead?");
        return content.elements.email.focus();
      }
      await logIn(email, password);
      await account.update({ time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }).catch(() => {}); // UTC will do, and can be changed
      await loaded();
    },
  );
  return { title: "Create your account", content, links: [link("/app/log-in", "I have an account")] };
}

function forgotPage() {
  const content = form([field("E-mail", "email", EMAIL)], "Send the mail", async ({ email }, _key, message) => {
    try {
      await account.forgotPassword(email);
    } catch (problem) {
      if (problem.code !== "mail_not_configured") throw problem;
      return void (message.textContent = inWords(problem));
    }
    content.replaceWith(
      h(
        "p",
        { class: "done-message", role: "status", tabindex: "-1" },
        `If ${email} has an account, a mail is on its way. Its link works for 30 minutes.`,
      ),
    );
  });
  return {
    title: "Forgot your password?",
    lead: "We send a link with which you choose a new one.",
    content,
    links: [link("/app/log-in", "Back to log in")],
  };
}
