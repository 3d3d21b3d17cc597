// Days and moments in the user's time zone, and how they are displayed. A day is "2026-11-21", a moment RFC 3339.

const LANGUAGE = navigator.language.startsWith("en") ? navigator.language : "en-GB"; // the app's words are English
const FIELDS = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
};

function wallClock(moment, zone) {
  const parts = new Intl.DateTimeFormat("en-US", { ...FIELDS, timeZone: zone }).formatToParts(moment);
  const at = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { day: `${at.year}-${at.month}-${at.day}`, time: `${at.hour}:${at.minute}` };
}

/** Return today's date in a time zone. */
export const todayIn = (zone, now = new Date()) => wallClock(now, zone).day;

/** Return the day that is this number of days later. */
export function addDays(day, days) {
  const date = new Date(`${day}T00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Return the day of the week, from 0 for Sunday. */
export const weekday = (day) => new Date(`${day}T00:00Z`).getUTCDay();

/** Return the day of a due date, and its time unless it is a plain date. */
export function dueParts(due, zone) {
  if (!due) return { day: null, time: null };
  return due.length === 10 ? { day: due, time: null } : wallClock(new Date(due), zone);
}

/** Return whether a due date has passed; a plain date passes at the end of its day. */
export function isOverdue(due, zone, now = new Date()) {
  if (!due) return false;
  return due.length === 10 ? due < todayIn(zone, now) : new Date(due) < now;
}

/** Convert a day and a time in a time zone to a moment in UTC. */
export function momentOf(day, time, zone) {
  const wall = Date.parse(`${day}T${time}Z`);
  let moment = wall;
  for (let round = 0; round < 2; round += 1) moment = wall - offset(moment, zone); // twice, for clock changes
  return new Date(moment).toISOString().replace(".000Z", "Z");
}

function offset(moment, zone) {
  const { day, time } = wallClock(new Date(moment), zone);
  return Date.parse(`${day}T${time}Z`) - Math.floor(moment / 60_000) * 60_000;
}

const format = (day, options) =>
  new Intl.DateTimeFormat(LANGUAGE, { timeZone: "UTC", ...options }).format(new Date(`${day}T00:00Z`));

/** Return a day in short form: Today, Tomorrow, Friday, 4 Dec, 4 Jan 2027. */
export function shortDay(day, today) {
  const near = { [addDays(today, -1)]: "Yesterday", [today]: "Today", [addDays(today, 1)]: "Tomorrow" };
  if (near[day]) return near[day];
  if (day > today && day < addDays(today, 7)) return format(day, { weekday: "long" });
  return format(day, {
    day: "numeric",
    month: "short",
    ...(day.slice(0, 4) !== today.slice(0, 4) && { year: "numeric" }),
  });
}

/** Return a day as a heading: Friday 4 December, with the year unless it is this one. */
export function longDay(day, today = day) {
  return format(day, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(day.slice(0, 4) !== today.slice(0, 4) && { year: "numeric" }),
  });
}

/** Return a time of day as the user's language writes it. */
export const shortTime = (time) =>
  new Intl.DateTimeFormat(LANGUAGE, { timeZone: "UTC", timeStyle: "short" }).format(new Date(`2000-01-01T${time}Z`));

/** Return a moment as a date and a time. */
export const longMoment = (moment, zone) =>
  new Intl.DateTimeFormat(LANGUAGE, { timeZone: zone, dateStyle: "medium", timeStyle: "short" }).format(
    new Date(moment),
  );

/** Return how long ago a moment was. */
export function ago(moment, now = new Date()) {
  const minutes = Math.round((now - new Date(moment)) / 60_000);
  const words = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
  if (minutes < 1) return "just now";
  if (minutes < 60) return words.format(-minutes, "minute");
  return minutes < 1440
    ? words.format(-Math.round(minutes / 60), "hour")
    : words.format(-Math.round(minutes / 1440), "day");
}
