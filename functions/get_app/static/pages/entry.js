// The pages for people who are not logged in: log in, sign up and forgotten password.

import { account } from "../api.js";
import { h } from "../dom.js";
import { field, form, reject } from "../forms.js";
import { mark } from "../parts/sidebar.js";
import { inWords } from "../problems.js";
import { logIn } from "../session.js";

const EMAIL = { type: "email", autocomplete: "username", inputmode: "email", required: true, maxlength: "254" };

/** Show one of these pages. Calls `loaded` once the user has logged in. */
export function showEntry(app, page, loaded) {
  const { title, lead, content, links } = { "log-in": logInPage, "sign-up": signUpPage, "forgot-password": forgotPage }[
    page
  ](loaded);
  card(app, title, [lead && h("p", { class: "lead" }, lead), content, h("p", { class: "links" }, links)]);
}

/** Show a page that consists of one card, as all pages without a log-in do. */
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
        field("Email", "email", EMAIL),
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
      field("Email", "email", EMAIL),
      field(
        "Password",
        "password",
        { type: "password", autocomplete: "new-password", required: true },
        { hint: "At least 8 characters. A few random words work well." },
      ),
    ],
    "Create account",
    async ({ name, email, password }, key) => {
      try {
        await account.register({ email, password, ...(name.trim() && { name }) }, key);
      } catch (problem) {
        if (problem.code !== "email_already_exists") throw problem;
        reject(content.elements.email, "An account with this email already exists. Log in instead?");
        return content.elements.email.focus();
      }
      await logIn(email, password);
      await account.update({ time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }).catch(() => {}); // UTC, until the user changes it
      await loaded();
    },
  );
  return { title: "Create your account", content, links: [link("/app/log-in", "Already have an account? Log in")] };
}

function forgotPage() {
  const content = form([field("Email", "email", EMAIL)], "Send reset link", async ({ email }, _key, message) => {
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
        `If ${email} has an account, we've sent it a reset link. The link expires after 30 minutes.`,
      ),
    );
  });
  return {
    title: "Forgot your password?",
    lead: "Enter your email and we'll send you a link to choose a new one.",
    content,
    links: [link("/app/log-in", "Back to log in")],
  };
}
