// Passkeys at the desk. The server makes the options of every ceremony and judges
// what comes back; this module only carries both between it and the browser.
//
// A form with data-passkey is a ceremony of its own: its action ends in /finish,
// its options are at the same address with /options. A form with data-approve holds
// the options to approve a statement, and takes the browser's answer along.

const able = Boolean(window.PublicKeyCredential && navigator.credentials);

function bytes(text) {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

function text(buffer) {
  const raw = Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join("");
  return btoa(raw).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// readable turns options as JSON into what navigator.credentials takes.
function readable(options) {
  const o = { ...(options.publicKey ?? options) };
  o.challenge = bytes(o.challenge);
  if (o.user) o.user = { ...o.user, id: bytes(o.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (o[list]) o[list] = o[list].map((c) => ({ ...c, id: bytes(c.id) }));
  }
  return o;
}

// plain turns what the browser made into JSON: the bytes that were signed stay as
// they are.
function plain(credential) {
  const r = credential.response;
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (r[name]) response[name] = text(r[name]);
  }
  if (r.getTransports) response.transports = r.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

// send posts JSON and returns the answer. A refusal is an Error whose name says
// what to tell the reader.
async function send(address, body) {
  const got = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body ?? {}),
    redirect: "error",
  });
  if (got.ok) return got.json();
  const names = { 403: "refused", 409: "late", 422: "refused", 503: "many" };
  const failure = new Error(address);
  failure.name = names[got.status] ?? "failed";
  throw failure;
}

// create and get ask the person. When they say no, or it takes too long, that is
// no fault of anybody's: "stopped".
async function ask(what, options) {
  try {
    return plain(await navigator.credentials[what]({ publicKey: readable(options) }));
  } catch (cause) {
    const failure = new Error(what, { cause });
    failure.name = cause.name === "InvalidStateError" ? "spent" : "stopped";
    throw failure;
  }
}

const create = (options) => ask("create", options);
const get = (options) => ask("get", options);

// login signs in; prove shows once more who is there. Both leave a new cookie.
async function login(base = "/desk/sign-in") {
  return send(base + "/finish", await get(await send(base + "/options")));
}

async function prove(base = "/desk/prove") {
  return send(base + "/finish", await get(await send(base + "/options")));
}

// register makes a passkey from the secret of an invitation.
async function register(secret, name, base = "/desk/join") {
  const credential = await create(await send(base + "/options", { secret }));
  return send(base + "/finish", { secret, name, credential });
}

// add makes one more passkey of who is signed in.
async function add(name, base) {
  const credential = await create(await send(base + "/options"));
  return send(base + "/finish", { name, credential });
}

// say shows why something was not done, in the page's own words.
function say(form, name) {
  const words = form.querySelector(`template[data-say="${name}"]`) ?? form.querySelector('template[data-say="failed"]');
  const alert = form.querySelector("[role=alert]");
  alert.textContent = words.content.textContent;
  alert.hidden = false;
  alert.focus();
}

function ceremony(form) {
  const base = new URL(form.action).pathname.replace(/\/finish$/, "");
  switch (form.dataset.passkey) {
    case "join":
      return register(location.hash.slice(1), form.elements.name.value, base);
    case "add":
      return add(form.elements.name.value, base);
    case "prove":
      return prove(base);
    default:
      return login(base);
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!able) break; // the page says so
  document.querySelectorAll("[data-passkey-none]").forEach((e) => e.remove());
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    form.querySelector("[role=alert]").hidden = true;
    try {
      await ceremony(form);
      location.replace(form.dataset.then); // a path of this desk: the server made sure
    } catch (failure) {
      say(form, failure.name);
    } finally {
      button.disabled = false;
    }
  });
}

for (const form of document.querySelectorAll("form[data-approve]")) {
  if (!able) break; // there is the way to sign elsewhere
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const alert = form.querySelector("[role=alert]");
    alert.hidden = true;
    try {
      form.elements.answer.value = JSON.stringify(await get(JSON.parse(form.dataset.approve)));
      form.submit();
    } catch {
      alert.hidden = false; // the person said no, or there is no such key here
      alert.focus();
    }
  });
}
