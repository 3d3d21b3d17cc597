// A classic script in the head: the chosen scheme must apply before the first paint, and modules run after it.
document.documentElement.dataset.theme = localStorage.getItem("lambdo-theme") ?? "system";
