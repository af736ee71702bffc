"use strict";
// Keys and buttons: what they do stands in mark.js.

// One thing after another: a key pressed while the last answer is being saved is meant for the next one.
let queue = Promise.resolve();
const run = action => (queue = queue.then(action).catch(error => alarm(error.message)));

async function look() {
  if (state.sheet && !document.hidden) await run(async () => {
    state.marks = (await ask(`${where()}/marks`)).marks;
    showState();
  });
}

const keys = {
  j: () => move(1), ArrowRight: () => move(1), k: () => move(-1), ArrowLeft: () => move(-1),
  u: () => undo(state.undo.pop()), s: () => $("score").select(), c: () => $("comment").focus(),
  m: () => $("used").querySelector("button")?.focus(), "?": () => $("help").showModal(),
  t: () => { if (!$("together-box").hidden) $("together").click(); },
  Enter: save,
};
for (let digit = 1; digit <= 9; digit++) keys[digit] = () => toggle(digit - 1);

document.addEventListener("keydown", event => {
  const target = event.target, tag = target.tagName;
  if (!state.sheet || $("help").open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const writing = tag === "TEXTAREA" || tag === "SELECT" || (tag === "INPUT" && target.type !== "checkbox");
  if (writing) {
    if (event.key === "Escape") $("answer").focus();
    else if (event.key === "Enter" && target.form === $("form") && !event.shiftKey) run(save);
    else return;
    return event.preventDefault();
  }
  if (target.closest("#used") && ["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) {
    const buttons = [...$("used").querySelectorAll("button")];
    const place = buttons.indexOf(target) + (event.key === "ArrowDown" ? 1 : -1);
    (event.key === "Escape" ? $("answer") : buttons[Math.min(Math.max(place, 0), buttons.length - 1)]).focus();
    return event.preventDefault();
  }
  if (!$("keys").checked || !Object.hasOwn(keys, event.key)) return;
  if (event.key === "Enter" && (event.repeat || ["BUTTON", "SUMMARY", "A"].includes(tag))) return;
  event.preventDefault();
  run(keys[event.key]);
});

$("form").addEventListener("submit", event => { event.preventDefault(); run(save); });
$("score").addEventListener("input", () => { draftOf(current()).score = $("score").value; showSum(); });
$("comment").addEventListener("input", () => { draftOf(current()).comment = $("comment").value; });
$("together").addEventListener("change", () => { draftOf(current()).together = $("together").checked; });
$("next").addEventListener("click", () => run(() => move(1)));
$("previous").addEventListener("click", () => run(() => move(-1)));
$("undo").addEventListener("click", () => run(keys.u));
$("back").addEventListener("click", () => run(() => undo([{ key: current().key, id: lastId(current().key) }])));
$("help-button").addEventListener("click", () => $("help").showModal());
$("questions").addEventListener("change", () => run(() => open($("questions").value)));
$("who").addEventListener("change", () => store.setItem("who", who()));
$("names").addEventListener("change", () => run(async () => {
  state.names = $("names").checked ? (await ask("/api/names")).names : null;
  show(false);
}));
$("pages").addEventListener("click", () => run(async () => {
  say("Writing the students' pages …");
  say((await ask("/api/pages", {})).says, "good");
}));
addEventListener("beforeunload", event => {
  if ([...state.drafts.values()].some(draft => draft.comment && !Object.values(state.marks).some(mark => mark.comment === draft.comment))) event.preventDefault();
});

$("who").value = store.getItem("who") || $("who").value;
setInterval(look, 4000);
run(begin);
