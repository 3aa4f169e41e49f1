// Tells two minutes before a sign-in ends for want of use, and lets somebody stay. The server's clock decides: it is asked
// before anything is said, since another page of the same sign-in may have been used. Nothing on a page needs this script:
// the foot of the page says when the sign-in ends.
"use strict";
(() => {
  const box = document.getElementById("stay");
  if (!box) return;
  const left = document.getElementById("stay-left");
  const form = box.querySelector("form");
  const TELL_S = 120;
  let ends = performance.now() + Number(box.dataset.left) * 1000;
  let asked = 0;
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); stay(); });

  function look() {
    const seconds = Math.ceil((ends - performance.now()) / 1000);
    if (seconds > TELL_S) { box.hidden = true; return; }
    // Once a half-minute, and once more when the time is over: only the server knows whether it is.
    if (performance.now() - asked > 30000 || (seconds <= 0 && performance.now() - asked > 3000)) ask();
    if (!box.hidden) left.textContent = seconds > 60 ? Math.ceil(seconds / 60) + " min" : Math.max(seconds, 0) + " s";
  }

  async function ask() {
    asked = performance.now();
    try {
      told(await fetch("/account/left", { cache: "no-store", redirect: "manual" }));
    } catch {
      // A server that does not answer is told of by the page itself.
    }
  }

  async function stay() {
    try {
      told(await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" }));
    } catch {
      // As above: the button can be pressed again.
    }
  }

  async function told(answer) {
    // Nobody is signed in any more: no patient stays on the screen.
    if (answer.type === "opaqueredirect" || answer.status === 403) { location.reload(); return; }
    if (!answer.ok) return;
    const said = await answer.json();
    ends = performance.now() + said.left_s * 1000;
    box.hidden = said.left_s > TELL_S;
    form.hidden = !said.renewable;
  }
})();
