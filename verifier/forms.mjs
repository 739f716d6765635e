// Reads and checks the formats that are not Chancery's own: CBOR, SSH keys and signatures, policies, checkpoints and
// proofs of C2SP. It uses WebCrypto and nothing else; verify.mjs stands on it. MUST numbers are those of docs/formats.

// ---- refusals ----------------------------------------------------------------------------------------------------

export class Refusal extends Error {
  constructor(cls, why) { super(why); this.class = cls; }
}
export const refuse = (cls, why) => { throw new Refusal(cls, why); };
export const need = (ok, cls, why) => { if (!ok) refuse(cls, why); };
export const kept = async (cls, act) => { // a refusal from further down, under the class of the whole
  try { return await act(); } catch (e) { return e instanceof Refusal ? refuse(cls, e.message) : Promise.reject(e); }
};

// ---- bytes and hashes --------------------------------------------------------------------------------------------

export const subtle = globalThis.crypto.subtle, encoder = new TextEncoder();
export const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
export const EMPTY = new Uint8Array(0), ZERO = new Uint8Array(32), YEAR_9999 = 253402300799;
export const utf8 = s => encoder.encode(s);
export const latin = b => String.fromCharCode(...b);
export const hex = b => Array.from(b, x => x.toString(16).padStart(2, "0")).join("");
export const base64 = b => btoa(Array.from(b, x => String.fromCharCode(x)).join(""));
export const unbase64 = (s = "") => { // padded, no stray bits; null when it is none
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
export const same = (a, b) => compare(a, b) === 0;
export const isZero = b => b.every(x => x === 0);
export const byBytes = (a, b) => compare(bytesOf(a), bytesOf(b)); // byte order, which is not JavaScript's for all characters
export const rising = (list, name = x => x) => list.every((x, i) => i === 0 || byBytes(name(list[i - 1]), name(x)) < 0);
export const be = (n, size) => { // big-endian
  const out = new Uint8Array(size);
  for (let v = BigInt(n), i = size - 1; i >= 0; i--, v >>= 8n) out[i] = Number(v & 255n);
  return out;
};
export const number = b => { // exact: beyond 2^53 a BigInt
  const n = b.reduce((sum, x) => sum * 256n + BigInt(x), 0n);
  return n <= Number.MAX_SAFE_INTEGER ? Number(n) : n;
};
export const prefixed = (...parts) => cat(...parts.map(bytesOf).flatMap(p => [be(p.length, 8), p]));
export const sha256 = async (...parts) => new Uint8Array(await subtle.digest("SHA-256", cat(...parts)));
export const hashOf = (...parts) => sha256(prefixed(...parts));
export const macOf = async (key, ...parts) => {
  const k = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", k, prefixed(...parts)));
};
export const ascending = (x, y) => x < y ? -1 : x > y ? 1 : 0; // for numbers and BigInts
export const pick = async (list, ok) => { // the members for which ok, which may take its time, says so
  const answers = await Promise.all(list.map(ok));
  return list.filter((_, i) => answers[i]);
};

// ---- signatures --------------------------------------------------------------------------------------------------

const ALG = { // how WebCrypto imports a raw public key, and verifies with it
  ed25519: { key: { name: "Ed25519" }, use: { name: "Ed25519" } },
  p256: { key: { name: "ECDSA", namedCurve: "P-256" }, use: { name: "ECDSA", hash: "SHA-256" } },
  p384: { key: { name: "ECDSA", namedCurve: "P-384" }, use: { name: "ECDSA", hash: "SHA-384" } },
};
export const importRaw = async (alg, key) => { // null: not a point of the curve
  try { return await subtle.importKey("raw", key, ALG[alg].key, false, ["verify"]); } catch (e) {
    if (e.name === "NotSupportedError") throw new Error("this browser cannot check Ed25519 signatures: use a newer one");
    return null;
  }
};
export const signed = async (alg, key, signature, data) => {
  const k = await importRaw(alg, key);
  return k !== null && subtle.verify(ALG[alg].use, k, signature, bytesOf(data));
};

// ---- deterministic CBOR (entry.md MUST-2, proof.md MUST-20) ------------------------------------------------------

export function encode(v) {
  const head = (major, n) => {
    const size = n < 24 ? 0 : n < 256 ? 1 : n < 65536 ? 2 : n < 4294967296 ? 4 : 8;
    return size === 0 ? Uint8Array.of(major << 5 | Number(n)) : cat([major << 5 | 24 + Math.log2(size)], be(n, size));
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

export function decode(b) { // to numbers, strings, Uint8Arrays, arrays, Maps, booleans, null; nothing else
  let at = 0;
  const bad = why => refuse("cbor", `not the CBOR that is wanted: ${why}`);
  const take = n => n <= b.length - at ? b.subarray(at, at += Number(n)) : bad("it is cut off");
  const item = depth => {
    const [first] = take(1), major = first >> 5, info = first & 31;
    if (depth > 12 || info > 27 || major === 6 || major === 7 && (info < 20 || info > 22)) bad("too deep, or a type not used");
    const n = info < 24 ? info : number(take(1 << info - 24));
    if (major === 0) return n;
    if (major === 1) return typeof n === "number" && n < Number.MAX_SAFE_INTEGER ? -1 - n : -1n - BigInt(n);
    if (major === 2) return take(n);
    if (major === 3) { try { return decoder.decode(take(n)); } catch { bad("text that is not UTF-8"); } }
    if (major === 7) return [false, true, null][info - 20];
    if (n > (major === 4 ? 4096 : 256)) bad("too many members");
    if (major === 4) return Array.from({ length: n }, () => item(depth + 1));
    const map = new Map();
    for (let i = 0; i < n; i++) {
      const key = item(depth + 1);
      if (typeof key === "object" || typeof key === "boolean" || map.has(key)) bad("a key twice, or of a type not used");
      map.set(key, item(depth + 1));
    }
    return map;
  };
  const v = item(1);
  if (at !== b.length) bad("bytes follow it");
  need(same(encode(v), b), "not-deterministic", "not deterministic CBOR: long integers or lengths, or unsorted keys");
  return v;
}

// ---- the shapes of values ----------------------------------------------------------------------------------------

// A shape takes a decoded value and returns it checked. is(shape, ok, class) has a further condition; map({"1 name":
// shape}) is a map with exactly these keys; one made with opt may be absent, and is absent when it has its default.
const wrong = what => refuse("cbor", `want ${what}`), unlike = why => refuse("not-deterministic", why);
const shape = (what, ok) => v => ok(v) ? v : wrong(what);
export const int = shape("a number", v => typeof v === "number" || typeof v === "bigint");
export const text = shape("text", v => typeof v === "string"), flag = shape("true", v => typeof v === "boolean");
export const uint = v => int(v) >= 0 ? v : wrong("a number from 0"), u32 = v => uint(v) < 4294967296 ? v : wrong("a smaller number");
export const bytes = shape("bytes", v => v instanceof Uint8Array), array = shape("a list", Array.isArray); // where null is none
export const blob = v => v === null ? EMPTY : bytes(v), list = of => v => v === null ? [] : array(v).map(x => of(x));
export const fixed = n => v => blob(v).length === n ? v : unlike(`want ${n} bytes`);
const texts = shape("words", v => v instanceof Map && [...v].flat().every(x => typeof x === "string"));
export const words = v => v === null ? new Map() : texts(v), each = of => v => array(v).map(x => of(x));
export const tuple = (...shapes) => v => array(v).length === shapes.length ? shapes.map((s, i) => s(v[i])) : wrong("an array of a few");
export const is = (of, ok, cls = "body") => v => { const x = of(v); need(ok(x), cls, "not as the format asks"); return x; };
export const opt = (of, absent) => Object.assign(v => of(v), { absent });
const isDefault = x => x === null || x === 0 || x === "" || x === false || x.length === 0;
export function map(spec) {
  const members = Object.entries(spec).map(([label, of]) => {
    const [key, name] = label.split(" ");
    return { key: isNaN(key) ? key : Number(key), name, of };
  });
  const member = (v, { key, name, of }) => {
    if (!v.has(key)) return "absent" in of ? of.absent : unlike(`${name} is missing`);
    if ("absent" in of && isDefault(v.get(key))) unlike(`${name} has its default and is there`);
    try { return of(v.get(key)); } catch (e) { e.message = `${name}: ${e.message}`; throw e; }
  };
  return v => {
    if (v === null) unlike("a map is missing");
    if (!(v instanceof Map)) wrong("a map");
    for (const key of v.keys()) if (!members.some(m => m.key === key)) wrong(`no member ${key}`);
    return Object.fromEntries(members.map(m => [m.name, member(v, m)]));
  };
}

// ---- SSH keys and signatures (approval.md MUST-4 to MUST-6) ------------------------------------------------------

const NAMESPACE = "chancery-approval@v1";
export function sshStrings(b, n, cls) { // n strings of SSH's wire form, and what follows them
  const out = [];
  for (let at = 0; ; at += 4 + out.at(-1).length) {
    if (out.length === n) return [...out, b.subarray(at)];
    const size = b.length - at < 4 ? Infinity : number(b.subarray(at, at + 4));
    need(size <= b.length - at - 4, cls, "it is cut off");
    out.push(b.subarray(at + 4, at + 4 + size));
  }
}
export const sshString = b => cat(be(bytesOf(b).length, 4), b);
export const trimmed = b => b.subarray(b.findIndex(x => x !== 0) < 0 ? b.length : b.findIndex(x => x !== 0));
export const bits = b => b.length === 0 ? 0 : 8 * b.length - Math.clz32(b[0]) + 24;

const KEY_TYPES = { // the strings of each type's wire form, and its algorithm
  "ssh-ed25519": [2, "ed25519"], "sk-ssh-ed25519@openssh.com": [3, "ed25519"], "ecdsa-sha2-nistp256": [3, "p256"],
  "ecdsa-sha2-nistp384": [3, "p384"], "sk-ecdsa-sha2-nistp256@openssh.com": [4, "p256"], "ssh-rsa": [3, "rsa"],
};
export async function sshKey(wire, leastRSA = 3072) { // reads the wire form of a public key (MUST-5): verify(data, format, signature, rest)
  const form = (ok, why) => need(ok, "key-form", why), type = latin(sshStrings(wire, 1, "key-form")[0]);
  need(Object.hasOwn(KEY_TYPES, type), "key-type", `keys of type ${type.slice(0, 40)} are not taken`);
  const [count, alg] = KEY_TYPES[type], [, ...parts] = sshStrings(wire, count, "key-form"), hardware = type.startsWith("sk-");
  form(parts.pop().length === 0, "bytes follow the key");
  if (alg === "rsa") return { type, wire, identity: wire, parts, verify: rsaVerifier(...parts, form, leastRSA) };
  const point = parts[alg === "ed25519" ? 0 : 1], size = alg === "p384" ? 48 : 32;
  if (alg === "ed25519") form(point.length === 32, "an Ed25519 key has 32 bytes");
  else form(latin(parts[0]) === "nist" + alg && point[0] === 4 && await importRaw(alg, point), "not a point of the curve");
  return { type, wire, identity: wire, parts, verify: async (data, format, signature, after) => {
    if (format !== type || hardware && (after.length !== 5 || !(after[0] & 1))) return false; // a hardware key was touched
    if (hardware) data = cat(await sha256(parts.at(-1)), after, await sha256(data));
    return signed(alg, point, alg === "ed25519" ? signature : rawECDSA(signature, size), data);
  } };
}
function rawECDSA(b, size) { // r | s of two SSH numbers; empty when they are none
  const [r, s, rest] = sshStrings(b, 2, "other-statement");
  if (rest.length > 0 || [r, s].some(x => x[0] & 0x80 || trimmed(x).length > size)) return EMPTY;
  return cat(...[r, s].flatMap(x => [new Uint8Array(size - trimmed(x).length), trimmed(x)]));
}
function rsaVerifier(e, n, form, least) {
  const minimal = x => x.length > 0 && !(x[0] & 0x80) && !(x[0] === 0 && !(x[1] & 0x80)), size = bits(trimmed(n));
  const isExponent = minimal(e) && bits(trimmed(e)) <= 24 && e.at(-1) & 1 && number(e) >= 3;
  form(isExponent && minimal(n) && size <= 16384, "not an RSA key in its one form");
  need(size >= least, "weak-key", `RSA keys have at least ${least} bits`);
  const unpadded = b => base64(trimmed(b)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return async (data, format, signature) => {
    const hash = { "rsa-sha2-256": "SHA-256", "rsa-sha2-512": "SHA-512" }[format], missing = trimmed(n).length - signature.length;
    if (!hash || missing < 0) return false;
    const jwk = { kty: "RSA", e: unpadded(e), n: unpadded(n) }, name = "RSASSA-PKCS1-v1_5";
    const key = await subtle.importKey("jwk", jwk, { name, hash }, false, ["verify"]);
    return subtle.verify(name, key, cat(new Uint8Array(missing), signature), data);
  };
}
export async function parseSSHLine(line) { // the line of a policy: "type base64"
  const [type, b64, ...more] = line.split(" "), wire = unbase64(b64);
  need(more.length === 0 && wire?.length > 0, "key-form", "want one line: type, base64");
  const key = await sshKey(wire);
  need(key.type === type, "key-form", "the line names another type than its key");
  return key;
}
export async function verifySSH(message, key, wire) { // an sshsig in wire form
  const form = ok => need(ok, "signature-form", "not an SSH signature of version 1"), lead = cat("SSHSIG", be(1, 4));
  form(same(wire.subarray(0, 10), lead));
  const [signer, namespace, reserved, hashName, inner, after] = sshStrings(wire.subarray(10), 5, "signature-form");
  const hash = { sha256: "SHA-256", sha512: "SHA-512" }[latin(hashName)];
  form(after.length === 0 && hash);
  const [format, signature, rest] = sshStrings(inner, 2, "signature-form");
  need(reserved.length === 0 && (rest.length === 0 || key.type.startsWith("sk-")), "canonical-statement", "not in its one canonical form");
  need(latin(namespace) === NAMESPACE, "namespace", "signed for something else");
  need(same(signer, key.wire) && !key.origin, "other-key", "signed with another key"); // a passkey signs no SSH signature
  const digest = new Uint8Array(await subtle.digest(hash, bytesOf(message)));
  const data = cat("SSHSIG", ...[NAMESPACE, "", hashName, digest].map(sshString));
  need(await key.verify(data, latin(format), signature, rest), "other-statement", "not a signature over this statement");
}

// ---- whom the reader trusts: a policy of C2SP (proof.md MUST-12 to MUST-16) --------------------------------------

const isName = s => s !== "" && utf8(s).length <= 255 && !/[+\s\p{Cc}\u0085]/u.test(s);
const badPolicy = why => refuse("bad_policy", why);
async function parseVkey(vkey, type) { // NAME+ID+KEY
  const [name, id, ...rest] = vkey.split("+"), material = unbase64(rest.join("+"));
  const inForm = vkey.length <= 512 && isName(name) && /^[0-9a-fA-F]{8}$/.test(id ?? "") && material?.length === 33;
  if (!inForm) badPolicy("a verifier key is NAME+ID+KEY");
  if (material[0] !== type) badPolicy("a log's key has type 1, a witness's type 4");
  if (hex((await sha256(name, "\n", material)).subarray(0, 4)) !== id.toLowerCase()) badPolicy("the ID does not belong to this key");
  return { name, id: id.toLowerCase(), pub: material.subarray(1), type };
}
export async function parsePolicy(b) {
  if (b.length > 65536 || b.some(c => c < 32 && c !== 9 && c !== 10 || c === 127)) badPolicy("too large, or a control character");
  const p = { keys: [], groups: new Map(), quorum: null }, known = n => p.groups.has(n) || p.keys.some(k => k.witness === n);
  const fresh = n => { if (n === "none" || known(n)) badPolicy(`the name ${n} is taken`); };
  const add = async (vkey, type, witness) => {
    const k = await parseVkey(vkey, type);
    if (p.keys.length === 256 || p.keys.some(o => same(o.pub, k.pub))) badPolicy("too many keys, or one twice");
    p.keys.push({ ...k, witness, role: witness === null ? "log" : "witness" });
  };
  for (const line of new TextDecoder().decode(b).split("\n")) {
    const [word, ...f] = line.split(/[ \t]+/).filter(x => x !== "");
    if (word === undefined || word.startsWith("#")) continue;
    if (word === "log" && (f.length === 1 || f.length === 2)) await add(f[0], 1, null);
    else if (word === "witness" && (f.length === 2 || f.length === 3)) fresh(f[0]), await add(f[1], 4, f[0]);
    else if (word === "group" && f.length >= 3) {
      const [name, size, ...of] = f, counted = /^[1-9][0-9]{0,8}$/.test(size) ? Number(size) : 0;
      const k = size === "all" ? of.length : size === "any" ? 1 : counted;
      fresh(name);
      const used = [...p.groups.values()].flatMap(g => g.of), free = of.every(m => known(m) && !used.includes(m));
      if (p.groups.size === 64 || k < 1 || k > of.length || new Set(of).size < of.length || !free) badPolicy(`group ${name}`);
      p.groups.set(name, { k, of });
    } else if (word === "quorum" && f.length === 1 && p.quorum === null && (f[0] === "none" || known(f[0]))) [p.quorum] = f;
    else badPolicy(`the line ${line.slice(0, 80)}`);
  }
  if (p.quorum === null) badPolicy("no quorum line");
  for (const k of p.keys.filter(w => w.witness !== null && p.keys.some(l => l.witness === null && l.name === w.name))) { // MUST-16
    k.role = "clock";
    const counts = p.quorum === k.witness || [...p.groups.values()].some(g => g.of.includes(k.witness));
    if (counts) badPolicy("the register's own clock is no witness");
  }
  const of = n => p.groups.get(n), sum = list => list.reduce((x, y) => x + y, 0);
  const least = n => of(n) ? sum(of(n).of.map(least).sort((x, y) => x - y).slice(0, of(n).k)) : 1;
  const has = (n, cosigned) => of(n) ? of(n).of.filter(m => has(m, cosigned)).length >= of(n).k : cosigned.has(n);
  p.needed = p.quorum === "none" ? 0 : least(p.quorum);
  p.met = cosigned => p.quorum === "none" || has(p.quorum, cosigned);
  return p;
}

// ---- the signed head of a log: a checkpoint of C2SP (proof.md MUST-5 to MUST-11) ---------------------------------

const isNumber = s => /^(0|[1-9][0-9]{0,19})$/.test(s);
function readCheckpoint(raw) { // its text, what that says, and its signatures
  const form = (ok, why) => need(ok, "bad_checkpoint", why);
  form(raw.length <= 32768, "it is too large");
  let s;
  try { s = decoder.decode(raw); } catch { form(false, "it is not UTF-8"); }
  const end = s.indexOf("\n\n"), [origin, size, root, ...more] = s.slice(0, end).split("\n"), hash = unbase64(root);
  form(end > 0 && more.length === 0 && isName(origin) && isNumber(size) && BigInt(size) <= 2n ** 62n && hash?.length === 32,
    "want an origin, a size and a root, each on its line");
  const lines = s.slice(end + 2).split("\n");
  form(lines.pop() === "" && lines.length >= 1 && lines.length <= 100, "want 1 to 100 signature lines");
  const signatures = lines.map(line => {
    const [dash, name, b64, ...rest] = line.split(" "), sig = unbase64(b64);
    form(dash === "\u2014" && rest.length === 0 && isName(name ?? "") && sig?.length >= 5, "a signature line is not in its one form");
    return { name, id: hex(sig.subarray(0, 4)), sig: sig.subarray(4) };
  });
  form(new Set(signatures.map(x => x.name + "\n" + x.id)).size === signatures.length, "two lines of one key");
  return { text: s.slice(0, end + 1), origin, size: number(be(BigInt(size), 8)), root: hash, signatures };
}
export async function openCheckpoint(raw, p) {
  need(p.keys.some(k => k.role === "log"), "no_policy", "no log to trust: name one");
  const { text, signatures, ...head } = readCheckpoint(raw), cosigned = new Set(), c = { ...head, time: null, needed: p.needed };
  let byLog = false;
  for (const { name, id, sig } of signatures) { // MUST-8 to MUST-10
    const k = p.keys.find(x => x.name === name && x.id === id);
    if (!k) continue;
    const at = k.type === 4 && sig.length === 72 ? number(sig.subarray(0, 8)) : null;
    const good = k.type === 1 ? sig.length === 64 && await signed("ed25519", k.pub, sig, text)
      : at !== null && at <= YEAR_9999 && await signed("ed25519", k.pub, sig.subarray(8), `cosignature/v1\ntime ${at}\n${text}`);
    need(good, k.role === "log" ? "bad_checkpoint_signature" : "bad_cosignature", `a signature under the name ${name} is not that key's`);
    if (k.role === "log" && name === c.origin) byLog = true;
    if (k.role === "clock" && name === c.origin) c.time = at;
    if (k.role === "witness") cosigned.add(k.witness);
  }
  need(byLog, "unknown_log", `the checkpoint of ${c.origin} is not signed by a log of the policy`);
  need(p.met(cosigned), "quorum_not_met", `${cosigned.size} witnesses of the policy cosigned; its quorum takes at least ${p.needed}`);
  return { ...c, witnesses: cosigned.size };
}

// ---- a place in a log: tlog-proof and inclusion (proof.md MUST-17 to MUST-19) ------------------------------------

export function parseTLogProof(b) {
  const form = ok => need(ok, "bad_format", "not a tlog-proof in its one form");
  form(b.length <= 65536);
  const end = b.findIndex((c, i) => c === 10 && b[i + 1] === 10), lines = latin(b.subarray(0, Math.max(end, 0))).split("\n");
  form(end > 0 && lines.shift() === "c2sp.org/tlog-proof@v1");
  if (lines[0]?.startsWith("extra ")) form(unbase64(lines.shift().slice(6))?.length > 0);
  const [first, ...path] = lines, index = first?.startsWith("index ") ? first.slice(6) : "", hashes = path.map(unbase64);
  form(isNumber(index) && BigInt(index) < 2n ** 64n && path.length <= 63 && hashes.every(h => h?.length === 32));
  return { index: number(be(BigInt(index), 8)), path: hashes, checkpoint: b.subarray(end + 2) };
}
export async function included(index, leaf, path, c) { // RFC 9162 section 2.1.3.2
  need(index < c.size && path.length <= 63, "bad_inclusion", `entry ${index} is not among those of the checkpoint`);
  let fn = BigInt(index), sn = BigInt(c.size) - 1n, r = leaf;
  for (const h of path) {
    need(sn > 0n, "bad_inclusion", "its path is too long");
    const right = fn & 1n || fn === sn;
    r = await sha256([1], ...right ? [h, r] : [r, h]);
    while (right && !(fn & 1n) && fn !== 0n) fn >>= 1n, sn >>= 1n;
    fn >>= 1n, sn >>= 1n;
  }
  need(sn === 0n && same(r, c.root), "bad_inclusion", `entry ${index} is not in the tree of the checkpoint`);
}

// ---- days of the calendar, ISO 8601: a year, a month or a day from year 1 (entry.md MUST-37) ----------------------

const firstDay = s => s + "-01-01".slice(s.length - 4);
const isDay = s => {
  const t = /^(?!0000)\d{4}(-\d\d){0,2}$/.test(s) ? Date.parse(firstDay(s) + "T00:00:00Z") : NaN;
  return !Number.isNaN(t) && new Date(t).toISOString().startsWith(firstDay(s));
};
export const DAY = is(text, isDay, "written");
export const isWrittenBy = (s, at) => s === "" || firstDay(s) <= new Date((at + 86400) * 1000).toISOString().slice(0, 10);
