// Reads officers' passkeys and verifies what they approved (approval.md MUST-9 to MUST-15), and sends SSH keys on to
// forms.mjs. verify.mjs stands on it. MUST numbers are those of approval.md.

import {
  EMPTY, base64, be, bits, cat, decoder, hex, kept, latin, need, number, parseSSHLine, refuse, same, sha256, sshKey, sshString,
  sshStrings, trimmed, unbase64, verifySSH,
} from "./forms.mjs";

const PASSKEY = "chancery-passkey@v1", CHALLENGE = "chancery/v1/approval\0", EVIDENCE = cat("WAUTHN", be(1, 4)), ROOM = 2048;
const SIGNATURE_TYPES = { "ssh-ed25519": "ssh-ed25519", "ecdsa-sha2-nistp256": "ecdsa-sha2-nistp256", "ssh-rsa": "rsa-sha2-256" };

// ---- key lines (MUST-9, MUST-10) ---------------------------------------------------------------------------------

const HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
function checkOrigin(origin, rp) {
  const [, scheme, host, port] = /^(https?):\/\/([^:]*)(?::(.*))?$/s.exec(origin) ?? [], form = (ok, why) => need(ok, "key-origin", why);
  form(scheme === "https" || scheme === "http" && host === "localhost", "an origin begins with https://");
  form(host.length <= 253 && HOST.test(host), "the origin has not a host in lower case and nothing else");
  const usual = scheme === "https" ? "443" : "80";
  form(port === undefined || /^[1-9][0-9]{0,4}$/.test(port) && Number(port) < 65536 && port !== usual, "not a port as browsers write it");
  form(rp === host || host.endsWith("." + rp) && rp.includes(".") && HOST.test(rp), "the relying party is not that host, nor above it");
}
async function passkey(wire) { // the bytes of its line
  const form = (ok, why) => need(ok, "key-form", why), [type, origin, rp, pub, after] = sshStrings(wire, 4, "key-form");
  form(latin(type) === PASSKEY && after.length === 0, "not the line of a passkey");
  const { type: kind, identity, parts, verify } = await sshKey(pub, 2048), modulus = trimmed(parts[1] ?? EMPTY); // of RSA
  checkOrigin(latin(origin), latin(rp));
  const fits = kind !== "ssh-rsa" || same(parts[0], [1, 0, 1]) && bits(modulus) <= 4096;
  need(Object.hasOwn(SIGNATURE_TYPES, kind) && fits, "key-type", "not a key of ES256, EdDSA or RS256");
  const check = async (data, signature) => {
    if (kind === "ssh-rsa" && signature.length !== modulus.length) return false;
    return verify(data, SIGNATURE_TYPES[kind], kind === "ecdsa-sha2-nistp256" ? ofDER(signature) : signature, EMPTY);
  };
  return { type: PASSKEY, wire, identity, origin: latin(origin), rp, check };
}
function ofDER(b) { // two numbers of DER as SSH writes them, which has the same digits; of none, what is none for SSH either
  const none = cat(sshString([0x80]), sshString([0x80])), out = [];
  if (b[0] !== 0x30 || b[1] !== b.length - 2 || b[1] > 127) return none;
  for (let at = 2; at < b.length; at += 2 + b[at + 1]) {
    const n = b.subarray(at + 2, at + 2 + b[at + 1]);
    if (b[at] !== 2 || n.length === 0 || n.length !== b[at + 1] || n[0] === 0 && n.length > 1 && n[1] < 0x80) return none;
    out.push(sshString(n));
  }
  return out.length === 2 ? cat(...out) : none;
}
export async function parseKeyLine(line) { // the line of a policy: "type base64"
  if (!line.startsWith(PASSKEY)) return parseSSHLine(line);
  const [type, b64, ...more] = line.split(" "), wire = unbase64(b64);
  need(type === PASSKEY && more.length === 0 && wire?.length > 0, "key-form", "want one line: type, base64");
  return passkey(wire);
}

// ---- evidence (MUST-11 to MUST-14) -------------------------------------------------------------------------------

function authenticatorForm(b) { // MUST-13
  const bad = () => refuse("authenticator-data", "its length does not follow its flags");
  const skip = (at, depth) => { // where the CBOR item there ends
    const major = b[at] >> 5, info = b[at] & 31, size = info < 24 ? 0 : 1 << info - 24, from = at + 1 + size;
    if (depth === 0 || at >= b.length || info > 27 || from > b.length || major === 6 || major === 7 && info === 24) bad();
    const n = size === 0 ? info : number(b.subarray(at + 1, from));
    if (major < 2 || major === 7) return from;
    if (n > b.length - from) bad();
    if (major < 4) return from + n;
    let end = from;
    for (let i = major === 5 ? 2 * n : n; i > 0; i--) end = skip(end, depth - 1);
    return end;
  };
  if (b.length < 37 || b[32] & 0x40) bad();
  if ((b[32] & 0x80 ? b[37] >> 5 === 5 && skip(37, 4) : 37) !== b.length) bad();
}
function clientMembers(b) { // MUST-12: the members of the object, as they stand
  const form = (ok, why) => need(ok, "client-data", why), members = new Map(), open = [];
  let s = "";
  try { s = decoder.decode(b); JSON.parse(s); } catch { form(false, "not JSON in UTF-8"); }
  form(s.startsWith("{") && s.endsWith("}"), "not one object");
  for (const { 0: token, 1: name, index } of s.matchAll(/"((?:[^"\\]|\\.)*)"(?:[ \t\r\n]*(:))?|[{}[\]]/gs)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token.endsWith(":")) {
      form(!name.includes("\\") && !open.at(-1).has(name), `a name twice, or escaped: ${name}`);
      open.at(-1).add(name);
      const value = /^[ \t\r\n]*("(?:[^"\\]|\\.)*"|[^ \t\r\n,{}[\]]*)/s.exec(s.slice(index + token.length));
      if (open.length === 1) members.set(name, value[1]);
    }
  }
  return members;
}
const urlBase64 = b => base64(b).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
async function verifyPasskey(message, key, wire) {
  const form = ok => need(ok, "evidence-form", "not the evidence of a passkey in its one form");
  form(wire.length <= ROOM && same(wire.subarray(0, 10), EVIDENCE));
  const [signer, auth, client, signature, after] = sshStrings(wire.subarray(10), 4, "evidence-form");
  form(after.length === 0);
  await kept("evidence-form", () => passkey(signer));
  form(signature.length > 0);
  authenticatorForm(auth);
  const said = clientMembers(client), challenge = urlBase64(await sha256(CHALLENGE, message));
  need(same(signer, key.wire), "other-key", "made with another key");
  need(said.get("type") === '"webauthn.get"', "client-type", "client data of another type");
  need(said.get("challenge") === `"${challenge}"`, "challenge", "client data answers another challenge: it is not over this statement");
  need(said.get("origin") === `"${key.origin}"`, "origin", "made at another origin than the key's");
  need((said.get("crossOrigin") ?? "false") === "false" && !said.has("topOrigin"), "frame", "made in a frame of another site");
  need(same(auth.subarray(0, 32), await sha256(key.rp)), "relying-party", "for another relying party");
  need(auth[32] & 1, "user-present", "nobody was present");
  need(auth[32] & 4, "user-verified", "the user was not verified");
  need(await key.check(cat(auth, await sha256(client)), signature), "passkey-signature", "the passkey's signature is not right");
}
export async function verifyApproval(message, key, wire) { // an approval in wire form, of either kind
  if (latin(wire.subarray(0, 6)) === "WAUTHN") return verifyPasskey(message, key, wire);
  return verifySSH(message, key, wire);
}
export const keyIdentity = async line => hex((await parseKeyLine(line)).identity); // what belongs to one person (entry.md MUST-15)
