// The keys of a replay: each step is a link that names its key. Nothing on the page needs this script.
"use strict";
(() => {
  const steps = new Map([...document.querySelectorAll("[data-key]")].map((each) => [each.dataset.key, each]));
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    // Where a key moves something already, it goes on doing so.
    if (event.target.closest("input, select, textarea, .scroll")) return;
    const step = steps.get((event.shiftKey ? "Shift+" : "") + event.key);
    if (!step) return;
    event.preventDefault();
    step.click();
  });
})();
