"use strict";
// A token behind the # of the address never left this browser: put it into the form, and take it out of the history.
const field = document.getElementById("token");
if (field && location.hash.startsWith("#drop_")) {
  field.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  field.focus();
}
// While an upload waits, its state is said anew when it changes. Without this script, "Look again" does it.
const state = document.getElementById("state");
const look = async () => {
  try {
    const reply = await fetch(state.dataset.state, { credentials: "same-origin" });
    if (reply.ok) {
      const now = await reply.json();
      if (state.textContent !== now.says) state.textContent = now.says;
      if (now.graded) {
        state.classList.replace("part", "good");
        document.getElementById("graded").hidden = false;
        document.getElementById("again").hidden = true;
        return;
      }
    }
  } catch {
    // The server may be starting anew; nothing is lost.
  }
  setTimeout(look, 2000);
};
if (state && state.dataset.state) setTimeout(look, 1000);
