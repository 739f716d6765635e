// The second verifier of Chancery: one file, no dependency, WebCrypto alone. It was written from the pages of
// docs/formats, not from the Go program, so that a mistake in one of the two shows. It runs in Node 20 and in browsers
// that have Ed25519 in WebCrypto. MUST numbers are those of docs/formats.
//
//     node verifier/verify.mjs LETTER.chancery-proof --policy whom-i-trust.txt [--text en=letter.txt] [--at TIME]

// ---- refusals ----------------------------------------------------------------------------------------------------

export class Refusal extends Error {
  constructor(cls, why) { super(why); this.class = cls; }
}
export const refuse = (cls, why) => { throw new Refusal(cls, why); };
const need = (ok, cls, why) => { if (!ok) refuse(cls, why); };
const kept = async (cls, act) => { // a refusal from further down, under the class of the whole
  try { return await act(); } catch (e) { return e instanceof Refusal ? refuse(cls, e.message) : Promise.reject(e); }
};

// ---- bytes and hashes --------------------------------------------------------------------------------------------

const subtle = globalThis.crypto.subtle, encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
export const utf8 = s => encoder.encode(s);
export const hex = b => Array.from(b, x => x.toString(16).padStart(2, "0")).join("");
export const unhex = s => Uint8Array.from(s.match(/../g) ?? [], x => parseInt(x, 16));
export const base64 = b => btoa(Array.from(b, x => String.fromCharCode(x)).join(""));
export const unbase64 = s => { // padded, no stray bits; null when it is none
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(s)) return null;
  const b = Uint8Array.from(atob(s), c => c.charCodeAt(0));
  return base64(b) === s ? b : null;
};
const bytesOf = x => typeof x === "string" ? utf8(x) : x;
export const cat = (...parts) => {
  const all = parts.map(bytesOf), out = new Uint8Array(all.reduce((n, b) => n + b.length, 0));
  all.reduce((at, b) => { out.set(b, at); return at + b.length; }, 0);
  return out;
};
const compare = (a, b) => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
};
const same = (a, b) => compare(a, b) === 0;
const byBytes = (a, b) => compare(bytesOf(a), bytesOf(b)); // byte order, which is not JavaScript's for all characters
const rising = (list, name = x => x) => list.every((x, i) => i === 0 || byBytes(name(list[i - 1]), name(x)) < 0);
export const be = (n, size) => { // big-endian
  const out = new Uint8Array(size);
  for (let v = BigInt(n), i = size - 1; i >= 0; i--, v >>= 8n) out[i] = Number(v & 255n);
  return out;
};
const number = b => { // exact: beyond 2^53 a BigInt
  const n = b.reduce((sum, x) => sum * 256n + BigInt(x), 0n);
  return n <= Number.MAX_SAFE_INTEGER ? Number(n) : n;
};
export const prefixed = (...parts) => cat(...parts.map(bytesOf).flatMap(p => [be(p.length, 8), p]));
export const sha256 = async (...parts) => new Uint8Array(await subtle.digest("SHA-256", cat(...parts)));
export const hmac = async (key, data) => {
  const k = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", k, data));
};
const EMPTY = new Uint8Array(0), ZERO = new Uint8Array(32), YEAR_9999 = 253402300799;
const isZero = b => b.every(x => x === 0);

// ---- signatures --------------------------------------------------------------------------------------------------

// ALG: how WebCrypto imports a raw public key, and verifies with it.
const ALG = {
  ed25519: { key: { name: "Ed25519" }, use: { name: "Ed25519" } },
  p256: { key: { name: "ECDSA", namedCurve: "P-256" }, use: { name: "ECDSA", hash: "SHA-256" } },
  p384: { key: { name: "ECDSA", namedCurve: "P-384" }, use: { name: "ECDSA", hash: "SHA-384" } },
};
const importRaw = async (alg, key) => { // null: not a point of the curve
  try { return await subtle.importKey("raw", key, ALG[alg].key, false, ["verify"]); } catch (e) {
    if (e.name === "NotSupportedError") throw new Error("this browser cannot check Ed25519 signatures: use a newer one");
    return null;
  }
};
const signed = async (alg, key, signature, data) => {
  const k = await importRaw(alg, key);
  return k !== null && subtle.verify(ALG[alg].use, k, signature, data);
};

// ---- deterministic CBOR (entry.md MUST-2, proof.md MUST-20) ------------------------------------------------------

export function encode(v) {
  const head = (major, n) => {
    const big = BigInt(n), size = big < 24n ? 0 : big < 256n ? 1 : big < 65536n ? 2 : big < 4294967296n ? 4 : 8;
    return size === 0 ? Uint8Array.of(major << 5 | Number(n)) : cat(Uint8Array.of(major << 5 | 24 + Math.log2(size)), be(n, size));
  };
  if (v === null) return Uint8Array.of(0xf6);
  if (typeof v === "boolean") return Uint8Array.of(v ? 0xf5 : 0xf4);
  if (typeof v === "string") return cat(head(3, utf8(v).length), v);
  if (v instanceof Uint8Array) return cat(head(2, v.length), v);
  if (Array.isArray(v)) return cat(head(4, v.length), ...v.map(encode));
  if (v instanceof Map) {
    const pairs = [...v].map(([k, x]) => [encode(k), encode(x)]).sort((a, b) => compare(a[0], b[0]));
    return cat(head(5, pairs.length), ...pairs.flat());
  }
  return v < 0 ? head(1, -1n - BigInt(v)) : head(0, v);
}

export function decode(b, most = 4096) { // to numbers, strings, Uint8Arrays, arrays, Maps, booleans, null; nothing else
  let at = 0;
  const bad = why => refuse("cbor", `not the CBOR that is wanted: ${why}`);
  const take = n => n <= b.length - at ? b.subarray(at, at += Number(n)) : bad("it is cut off");
  const item = depth => {
    const [first] = take(1), major = first >> 5, info = first & 31;
    if (depth > 12 || info > 27 || major === 6 || major === 7 && (info < 20 || info > 22)) bad("too deep, or of a type that is not used");
    const n = info < 24 ? info : number(take(1 << info - 24));
    if (major === 0) return n;
    if (major === 1) return typeof n === "number" && n < Number.MAX_SAFE_INTEGER ? -1 - n : -1n - BigInt(n);
    if (major === 2) return take(n);
    if (major === 3) { try { return decoder.decode(take(n)); } catch { bad("text that is not UTF-8"); } }
    if (major === 7) return [false, true, null][info - 20];
    if (n > (major === 4 ? most : 256)) bad("too many members");
    if (major === 4) return Array.from({ length: n }, () => item(depth + 1));
    const map = new Map();
    for (let i = 0; i < n; i++) {
      const key = item(depth + 1);
      if (typeof key === "object" || typeof key === "boolean" || map.has(key)) bad("a key twice, or of a type that is not used");
      map.set(key, item(depth + 1));
    }
    return map;
  };
  const v = item(1);
  if (at !== b.length) bad("bytes follow it");
  need(same(encode(v), b), "not-deterministic", "not deterministic CBOR: long integers or lengths, or unsorted keys");
  return v;
}

// ---- the shapes of maps ------------------------------------------------------------------------------------------

// A shape takes a decoded value and returns it checked. members({"1 name": shape}) is a map with exactly these keys;
// one made with opt may be absent, and is absent when it has its default.
const wrong = what => refuse("cbor", `want ${what}`), unlike = why => refuse("not-deterministic", why);
const int = v => typeof v === "number" || typeof v === "bigint" ? v : wrong("a number");
const uint = v => int(v) >= 0 ? v : wrong("a number from 0");
const u32 = v => uint(v) < 4294967296 ? v : wrong("a smaller number");
const text = v => typeof v === "string" ? v : wrong("text");
const flag = v => typeof v === "boolean" ? v : wrong("true");
const blob = v => v === null ? EMPTY : v instanceof Uint8Array ? v : wrong("bytes");
const fixed = n => v => blob(v).length === n ? v : unlike(`want ${n} bytes`);
const list = shape => v => v === null ? [] : Array.isArray(v) ? v.map(x => shape(x)) : wrong("a list");
const words = v => v === null ? new Map() : v instanceof Map && [...v].flat().every(x => typeof x === "string") ? v : wrong("words");
const opt = (shape, absent) => Object.assign(v => shape(v), { absent });
const isDefault = x => x === 0 || x === "" || x === false || x?.length === 0;
function members(spec) {
  const fields = Object.entries(spec).map(([label, shape]) => {
    const [key, name] = label.split(" ");
    return { key: isNaN(key) ? key : Number(key), name, shape };
  });
  return v => {
    if (v === null) unlike("a map is missing");
    if (!(v instanceof Map)) wrong("a map");
    for (const key of v.keys()) if (!fields.some(f => f.key === key)) wrong(`no member ${key}`);
    return Object.fromEntries(fields.map(({ key, name, shape }) => {
      const optional = "absent" in shape;
      if (!v.has(key)) return [name, optional ? shape.absent : unlike(`member ${key} is missing`)];
      const x = shape(v.get(key));
      if (optional && isDefault(x)) unlike(`member ${key} has its default and is there`);
      return [name, x];
    }));
  };
}

// ---- texts, names and fields (letter.md) -------------------------------------------------------------------------

const REFUSED = [ // letter.md MUST-7
  ["bidi", /[\u202a-\u202e]/u], ["soft-hyphen", /\u00ad/u], ["variation-selector", /\p{Variation_Selector}/u], ["control", /[^\P{Cc}\n]/u],
  ["other-space", /[^\P{Zs} ]/u], ["line-end", /[\u2028\u2029]/u], ["private-use", /\p{Co}/u], ["unassigned", /[\p{Cn}\p{Cs}]/u],
  ["invisible", /[\u034f\u115f\u1160\u2800\u3164\uffa0]|[^\P{Cf}\u200c-\u200f\u061c\u2066-\u2069\u0600-\u0605\u06dd\u08e2\u0890\u0891]/u],
];
const nonStarter = c => (c + "\u0334").normalize("NFD") !== c + "\u0334" || ("\u0345" + c).normalize("NFD") !== "\u0345" + c;
const crowded = s => { // MUST-4: more than 30 characters of a combining class other than 0 in a row
  let run = 0;
  return /\p{M}{30}/u.test(s = s.normalize("NFD")) && [...s].some(c => (run = nonStarter(c) ? run + 1 : 0) > 30);
};
function tidy(s) { // MUST-4 to MUST-6
  const lines = s.normalize("NFC").split("\n").map(l => l.split(" ").filter(w => w !== "").join(" "));
  return lines.join("\n").replace(/^\n+|\n+$/g, "").replace(/\n{3,}/g, "\n\n") + "\n";
}
function plain(b) { // MUST-1, MUST-2: the usual mistakes have names
  need(b.length > 0, "empty", "the text is empty");
  const zeros = [0, 1].map(odd => b.filter((x, i) => i < 512 && x === 0 && i % 2 === odd).length), half = Math.min(b.length, 512) / 2;
  const wide = b.length >= 4 && b.length % 2 === 0 && Math.min(...zeros) === 0 && Math.max(...zeros) * 10 >= half * 7;
  need(!wide && !(b[0] + b[1] === 0x1fd && b[0] >= 0xfe), "utf-16", "this is UTF-16 text: save it as UTF-8");
  need(hex(b.subarray(0, 5)) !== "255044462d", "pdf", "this is a PDF file, not a text");
  need(!b.includes(0), "binary", "this is binary data, not a text");
  try { return decoder.decode(b); } catch { return refuse("not-utf-8", "the text is not UTF-8"); }
}
function allowed(s) {
  const found = REFUSED.find(([, wrong]) => wrong.test(s));
  need(!found, found?.[0], `the text holds a character that no letter may hold (${found?.[0]})`);
  for (const line of s.split("\n")) { // MUST-8
    let open = 0;
    for (const c of line.match(/[\u2066-\u2069]/g) ?? []) need((open += c === "\u2069" ? -1 : 1) >= 0, "isolate", "a direction isolate is closed that was not opened");
    need(open === 0, "isolate", "a direction isolate is not closed on its line");
  }
}
const sized = s => need(utf8(s).length <= 1048576, "too-large", "the text is too large");
const speaks = s => need(/[\p{L}\p{N}\p{P}\p{S}]/u.test(s), "empty", "the text is empty");
export function parseText(b) { // a text on record
  const s = plain(b);
  sized(s), allowed(s), speaks(s);
  need(tidy(s) === s && !crowded(s), "not-canonical-text", "the text is not in its one canonical form");
  return s;
}
export function canonicalize(b) { // what an author wrote, or a reader pasted (MUST-3 to MUST-6)
  let s = plain(b.length > 2 && hex(b.subarray(0, 3)) === "efbbbf" ? b.subarray(3) : b);
  s = s.replace(/\r\n|[\r\u2028\u0085]/g, "\n").replaceAll("\u2029", "\n\n").replace(/\t|\p{Zs}/gu, " ");
  allowed(s);
  need(!crowded(s), "marks", "more than 30 marks stand on one character");
  speaks(s = tidy(s)), sized(s);
  return s;
}

export const isLang = s => /^[a-z]{2,3}(-[a-z]{4})?$/.test(s);
const isRef = s => /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/.test(s) && !/\.\.|\/\/|\/$|\/\.(\/|$)/.test(s);
const isShort = s => /^[a-z0-9][a-z0-9-]{0,31}$/.test(s);
const isOffice = s => /^https:\/\/[a-z0-9.-][a-z0-9./-]*$/.test(s) && s.length <= 200;
const isOrigin = s => /^[a-z0-9.-](?:[a-z0-9./-]*[a-z0-9.-])?$/.test(s) && s.includes(".") && s.length <= 120;
const isWords = (s, most) => { // entry.md MUST-8
  try { return s !== "" && utf8(s).length <= most && parseText(utf8(s + "\n")) === s + "\n"; } catch (e) { if (e instanceof Refusal) return false; throw e; }
};
const isLine = (s, most) => !s.includes("\n") && isWords(s, most);
const areWords = (w, is = isWords, most = 4000) => w.size > 0 && [...w].every(([l, s]) => isLang(l) && is(s, most));
const TYPES = ["letter", "memorandum", "note-verbale", "statement", "notice"];

const FIXED = ["reference", "type", "prevailing", "addressees", "distribution", "enclosures", "signature"];
export const langOf = d => d.field.startsWith("text/") && isLang(d.field.slice(5)) ? d.field.slice(5) : null;
export const fieldLeaf = (salt, field, value) => hmac(salt, prefixed("chancery/v1/field", field, value)); // letter.md MUST-11
const matches = async (d, value) => d.salt !== null && same(await fieldLeaf(d.salt, d.field, value), d.leaf);
async function checkDisclosure(d) { // letter.md MUST-14
  const isText = langOf(d) !== null;
  need(isText || FIXED.includes(d.field), "not-a-text", `there is no field ${d.field}`);
  need(!isText || d.value.length === 0, "text-inside", "a text stands within the list");
  need(d.value.length === 0 || d.salt !== null, "no-salt", "a value without its salt");
  need(isText || d.salt === null || await matches(d, d.value), "value-differs", `the value of ${d.field} does not fit its leaf`);
}
async function checkTexts(ds, shown = false) {
  need(ds.length >= 1 && ds.length <= 24, "field-count", "want 1 to 24 texts");
  need(ds.every(d => langOf(d) !== null), "not-a-text", "a field that is no text");
  need(rising(ds, langOf), "text-order", "the texts are not in order of their languages, each once");
  for (const d of ds) await checkDisclosure(d);
  need(!shown || ds.every(d => d.salt !== null), "no-salt", "the salt of a text is not shown");
}
export const treeHead = async hashes => { // RFC 6962 section 2.1, over hashed leaves
  if (hashes.length === 1) return hashes[0];
  let k = 1;
  while (2 * k < hashes.length) k *= 2;
  return sha256(Uint8Array.of(1), await treeHead(hashes.slice(0, k)), await treeHead(hashes.slice(k)));
};
export async function rootOf(ds) { // letter.md MUST-12
  need(ds.length > 7 && ds.length <= 31, "field-count", "want the 7 fixed fields and 1 to 24 texts");
  FIXED.forEach((f, i) => need(ds[i].field === f, "field-order", `field ${i + 1} is not ${f}`));
  await checkTexts(ds.slice(7));
  for (const d of ds.slice(0, 7)) await checkDisclosure(d);
  return treeHead(await Promise.all(ds.map(d => sha256(Uint8Array.of(0), d.leaf))));
}
const shownValue = (ds, field) => { // the value of a field that is disclosed, else null
  const d = ds.find(x => x.field === field);
  return d && d.salt !== null ? d.value : null;
};

// ---- commitments (commitment.md) ---------------------------------------------------------------------------------

export const commitmentOf = o => hmac(o.nonce, prefixed("chancery/v1/commitment", o.register, o.office, o.tag, o.purpose, be(o.revision, 4), o.previous, o.digest));
export const closeTag = tag => sha256(prefixed("chancery/v1/close", tag));
export async function checkChain(openings) { // MUST-3, MUST-4
  need(openings.length > 0, "no-opening", "a chain needs an opening");
  const [first] = openings;
  let previous = ZERO;
  for (const [i, o] of openings.entries()) {
    need(o.purpose === "draft", "purpose", "an opening of the chain is not of a draft");
    need(o.register === first.register && o.office === first.office && same(o.tag, first.tag), "other-letter", "an opening belongs to another letter");
    need(o.revision === i + 1, "gap", "the chain has a gap");
    need(same(o.previous, previous), "broken-chain", "an opening does not name the commitment before it");
    previous = await commitmentOf(o);
  }
}

// ---- what officers sign (approval.md) ----------------------------------------------------------------------------

const ACTS = ["issue", "withdraw", "supersede", "open", "close", "statement", "retract", "disavow", "policy",
  "correct", "withdraw-emergency", "ratify", "revoke-key"];
const NAMESPACE = "chancery-approval@v1";
export function statementText(s) { // MUST-1, MUST-2
  for (const v of [s.register, s.office, s.reference]) need(/^[!-~](?:[ -~]*[!-~])?$/.test(v) && v.length <= 512, "plain", "not one line of plain characters");
  need(ACTS.includes(s.act), "act", `there is no act ${s.act}`);
  return `chancery-approval/v1\nregister: ${s.register}\noffice: ${s.office}\nreference: ${s.reference}\nact: ${s.act}\nsubject: ${hex(s.subject)}\n`
    + `parameters: ${hex(s.parameters)}\npolicy: ${s.policy}\nnonce: ${hex(s.nonce)}\n`;
}

function sshStrings(b, n, cls) { // n strings of SSH's wire form, and what follows them
  const out = [];
  for (let at = 0; ; at += 4 + out.at(-1).length) {
    if (out.length === n) return [...out, b.subarray(at)];
    const size = b.length - at < 4 ? Infinity : number(b.subarray(at, at + 4));
    need(size <= b.length - at - 4, cls, "it is cut off");
    out.push(b.subarray(at + 4, at + 4 + size));
  }
}
const latin = b => String.fromCharCode(...b);
const trimmed = b => b.subarray(b.findIndex(x => x !== 0) < 0 ? b.length : b.findIndex(x => x !== 0));
const bits = b => b.length === 0 ? 0 : 8 * b.length - Math.clz32(b[0]) + 24;

// sshKey reads the wire form of a public key (MUST-5): its type, and verify(data, format, signature, rest).
async function sshKey(wire) {
  const [name] = sshStrings(wire, 1, "key-form"), type = latin(name);
  const sk = type.startsWith("sk-"), curve = /^(?:sk-)?ecdsa-sha2-nistp(256|384)(?:@openssh\.com)?$/.exec(type)?.[1];
  const known = { "ssh-ed25519": 2, "sk-ssh-ed25519@openssh.com": 3, "ecdsa-sha2-nistp256": 3, "ecdsa-sha2-nistp384": 3, "sk-ecdsa-sha2-nistp256@openssh.com": 4, "ssh-rsa": 3 };
  need(type in known, "key-type", `keys of type ${type.slice(0, 40)} are not taken`);
  const parts = sshStrings(wire, known[type], "key-form"), rest = parts.pop();
  need(rest.length === 0, "key-form", "bytes follow the key");
  if (type === "ssh-rsa") return { type, wire, ...rsaKey(parts[1], parts[2]) };
  const point = parts[curve ? 2 : 1], application = sk ? parts.at(-1) : null;
  const alg = !curve ? "ed25519" : curve === "256" ? "p256" : "p384";
  if (curve) need(latin(parts[1]) === "nistp" + curve && point[0] === 4 && await importRaw(alg, point), "key-form", "not a point of the curve");
  else need(point.length === 32, "key-form", "an Ed25519 key has 32 bytes");
  const verify = async (data, format, signature, after) => {
    if (format !== type) return false;
    if (sk) { // the flags and the counter of a hardware key; "user present" is asked for
      if (after.length !== 5 || !(after[0] & 1)) return false;
      data = cat(await sha256(application), after, await sha256(data));
    }
    return signed(alg, point, curve ? rawECDSA(signature, alg === "p256" ? 32 : 48) : signature, data);
  };
  return { type, wire, verify };
}
function rawECDSA(b, size) { // r | s of two SSH numbers; empty when they are none
  const [r, s, rest] = sshStrings(b, 2, "other-statement");
  if (rest.length > 0 || [r, s].some(x => x[0] & 0x80 || trimmed(x).length > size)) return EMPTY;
  return cat(...[r, s].flatMap(x => [new Uint8Array(size - trimmed(x).length), trimmed(x)]));
}
function rsaKey(e, n) {
  const minimal = x => x.length > 0 && !(x[0] & 0x80) && !(x[0] === 0 && !(x[1] & 0x80));
  need(minimal(e) && minimal(n) && bits(trimmed(e)) <= 24 && (e.at(-1) & 1) && number(e) >= 3 && bits(trimmed(n)) <= 16384, "key-form", "not an RSA key in its one form");
  need(bits(trimmed(n)) >= 3072, "weak-key", "RSA keys have at least 3072 bits");
  const unpadded = b => base64(trimmed(b)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const verify = async (data, format, signature) => {
    const hash = { "rsa-sha2-256": "SHA-256", "rsa-sha2-512": "SHA-512" }[format], size = trimmed(n).length;
    if (!hash || signature.length > size) return false;
    const key = await subtle.importKey("jwk", { kty: "RSA", e: unpadded(e), n: unpadded(n) }, { name: "RSASSA-PKCS1-v1_5", hash }, false, ["verify"]);
    return subtle.verify("RSASSA-PKCS1-v1_5", key, cat(new Uint8Array(size - signature.length), signature), data);
  };
  return { verify };
}
export async function parseKeyLine(line) { // the line of a policy: "type base64"
  const [type, b64, ...more] = line.split(" "), wire = unbase64(b64 ?? "");
  need(more.length === 0 && wire !== null && wire.length > 0, "key-form", "want one line: type, base64");
  const key = await sshKey(wire);
  need(key.type === type, "key-form", "the line names another type than its key");
  return key;
}
export async function verifyApproval(message, key, wire) { // MUST-4, MUST-6: an sshsig in wire form
  const form = "signature-form", lead = cat("SSHSIG", be(1, 4));
  need(same(wire.subarray(0, 10), lead), form, "not an SSH signature of version 1");
  const [signer, namespace, reserved, hashName, inner, after] = sshStrings(wire.subarray(10), 5, form), hash = latin(hashName);
  need(after.length === 0 && ["sha256", "sha512"].includes(hash), form, "not an SSH signature");
  const [format, signature, rest] = sshStrings(inner, 2, form);
  need(reserved.length === 0 && (rest.length === 0 || key.type.startsWith("sk-")), "canonical-statement", "not in its one canonical form");
  need(latin(namespace) === NAMESPACE, "namespace", "signed for something else");
  need(same(signer, key.wire), "other-key", "signed with another key");
  const digest = new Uint8Array(await subtle.digest(hash === "sha256" ? "SHA-256" : "SHA-512", bytesOf(message)));
  const string = b => cat(be(bytesOf(b).length, 4), b);
  const data = cat("SSHSIG", string(NAMESPACE), string(""), string(hash), string(digest));
  need(await key.verify(data, latin(format), signature, rest), "other-statement", "not a signature over this statement");
}

// ---- entries (entry.md) ------------------------------------------------------------------------------------------

const FIELD = members({ "1 field": text, "2 leaf": fixed(32), "3 salt": opt(fixed(32), null), "4 value": opt(blob, EMPTY) });
const OPENING = members({ "1 nonce": fixed(32), "2 register": text, "3 office": text, "4 tag": fixed(32), "5 purpose": text,
  "6 revision": u32, "7 previous": fixed(32), "8 digest": fixed(32) });
const LINK = members({ "1 index": uint, "2 opening": OPENING });
const TARGET = members({ "1 office": text, "2 reference": opt(text, ""), "3 index": opt(uint, 0), "4 leaf": fixed(32) });
const APPROVALS = members({ "1 policy": uint, "2 nonce": fixed(16), "3 signatures": list(members({ "1 officer": text, "2 signature": blob })) });
const KEY = members({ "1 kty": int, "-1 crv": int, "-2 x": blob, "-3 y": opt(blob, EMPTY) });
const FILE = members({ "1 role": text, "2 mediaType": text, "3 digest": fixed(32) });
const OFFICER = members({ "1 id": text, "2 person": text, "3 name": text, "4 roles": list(text), "5 keys": list(text) });
const RULE = members({ "1 act": text, "2 type": opt(text, ""), "3 k": int, "4 roles": list(text), "5 required": opt(list(text), []) });
const fields = list(FIELD), targets = opt(list(TARGET), []), time = opt(uint, 0), approvals = APPROVALS, reason = words;
const BODIES = {
  "genesis": { "1 origin": text, "2 name": words, "3 operator": KEY, "4 logKey": text, "5 exercise": opt(flag, false) },
  "key-add": { "1 office": text, "2 id": text, "3 name": words, "4 domain": text, "5 key": KEY, "6 role": opt(text, "") },
  "key-revoke": { "1 office": text, "2 thumbprint": fixed(32), "3 after": uint, "4 reason": reason, "5 approvals": opt(approvals, null) },
  "policy": { "1 officers": list(OFFICER), "2 rules": list(RULE), "3 speakers": opt(list(text), []), "4 approvals": opt(approvals, null), "5 ratifyWithin": time },
  "commit": { "1 sequence": fixed(8), "2 commitment": fixed(32) },
  "draft-open": { "1 reference": text, "2 chain": list(LINK), "3 revisions": list(members({ "1 number": u32, "2 fields": fields })), "4 approvals": approvals },
  "draft-close": { "1 tag": fixed(32), "2 reference": opt(text, ""), "3 approvals": approvals },
  "issue": { "1 reference": text, "2 type": text, "3 fields": fields, "4 seal": LINK, "5 disclosure": text, "6 files": opt(list(FILE), []),
    "7 notBefore": time, "8 expires": time, "9 supersedes": targets, "10 regarding": targets, "11 approvals": approvals, "12 embargo": opt(LINK, null) },
  "correct": { "1 target": TARGET, "2 seal": LINK, "3 fields": fields, "4 disclosure": text, "5 files": opt(list(FILE), []), "6 reason": reason, "7 approvals": approvals },
  "withdraw": { "1 target": TARGET, "2 reason": reason, "3 approvals": approvals, "4 emergency": opt(flag, false) },
  "ratify": { "1 target": TARGET, "2 approvals": approvals },
  "supersede": { "1 target": TARGET, "2 successor": TARGET, "3 approvals": approvals },
  "statement": { "1 type": text, "2 texts": fields, "3 of": opt(fields, []), "4 files": opt(list(fixed(32)), []), "5 source": opt(text, ""), "6 seenAt": time,
    "7 nextWordBy": time, "8 regarding": targets, "9 approvals": approvals },
  "retract": { "1 target": TARGET, "2 reason": reason, "3 approvals": approvals },
  "disavow": { "1 texts": opt(fields, []), "2 files": opt(list(fixed(32)), []), "3 reason": reason, "4 regarding": targets, "5 approvals": approvals },
  "index-head": { "1 size": uint, "2 root": fixed(32), "3 keys": uint },
};
const SHAPES = Object.fromEntries(Object.entries(BODIES).map(([kind, spec]) => [kind, members(spec)]));
const HEADER = members({ "1 alg": int, "3 contentType": text, "4 keyID": fixed(32), "15 claims": members({ "1 issuer": text, "2 subject": text, "6 at": uint }), "kind kind": text });

// topicOf is what officers sign of a body (MUST-11): act, reference, subject.
const dash = s => s === "" ? "-" : s;
const onTarget = act => b => [act, dash(b.target.reference), b.target.leaf], regarding = act => b => [act, dash(b.regarding[0]?.reference ?? ""), ZERO];
const TOPICS = {
  "policy": () => ["policy", "-", ZERO], "draft-open": b => ["open", b.reference, b.chain.at(-1).opening.digest], "draft-close": b => ["close", dash(b.reference), b.tag],
  "issue": b => ["issue", b.reference, b.seal.opening.digest], "correct": b => ["correct", dash(b.target.reference), b.seal.opening.digest],
  "withdraw": b => onTarget(b.emergency ? "withdraw-emergency" : "withdraw")(b), "ratify": onTarget("ratify"), "supersede": onTarget("supersede"),
  "retract": onTarget("retract"), "statement": regarding("statement"), "disavow": regarding("disavow"), "key-revoke": b => ["revoke-key", "-", b.thumbprint],
};

export async function publicKey(cose) { // MUST-5: a COSE_Key with only its required members
  const { kty, crv, x, y } = KEY(cose), ed = kty === 1 && crv === 6 && x.length === 32 && y.length === 0;
  const raw = ed ? x : cat(Uint8Array.of(4), x, y), alg = ed ? "ed25519" : "p256";
  need(ed || kty === 2 && crv === 1 && x.length === 32 && y.length === 32 && await importRaw("p256", raw), "key", "not an Ed25519 or P-256 key");
  return { alg, raw, thumbprint: hex(await sha256(encode(cose))) };
}

export async function parseEntry(raw) { // MUST-1 to MUST-4
  need(raw.length > 0 && raw.length <= 65535, "size", "an entry has 1 to 65,535 bytes");
  need(raw[0] === 0xd2, "tag", "not a tagged COSE_Sign1");
  const four = decode(raw.subarray(1));
  if (!Array.isArray(four) || four.length !== 4) wrong("four members");
  const [header, , payload, signature] = [four[0], members({})(four[1]), four[2], four[3]].map((x, i) => i === 1 ? x : blob(x));
  const { alg, contentType, keyID, claims: { issuer, subject, at }, kind } = HEADER(decode(header));
  need(alg === -8 || alg === -7, "algorithm", "the algorithm is neither EdDSA nor ES256");
  need(contentType === "application/chancery-entry+cbor", "content-type", "another content type");
  need(signature.length === 64, "signature-size", "the signature has 64 bytes");
  need(isOffice(issuer), "issuer", "the issuer is no address of an office");
  need(at >= 16777216 && at <= YEAR_9999, "time", "the time is out of range");
  need(subject.startsWith("urn:chancery:") && utf8(subject).length <= 400 && (kind !== "commit" || subject === officeSubject(issuer)), "subject", "another subject");
  need(Object.hasOwn(SHAPES, kind), "kind", `kind ${kind} is not known`);
  const e = { raw, issuer, subject, at, kind, keyID: hex(keyID), alg: alg === -8 ? "ed25519" : "p256", payload: decode(payload), leaf: await sha256(Uint8Array.of(0), raw) };
  e.toBeSigned = encode(["Signature1", header, EMPTY, payload]);
  e.body = SHAPES[kind](e.payload);
  await VALID[kind](e.body, e);
  if (e.body.approvals) checkApprovals(e.body.approvals);
  return Object.assign(e, { signature });
}
export const verifyEntry = async (e, key) => { // MUST-7
  need(key !== undefined && key.thumbprint === e.keyID && key.alg === e.alg, "key-id", "the entry names another key");
  need(await signed(key.alg, key.raw, e.signature, e.toBeSigned), "signature", "the signature is not that key's");
};
export const officeSubject = office => "urn:chancery:office:" + office.slice(8);
const letterSubject = (origin, office, ref) => `urn:chancery:letter:${origin}:${office.slice(8)}:${ref}`;
export const takesApprovals = kind => kind in TOPICS;
const keyOfApprovals = kind => Number(Object.keys(BODIES[kind]).find(l => l.endsWith(" approvals"))?.split(" ")[0]);
export function parametersOf(e) { // MUST-10
  let payload = e.payload;
  if (e.kind === "issue") payload = withoutEmbargo(payload);
  if (e.body.approvals) payload = new Map(payload).set(keyOfApprovals(e.kind), new Map(payload.get(keyOfApprovals(e.kind))).set(3, null));
  return sha256(prefixed("chancery/v1/parameters", e.kind, encode(payload)));
}
const withoutEmbargo = payload => new Map([...payload].filter(([k]) => k !== 12));
export async function statementOf(origin, e) {
  const [act, reference, subject] = TOPICS[e.kind](e.body), { policy, nonce } = e.body.approvals ?? { policy: 0, nonce: new Uint8Array(16) };
  const office = e.kind === "key-revoke" ? e.body.office : e.issuer;
  return { act, message: statementText({ register: origin, office, reference, act, subject, parameters: await parametersOf(e), policy, nonce }) };
}

// ---- what each kind may say --------------------------------------------------------------------------------------

const must = (ok, why, cls = "body") => need(ok, cls, why);
const isAct = a => ACTS.includes(a), ROLES = ["drafter", "approver", "issuing clerk", "press officer"];
function checkApprovals(a) { // MUST-12
  must(a.signatures.length <= 64 && rising(a.signatures, s => s.officer), "the approvals are not in order of the officers, each once");
  for (const s of a.signatures) must(isShort(s.officer) && s.signature.length >= 1 && s.signature.length <= 2048, "an approval is not in form");
}
function checkTarget(t, entry) { // MUST-9
  must(isOffice(t.office) && (t.reference === "" || isRef(t.reference)), "a target's office or reference is not in form");
  must(entry ? t.index !== 0 && !isZero(t.leaf) : t.index !== 0 || t.reference !== "", "a target does not name what it must", "target");
}
const checkTargets = (ts, entry) => { must(ts.length <= 64, "too many targets"); ts.forEach(t => checkTarget(t, entry)); };
const checkFiles = files => must(files.length <= 64 && files.every(f => ["form", "enclosure"].includes(f.role) && !isZero(f.digest) && f.mediaType !== ""
  && utf8(f.mediaType).length <= 100), "a file lacks its role, media type or digest");
async function disclosesLetter(ds, ref, digest) { // the fields add up to the digest and show the reference and the type
  must(same(await rootOf(ds), digest), "its fields do not add up to what was sealed");
  const r = shownValue(ds, "reference"), type = shownValue(ds, "type");
  must(r && same(r, utf8(ref)), "its reference is not shown, or another");
  must(type, "its type is not shown");
  return type;
}
const checkDisclosed = (how, ds) => must(["public", "on_presentation"].includes(how) && ds.every(d => langOf(d) === null || (d.salt !== null) === (how === "public")),
  "the fields do not follow the disclosure", "disclosure");
const withReason = (b, entry = true) => { checkTarget(b.target, entry); must(areWords(b.reason), "the reason is missing"); };

const VALID = {
  "genesis": async b => { // MUST-13
    must(isOrigin(b.origin) && b.logKey.startsWith(b.origin + "+") && utf8(b.logKey).length <= 400 && areWords(b.name, isLine, 400), "origin, log key or name are not in form");
    b.operator = await publicKey(BACK(b.operator));
  },
  "key-add": async b => { // MUST-14, MUST-33
    must(isOffice(b.office) && isShort(b.id) && areWords(b.name, isLine, 400), "office or names are not in form");
    must(b.domain !== "" && b.domain === b.office.slice(8).split("/")[0], "the domain is not the office's");
    b.key = await publicKey(BACK(b.key));
    must(["", "receipt", "log"].includes(b.role) && (b.role === "" || b.id === "operator" && b.key.alg === "ed25519"), "the role is not known, or not of such a key", "role");
  },
  "key-revoke": (b, e) => { // MUST-34
    must(!isZero(b.thumbprint), "the key is not named", "thumbprint");
    must(isOffice(b.office) && b.after <= 2n ** 62n && areWords(b.reason), "office, key, position or reason are not in form");
    must(e.subject === officeSubject(b.office), "another subject");
  },
  "policy": async b => { // MUST-15 to MUST-17, MUST-31
    must(b.officers.length >= 1 && b.officers.length <= 500 && b.rules.length <= 200 && b.speakers.length <= 500, "too many or too few officers, rules or speakers");
    const owners = new Map();
    for (const o of b.officers) {
      must(isShort(o.id) && isShort(o.person) && isLine(o.name, 200) && o.roles.every(r => ROLES.includes(r)) && o.keys.length <= 16, "an officer is not in form");
      for (const line of o.keys) {
        await parseKeyLine(line);
        must((owners.get(line) ?? o.person) === o.person, "a key belongs to one person");
        owners.set(line, o.person);
      }
    }
    must(new Set(b.officers.map(o => o.id)).size === b.officers.length, "an officer stands twice");
    for (const r of b.rules) {
      must(isAct(r.act) && utf8(r.type).length <= 40 && r.roles.length > 0 && [...r.roles, ...r.required].every(x => ROLES.includes(x)), "a rule is not in form");
      must(r.k >= 1 && r.k <= new Set(b.officers.filter(o => o.roles.some(x => r.roles.includes(x))).map(o => o.person)).size, "a rule asks for more persons than there are");
    }
    must(b.speakers.every(s => isLine(s, 200)), "a speaker's name is not in form");
    must(b.rules.some(r => r.act === "withdraw-emergency") === b.ratifyWithin > 0 && b.ratifyWithin <= 31622400, "the time to ratify does not fit the rules", "ratify-within");
  },
  "commit": b => must(!isZero(b.sequence) && !isZero(b.commitment), "the sequence number or the commitment is zero"), // MUST-20
  "draft-open": async b => { // MUST-21
    must(isRef(b.reference) && b.chain.every((l, i) => i === 0 || b.chain[i - 1].index < l.index), "the reference is not in form, or the chain not in order");
    await checkChain(b.chain.map(l => l.opening));
    must(b.revisions.length > 0 && b.revisions.every((r, i) => r.number > (b.revisions[i - 1]?.number ?? 0) && r.number <= b.chain.length), "a revision is not in order, or not in the chain");
    for (const r of b.revisions) await disclosesLetter(r.fields, b.reference, b.chain[r.number - 1].opening.digest);
  },
  "draft-close": b => must(!isZero(b.tag) && (b.reference === "" || isRef(b.reference)), "close tag or reference are not in form"), // MUST-22
  "issue": async (b, e) => { // MUST-23
    const o = b.seal.opening;
    must(TYPES.includes(b.type) && o.purpose === "draft" && o.revision > 0 && isZero(o.previous) === (o.revision === 1), "type or seal are not in form");
    must(same(await disclosesLetter(b.fields, b.reference, o.digest), utf8(b.type)), "its type is not the sealed one");
    checkDisclosed(b.disclosure, b.fields), checkFiles(b.files);
    must(b.notBefore <= YEAR_9999 && b.expires <= YEAR_9999 && (b.expires === 0 || b.expires > b.notBefore), "a time is out of range, or it expires before it takes effect");
    checkTargets(b.supersedes, true), checkTargets(b.regarding, false);
    if (b.embargo === null) return;
    const x = b.embargo.opening; // MUST-29: it commits to this very payload
    const digest = await sha256(prefixed("chancery/v1/embargo", encode(withoutEmbargo(e.payload))));
    need(b.notBefore !== 0 && b.embargo.index > b.seal.index && x.purpose === "issue" && x.register === o.register && x.office === o.office && x.revision === o.revision
      && same(x.tag, o.tag) && same(x.previous, await commitmentOf(o)) && same(x.digest, digest), "embargo", "the embargo that it cites is of another issue");
  },
  "correct": async b => { // MUST-30
    const o = b.seal.opening;
    withReason(b);
    must(b.target.reference !== "", "the letter is not named", "reference");
    must(o.purpose === "draft" && o.revision > 1 && !isZero(o.previous), "target or seal are not in form");
    await disclosesLetter(b.fields, b.target.reference, o.digest);
    checkDisclosed(b.disclosure, b.fields), checkFiles(b.files);
  },
  "withdraw": b => withReason(b), "retract": b => withReason(b), "ratify": b => checkTarget(b.target, true), // MUST-24, MUST-27, MUST-32
  "supersede": b => { checkTarget(b.target, true), checkTarget(b.successor, true), must(b.target.index !== b.successor.index, "a letter cannot replace itself"); }, // MUST-25
  "statement": async b => { // MUST-26
    must(["about", "received", "sighting", "holding", "collected"].includes(b.type), "the type is not known");
    await checkTexts(b.texts, true);
    must(!["received", "sighting", "collected"].includes(b.type) || b.of.length + b.files.length > 0, "it names nothing that is held");
    must((b.type !== "holding" || b.nextWordBy !== 0) && (b.type !== "collected" || b.source !== ""), "it lacks its next word or its source");
    must(b.seenAt <= YEAR_9999 && b.nextWordBy <= YEAR_9999 && b.files.length <= 64 && (b.source === "" || isLine(b.source, 500)), "times, files or source are not in form");
    if (b.of.length > 0) await checkTexts(b.of);
    checkTargets(b.regarding, false);
  },
  "disavow": async b => { // MUST-28
    must(b.texts.length + b.files.length > 0 && b.files.length <= 64 && areWords(b.reason), "it names nothing, or lacks its words");
    if (b.texts.length > 0) await checkTexts(b.texts, true);
    checkTargets(b.regarding, false);
  },
  "index-head": b => { must(b.size >= 1 && b.size <= 2n ** 62n, "it covers nothing", "size"), must(!isZero(b.root), "the root is missing", "root"); }, // MUST-35
};
const BACK = k => new Map([[1, k.kty], [-1, k.crv], [-2, k.x], ...k.y.length > 0 ? [[-3, k.y]] : []]);

// ---- the fold (standing.md MUST-1 to MUST-9, MUST-18, MUST-20 to MUST-24) ----------------------------------------

const allow = (ok, why) => need(ok, "ignored", why), under = (...names) => JSON.stringify(names);
const INSTEAD = { "correct": "issue", "ratify": "withdraw", "revoke-key": "policy" }; // entry.md MUST-36
function ruleFor(policy, act, type) { // entry.md MUST-17
  const rules = policy.rules.filter(r => r.act === act);
  const found = rules.find(r => r.type === type && type !== "") ?? rules.find(r => r.type === "");
  return found ?? (INSTEAD[act] && ruleFor(policy, INSTEAD[act], type));
}

export class State {
  offices = new Map(); ids = new Map(); commits = new Map(); letters = []; closed = new Map(); records = new Map(); emergencies = new Map();
  roleKeys = new Map(); heads = new Map(); said = new Map(); problems = []; next = 0; last = 0; dense = true; genesis = null;

  // add takes the next entry; what the rules do not allow changes nothing and is reported, as is what is odd.
  async add(index, e) {
    const report = (ignored, why) => { const p = { index, ignored, why }; this.problems.push(p); return p; };
    if (index < this.next) return report(true, "its position was taken already");
    this.dense &&= index === this.next, this.next = index + 1;
    try {
      const name = under(e.issuer, hex(await parametersOf(e)));
      allow(!this.said.has(name), `it repeats entry ${this.said.get(name)}, which counts`); // MUST-7
      await this.admit({ ...e, index }, why => report(false, why));
      this.said.set(name, index);
    } catch (problem) { if (problem instanceof Refusal) return report(true, problem.message); throw problem; }
    if (e.at < this.last) return report(false, "it is dated before the entry it follows"); // MUST-3
    this.last = e.at;
    return null;
  }

  async admit(e, flag) {
    if (!this.genesis) { // MUST-8
      allow(e.kind === "genesis" && e.index === 0, "a register begins with its genesis entry");
      await verifyEntry(e, e.body.operator);
      this.genesis = e.body, this.operator = e.issuer;
    } else if (["key-add", "key-revoke", "index-head"].includes(e.kind)) await this[e.kind](e, flag);
    else {
      allow(e.kind !== "genesis", "a register has one genesis entry");
      const office = this.offices.get(e.issuer);
      allow(office, "the office is not enrolled");
      await this.signedBy(e, office);
      await this[e.kind](e, office, flag);
      office.signers.push([e.index, e.keyID]);
    }
  }
  async signedBy(e, office) {
    const key = office.keys.get(e.keyID);
    allow(key && !key.revoked, "it is signed with no key of its office");
    await verifyEntry(e, key.key);
  }
  async byOperator(e) { allow(e.issuer === this.operator, "it is not the operator's"); await verifyEntry(e, this.genesis.operator); }
  aboutLetter(e, ref) { allow(e.subject === letterSubject(this.genesis.origin, e.issuer, ref), "its subject is another"); } // entry.md MUST-18

  // approved checks the approvals under the policy in force (MUST-4 to MUST-6); it returns the names of who approved.
  async approved(e, office, type, at = e.index) {
    const set = e.body.approvals, now = office.policies.findLast(p => p.index < at);
    allow(set && now && set.policy === now.index, "it is not approved under the policy that is in force");
    const { act, message } = await statementOf(this.genesis.origin, e), rule = ruleFor(now.policy, act, type);
    allow(rule, `the policy does not allow the act ${act}`);
    const by = [];
    for (const { officer, signature } of set.signatures) {
      const o = now.policy.officers.find(x => x.id === officer), line = o?.keys.find(l => {
        const wire = unbase64(l.split(" ")[1]); // the signer's key stands after the ten bytes of magic and version
        return same(signature.subarray(10, 14 + wire.length), cat(be(wire.length, 4), wire));
      });
      allow(line, `${officer} is no officer, or it is not this officer's key`);
      await verifyApproval(message, await parseKeyLine(line), signature);
      by.push(o);
    }
    const holds = roles => by.filter(o => o.roles.some(r => roles.includes(r)));
    allow(new Set(holds(rule.roles).map(o => o.person)).size >= rule.k, "too few approvals by distinct persons with the roles");
    allow(rule.required.every(r => holds([r]).length > 0), "no approval by a holder of a required role");
    return by.map(o => o.name);
  }

  async "key-add"(e) { // MUST-8, MUST-21
    const { office: uri, id, name, key, role } = e.body, office = this.offices.get(uri);
    const entry = { key, added: e.index, by: null, revoked: null }, names = w => under(...[...w].sort((a, b) => byBytes(a[0], b[0])));
    if (role !== "") {
      allow(uri === this.operator, "only the operator has keys with a role");
      await this.byOperator(e);
      allow(!this.roleKeys.has(key.thumbprint) && key.thumbprint !== this.genesis.operator.thumbprint, "the key has a use already");
      this.roleKeys.set(key.thumbprint, { ...entry, role });
    } else if (!office) {
      await verifyEntry(e, this.genesis.operator);
      allow(!this.ids.has(id), "the short name is another office's");
      this.ids.set(id, uri);
      this.offices.set(uri, { uri, id, name, keys: new Map([[key.thumbprint, entry]]), policies: [], used: new Set(), sequence: 0n, signers: [] });
    } else {
      allow(!office.keys.has(key.thumbprint) && id === office.id && names(name) === names(office.name), "the office has the key, or another name");
      if ([...office.keys.values()].every(k => k.revoked)) await this.byOperator(e);
      else {
        allow(e.issuer === uri, "a further key is added by a key that the office has");
        await this.signedBy(e, office);
        entry.by = e.keyID, office.signers.push([e.index, e.keyID]);
      }
      office.keys.set(key.thumbprint, entry);
    }
  }
  async "key-revoke"(e, flag) { // MUST-22, MUST-23
    const b = e.body, id = hex(b.thumbprint), office = this.offices.get(b.office), roleKey = b.office === this.operator && this.roleKeys.get(id);
    const key = roleKey || office?.keys.get(id);
    allow(key && b.after < e.index && b.after >= key.added && !(key.revoked?.after <= b.after), "there is no such key, or not at this position, or it is revoked already");
    if (roleKey) {
      allow(b.approvals === null, "the operator's own keys are revoked without approvals");
      await this.byOperator(e);
      roleKey.revoked = { index: e.index, after: b.after };
      return;
    }
    const falls = [id]; // with those that it added after the position, and they in turn
    for (const f of falls) for (const [other, k] of office.keys) if (k.by === f && k.added > b.after && !falls.includes(other)) falls.push(other);
    if (e.issuer === b.office && office.keys.has(e.keyID)) {
      allow(!falls.includes(e.keyID), "a key cannot revoke itself, nor the key that it fell with");
      await this.signedBy(e, office);
    } else await this.byOperator(e);
    if (office.policies.length > 0) await this.approved(e, office, "");
    else allow(b.approvals === null, "approvals of an office that has no policy");
    const later = i => this.laterRevoked(b.office, [i]).length > 0;
    for (const f of falls) {
      const k = office.keys.get(f);
      k.revoked = { index: k.revoked?.index ?? e.index, after: Math.max(Number(b.after), k.added) };
    }
    const first = office.policies[0], doubted = [...this.commits].filter(([i, c]) => c.office === b.office && !c.doubted && later(i)).map(([i, c]) => { c.doubted = true; return i; });
    if (first && !first.doubted && later(first.index)) first.doubted = doubted.push(first.index);
    for (const i of doubted.sort((x, y) => x - y)) this.problems.push({ index: i, ignored: false, why: "its key was revoked later" });
    if (e.issuer === b.office && office.keys.has(e.keyID)) office.signers.push([e.index, e.keyID]);
  }
  laterRevoked(uri, entries) { // which of an office's entries were signed with a key that was revoked from before them (MUST-23)
    const office = this.offices.get(uri);
    return entries.filter(i => {
      const k = office?.keys.get(office.signers.find(([at]) => at === i)?.[1]);
      return k?.revoked && i > k.revoked.after && i < k.revoked.index;
    }).sort((x, y) => x - y);
  }
  async "index-head"(e) { // MUST-24
    await this.byOperator(e);
    allow(e.subject === "urn:chancery:register:" + this.genesis.origin && e.body.size === e.index, "its subject or its size is another");
    this.heads.set(e.index, e.body);
  }
  async policy(e, office) { // MUST-4
    if (office.policies.length > 0) await this.approved(e, office, "");
    office.policies.push({ index: e.index, policy: e.body });
  }
  commit(e, office, flag) { // MUST-9
    const n = BigInt(number(e.body.sequence));
    if (office.used.has(n)) flag("its number was used already");
    if (this.dense && n > office.sequence + 1n) flag("its number does not follow the one before");
    office.used.add(n), office.sequence = n > office.sequence ? n : office.sequence;
    this.commits.set(e.index, { office: office.uri, commitment: e.body.commitment, at: e.at });
  }
  async sealed(uri, { index, opening }, before) {
    const c = this.commits.get(index);
    allow(c && index < before && c.office === uri && opening.office === uri && opening.register === this.genesis.origin, "the seal is no earlier commitment of this office in this register");
    allow(same(await commitmentOf(opening), c.commitment), "the opening does not fit the commitment");
  }
  async letterOf(uri, tag, ref, type) {
    let l = this.letters.find(x => x.office === uri && x.tag === hex(tag));
    allow(!l || l.ref === ref, "the letter has another reference");
    if (!l) {
      const close = under(uri, hex(await closeTag(tag)));
      l = { office: uri, tag: hex(tag), ref, type, close, issues: [], opened: [], corrected: [], closed: this.closed.get(close) ?? null, withdrawn: null, replacedBy: [], conflict: false, entries: new Set() };
      this.letters.push(l);
      if (l.closed !== null) l.entries.add(l.closed);
    }
    return l;
  }
  async "draft-open"(e, office) {
    const b = e.body;
    this.aboutLetter(e, b.reference);
    for (const link of b.chain) await this.sealed(office.uri, link, e.index);
    await this.approved(e, office, "");
    const l = await this.letterOf(office.uri, b.chain[0].opening.tag, b.reference, "");
    for (const i of [...b.chain.map(x => x.index), e.index]) l.entries.add(i);
    for (const r of b.revisions) {
      if (issuedRevision(l, r.number)) l.conflict = true; // MUST-11
      l.opened.push({ index: e.index, revision: r.number, fields: r.fields });
    }
  }
  async "draft-close"(e, office) {
    const { tag, reference } = e.body, close = under(office.uri, hex(tag)), l = this.letters.find(x => x.close === close);
    if (reference !== "") this.aboutLetter(e, reference);
    else allow(e.subject === officeSubject(e.issuer), "its subject is another");
    await this.approved(e, office, "");
    if (this.closed.has(close)) return;
    allow(reference === "" || l?.ref === reference, "there is no opened draft of this reference with this tag");
    this.closed.set(close, e.index);
    if (l) l.closed = e.index, l.entries.add(e.index), l.conflict ||= l.issues.length > 0;
  }
  async issue(e, office) {
    const b = e.body;
    this.aboutLetter(e, b.reference);
    await this.sealed(office.uri, b.seal, e.index);
    if (b.embargo) await this.sealed(office.uri, b.embargo, e.index), allow(e.at >= b.notBefore, "it is dated before its embargo ends");
    await this.approved(e, office, b.type, b.embargo?.index); // MUST-4
    const before = b.supersedes.map(t => this.target(office, t, e.index)), l = await this.letterOf(office.uri, b.seal.opening.tag, b.reference, b.type);
    l.conflict ||= l.issues.length > 0 || l.closed !== null;
    l.issues.push({ index: e.index, leaf: e.leaf, at: e.at, body: b, revision: b.seal.opening.revision, fields: b.fields });
    l.type = b.type;
    for (const i of [b.seal.index, e.index, ...b.embargo ? [b.embargo.index] : []]) l.entries.add(i);
    for (const p of before) if (p.issues[0].index < l.issues[0].index) p.replacedBy.push(b.notBefore), p.entries.add(e.index); // MUST-13
  }
  target(office, t, before) { // MUST-14
    const l = this.letters.find(x => x.issues.some(i => i.index === t.index)), issue = l?.issues.find(i => i.index === t.index);
    allow(issue && t.index < before && same(issue.leaf, t.leaf) && l.office === office.uri && t.office === office.uri && ["", l.ref].includes(t.reference), "its target is no such letter of this office");
    return l;
  }
  async withdraw(e, office) {
    const l = this.target(office, e.body.target, e.index);
    this.aboutLetter(e, l.ref);
    await this.approved(e, office, l.type);
    if (l.withdrawn) return;
    l.entries.add(e.index);
    l.withdrawn = { index: e.index, at: e.at, reason: e.body.reason, ratifyBy: e.body.emergency ? e.at + office.policies.at(-1).policy.ratifyWithin : null };
    if (e.body.emergency) this.emergencies.set(e.index, { l, leaf: e.leaf });
  }
  async ratify(e, office) { // MUST-20
    const t = e.body.target, { l, leaf } = this.emergencies.get(t.index) ?? {};
    allow(l && same(leaf, t.leaf) && l.office === office.uri && t.office === office.uri && ["", l.ref].includes(t.reference), "its target is no withdrawal in an emergency");
    this.aboutLetter(e, l.ref);
    await this.approved(e, office, l.type);
    allow(!l.withdrawn.ratified, "the withdrawal is ratified already");
    l.withdrawn.ratified = e.index, l.entries.add(e.index);
  }
  async supersede(e, office) {
    const l = this.target(office, e.body.target, e.index), next = this.target(office, e.body.successor, e.index);
    this.aboutLetter(e, l.ref);
    allow(l.issues[0].index < next.issues[0].index, "the successor was issued before the letter it is to replace");
    await this.approved(e, office, l.type);
    l.replacedBy.push(next.issues[0].body.notBefore), l.entries.add(e.index);
  }
  async correct(e, office) { // MUST-18
    const b = e.body, l = this.target(office, b.target, e.index), o = b.seal.opening, [first] = l.issues, langs = ds => under(...ds.map(langOf));
    this.aboutLetter(e, l.ref);
    await this.sealed(office.uri, b.seal, e.index);
    allow(first.index === b.target.index && !l.withdrawn && hex(o.tag) === l.tag && o.revision > (l.corrected.at(-1) ?? first).revision, "it corrects no issue in force with a later revision of the same letter");
    allow(same(shownValue(b.fields, "type"), utf8(first.body.type)) && b.disclosure === first.body.disclosure && langs(b.fields) === langs(first.fields), "type, disclosure or languages are not those of the issue");
    await this.approved(e, office, l.type);
    l.corrected.push({ index: e.index, at: e.at, revision: o.revision, fields: b.fields, reason: b.reason });
    l.entries.add(b.seal.index).add(e.index);
  }
  async statement(e, office) {
    await this.approved(e, office, e.body.type);
    this.records.set(e.index, { kind: "statement", index: e.index, office: office.uri, leaf: e.leaf, body: e.body, at: e.at, retracted: null });
  }
  async disavow(e, office) {
    await this.approved(e, office, "");
    this.records.set(e.index, { kind: "disavowal", index: e.index, office: office.uri, leaf: e.leaf, body: e.body, at: e.at, retracted: null });
  }
  async retract(e, office) {
    const t = e.body.target, r = this.records.get(t.index);
    await this.approved(e, office, "");
    allow(r && same(r.leaf, t.leaf) && r.office === office.uri, "its target is no statement or disavowal of this office");
    r.retracted ??= { index: e.index, at: e.at, reason: e.body.reason };
  }

  // ---- where a text stands (standing.md MUST-10 to MUST-20) ------------------------------------------------------

  clash(l) { return l.conflict || this.letters.some(x => x !== l && x.office === l.office && x.ref === l.ref); } // MUST-11
  async firstOfficial(l, say) { for (const i of [...l.issues, ...l.corrected]) if (await says(i.fields, say)) return i.index; return null; }
  async elsewhere(office, but, say) { // the first entry with which the office issued the words in another letter
    for (const l of this.letters) if (l !== but && l.office === office) { const at = await this.firstOfficial(l, say); if (at !== null) return at; }
    return null;
  }
  async denied(office, say) {
    for (const r of this.records.values()) if (r.kind === "disavowal" && r.office === office && !r.retracted && await says(r.body.texts, say)) return true;
    return false;
  }
  async inLetter(l, t, at) { // null, or a status: where it stands, in what, and which correction put other words in its place
    const official = await holding([...l.issues, ...l.corrected], t), opened = await holding(l.opened, t);
    if (official.length + opened.length === 0) return null;
    const st = this.status(l, "draft_open");
    if (official.length > 0) outdate(st, official.at(-1), standingOfIssued(l, at));
    else {
      const by = await this.elsewhere(l.office, l, t.text);
      st.standing = by !== null && opened.at(-1).index > by ? "conflict" : by !== null || l.issues.length > 0 ? "draft_replaced" : l.closed !== null ? "draft_closed" : "draft_open";
    }
    for (const o of l.opened) if (official.length > 0 && o.index > official[0].index && await says(o.fields, t.text)) st.standing = "conflict";
    return this.clash(l) || await this.denied(l.office, t.text) ? { ...st, standing: "conflict" } : st;
  }
  status(l, standing) { return { standing, letter: l, laterRevoked: this.laterRevoked(l.office, [...l.entries]), correctedBy: null }; }
  ofLetter(l, at) {
    return this.status(l, this.clash(l) ? "conflict" : l.issues.length > 0 ? standingOfIssued(l, at) : l.closed !== null ? "draft_closed" : "draft_open");
  }
  async ofRecord(r, t) { // a statement or a disavowal (MUST-15, MUST-16)
    const st = { standing: r.retracted ? "retracted" : r.kind === "statement" ? "stated" : "disavowed", said: r, laterRevoked: this.laterRevoked(r.office, [r.index, ...r.retracted ? [r.retracted.index] : []]) };
    for (const l of st.standing === "disavowed" && t ? this.letters : []) if (l.office === r.office) for (const x of [...l.issues, ...l.corrected, ...l.opened]) if (await says(x.fields, t.text)) st.standing = "conflict";
    return st;
  }
  async standingsOf(t, at) { // in every record, the most serious first
    const out = [];
    for (const l of this.letters) {
      const st = await this.inLetter(l, t, at);
      if (st !== null && !(st.standing === "draft_replaced" && await this.elsewhere(l.office, l, t.text) !== null)) out.push(st);
    }
    for (const kind of ["disavowal", "statement"]) for (const r of this.records.values()) if (r.kind === kind && await holds(r.body.texts, t)) out.push(await this.ofRecord(r, t));
    return out.sort((a, b) => GRAVITY.indexOf(a.standing) - GRAVITY.indexOf(b.standing));
  }
  async held(office, { link, fields: ds, embargo }, t, at) { // a sealed draft, by its opening (MUST-17)
    const o = link.opening, ref = shownValue(ds, "reference");
    await this.sealed(office, link, this.next);
    must(o.purpose === "draft" && ref && isRef(latin(ref)), "what it opens is no draft, or its reference is not shown");
    await disclosesLetter(ds, latin(ref), o.digest);
    must(await holds(ds, t), "it has no such text");
    if (embargo) await this.heldIssue(office, link, embargo);
    const l = this.letters.find(x => x.office === office && x.tag === hex(o.tag)), known = l && await this.inLetter(l, t, at);
    const st = { standing: "draft_open", letter: null, laterRevoked: [], ...known ?? (l ? this.status(l, "draft_open") : {}), reference: latin(ref) };
    if (!known && l && issuedRevision(l, o.revision)) outdate(st, l.corrected.find(c => c.revision === o.revision) ?? l.issues[0], standingOfIssued(l, at));
    else if (!known && l?.issues.length > 0) st.standing = "draft_replaced";
    if (embargo && st.standing === "draft_open") st.standing = "embargoed";
    if (known) return st;
    if (st.standing === "draft_open" && await this.elsewhere(office, null, t.text) !== null) st.standing = "draft_replaced";
    if (["draft_open", "embargoed"].includes(st.standing) && this.closed.has(under(office, hex(await closeTag(o.tag))))) st.standing = "draft_closed";
    return st;
  }
  async heldIssue(uri, seal, { link, issue }) { // an issue to come, to which a commitment commits
    need(issue.length <= 65535, "size", "the issue under embargo is too large");
    const payload = decode(issue), body = SHAPES.issue(payload), e = { kind: "issue", payload, body, issuer: uri };
    must(body.embargo === null && body.seal.index === seal.index && same(await commitmentOf(body.seal.opening), await commitmentOf(seal.opening)), "it is of another revision");
    body.embargo = link;
    await VALID.issue(body, e), checkApprovals(body.approvals);
    await this.sealed(uri, link, this.next);
    await this.approved(e, this.offices.get(uri), body.type, link.index);
  }
}
const GRAVITY = ["conflict", "lookalike", "disavowed", "withdrawn", "superseded", "draft_closed", "draft_open", "draft_replaced", "embargoed",
  "cannot_check", "expired", "in_force", "retracted", "stated", "not_on_record", "no_register"];
async function says(ds, say) { for (const d of ds) if (langOf(d) !== null && await matches(d, say)) return true; return false; } // in whatever language
async function holds(ds, t) { for (const d of ds) if (d.field === "text/" + t.language && await matches(d, t.text)) return true; return false; }
async function holding(list, t) { const out = []; for (const x of list) if (await holds(x.fields, t)) out.push(x); return out; }
const issuedRevision = (l, n) => [...l.issues, ...l.corrected].some(x => x.revision === n);
function standingOfIssued(l, at) { // MUST-14, MUST-13, MUST-10
  const { notBefore, expires } = l.issues[0].body;
  return l.withdrawn ? "withdrawn" : l.replacedBy.some(from => from <= at) ? "superseded" : notBefore > at ? "embargoed" : expires !== 0 && expires <= at ? "expired" : "in_force";
}
function outdate(st, last, standing) { // MUST-19: words that the latest correction does not hold
  const l = st.letter, next = l.corrected[l.corrected.indexOf(last) + 1];
  st.standing = next && standing !== "withdrawn" ? "superseded" : standing, st.correctedBy = next?.index ?? null;
}

// ---- whom the reader trusts (proof.md MUST-12 to MUST-16) --------------------------------------------------------

const isName = s => s !== "" && utf8(s).length <= 255 && !/[+\s\p{Cc}\u0085]/u.test(s);
const bad = why => refuse("bad_policy", why);
async function parseVkey(vkey, type) { // NAME+ID+KEY
  const [name, id, ...rest] = vkey.split("+"), material = unbase64(rest.join("+"));
  if (vkey.length > 512 || !isName(name) || !/^[0-9a-fA-F]{8}$/.test(id ?? "") || material?.length !== 33) bad("a verifier key is NAME+ID+KEY");
  if (material[0] !== type) bad("a log's key has type 1, a witness's type 4");
  if (hex((await sha256(name, "\n", material)).subarray(0, 4)) !== id.toLowerCase()) bad("the ID does not belong to this name and key");
  return { name, id: id.toLowerCase(), pub: material.subarray(1), type };
}
export async function parsePolicy(b) {
  if (b.length > 65536 || b.some(c => c < 32 && c !== 9 && c !== 10 || c === 127)) bad("too large, or a control character");
  const p = { keys: [], groups: new Map(), quorum: null }, s = new TextDecoder().decode(b);
  const known = n => p.groups.has(n) || p.keys.some(k => k.witness === n), fresh = n => { if (n === "none" || known(n)) bad(`the name ${n} is taken`); };
  const add = async (vkey, type, witness) => {
    const k = await parseVkey(vkey, type);
    if (p.keys.length === 256 || p.keys.some(o => same(o.pub, k.pub))) bad("too many keys, or one twice");
    p.keys.push({ ...k, witness, role: witness === null ? "log" : "witness" });
  };
  for (const line of s.split("\n")) {
    const [word, ...f] = line.split(/[ \t]+/).filter(x => x !== "");
    if (word === undefined || word.startsWith("#")) continue;
    if (word === "log" && (f.length === 1 || f.length === 2)) await add(f[0], 1, null);
    else if (word === "witness" && (f.length === 2 || f.length === 3)) fresh(f[0]), await add(f[1], 4, f[0]);
    else if (word === "group" && f.length >= 3) {
      const [name, size, ...of] = f, k = size === "all" ? of.length : size === "any" ? 1 : /^[1-9][0-9]{0,8}$/.test(size) ? Number(size) : 0;
      fresh(name);
      const used = [...p.groups.values()].flatMap(g => g.of);
      if (p.groups.size === 64 || k < 1 || k > of.length || new Set(of).size < of.length || of.some(m => !known(m) || used.includes(m))) bad(`group ${name}`);
      p.groups.set(name, { k, of });
    } else if (word === "quorum" && f.length === 1 && p.quorum === null && (f[0] === "none" || known(f[0]))) [p.quorum] = f;
    else bad(`the line ${line.slice(0, 80)}`);
  }
  if (p.quorum === null) bad("no quorum line");
  for (const k of p.keys.filter(w => w.witness !== null && p.keys.some(l => l.witness === null && l.name === w.name))) { // MUST-16
    k.role = "clock";
    if (p.quorum === k.witness || [...p.groups.values()].some(g => g.of.includes(k.witness))) bad("the register's own clock is no witness");
  }
  const least = n => p.groups.has(n) ? p.groups.get(n).of.map(least).sort((x, y) => x - y).slice(0, p.groups.get(n).k).reduce((x, y) => x + y, 0) : 1;
  p.needed = p.quorum === "none" ? 0 : least(p.quorum);
  p.met = cosigned => { const has = n => p.groups.has(n) ? p.groups.get(n).of.filter(has).length >= p.groups.get(n).k : cosigned.has(n); return p.quorum === "none" || has(p.quorum); };
  return p;
}

// ---- the checkpoint (MUST-5 to MUST-11) --------------------------------------------------------------------------

const isNumber = s => /^(0|[1-9][0-9]{0,19})$/.test(s);
export async function openCheckpoint(raw, p) {
  const form = (ok, why) => need(ok, "bad_checkpoint", why);
  need(p.keys.some(k => k.role === "log"), "no_policy", "no log to trust: name one");
  form(raw.length <= 32768, "it is too large");
  let s;
  try { s = decoder.decode(raw); } catch { form(false, "it is not UTF-8"); }
  const end = s.indexOf("\n\n"), [origin, size, root, ...more] = s.slice(0, end).split("\n"), hash = unbase64(root ?? "");
  form(end > 0 && more.length === 0 && isName(origin) && isNumber(size) && BigInt(size) <= 2n ** 62n && hash?.length === 32, "want an origin, a size and a root, each on its line");
  const text = s.slice(0, end + 1), lines = s.slice(end + 2).split("\n");
  form(lines.pop() === "" && lines.length >= 1 && lines.length <= 100, "want 1 to 100 signature lines");
  const sigs = lines.map(line => {
    const [dash_, name, b64, ...rest] = line.split(" "), sig = unbase64(b64 ?? "");
    form(dash_ === "\u2014" && rest.length === 0 && isName(name ?? "") && sig?.length >= 5, "a signature line is not in its one form");
    return { name, id: hex(sig.subarray(0, 4)), sig: sig.subarray(4) };
  });
  form(new Set(sigs.map(x => under(x.name, x.id))).size === sigs.length, "two lines of one key");
  const c = { origin, size: number(be(BigInt(size), 8)), root: hash, time: null, witnesses: 0, needed: p.needed }, cosigned = new Set();
  let byLog = false;
  for (const { name, id, sig } of sigs) { // MUST-8 to MUST-10
    const k = p.keys.find(x => x.name === name && x.id === id);
    if (!k) continue;
    const at = k.type === 4 && sig.length === 72 ? number(sig.subarray(0, 8)) : null;
    const good = k.type === 1 ? sig.length === 64 && await signed("ed25519", k.pub, sig, utf8(text))
      : at !== null && at <= YEAR_9999 && await signed("ed25519", k.pub, sig.subarray(8), utf8(`cosignature/v1\ntime ${at}\n${text}`));
    need(good, k.role === "log" ? "bad_checkpoint_signature" : "bad_cosignature", `a signature under the name ${name} is not made with that key`);
    if (k.role === "log" && name === origin) byLog = true;
    if (k.role === "clock" && name === origin) c.time = at;
    if (k.role === "witness") cosigned.add(k.witness);
  }
  need(byLog, "unknown_log", `the checkpoint of ${origin} is not signed by a log of the policy`);
  c.witnesses = cosigned.size;
  need(p.met(cosigned), "quorum_not_met", `${c.witnesses} witnesses of the policy cosigned; its quorum takes at least ${p.needed}`);
  return c;
}

// ---- tlog-proof and inclusion (MUST-17 to MUST-19) ---------------------------------------------------------------

export function parseTLogProof(b) {
  const form = ok => need(ok, "bad_format", "not a tlog-proof in its one form");
  form(b.length <= 65536);
  const end = b.findIndex((c, i) => c === 10 && b[i + 1] === 10), lines = latin(b.subarray(0, Math.max(end, 0))).split("\n");
  form(end > 0 && lines.shift() === "c2sp.org/tlog-proof@v1");
  if (lines[0]?.startsWith("extra ")) form(unbase64(lines.shift().slice(6))?.length > 0);
  const [first, ...path] = lines, index = first?.startsWith("index ") ? first.slice(6) : "";
  form(isNumber(index) && BigInt(index) < 2n ** 64n && path.length <= 63);
  const hashes = path.map(unbase64);
  form(hashes.every(h => h?.length === 32));
  return { index: number(be(BigInt(index), 8)), path: hashes, checkpoint: b.subarray(end + 2) };
}
async function included(index, leaf, path, c) { // RFC 9162 section 2.1.3.2
  need(index < c.size && path.length <= 63, "bad_inclusion", `entry ${index} is not among those of the checkpoint`);
  let fn = BigInt(index), sn = BigInt(c.size) - 1n, r = leaf;
  for (const h of path) {
    need(sn > 0n, "bad_inclusion", "its path is too long");
    if (fn & 1n || fn === sn) {
      r = await sha256(Uint8Array.of(1), h, r);
      while (!(fn & 1n) && fn !== 0n) fn >>= 1n, sn >>= 1n;
    } else r = await sha256(Uint8Array.of(1), r, h);
    fn >>= 1n, sn >>= 1n;
  }
  need(sn === 0n && same(r, c.root), "bad_inclusion", `entry ${index} is not in the tree of the checkpoint`);
}

// ---- the register's own map (lookup.md; proof.md MUST-32 to MUST-36) ---------------------------------------------

const T = (...x) => sha256(prefixed("chancery/index/v1/tree", cat(...x))), bitOf = (key, n) => key[n >> 3] >> 7 - (n & 7) & 1;
const node = async (value, n, key) => T(value, await T(be(n, 4), key.map((x, i) => i < n >> 3 ? x : i === n >> 3 ? x & 0xff00 >> (n & 7) : 0)));
const branch = async (key, n, left, right) => node(await T(left, right), n, key);
export const lookupKey = (kind, values) => sha256(prefixed("chancery/index/v1", kind, ...values));
export function checkName(kind, values) { // lookup.md MUST-3
  const ok = { reference: () => isOffice(latin(values[0])) && isRef(latin(values[1])), office: () => isOffice(latin(values[0])) }[kind] ?? (() => values[0].length === 32);
  need(["reference", "file", "text", "leaf", "office"].includes(kind) && values.length === (kind === "reference" ? 2 : 1) && ok(), "bad_form", "there is no such name");
}
export function parseLookup({ kind, values, entries, proof }) { // MUST-9, MUST-11, MUST-12, MUST-14: the way in the tree
  checkName(kind, values);
  const absent = entries.length === 0, form = ok => need(ok, "bad_form", "an answer of the map is not in its form");
  form(entries.length <= 4096 && entries.every((x, i) => i === 0 || entries[i - 1] < x));
  if (absent && (proof.length === 0 || proof.length === 32)) return { at: [], siblings: proof.length ? [proof] : [], empty: true };
  const tail = absent ? 64 : 0, steps = (proof.length - tail) / 33, at = proof.subarray(0, Math.max(steps, 0)), other = absent ? proof.subarray(-64) : null;
  form(Number.isInteger(steps) && steps >= 1 && steps <= 256 && at.every((x, i) => i === 0 ? x === 0 : x > at[i - 1]));
  return { at: [...at], siblings: [...at].map((_, i) => proof.subarray(steps + 32 * i, steps + 32 * i + 32)), other, empty: false };
}
export async function verifyLookup(answer, root) { // MUST-10 to MUST-12
  const way = parseLookup(answer), key = await lookupKey(answer.kind, answer.values), proved = ok => need(ok, "not_proved", "the map's root does not say so");
  if (way.empty) {
    const label = await T(be(0, 4), new Uint8Array(32).fill(1)), none = await T(await T(await T([0]), label), label), [other] = way.siblings;
    return proved(same(root, other ? await branch(ZERO, 0, ...bitOf(key, 0) ? [other, none] : [none, other]) : await node(await T([0]), 0, ZERO)));
  }
  const leaf = way.other?.subarray(0, 32) ?? key, value = way.other?.subarray(32) ?? await sha256(prefixed("chancery/index/v1/entries", cat(...answer.entries.map(x => be(x, 8)))));
  proved(!way.other || !same(leaf, key));
  let hash = await node(value, 256, leaf);
  for (const [i, n] of [...way.at.entries()].reverse()) {
    proved(bitOf(key, n) === bitOf(leaf, n));
    hash = await branch(leaf, n, ...bitOf(leaf, n) ? [way.siblings[i], hash] : [hash, way.siblings[i]]);
  }
  proved(same(hash, root));
}

// ---- COSE receipts (receipt.md, proof.md MUST-40 to MUST-44) -----------------------------------------------------

const RECEIPT_HEADER = members({ "1 alg": int, "4 keyID": fixed(32), "15 claims": members({ "1 issuer": text, "2 subject": text }), "395 vds": int, "size size": uint });
async function checkReceipt(raw, v, entry, leaf) {
  const good = (ok, why) => need(ok, "bad_receipt", why);
  await kept("bad_receipt", async () => {
    good(raw[0] === 0xd2, "not a tagged COSE_Sign1");
    const [header, unprotected, payload, signature] = tuple(blob, members({ "396 proofs": members({ "-1 inclusion": list(blob) }) }), x => x, blob)(decode(raw.subarray(1)));
    const h = RECEIPT_HEADER(decode(header)), { inclusion } = unprotected.proofs;
    good(payload === null && signature.length === 64 && h.vds === 1 && inclusion.length === 1, "not a receipt of inclusion");
    const [size, index, path] = tuple(uint, uint, v => filled(v).map(fixed(32)))(decode(inclusion[0]));
    good(size === h.size && size === v.size && index === v.index && path.length > 0, "it is of another entry or tree");
    good(h.claims.issuer === v.state.operator && h.claims.subject === "urn:chancery:register:" + v.origin, "it is of another register");
    const key = v.state.roleKeys.get(hex(h.keyID));
    good(key?.role === "receipt" && !key.revoked && h.alg === -8, "it names no receipt key of the register");
    await included(index, leaf, path, v);
    good(await signed("ed25519", key.key.raw, signature, encode(["Signature1", header, EMPTY, v.root])), "its signature is not over this root");
  });
}

// ---- the bundle (MUST-20 to MUST-31) -----------------------------------------------------------------------------

const tuple = (...shapes) => v => Array.isArray(v) && v.length === shapes.length ? shapes.map((s, i) => s(v[i])) : wrong("an array of a few");
const solid = v => v instanceof Uint8Array ? v : wrong("bytes");
const filled = v => Array.isArray(v) ? v : wrong("a list"); // null is no list here
const BUNDLE = members({ "1 format": text, "2 proof": blob, "3 entry": blob, "4 support": opt(list(tuple(uint, blob, v => filled(v).map(fixed(32)))), []),
  "5 texts": opt(list(tuple(text, text)), []), "6 draft": opt(members({ "1 link": LINK, "2 fields": fields, "3 embargo": opt(members({ "1 link": LINK, "2 issue": blob }), null) }), null),
  "7 lookups": opt(members({ "1 head": uint, "2 answers": list(v => { // null is no list here, and no bytes
    const [kind, values, entries, proof] = tuple(text, x => filled(x).map(solid), x => filled(x).map(uint), solid)(v);
    return { kind, values, entries, proof };
  }) }), null), "8 receipts": opt(list(blob), []) });

export async function parseBundle(raw) {
  const form = (ok, why) => need(ok, "bad_format", why);
  form(raw.length <= 16777216, "it is too large");
  const b = await kept("bad_format", () => BUNDLE(decode(raw)));
  form(b.format === "chancery-proof/v1", "it is of another format or version");
  form(b.support.every(([i], n) => n === 0 || b.support[n - 1][0] < i), "its entries are not in order of the log");
  form(b.texts.length <= 64 && b.texts.every(([l]) => isLang(l)) && rising(b.texts, ([l, s]) => cat(l, [0], s)), "its texts are not in order of language and words");
  b.tlog = parseTLogProof(b.proof);
  form(!b.support.some(([i]) => i === b.tlog.index), "it carries an entry twice");
  form(b.draft === null || b.draft.link.index === b.tlog.index && b.texts.length > 0, "it is about another commitment than it opens, or about no words");
  form(b.receipts.length <= 4 && b.receipts.every(r => r.length >= 1 && r.length <= 4096) && rising(b.receipts), "its receipts are too many, or not in order");
  if (b.lookups) { // MUST-32, MUST-35
    const { head, answers } = b.lookups, absence = head === b.tlog.index, keys = [];
    form(answers.length >= 1 && answers.length <= 128, "it looks up too few or too many names");
    for (const a of answers) await kept("bad_format", () => parseLookup(a)), keys.push(await lookupKey(a.kind, a.values));
    form(rising(keys) && (absence ? b.draft === null && answers.every(a => a.entries.length === 0) : b.support.some(([i]) => i === head)), "its look-ups are not in form");
  }
  for (const [, s] of b.texts) await kept("bad_text", () => parseText(utf8(s)));
  return b;
}

const makes = (l, i) => [...l.issues, ...l.opened, ...l.corrected].some(x => x.index === i);

// later tells what look-ups show of entries that the proof does not carry (MUST-34); null: nothing was looked up.
export function later(v) {
  if (!v.lookups) return null;
  const { asOf, answers, lacking } = v.lookups, isLetter = v.record === "letter", made = v.status?.said?.index;
  const own = v.absence ? [] : answers.filter(a => isLetter ? a.kind === "reference" && latin(a.values[0]) === v.office && latin(a.values[1]) === v.reference : a.kind !== "reference" && a.entries.includes(made));
  const missing = [...new Set(own.flatMap(lacking))].sort((x, y) => x - y), office = v.absence ? null : answers.find(a => a.kind === "office" && latin(a.values[0]) === v.office);
  return { asOf, none: own.length > 0 && missing.length === 0, missing, keys: office ? lacking(office).length === 0 : false, absent: v.absence ? answers.map(a => a.kind) : [] };
}

// verify verifies a proof file under a policy, at the reader's time (seconds), with the words in the reader's hand:
// [{language, text}]. It throws a Refusal, or returns what the file shows.
export async function verify(raw, policy, at, own = []) {
  const b = await parseBundle(raw), p = policy === null ? { keys: [], needed: 0 } : await parsePolicy(policy), c = await openCheckpoint(b.tlog.checkpoint, p);
  const all = [[b.tlog.index, b.entry, b.tlog.path], ...b.support];
  for (const [index, entry, path] of all) await included(index, await sha256([0], entry), path, c);
  const state = new State(), entries = [];
  for (const [index, entry] of all.sort((x, y) => x[0] < y[0] ? -1 : 1)) entries.push([index, await kept("bad_entry", () => parseEntry(entry))]);
  for (const [index, e] of entries) { const problem = await state.add(index, e); need(!problem?.ignored, "bad_entry", `entry ${index} is ignored: ${problem?.why}`); }
  need(state.genesis?.origin === c.origin, "bad_entry", "the register's first entry is of another log");
  const v = { ...c, receipts: 0, lookups: null, index: b.tlog.index, state, entries, texts: [] }, carried = b.texts.map(([language, text]) => ({ language, text }));
  const isCarried = t => carried.some(x => x.language === t.language && x.text === t.text), [, main] = entries.find(([i]) => i === v.index);
  if (b.lookups) { // MUST-33
    const { head, answers } = b.lookups, at = state.heads.get(head), has = i => entries.some(([x]) => x === i);
    need(at && answers.every(a => a.entries.every(i => i < head)), "bad_lookup", "what it names is no index-head, or covers less");
    for (const a of answers) await kept("bad_lookup", () => verifyLookup(a, at.root));
    v.lookups = { asOf: head, answers, lacking: a => a.entries.filter(i => !has(i)) };
    if (head === v.index) { // MUST-35: a proof of absence
      const names = await Promise.all([...carried, ...own].map(async t => { const d = await sha256(t.text); return answers.some(a => a.kind === "text" && same(a.values[0], d)); }));
      need(names.slice(0, carried.length).every(x => x), "bad_text", "a text that it carries is not one whose absence it shows");
      need(names.every(x => x), "text_differs", "your text is not, letter for letter, one whose absence this proof shows");
      for (const r of b.receipts) await checkReceipt(r, v, main, main.leaf);
      return { ...v, absence: true };
    }
  }
  if (!b.draft) need(state.records.has(v.index) || state.letters.some(x => makes(x, v.index)), "bad_entry", `entry ${v.index} makes no letter, statement or disavowal known`);
  for (const r of b.receipts) await checkReceipt(r, v, main, main.leaf), v.receipts++;
  if (b.draft) {
    for (const t of carried) {
      const st = await kept("bad_text", () => state.held(main.issuer, b.draft, t, at));
      if (v.texts.length === 0) Object.assign(v, { record: "letter", office: main.issuer, reference: st.reference, standing: st.standing, status: st });
      v.texts.push({ ...t, ...st });
    }
    need(own.every(isCarried), "text_differs", "your text is not, letter for letter, one that this proof is about");
    return v;
  }
  const r = state.records.get(v.index), l = state.letters.find(x => makes(x, v.index));
  v.status = l ? state.ofLetter(l, at) : await state.ofRecord(r, null), v.standing = v.status.standing;
  Object.assign(v, l ? { record: "letter", office: l.office, reference: l.ref } : { record: r.kind, office: r.office, reference: r.body.regarding[0]?.reference ?? "" });
  const place = async (t, cls, why) => {
    let st = r && await holds(r.body.texts, t) ? await state.ofRecord(r, t) : null;
    for (const x of l ? state.letters : []) if (st === null && x.office === l.office && x.ref === l.ref) st = await state.inLetter(x, t, at);
    need(st !== null, cls, why);
    v.texts.push({ ...t, ...st });
    if (st.standing === "conflict") v.standing = st.standing;
  };
  for (const t of carried) await place(t, "bad_text", `the ${t.language} text that it carries is not one that its entries stand for`);
  for (const t of own) if (!isCarried(t)) await place(t, "text_differs", "your text is not, letter for letter, one that this proof is about");
  return v;
}

// ---- the command -------------------------------------------------------------------------------------------------

export const EXIT = { conflict: 42, disavowed: 40, withdrawn: 11, superseded: 10, draft_closed: 20, draft_open: 20, draft_replaced: 20, embargoed: 13, expired: 12, in_force: 0, retracted: 11, stated: 14 };
async function main(args) {
  const { readFile } = await import("node:fs/promises"), [file, ...flags] = args, texts = [], usage = "usage: node verify.mjs FILE --policy FILE [--text LANG=FILE] [--at TIME]";
  let policy = null, at = Date.now() / 1000;
  for (let i = 0; i < flags.length; i += 2) {
    const [name, value] = [flags[i], flags[i + 1]];
    if (name === "--policy" && value) policy = new Uint8Array(await readFile(value));
    else if (name === "--at" && value) at = Date.parse(value) / 1000;
    else if (name === "--text" && value) {
      const [language, path] = value.includes("=") ? value.split(/=(.*)/s) : ["en", value];
      texts.push({ language, text: canonicalize(new Uint8Array(await readFile(path))) });
    } else return [usage, 2];
  }
  if (!file || !policy || !isFinite(at)) return [usage, 2];
  try {
    const v = await verify(new Uint8Array(await readFile(file)), policy, Math.floor(at), texts), l = later(v), when = s => new Date(s * 1000).toISOString().slice(0, 16) + "Z";
    const out = v.absence ? [`nothing is on record under ${v.lookups.answers.length} names, as of entry ${l.asOf}`] : [`${v.standing}  the ${v.record} ${v.reference} of ${v.office}, entry ${v.index}`];
    for (const t of v.texts) out.push(`${t.standing}  its ${t.language} text`);
    out.push(`as of ${v.size} entries of ${v.origin}${v.time === null ? "" : ` (${when(v.time)} by the register's own clock)`}; ${v.witnesses} witnesses, ${v.needed} needed`);
    if (!v.absence) out.push(l?.none ? `no later entry, as of entry ${l.asOf}` : l?.missing.length > 0 ? `later entries that it lacks: ${l.missing.join(", ")}` : "what came later, or was left out of it, it cannot show");
    const mine = v.texts.filter(t => texts.some(x => x.text === t.text)).map(t => t.standing).sort((a, b) => GRAVITY.indexOf(a) - GRAVITY.indexOf(b));
    return [out.join("\n"), v.absence ? 50 : EXIT[mine[0] ?? v.standing]];
  } catch (e) {
    if (!(e instanceof Refusal)) throw e;
    return [`refused (${e.class}): ${e.message}`, e.class === "text_differs" ? 30 : 2];
  }
}
if (typeof process === "object" && process.argv?.[1]?.endsWith("verify.mjs")) {
  const [said, code] = await main(process.argv.slice(2));
  console.log(said);
  process.exitCode = code;
}
