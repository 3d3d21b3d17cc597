// Parses the shorthand of the quick-add line: "Call Ada tomorrow #work !high". English words only.

import { addDays, weekday } from "./dates.js";

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const WORD =
  /(?<=^|\s)(?:#(?<tag>[^\s#]{1,50})|!(?<priority>high|medium|low)|(?<date>today|tomorrow|next week|(?:on )?(?:sun|mon|tues|wednes|thurs|fri|satur)day|\d{4}-\d{2}-\d{2}))(?=\s|$)/giu;

/** Return `{title, tags, priority, due, words}`: the fields, and the words they are from. Words in `literal` are kept. */
export function parseLine(line, today, literal = new Set()) {
  const found = { title: line, tags: [], priority: null, due: null, words: [] };
  found.title = line.replaceAll(WORD, (word, ...rest) => {
    const { tag, priority, date } = rest.at(-1);
    if (literal.has(word)) return word;
    const due = date && dayOf(date.toLowerCase(), today);
    if ((date && (!due || found.due)) || (priority && found.priority)) return word; // the first one counts
    if (tag) found.tags.push(tag);
    found.priority ??= priority?.toLowerCase() ?? null;
    found.due ??= due ?? null;
    found.words.push({
      word,
      kind: tag ? "tag" : priority ? "priority" : "due",
      value: tag ?? priority?.toLowerCase() ?? due,
    });
    return "";
  });
  found.title = found.title.replaceAll(/\s+/g, " ").trim();
  return found;
}

function dayOf(words, today) {
  if (words === "today") return today;
  if (words === "tomorrow") return addDays(today, 1);
  if (words === "next week") return next(WEEKDAYS.indexOf("monday"), today);
  const named = WEEKDAYS.indexOf(words.replace("on ", ""));
  if (named >= 0) return next(named, today);
  const date = new Date(`${words}T00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(words) ? words : null;
}

const next = (day, today) => addDays(today, (day - weekday(today) + 7) % 7 || 7);
