// The account page: profile, email address, appearance, sessions, password and account deletion.

import { report } from "../actions.js";
import { account } from "../api.js";
import { h } from "../dom.js";
import { field, form } from "../forms.js";
import { openDialog } from "../parts/dialog.js";
import { sessionList } from "../parts/session_list.js";
import { setTheme, theme } from "../parts/theme_switch.js";
import { forget, logOut } from "../session.js";
import { change, state } from "../state.js";
import { toast } from "../toast.js";

/** Show the account page in `main`. Returns a function to call when the user leaves it. */
export function showAccount(main) {
  const leave = () => logOut().catch(report);
  main.replaceChildren(
    h(
      "header",
      { class: "view-header" },
      h("div", {}, h("h1", { tabindex: "-1" }, "Account"), h("p", { class: "subtitle" }, state.user.email)),
      h("div", { class: "view-tools" }, h("button", { type: "button", class: "button", onclick: leave }, "Log out")),
    ),
    section("Profile", address(), profile()),
    section("Appearance", appearance()),
    section("Where you're logged in", sessionList()),
    section("Password", password()),
    section(
      "Delete account",
      h("p", {}, "Permanently delete your account with all its tasks and tags."),
      h("button", { type: "button", class: "button danger-outline", onclick: askToDelete }, "Delete account…"),
    ),
  );
  return () => {};
}

const section = (title, ...content) => h("section", { class: "settings" }, h("h2", {}, title), content);

function profile() {
  const zones = Intl.supportedValuesOf("timeZone");
  const names = [...new Set([state.user.time_zone, "UTC", ...zones])].sort();
  const select = h(
    "select",
    {},
    names.map((name) =>
      h("option", { value: name, selected: name === state.user.time_zone }, name.replaceAll("_", " ")),
    ),
  );
  return form(
    [
      field("Name", "name", { value: state.user.name ?? "", autocomplete: "name", maxlength: "100" }),
      field("Time zone", "time_zone", {}, { input: select, hint: "Due dates follow this time zone." }),
    ],
    "Save",
    async ({ name, time_zone }, key) => {
      change({ user: await account.update({ name: name.trim() || null, time_zone }, key) });
      toast("Saved");
    },
  );
}

function address() {
  if (state.user.email_verified) return h("p", { class: "note" }, "Your email address is confirmed.");
  const resend = async () => {
    try {
      await account.resendMail();
      toast(`Email sent to ${state.user.email}`);
    } catch (problem) {
      report(problem);
    }
  };
  return h(
    "div",
    { class: "notice" },
    h("p", {}, "Your email address isn't confirmed yet. Open the link in the email we sent you."),
    h("button", { type: "button", class: "button small", onclick: resend }, "Resend email"),
  );
}

function appearance() {
  const choices = [
    ["system", "System"],
    ["light", "Light"],
    ["dark", "Dark"],
  ];
  return h(
    "fieldset",
    { class: "field" },
    h("legend", { class: "unseen" }, "Appearance"),
    h(
      "div",
      { class: "segments" },
      choices.map(([value, label]) =>
        h(
          "label",
          {},
          h("input", {
            type: "radio",
            name: "theme",
            value,
            checked: theme() === value,
            onchange: () => setTheme(value),
          }),
          h("span", {}, label),
        ),
      ),
    ),
  );
}

function password() {
  const element = form(
    [
      field("Current password", "current_password", { type: "password", autocomplete: "current-password" }),
      field(
        "New password",
        "new_password",
        { type: "password", autocomplete: "new-password" },
        { hint: "At least 8 characters. Your other devices will be logged out." },
      ),
    ],
    "Change password",
    async (fields, key) => {
      await account.changePassword(fields, key);
      element.reset();
      toast("Password changed");
    },
  );
  return element;
}

function askToDelete() {
  const dialog = openDialog(
    "Delete your account?",
    form(
      [
        h("p", {}, "This permanently deletes your account with all its tasks and tags. You can't undo this."),
        field("Your password", "password", { type: "password", autocomplete: "current-password", autofocus: true }),
      ],
      "Delete my account",
      async (fields, key) => {
        await account.delete(fields.password, key);
        dialog.close();
        forget();
      },
      { danger: true },
    ),
    { className: "small" },
  );
}
