// Reads the code that led here on the reader's own machine: what stands behind
// the # is never sent (papercode.md MUST-1, MUST-2). It shows what the code
// claims, and asks for the words; it confirms nothing by itself.
const form = /^1\.([a-z0-9][a-z0-9-]{0,31})\.([1-9][0-9]{0,9})\.[0-9a-f]{16}\.([A-Za-z0-9][A-Za-z0-9._/-]{0,63})$/;
const box = document.getElementById("claim");

// read returns the parts of a code; null when it is none. A reference stands in
// addresses, so none climbs in them.
function read(payload) {
  const parts = form.exec(payload);
  if (parts === null || parts[2] > 0xffffffff) return null;
  return /\.\.|\/\/|\/\.(\/|$)|\/$/.test(parts[3]) ? null : parts;
}

function show() {
  const payload = location.hash.slice(1);
  const parts = read(payload);
  const other = payload !== "" && parts === null;
  box.hidden = parts === null;
  document.getElementById("unread").hidden = !other;
  if (parts === null) return;
  const [, office, revision, reference] = parts;
  for (const [name, value] of Object.entries({ office, revision, reference })) {
    for (const e of box.querySelectorAll(`[data-code="${name}"]`)) e.textContent = value;
  }
  const path = [office, ...reference.split("/")].map(encodeURIComponent).join("/");
  box.querySelector("a").href = box.dataset.letter + path;
}

addEventListener("hashchange", show);
show();
