// Approving with a passkey: the browser signs the challenge that stands in the
// form, and the answer goes to the form's own address. The server makes the same
// challenge from the statement that it holds, and refuses any other.

const form = document.querySelector("form[data-challenge]");

export function bytes(text) {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

export function text(buffer) {
  const raw = Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join("");
  return btoa(raw).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function sign() {
  const keys = form.querySelectorAll("[data-credential]");
  const found = await navigator.credentials.get({
    publicKey: {
      challenge: bytes(form.dataset.challenge),
      rpId: keys[0].dataset.rp,
      allowCredentials: Array.from(keys, (k) => ({ type: "public-key", id: bytes(k.dataset.credential) })),
      userVerification: "required",
    },
  });
  for (const [name, value] of [
    ["credential", found.rawId],
    ["authenticator", found.response.authenticatorData],
    ["client", found.response.clientDataJSON],
    ["signature", found.response.signature],
  ]) {
    form.elements[name].value = text(value);
  }
  form.submit();
}

if (form && window.PublicKeyCredential) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const failed = form.querySelector("[role=alert]");
    failed.hidden = true;
    sign().catch(() => {
      failed.hidden = false; // the person said no, or there is no such key here
      failed.focus();
    });
  });
}
