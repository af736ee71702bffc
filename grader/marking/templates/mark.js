"use strict";
// What students wrote reaches the page as text alone: textContent, never markup.

const $ = id => document.getElementById(id);
const store = sessionStorage;

// The token moves from the address to this tab's memory, which belongs to this very port; cookies do not.
const given = new URLSearchParams(location.search).get("token");
if (given) {
  store.setItem("token", given);
  history.replaceState(null, "", "/");
}
const token = store.getItem("token") || "";

const state = { sheet: null, marks: {}, at: 0, drafts: new Map(), undo: [], names: null, met: false };

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function say(text, tone = "") {
  $("status").className = `notice ${tone}`;
  $("status").textContent = text;
}

function alarm(text) {
  $("alarm").hidden = !text;
  $("alarm").textContent = text;
}

async function ask(path, body) {
  const options = { headers: { "X-Grader-Token": token } };
  if (body) Object.assign(options, { method: "POST", body: JSON.stringify(body) });
  let reply, data;
  try {
    reply = await fetch(path, options);
    data = reply.headers.get("content-type").startsWith("application/json") ? await reply.json() : { error: await reply.text() };
  } catch {
    throw new Error("The server does not answer. What was saved is kept; what you see here is not saved yet. Start `grader mark` again and open the address that it prints.");
  }
  if (!reply.ok && reply.status !== 409) throw new Error(data.error || `refused (${reply.status})`);
  alarm("");
  return data;
}

const who = () => $("who").value.trim() || "unknown";
const where = () => `/api/questions/${encodeURIComponent(state.sheet.name)}`;
const number = value => String(Math.round(value * 1e4) / 1e4);
const answers = () => state.sheet.answers;
const current = () => answers()[state.at];
const markOf = key => {
  const mark = state.marks[key];
  return mark && !mark.withdrawn ? mark : null;
};
const lastId = key => state.marks[key]?.id ?? 0;
const points = mark => `${number(mark.score)} of ${number(state.sheet.max)}`;
const called = answer => `Answer ${answer.code}` + (state.names ? ` – ${state.names[answer.key] ?? "?"}` : "");

/** What is about to be said of an answer: what is on record, what the grader proposes, or what was begun here. */
function draftOf(answer) {
  if (!state.drafts.has(answer.key)) {
    const mark = markOf(answer.key);
    state.drafts.set(answer.key, {
      after: lastId(answer.key),
      items: new Set(mark ? mark.items : answer.found),
      score: number(mark ? mark.score : answer.provisional),
      comment: mark ? mark.comment : "",
      together: false,
    });
  }
  return state.drafts.get(answer.key);
}

function showItems() {
  const draft = draftOf(current());
  $("rubric").hidden = !state.sheet.rubric.length;
  $("items").replaceChildren(...state.sheet.rubric.map((point, place) => {
    const label = make("label", "", { class: "item" });
    const box = make("input", "", { type: "checkbox" });
    box.checked = draft.items.has(point.id);
    box.addEventListener("change", () => toggle(place));
    if (place < 9) label.append(make("kbd", place + 1));
    label.append(box, make("span", point.text), make("span", number(point.points), { class: "num" }));
    return label;
  }));
  showSum();
}

function showSum() {
  const rubric = state.sheet.rubric, draft = draftOf(current());
  const sum = rubric.reduce((all, point) => all + (draft.items.has(point.id) ? point.points : 0), 0);
  const differs = rubric.length && $("score").value.replace(",", ".") !== number(sum);
  $("score-note").textContent = differs ? `The ticks make ${number(sum)}; what stands here counts.` : "";
  return sum;
}

function toggle(place) {
  const point = state.sheet.rubric[place];
  if (!point) return;
  const draft = draftOf(current());
  if (!draft.items.delete(point.id)) draft.items.add(point.id);
  $("items").children[place].querySelector("input").checked = draft.items.has(point.id);
  $("score").value = draft.score = number(showSum());
  showSum();
}

function showState() {
  const answer = current(), mark = markOf(answer.key), draft = draftOf(answer);
  $("answer").textContent = called(answer);
  $("state").textContent = mark ? `✓ ${points(mark)}` : "◐ waits";
  $("state").className = `badge ${mark ? "good" : "part"}`;
  $("byline").textContent = mark ? `by ${mark.who}, ${new Date(mark.at).toLocaleString()}` : "";
  $("back").disabled = !mark;
  $("undo").disabled = !state.undo.length;
  const done = answers().filter(one => markOf(one.key)).length;
  $("progress").textContent = `${done} of ${answers().length} marked · this is no. ${state.at + 1}`;
  $("questions").selectedOptions[0].textContent = `${state.sheet.name} (${answers().length - done} wait)`;
  if (lastId(answer.key) !== draft.after && !$("main").dataset.warned) {
    $("main").dataset.warned = "yes";
    state.met = true;
    say(mark ? `${mark.who} has marked this answer meanwhile: ${points(mark)}.` : "The points of this answer were taken back meanwhile.", "part");
  }
  const used = new Map();
  for (const one of answers()) {
    const comment = markOf(one.key)?.comment;
    if (comment) used.set(comment, (used.get(comment) || 0) + 1);
  }
  const offered = [...used].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 9).map(pair => pair[0]);
  $("used-box").hidden = !offered.length;
  if (JSON.stringify(offered) !== $("used").dataset.shown) {
    $("used").dataset.shown = JSON.stringify(offered);
    $("used").replaceChildren(...offered.map(comment => {
      const button = make("button", comment, { type: "button" });
      button.addEventListener("click", () => { take({ comment }); $("answer").focus(); });
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
  }
}

/** Take over a comment, or all of another answer's mark. */
function take(mark) {
  const draft = draftOf(current());
  draft.comment = $("comment").value = mark.comment;
  if (mark.items) {
    draft.items = new Set(mark.items);
    draft.score = $("score").value = number(mark.score);
    showItems();
  }
  say("Taken over, not saved yet: Enter saves.");
}

function show(focus = true) {
  const answer = current(), draft = draftOf(answer), waiting = answer.same;
  delete $("main").dataset.warned;
  say("");
  $("text").textContent = answer.text || "(empty)";
  $("provisional").textContent = `${number(answer.provisional)} of ${number(state.sheet.max)}`;
  $("why").textContent = answer.why;
  $("score").value = draft.score;
  $("comment").value = draft.comment;
  $("together").checked = draft.together;
  $("together-box").hidden = !waiting;
  $("together-text").textContent = `Give this to the identical answers that wait, too (${waiting} identical, but for case, spaces and the last full stop)`;
  showItems();
  showState();
  showSimilar(answer);
  if (focus) $("answer").focus();
}

async function showSimilar(answer) {
  $("similar").replaceChildren();
  $("similar-box").hidden = true;
  let near;
  try {
    near = (await ask(`${where()}/similar/${answer.key}`)).similar;
  } catch (error) {
    return alarm(error.message);
  }
  if (answer !== current()) return;
  const byKey = new Map(answers().map(one => [one.key, one]));
  const cards = near.filter(one => byKey.has(one.key)).map(one => {
    const other = byKey.get(one.key), mark = markOf(other.key);
    const card = make("article", "", { class: "card stack" });
    card.append(make("h3", called(other)), make("pre", other.text, { tabindex: "0", role: "group", "aria-label": `Answer ${other.code}` }));
    card.append(make("p", mark ? `✓ ${points(mark)} by ${mark.who}` : `◐ waits; provisionally ${number(other.provisional)}`, { class: "small" }));
    if (mark?.comment) card.append(make("p", mark.comment, { class: "small lines soft" }));
    if (mark) {
      const button = make("button", `The same as answer ${other.code}`, { type: "button" });
      button.addEventListener("click", () => { take(mark); $("answer").focus(); });
      card.append(button);
    }
    return card;
  });
  $("similar").replaceChildren(...cards);
  $("similar-box").hidden = !cards.length;
}

/**
 * One step to the next answer in question, which is any where those marked are gone through, too. Where two markers
 * have met, the one who was told of it goes half way round: step by step they would meet at each answer from there on.
 */
function move(step) {
  const count = answers().length, open = place => $("all").checked || !markOf(answers()[place].key);
  let skip = state.met ? Math.floor(answers().filter((_, place) => open(place)).length / 2) : 0;
  state.met = false;
  for (let far = 1; far <= count; far++) {
    const place = (state.at + step * far + count * far) % count;
    if (open(place) && !skip--) {
      state.at = place;
      show();
      return true;
    }
  }
  show();
  return false;
}

async function save() {
  const answer = current(), draft = draftOf(answer);
  const score = Number($("score").value.trim().replace(",", ".") || NaN);
  if (!(score >= 0 && score <= state.sheet.max)) {
    $("score").focus();
    return say(`Points are a number from 0 to ${number(state.sheet.max)}: not saved.`, "bad");
  }
  const done = await ask(`${where()}/mark`, {
    key: answer.key, after: draft.after, score, comment: $("comment").value, items: [...draft.items],
    together: $("together").checked, who: who(),
  });
  state.marks = done.marks;
  if (!done.saved.length) {
    const mark = markOf(answer.key);
    draft.after = lastId(answer.key);
    $("main").dataset.warned = "yes";
    state.met = true;
    showState();
    return say(mark
      ? `Not saved: ${mark.who} has marked this answer meanwhile, with ${points(mark)}${mark.comment ? ` and “${mark.comment}”` : ""}. Next (j) leaves it so; Enter puts yours in its place.`
      : "Not saved: the points of this answer were taken back meanwhile. Enter saves yours.", "bad");
  }
  state.undo.push(done.saved);
  done.saved.forEach(one => state.drafts.delete(one.key));
  const others = done.saved.length - 1;
  const told = `Saved: ${number(score)} for answer ${answer.code}${others ? ` and ${others} identical` : ""}.`;
  const more = move(1);
  const left = answers().some(one => !markOf(one.key));
  say(more && left ? told : `${told} All answers to this question are marked.`, "good");
}

async function undo(marks) {
  if (!marks) return say("There is nothing to undo in this tab.");
  const kept = new Set();
  for (let place = 0; place < marks.length; place += 500) {
    const done = await ask(`${where()}/undo`, { marks: marks.slice(place, place + 500), who: who() });
    state.marks = done.marks;
    done.kept.forEach(key => kept.add(key));
  }
  marks.forEach(mark => state.drafts.delete(mark.key));
  const place = answers().findIndex(answer => answer.key === marks[0].key);
  if (place >= 0) state.at = place;
  show();
  const count = marks.length - kept.size;
  say(`Taken back: ${count} of ${marks.length}${kept.size ? "; somebody else has marked the others since" : ""}.`, kept.size ? "part" : "good");
}

async function open(name) {
  state.sheet = await ask(`/api/questions/${encodeURIComponent(name)}?who=${encodeURIComponent(who())}`);
  state.marks = state.sheet.marks;
  state.drafts.clear();
  state.undo = [];
  store.setItem("question", name);
  $("question-title").textContent = `${name} (${number(state.sheet.max)} points)`;
  $("ask").textContent = state.sheet.ask;
  $("sketch").textContent = state.sheet.sketch;
  $("sketch-box").hidden = !state.sheet.sketch;
  $("max").textContent = number(state.sheet.max);
  $("main").hidden = false;
  state.at = (state.sheet.start + answers().length - 1) % answers().length;
  if (!move(1)) say("All answers to this question are marked.", "good");
}

async function begin() {
  if (!token) return alarm("Open the address that `grader mark` printed: this tab lacks its token.");
  const about = await ask("/api/questions");
  if (about.trouble) alarm(about.trouble);
  if (!about.questions.length) return say("There is no free-text answer in these results.");
  $("questions").replaceChildren(...about.questions.map(one =>
    make("option", `${one.name} (${one.answers - one.marked} wait)`, { value: one.name })));
  const names = about.questions.map(one => one.name);
  const waiting = about.questions.find(one => one.marked < one.answers);
  const before = store.getItem("question");
  $("questions").value = names.includes(before) ? before : (waiting || about.questions[0]).name;
  await open($("questions").value);
  if (about.trouble) alarm(about.trouble);
}
