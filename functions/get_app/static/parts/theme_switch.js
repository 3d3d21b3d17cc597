// Light mode, dark mode or the system's setting. theme.js applies the choice before the page is painted.

const NAME = "lambdo-theme";

export const theme = () => document.documentElement.dataset.theme;

/** Choose "light", "dark" or "system". */
export function setTheme(chosen) {
  localStorage.setItem(NAME, chosen);
  document.documentElement.dataset.theme = chosen;
}

/** Switch from light to dark, or from dark to light. */
export function switchTheme() {
  const dark = theme() === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme() === "dark";
  setTheme(dark ? "light" : "dark");
}
