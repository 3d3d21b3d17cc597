// The account: profile, address, appearance, sessions, password, and its end.

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

/** Show the account in the page's main part; returns what to call when it is left. */
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
    section("Where you are logged in", sessionList()),
    section("Password", password()),
    section(
      "Delete account",
      h("p", {}, "Your account, tasks and tags are deleted for good."),
      h("button", { type: "button", class: "button danger-outline", onclick: askToDelete }, "Delete account …"),
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
      field("Time zone", "time_zone", {}, { input: select, hint: "Days begin and end by its clocks." }),
    ],
    "Save",
    async ({ name, time_zone }, key) => {
      change({ user: await account.update({ name: name.trim() || null, time_zone }, key) });
      toast("Saved");
    },
  );
}

function address() {
  if (state.user.email_verified) return h("p", { class: "note" }, "Your e-mail address is confirmed.");
  const resend = async () => {
    try {
      await account.resendMail();
      toast(`A mail to ${state.user.email} is on its way`);
    } catch (problem) {
      report(problem);
    }
  };
  return h(
    "div",
    { class: "notice" },
    h("p", {}, "Your e-mail address is not confirmed yet. Follow the link in the mail that we sent you."),
    h("button", { type: "button", class: "button small", onclick: resend }, "Send it again"),
  );
}

function appearance() {
  const choices = [
    ["system", "As the device"],
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
        { hint: "At least 8 characters. All other devices are logged out." },
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
        h("p", {}, "Everything in it is deleted for good. This cannot be undone."),
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
