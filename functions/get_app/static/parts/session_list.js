// The sessions of the account, with a button to end each.

import { report } from "../actions.js";
import { account } from "../api.js";
import { ago } from "../dates.js";
import { h } from "../dom.js";
import { inWords } from "../problems.js";
import { toast } from "../toast.js";

const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
  ["curl/", "curl"],
];
const SYSTEMS = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["Mac OS", "Mac"],
  ["Linux", "Linux"],
];

/** Return the list, which loads its content by itself. */
export function sessionList() {
  const element = h("div", {}, h("p", { class: "note" }, "Loading…"));
  const load = async () => {
    try {
      const { items } = await account.sessions();
      element.replaceChildren(
        h(
          "ul",
          { class: "sessions" },
          items.map((one) => row(one, load)),
        ),
        items.length > 1
          ? h(
              "button",
              {
                type: "button",
                class: "button",
                onclick: () => act(account.endOtherSessions, "All other devices are logged out", load),
              },
              "Log out all other devices",
            )
          : "",
      );
    } catch (problem) {
      element.replaceChildren(h("p", { class: "note" }, inWords(problem)));
    }
  };
  load();
  return element;
}

function row(one, load) {
  const name = device(one.user_agent ?? "");
  return h(
    "li",
    {},
    h(
      "div",
      {},
      h("p", {}, name),
      h("p", { class: "note" }, one.current ? "This device" : `Last used ${ago(one.last_used_at)}`),
    ),
    !one.current &&
      h(
        "button",
        {
          type: "button",
          class: "button small",
          "aria-label": `Log out: ${name}`,
          onclick: () => act(() => account.endSession(one.id), "Device logged out", load),
        },
        "Log out",
      ),
  );
}

async function act(send, done, load) {
  try {
    await send();
    toast(done);
  } catch (problem) {
    report(problem);
  }
  await load();
}

function device(agent) {
  const first = (known) => known.find(([mark]) => agent.includes(mark))?.[1];
  return [first(BROWSERS), first(SYSTEMS)].filter(Boolean).join(" on ") || agent.slice(0, 60) || "Unknown device";
}
