// Light, dark, or as the device has it. theme.js applies the choice before the page is painted.

const NAME = "lambdo-theme";

export const theme = () => document.documentElement.dataset.theme;

/** Choose "light", "dark" or "system". */
export function setTheme(chosen) {
  localStorage.setItem(NAME, chosen);
  document.documentElement.dataset.theme = chosen;
}

/** Switch to the one that is not shown. */
export function switchTheme() {
  const dark = theme() === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme() === "dark";
  setTheme(dark ? "light" : "dark");
}
