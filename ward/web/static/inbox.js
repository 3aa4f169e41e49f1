// Keys of the inbox, and where the eye stands after a form was sent. Nothing on the page needs this script.
"use strict";
(() => {
  const rows = document.getElementById("rows");
  const keys = document.getElementById("keys");
  const on = document.getElementById("keys-on");
  if (!rows || !keys || !on) return;
  const STORE = "wardpath-inbox-keys";

  // The forms that come with the stream belong to this page: one word for both, so that a form sent twice is one.
  const live = document.querySelector("[data-once]");
  const from = new URL(live.dataset.events, location.href);
  from.searchParams.set("once", live.dataset.once);
  live.dataset.events = from.pathname + from.search;

  document.getElementById("keys-choice").hidden = false;
  try { on.checked = localStorage.getItem(STORE) !== "off"; } catch { on.checked = true; }
  on.addEventListener("change", () => { try { localStorage.setItem(STORE, on.checked ? "on" : "off"); } catch { /* this page alone, then */ } });

  const sent = location.hash.slice(1);
  if (sent) {
    const line = document.getElementById(sent);
    const folded = line && line.closest("details");
    if (folded) folded.open = true;
    if (line) line.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const done = { j: () => step(1), k: () => step(-1), a: acknowledge, o: open, "?": help }[event.key];
    if (done && done() !== false) event.preventDefault();
  });

  function here() { return document.activeElement ? document.activeElement.closest(".line") : null; }

  function step(by) {
    const lines = [...rows.querySelectorAll(".line")];
    if (lines.length === 0) return false;
    const at = lines.indexOf(here());
    const next = at < 0 ? (by > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + by, 0), lines.length - 1);
    lines[next].focus();
    return true;
  }

  // One key must not silence a critical need by a slip: there it goes to the button, and Enter presses it.
  function acknowledge() {
    const line = here();
    const button = line && line.querySelector('button[data-key="a"]');
    if (!button) return false;
    if (line.dataset.critical === "yes") button.focus(); else button.form.requestSubmit(button);
    return true;
  }

  function open() {
    const line = here();
    const link = line && line.closest(".one").querySelector("a.open");
    if (!link) return false;
    location.href = link.href;
    return true;
  }

  function help() {
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
    return true;
  }
})();
