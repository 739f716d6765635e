// The second verifier of Chancery, without any dependency: this file, forms.mjs, which reads formats that are not
// Chancery's own, and webauthn.mjs, which reads passkeys. It was written from the pages of docs/formats, not from the Go
// program, so that a mistake in one of the two shows. It runs in Node 20 and in browsers that have Ed25519 in WebCrypto.
// MUST numbers are those of docs/formats. What only prints or explains stands in words.mjs, command.mjs and page.mjs.

import {
  DAY, EMPTY, Refusal, YEAR_9999, ZERO, ascending, be, blob, byBytes, bytes, cat, decode, decoder, each, encode, fixed, flag, hashOf,
  hex, importRaw, included, int, is, isWrittenBy, isZero, kept, latin, list, macOf, map, need, number, openCheckpoint, opt,
  parsePolicy, parseTLogProof, pick, refuse, rising, same, sha256, signed, sshString, text, tuple, u32, uint, unbase64, utf8, words,
} from "./forms.mjs";
import { keyIdentity, parseKeyLine, verifyApproval } from "./webauthn.mjs";

// ---- texts, names and fields (letter.md) -------------------------------------------------------------------------

const REFUSED = [ // letter.md MUST-7
  ["bidi", /[\u202a-\u202e]/u], ["soft-hyphen", /\u00ad/u], ["variation-selector", /\p{Variation_Selector}/u],
  ["control", /[^\P{Cc}\n]/u], ["other-space", /[^\P{Zs} ]/u], ["line-end", /[\u2028\u2029]/u], ["private-use", /\p{Co}/u],
  ["unassigned", /[\p{Cn}\p{Cs}]/u],
  ["invisible", /[\u034f\u115f\u1160\u2800\u3164\uffa0]|[^\P{Cf}\u200c-\u200f\u061c\u2066-\u2069\u0600-\u0605\u06dd\u08e2\u0890\u0891]/u],
];
const nonStarter = c => (c + "\u0334").normalize("NFD") !== c + "\u0334" || ("\u0345" + c).normalize("NFD") !== "\u0345" + c;
export const crowded = s => { // MUST-4: more than 30 characters of a combining class other than 0 in a row
  let run = 0;
  return /\p{M}{30}/u.test(s = s.normalize("NFD")) && [...s].some(c => (run = nonStarter(c) ? run + 1 : 0) > 30);
};
export function tidy(s) { // MUST-4 to MUST-6
  const lines = s.normalize("NFC").split("\n").map(l => l.split(" ").filter(w => w !== "").join(" "));
  return lines.join("\n").replace(/^\n+|\n+$/g, "").replace(/\n{3,}/g, "\n\n") + "\n";
}
export function allowed(s) { // MUST-7, MUST-8
  const found = REFUSED.find(([, wrong]) => wrong.test(s));
  need(!found, found?.[0], `the text holds a character that no letter may hold (${found?.[0]})`);
  for (const line of s.split("\n")) {
    const depths = (line.match(/[\u2066-\u2069]/g) ?? []).reduce((d, c) => [...d, d.at(-1) + (c === "\u2069" ? -1 : 1)], [0]);
    need(depths.at(-1) === 0 && depths.every(d => d >= 0), "isolate", "a direction isolate is not opened and closed on its line");
  }
}
export const sized = s => need(utf8(s).length <= 1048576, "too-large", "the text is too large");
export const speaks = s => need(/[\p{L}\p{N}\p{P}\p{S}]/u.test(s), "empty", "the text is empty");
export function parseText(b) { // a text on record
  let s;
  try { s = decoder.decode(b); } catch { refuse("not-utf-8", "the text is not UTF-8"); }
  need(!s.startsWith("%PDF-"), "pdf", "a PDF file is no text"); // MUST-2
  sized(s), allowed(s), speaks(s);
  need(tidy(s) === s && !crowded(s), "not-canonical-text", "the text is not in its one canonical form");
  return s;
}

const isLang = s => /^[a-z]{2,3}(-[a-z]{4})?$/.test(s);
const isRef = s => /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/.test(s) && !/\.\.|\/\/|\/$|\/\.(\/|$)/.test(s);
const isShort = s => /^[a-z0-9][a-z0-9-]{0,31}$/.test(s);
const isOffice = s => /^https:\/\/[a-z0-9.-][a-z0-9./-]*$/.test(s) && s.length <= 200;
const isOrigin = s => /^[a-z0-9.-](?:[a-z0-9./-]*[a-z0-9.-])?$/.test(s) && s.includes(".") && s.length <= 120;
const isWords = (s, most) => { // entry.md MUST-8
  if (s === "" || utf8(s).length > most) return false;
  try { return parseText(utf8(s + "\n")) === s + "\n"; } catch (e) { if (e instanceof Refusal) return false; throw e; }
};
const isLine = (s, most) => !s.includes("\n") && isWords(s, most);
const areWords = (w, ok, most) => w.size > 0 && [...w].every(([l, s]) => isLang(l) && ok(s, most));

const FIXED = ["reference", "type", "prevailing", "addressees", "distribution", "enclosures", "signature"];
const langOf = d => d.field.startsWith("text/") && isLang(d.field.slice(5)) ? d.field.slice(5) : null;
export const fieldLeaf = (salt, field, value) => macOf(salt, "chancery/v1/field", field, value); // letter.md MUST-11
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
const treeHead = async hashes => { // RFC 6962 section 2.1, over hashed leaves
  if (hashes.length === 1) return hashes[0];
  let k = 1;
  while (2 * k < hashes.length) k *= 2;
  return sha256([1], await treeHead(hashes.slice(0, k)), await treeHead(hashes.slice(k)));
};
export async function rootOf(ds) { // letter.md MUST-12
  need(ds.length > 7 && ds.length <= 31, "field-count", "want the 7 fixed fields and 1 to 24 texts");
  FIXED.forEach((f, i) => need(ds[i].field === f, "field-order", `field ${i + 1} is not ${f}`));
  await checkTexts(ds.slice(7));
  for (const d of ds.slice(0, 7)) await checkDisclosure(d);
  return treeHead(await Promise.all(ds.map(d => sha256([0], d.leaf))));
}
const shownValue = (ds, field) => ds.find(d => d.field === field && d.salt !== null)?.value ?? null;

// ---- commitments (commitment.md) ---------------------------------------------------------------------------------

export const commitmentOf = o => macOf(o.nonce, "chancery/v1/commitment", o.register, o.office, o.tag, o.purpose, be(o.revision, 4),
  o.previous, o.digest);
export const closeTag = tag => hashOf("chancery/v1/close", tag);
export async function checkChain(openings) { // MUST-3, MUST-4
  need(openings.length > 0, "no-opening", "a chain needs an opening");
  const [first] = openings;
  let previous = ZERO;
  for (const [i, o] of openings.entries()) {
    need(o.purpose === "draft", "purpose", "an opening of the chain is not of a draft");
    need(o.register === first.register && o.office === first.office && same(o.tag, first.tag), "other-letter", "it is of another letter");
    need(o.revision === i + 1, "gap", "the chain has a gap");
    need(same(o.previous, previous), "broken-chain", "an opening does not name the commitment before it");
    previous = await commitmentOf(o);
  }
}

// ---- what officers sign (approval.md MUST-1 to MUST-3) -----------------------------------------------------------

const ACTS = ["issue", "withdraw", "supersede", "open", "close", "statement", "retract", "disavow", "policy",
  "correct", "withdraw-emergency", "ratify", "revoke-key"];
export function statementText(s) { // MUST-1, MUST-2
  const isPlain = v => /^[!-~](?:[ -~]*[!-~])?$/.test(v) && v.length <= 512;
  need([s.register, s.office, s.reference].every(isPlain), "plain", "not one line of plain characters");
  need(ACTS.includes(s.act), "act", `there is no act ${s.act}`);
  return `chancery-approval/v1\nregister: ${s.register}\noffice: ${s.office}\nreference: ${s.reference}\nact: ${s.act}\n`
    + `subject: ${hex(s.subject)}\nparameters: ${hex(s.parameters)}\npolicy: ${s.policy}\nnonce: ${hex(s.nonce)}\n`;
}

// ---- entries (entry.md) ------------------------------------------------------------------------------------------

const ROLES = ["drafter", "approver", "issuing clerk", "press officer"];
const TYPES = ["letter", "memorandum", "note-verbale", "statement", "notice"];
const upTo = (of, most) => is(list(of), l => l.length <= most), nonzero = (n, cls) => is(fixed(n), b => !isZero(b), cls);
const short = is(text, isShort), ref = opt(is(text, isRef), ""), REF = is(text, isRef), office = is(text, isOffice);
const line = most => is(text, s => isLine(s, most)), roles = list(is(text, r => ROLES.includes(r))), hash = fixed(32);
const names = is(words, w => areWords(w, isLine, 400)), reason = is(words, w => areWords(w, isWords, 4000));
const position = is(uint, n => n <= 2n ** 62n), time = opt(is(uint, n => n <= YEAR_9999), 0), act = is(text, a => ACTS.includes(a));
const disclosure = is(text, s => ["public", "on_presentation"].includes(s), "disclosure");
const fields = list(map({ "1 field": text, "2 leaf": hash, "3 salt": opt(hash, null), "4 value": opt(blob, EMPTY) }));
const OPENING = map({ "1 nonce": hash, "2 register": text, "3 office": text, "4 tag": hash, "5 purpose": text, "6 revision": u32,
  "7 previous": hash, "8 digest": hash });
const LINK = map({ "1 index": uint, "2 opening": OPENING });
const TARGET = map({ "1 office": office, "2 reference": ref, "3 index": opt(uint, 0), "4 leaf": hash }); // MUST-9
const ENTRY = is(TARGET, t => t.index !== 0 && !isZero(t.leaf), "target");
const targets = of => opt(upTo(of, 64), []), regarding = targets(is(TARGET, t => t.index !== 0 || t.reference !== "", "target"));
const SIGNATURE = map({ "1 officer": short, "2 signature": is(blob, s => s.length >= 1 && s.length <= 2048) });
const approvals = map({ "1 policy": uint, "2 nonce": fixed(16), // MUST-12
  "3 signatures": is(upTo(SIGNATURE, 64), l => rising(l, s => s.officer)) });
const COSE_KEY = map({ "1 kty": int, "-1 crv": int, "-2 x": blob, "-3 y": opt(blob, EMPTY) }), key = v => COSE_KEY(v) && v;
const media = is(text, s => s !== "" && utf8(s).length <= 100), isFileRole = r => r === "form" || r === "enclosure";
const FILE = map({ "1 role": is(text, isFileRole), "2 media": media, "3 digest": nonzero(32) });
const files = opt(upTo(FILE, 64), []), digests = opt(upTo(hash, 64), []);
const OFFICER = map({ "1 id": short, "2 person": short, "3 name": line(200), "4 roles": roles, "5 keys": upTo(text, 16) });
const RULE = map({ "1 act": act, "2 type": opt(is(text, s => utf8(s).length <= 40), ""), "3 k": is(int, k => k >= 1, "k"),
  "4 roles": is(roles, r => r.length > 0), "5 required": opt(roles, []) });
const BODIES = {
  "genesis": { "1 origin": is(text, isOrigin), "2 name": names, "3 operator": key, "4 logKey": is(text, s => utf8(s).length <= 400),
    "5 exercise": opt(flag, false) },
  "key-add": { "1 office": office, "2 id": short, "3 name": names, "4 domain": text, "5 key": key, "6 role": opt(text, "") },
  "key-revoke": { "1 office": office, "2 thumbprint": nonzero(32, "thumbprint"), "3 after": position, "4 reason": reason,
    "5 approvals": opt(approvals, null) },
  "policy": { "1 officers": is(upTo(OFFICER, 500), o => o.length >= 1), "2 rules": upTo(RULE, 200),
    "3 speakers": opt(upTo(line(200), 500), []), "4 approvals": opt(approvals, null), "5 ratifyWithin": opt(uint, 0) },
  "commit": { "1 sequence": nonzero(8), "2 commitment": nonzero(32) }, // MUST-20
  "draft-open": { "1 reference": REF, "2 chain": list(LINK), "3 revisions": list(map({ "1 number": u32, "2 fields": fields })),
    "4 approvals": approvals },
  "draft-close": { "1 tag": nonzero(32), "2 reference": ref, "3 approvals": approvals }, // MUST-22
  "issue": { "1 reference": text, "2 type": is(text, t => TYPES.includes(t)), "3 fields": fields, "4 seal": LINK,
    "5 disclosure": disclosure, "6 files": files, "7 notBefore": time, "8 expires": time, "9 supersedes": targets(ENTRY),
    "10 regarding": regarding, "11 approvals": approvals, "12 embargo": opt(LINK, null), "13 written": opt(DAY, "") },
  "correct": { "1 target": is(ENTRY, t => t.reference !== "", "reference"), "2 seal": LINK, "3 fields": fields, "4 disclosure": disclosure,
    "5 files": files, "6 reason": reason, "7 approvals": approvals },
  "withdraw": { "1 target": ENTRY, "2 reason": reason, "3 approvals": approvals, "4 emergency": opt(flag, false) }, // MUST-24
  "ratify": { "1 target": ENTRY, "2 approvals": approvals }, // MUST-32
  "supersede": { "1 target": ENTRY, "2 successor": ENTRY, "3 approvals": approvals },
  "statement": { "1 type": text, "2 texts": fields, "3 of": opt(fields, []), "4 files": digests, "5 source": opt(line(500), ""),
    "6 seenAt": time, "7 nextWordBy": time, "8 regarding": regarding, "9 approvals": approvals },
  "retract": { "1 target": ENTRY, "2 reason": reason, "3 approvals": approvals }, // MUST-27
  "disavow": { "1 texts": opt(fields, []), "2 files": digests, "3 reason": reason, "4 regarding": regarding, "5 approvals": approvals },
  "index-head": { "1 size": is(position, n => n >= 1, "size"), "2 root": nonzero(32, "root"), "3 keys": uint }, // MUST-35
};
const SHAPES = Object.fromEntries(Object.entries(BODIES).map(([kind, spec]) => [kind, map(spec)]));
const CLAIMS = map({ "1 issuer": is(text, isOffice, "issuer"),
  "2 subject": is(text, s => s.startsWith("urn:chancery:") && utf8(s).length <= 400, "subject"),
  "6 at": is(uint, n => n >= 16777216 && n <= YEAR_9999, "time") });
const HEADER = map({ "1 alg": is(int, a => a === -8 || a === -7, "algorithm"),
  "3 content": is(text, s => s === "application/chancery-entry+cbor", "content-type"), "4 keyID": hash, "15 claims": CLAIMS,
  "kind kind": is(text, k => Object.hasOwn(BODIES, k), "kind") });
const COSE = tuple(blob, map({}), blob, is(blob, s => s.length === 64, "signature-size"));

// what officers sign of a body (MUST-11): act, reference, subject
const onTarget = act => b => [act, b.target.reference, b.target.leaf], about = act => b => [act, b.regarding[0]?.reference, ZERO];
const TOPICS = {
  "policy": () => ["policy", "", ZERO], "draft-open": b => ["open", b.reference, b.chain.at(-1).opening.digest],
  "draft-close": b => ["close", b.reference, b.tag], "issue": b => ["issue", b.reference, b.seal.opening.digest],
  "correct": b => ["correct", b.target.reference, b.seal.opening.digest], "ratify": onTarget("ratify"), "supersede": onTarget("supersede"),
  "withdraw": b => onTarget(b.emergency ? "withdraw-emergency" : "withdraw")(b), "retract": onTarget("retract"),
  "statement": about("statement"), "disavow": about("disavow"), "key-revoke": b => ["revoke-key", "", b.thumbprint],
};
export const takesApprovals = kind => kind in TOPICS;
const officeSubject = office => "urn:chancery:office:" + office.slice(8);

export async function publicKey(cose) { // MUST-5: a COSE_Key with only its required members
  const { kty, crv, x, y } = COSE_KEY(cose), ed = kty === 1 && crv === 6 && x.length === 32 && y.length === 0;
  const raw = ed ? x : cat([4], x, y), alg = ed ? "ed25519" : "p256";
  const p256 = kty === 2 && crv === 1 && x.length === 32 && y.length === 32 && await importRaw(alg, raw);
  need(ed || p256, "key", "not an Ed25519 or P-256 key");
  return { alg, raw, thumbprint: hex(await sha256(encode(cose))) };
}
export async function parseEntry(raw) { // MUST-1 to MUST-4
  need(raw.length > 0 && raw.length <= 65535, "size", "an entry has 1 to 65,535 bytes");
  need(raw[0] === 0xd2, "tag", "not a tagged COSE_Sign1");
  const [header, , content, signature] = COSE(decode(raw.subarray(1))), { alg, keyID, claims, kind } = HEADER(decode(header));
  need(kind !== "commit" || claims.subject === officeSubject(claims.issuer), "subject", "a commit says nothing of its letter");
  const payload = decode(content), body = SHAPES[kind](payload), toBeSigned = encode(["Signature1", header, EMPTY, content]);
  const e = { ...claims, raw, kind, keyID: hex(keyID), alg: alg === -8 ? "ed25519" : "p256", payload, body, signature, toBeSigned };
  await VALID[kind]?.(body, e);
  return Object.assign(e, { leaf: await sha256([0], raw) });
}
export const verifyEntry = async (e, key) => { // MUST-7
  need(key !== undefined && key.thumbprint === e.keyID && key.alg === e.alg, "key-id", "the entry names another key");
  need(await signed(key.alg, key.raw, e.signature, e.toBeSigned), "signature", "the signature is not that key's");
};
const withoutEmbargo = payload => new Map([...payload].filter(([k]) => k !== 12));
function parametersOf({ kind, payload, body }) { // MUST-10
  const k = Number(Object.keys(BODIES[kind]).find(l => l.endsWith(" approvals"))?.split(" ")[0]);
  if (kind === "issue") payload = withoutEmbargo(payload);
  if (body.approvals) payload = new Map(payload).set(k, new Map(payload.get(k)).set(3, null));
  return hashOf("chancery/v1/parameters", kind, encode(payload));
}
export async function statementOf(register, e) {
  const [act, reference, subject] = TOPICS[e.kind](e.body), none = { policy: 0, nonce: new Uint8Array(16) };
  const { policy, nonce } = e.body.approvals ?? none;
  const office = e.kind === "key-revoke" ? e.body.office : e.issuer, parameters = await parametersOf(e);
  return { act, message: statementText({ register, office, reference: reference || "-", act, subject, parameters, policy, nonce }) };
}

// ---- what each kind may say, beyond its shape --------------------------------------------------------------------

const must = (ok, why, cls = "body") => need(ok, cls, why);
async function disclosesLetter(ds, ref, digest) { // the fields add up to the digest and show the reference and the type
  must(same(await rootOf(ds), digest), "its fields do not add up to what was sealed");
  const type = shownValue(ds, "type");
  must(same(shownValue(ds, "reference") ?? EMPTY, utf8(ref)) && type, "its reference or its type is not shown, or another");
  return type;
}
const checkDisclosed = b => must(b.fields.every(d => langOf(d) === null || (d.salt !== null) === (b.disclosure === "public")),
  "the fields do not follow the disclosure", "disclosure");

const VALID = {
  "genesis": async b => { // MUST-13
    must(b.logKey.startsWith(b.origin + "+"), "the log's key is another log's");
    b.operator = await publicKey(b.operator);
  },
  "key-add": async b => { // MUST-14, MUST-33
    must(b.domain !== "" && b.domain === b.office.slice(8).split("/")[0], "the domain is not the office's", "domain");
    b.key = await publicKey(b.key);
    const known = b.role === "receipt" || b.role === "log";
    must(b.role === "" || known && b.id === "operator" && b.key.alg === "ed25519", "the role is not known, or not of such a key", "role");
  },
  "key-revoke": (b, e) => must(e.subject === officeSubject(b.office), "another subject"), // MUST-34
  "policy": async b => { // MUST-15 to MUST-17, MUST-31
    const owners = new Map();
    for (const { person, keys } of b.officers) for (const l of keys) {
      const key = await keyIdentity(l);
      must((owners.get(key) ?? person) === person, "a key belongs to one person");
      owners.set(key, person);
    }
    must(new Set(b.officers.map(o => o.id)).size === b.officers.length, "an officer stands twice");
    const holders = r => new Set(b.officers.filter(o => o.roles.some(x => r.roles.includes(x))).map(o => o.person)).size;
    must(b.rules.every(r => r.k <= holders(r)), "a rule asks for more persons than there are", "k");
    const emergency = b.rules.some(r => r.act === "withdraw-emergency");
    must(emergency === b.ratifyWithin > 0 && b.ratifyWithin <= 31622400, "the time to ratify does not fit the rules", "ratify-within");
  },
  "draft-open": async b => { // MUST-21
    must(b.chain.every((l, i) => i === 0 || b.chain[i - 1].index < l.index), "the chain is not in order");
    await checkChain(b.chain.map(l => l.opening));
    const inOrder = b.revisions.every((r, i) => r.number > (b.revisions[i - 1]?.number ?? 0) && r.number <= b.chain.length);
    must(b.revisions.length > 0 && inOrder, "a revision is not in order, or not in the chain");
    for (const r of b.revisions) await disclosesLetter(r.fields, b.reference, b.chain[r.number - 1].opening.digest);
  },
  "issue": async (b, e) => { // MUST-23
    const o = b.seal.opening;
    must(o.purpose === "draft" && o.revision > 0 && isZero(o.previous) === (o.revision === 1), "the seal is not in form");
    must(same(await disclosesLetter(b.fields, b.reference, o.digest), utf8(b.type)), "its type is not the sealed one");
    checkDisclosed(b), must(b.expires === 0 || b.expires > b.notBefore, "it expires before it takes effect", "expires");
    must(b.written === "" || b.notBefore === 0, "a letter that was recorded later has no embargo", "written"); // MUST-37
    if (b.embargo === null) return;
    const { index, opening: x } = b.embargo, digest = await hashOf("chancery/v1/embargo", encode(withoutEmbargo(e.payload))); // MUST-29
    const isSame = ["register", "office", "revision"].every(k => x[k] === o[k]) && same(x.tag, o.tag);
    const follows = index > b.seal.index && x.purpose === "issue" && same(x.previous, await commitmentOf(o));
    must(isSame && follows && b.notBefore !== 0 && same(x.digest, digest), "the embargo that it cites is of another issue", "embargo");
  },
  "correct": async b => { // MUST-30
    const o = b.seal.opening;
    must(o.purpose === "draft" && o.revision > 1 && !isZero(o.previous), "the seal is not in form");
    await disclosesLetter(b.fields, b.target.reference, o.digest);
    checkDisclosed(b);
  },
  "supersede": b => must(b.target.index !== b.successor.index, "a letter cannot replace itself"), // MUST-25
  "statement": async b => { // MUST-26
    const held = b.of.length + b.files.length > 0, wants = { about: true, received: held, sighting: held, holding: b.nextWordBy !== 0,
      collected: held && b.source !== "" };
    must(Object.hasOwn(wants, b.type) && wants[b.type], "its type is not known, or it lacks what this type names");
    await checkTexts(b.texts, true);
    if (b.of.length > 0) await checkTexts(b.of);
  },
  "disavow": async b => { // MUST-28
    must(b.texts.length + b.files.length > 0, "it names nothing");
    if (b.texts.length > 0) await checkTexts(b.texts, true);
  },
};

// ---- the fold (standing.md MUST-1 to MUST-9, MUST-18, MUST-20 to MUST-24) ----------------------------------------

const allow = (ok, why) => need(ok, "ignored", why), under = (...names) => JSON.stringify(names);
const INSTEAD = { "correct": "issue", "ratify": "withdraw", "revoke-key": "policy" }; // entry.md MUST-36
function ruleFor(policy, act, type) { // entry.md MUST-17
  const rules = policy.rules.filter(r => r.act === act);
  const found = rules.find(r => r.type === type && type !== "") ?? rules.find(r => r.type === "");
  return found ?? (INSTEAD[act] && ruleFor(policy, INSTEAD[act], type));
}
const official = l => [...l.issues, ...l.corrected], isTarget = (t, index, leaf) => t.index === index && same(t.leaf, leaf);

export class State {
  genesis = null; offices = new Map(); ids = new Map(); roleKeys = new Map(); commits = new Map(); letters = []; closed = new Map();
  records = new Map(); emergencies = new Map(); heads = new Map(); said = new Map(); problems = []; next = 0; last = 0; dense = true;

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
    if (!this.genesis) return this.genesisEntry(e);
    if (["key-add", "key-revoke", "index-head"].includes(e.kind)) return this[e.kind](e);
    const office = this.offices.get(e.issuer);
    allow(e.kind !== "genesis" && office, "the office is not enrolled, or it is a second genesis entry");
    await this.signedBy(e, office);
    await this[e.kind](e, office, flag);
    office.signers.set(e.index, e.keyID);
  }
  async genesisEntry(e) { // MUST-8
    allow(e.kind === "genesis" && e.index === 0, "a register begins with its genesis entry");
    await verifyEntry(e, e.body.operator);
    this.genesis = e.body, this.operator = e.issuer;
  }
  async signedBy(e, office) {
    const key = office.keys.get(e.keyID);
    allow(key && !key.revoked, "it is signed with no key of its office");
    await verifyEntry(e, key.key);
  }
  async byOperator(e) { allow(e.issuer === this.operator, "it is not the operator's"); await verifyEntry(e, this.genesis.operator); }
  aboutLetter(e, ref) { // entry.md MUST-18
    allow(e.subject === `urn:chancery:letter:${this.genesis.origin}:${e.issuer.slice(8)}:${ref}`, "its subject is another");
  }
  async approved(e, office, type, at = e.index) { // under the policy in force (MUST-4 to MUST-6)
    const set = e.body.approvals, now = office.policies.findLast(p => p.index < at), by = [];
    allow(set && now && set.policy === now.index, "it is not approved under the policy that is in force");
    const { act, message } = await statementOf(this.genesis.origin, e), rule = ruleFor(now.policy, act, type);
    allow(rule, `the policy does not allow the act ${act}`);
    for (const { officer, signature } of set.signatures) {
      const o = now.policy.officers.find(x => x.id === officer), line = o?.keys.find(l => { // the signer's key follows ten bytes
        const wire = sshString(unbase64(l.split(" ")[1]));
        return same(signature.subarray(10, 10 + wire.length), wire);
      });
      allow(line, `${officer} is no officer, or it is not this officer's key`);
      await verifyApproval(message, await parseKeyLine(line), signature);
      by.push(o);
    }
    const holders = roles => by.filter(o => o.roles.some(r => roles.includes(r)));
    allow(new Set(holders(rule.roles).map(o => o.person)).size >= rule.k, "too few approvals by distinct persons with the roles");
    allow(rule.required.every(r => holders([r]).length > 0), "no approval by a holder of a required role");
  }

  async "key-add"(e) { // MUST-8, MUST-21
    const { office: uri, id, name, key, role } = e.body, office = this.offices.get(uri), { thumbprint } = key;
    const entry = { key, role, added: e.index, by: null, revoked: null }, sorted = w => hex(encode(w));
    if (role !== "") {
      await this.byOperator(e);
      const used = this.roleKeys.has(thumbprint) || thumbprint === this.genesis.operator.thumbprint;
      allow(uri === this.operator && !used, "the key has a use already, or is not the operator's");
      this.roleKeys.set(thumbprint, entry);
    } else if (!office) {
      await verifyEntry(e, this.genesis.operator);
      allow(!this.ids.has(id), "the short name is another office's");
      this.ids.set(id, uri);
      const empty = { policies: [], used: new Set(), sequence: 0n, signers: new Map() };
      this.offices.set(uri, { uri, id, name, keys: new Map([[thumbprint, entry]]), ...empty });
    } else {
      const known = id === office.id && sorted(name) === sorted(office.name);
      allow(!office.keys.has(thumbprint) && known, "the office has the key, or another name");
      if ([...office.keys.values()].every(k => k.revoked)) await this.byOperator(e);
      else {
        allow(e.issuer === uri, "a further key is added by a key that the office has");
        await this.signedBy(e, office);
        entry.by = e.keyID, office.signers.set(e.index, e.keyID);
      }
      office.keys.set(thumbprint, entry);
    }
  }
  async "key-revoke"(e) { // MUST-22, MUST-23
    const b = e.body, id = hex(b.thumbprint), office = this.offices.get(b.office);
    const roleKey = b.office === this.operator && this.roleKeys.get(id), key = roleKey || office?.keys.get(id);
    const own = !roleKey && e.issuer === b.office && office?.keys.has(e.keyID);
    allow(key && b.after < e.index && b.after >= key.added, "there is no such key, or not at this position");
    allow(!(key.revoked?.after <= b.after), "it is revoked already");
    const falls = [id]; // with those that it added after the position, and they in turn
    const fallen = f => [...roleKey ? [] : office.keys].filter(([i, k]) => k.by === f && k.added > b.after && !falls.includes(i));
    for (const f of falls) falls.push(...fallen(f).map(([i]) => i));
    allow(!own || !falls.includes(e.keyID), "a key cannot revoke itself, nor the key that it fell with");
    await (own ? this.signedBy(e, office) : this.byOperator(e));
    if (roleKey || office.policies.length === 0) allow(b.approvals === null, "approvals where there is no policy");
    else await this.approved(e, office, "");
    if (roleKey) return void (roleKey.revoked = { index: e.index, after: b.after });
    for (const f of falls) {
      const k = office.keys.get(f);
      k.revoked = { index: k.revoked?.index ?? e.index, after: Math.max(Number(b.after), k.added) };
    }
    const commits = [...this.commits].filter(([, c]) => c.office === b.office), first = office.policies.slice(0, 1).map(p => [p.index, p]);
    for (const [index, x] of [...commits, ...first].sort(([i], [j]) => ascending(i, j))) {
      if (x.doubted || this.laterRevoked(b.office, [index]).length === 0) continue;
      x.doubted = true, this.problems.push({ index, ignored: false, why: "its key was revoked later" });
    }
    if (own) office.signers.set(e.index, e.keyID);
  }
  laterRevoked(uri, entries) { // which of an office's entries were signed with a key that was revoked from before them (MUST-23)
    const { keys, signers } = this.offices.get(uri) ?? {}, revoked = i => keys?.get(signers.get(i))?.revoked;
    return entries.filter(i => i > revoked(i)?.after && i < revoked(i).index).sort(ascending);
  }
  async "index-head"(e) { // MUST-24
    await this.byOperator(e);
    const fits = e.subject === "urn:chancery:register:" + this.genesis.origin && e.body.size === e.index;
    allow(fits, "its subject or its size is another");
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
    this.commits.set(e.index, { office: office.uri, commitment: e.body.commitment });
  }
  async sealed(uri, { index, opening: o }, before) {
    const c = this.commits.get(index), own = c?.office === uri && o.office === uri && o.register === this.genesis.origin;
    allow(own && index < before, "the seal is no earlier commitment of this office in this register");
    allow(same(await commitmentOf(o), c.commitment), "the opening does not fit the commitment");
  }
  async letterOf(uri, tag, ref, type) {
    const known = this.letters.find(x => x.office === uri && x.tag === hex(tag)), close = under(uri, hex(await closeTag(tag)));
    allow(!known || known.ref === ref, "the letter has another reference");
    if (known) return known;
    const l = { office: uri, tag: hex(tag), ref, type, close, issues: [], opened: [], corrected: [], closed: this.closed.get(close) ?? null,
      withdrawn: null, replacedBy: [], conflict: false, entries: new Set() };
    if (l.closed !== null) l.entries.add(l.closed);
    this.letters.push(l);
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
      l.conflict ||= official(l).some(x => x.revision === r.number); // MUST-11
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
    const b = e.body, { opening } = b.seal;
    this.aboutLetter(e, b.reference), allow(isWrittenBy(b.written, e.at), "it says that it was written after its own entry"); // MUST-37
    await this.sealed(office.uri, b.seal, e.index);
    if (b.embargo) await this.sealed(office.uri, b.embargo, e.index), allow(e.at >= b.notBefore, "it is dated before its embargo ends");
    await this.approved(e, office, b.type, b.embargo?.index); // MUST-4
    const before = b.supersedes.map(t => this.target(office, t, e.index)), l = await this.letterOf(office.uri, opening.tag, b.reference);
    l.conflict ||= l.issues.length > 0 || l.closed !== null, l.type = b.type;
    l.issues.push({ index: e.index, leaf: e.leaf, at: e.at, body: b, revision: opening.revision, fields: b.fields });
    for (const i of [b.seal.index, e.index, ...b.embargo ? [b.embargo.index] : []]) l.entries.add(i);
    for (const p of before) if (p.issues[0].index < l.issues[0].index) p.replacedBy.push(b.notBefore), p.entries.add(e.index); // MUST-13
  }
  target(office, t, before) { // MUST-14
    const l = this.letters.find(x => x.issues.some(i => isTarget(t, i.index, i.leaf)));
    this.ofOffice(l, office, t), allow(t.index < before, "its target is later");
    return l;
  }
  ofOffice(l, office, t) {
    const own = l?.office === office.uri && t.office === office.uri && ["", l.ref].includes(t.reference);
    allow(own, "its target is no such entry of this office");
  }
  async onLetter(e, office) { // the letter that an act is about, which is approved as this letter's type asks
    const l = this.target(office, e.body.target, e.index);
    this.aboutLetter(e, l.ref);
    await this.approved(e, office, l.type);
    return l;
  }
  async withdraw(e, office) {
    const l = await this.onLetter(e, office), { emergency, reason } = e.body;
    if (l.withdrawn) return;
    l.entries.add(e.index);
    l.withdrawn = { index: e.index, at: e.at, reason, ratifyBy: emergency ? e.at + office.policies.at(-1).policy.ratifyWithin : null };
    if (emergency) this.emergencies.set(e.index, { l, leaf: e.leaf });
  }
  async ratify(e, office) { // MUST-20
    const t = e.body.target, { l, leaf } = this.emergencies.get(t.index) ?? {};
    allow(l && same(leaf, t.leaf), "its target is no withdrawal in an emergency");
    this.ofOffice(l, office, t), this.aboutLetter(e, l.ref);
    await this.approved(e, office, l.type);
    allow(!l.withdrawn.ratified, "the withdrawal is ratified already");
    l.withdrawn.ratified = e.index, l.entries.add(e.index);
  }
  async supersede(e, office) {
    const next = this.target(office, e.body.successor, e.index), l = await this.onLetter(e, office);
    allow(l.issues[0].index < next.issues[0].index, "the successor was issued before the letter it is to replace");
    l.replacedBy.push(next.issues[0].body.notBefore), l.entries.add(e.index);
  }
  async correct(e, office) { // MUST-18
    const b = e.body, o = b.seal.opening, l = await this.onLetter(e, office), [first] = l.issues;
    await this.sealed(office.uri, b.seal, e.index);
    const later = hex(o.tag) === l.tag && o.revision > (l.corrected.at(-1) ?? first).revision, langs = ds => under(...ds.map(langOf));
    allow(first.index === b.target.index && !l.withdrawn && later, "it corrects no issue in force with a later revision");
    const alike = same(shownValue(b.fields, "type"), utf8(first.body.type)) && b.disclosure === first.body.disclosure;
    allow(alike && langs(b.fields) === langs(first.fields), "type, disclosure or languages are not those of the issue");
    l.corrected.push({ index: e.index, at: e.at, revision: o.revision, fields: b.fields, reason: b.reason });
    l.entries.add(b.seal.index).add(e.index);
  }
  async record(kind, { body, index, leaf, at, ...e }, office) {
    await this.approved({ ...e, body, index }, office, body.type ?? "");
    this.records.set(index, { kind, index, office: office.uri, leaf, body, at, retracted: null });
  }
  statement = (e, office) => this.record("statement", e, office);
  disavow = (e, office) => this.record("disavowal", e, office);
  async retract(e, office) {
    const t = e.body.target, r = this.records.get(t.index);
    await this.approved(e, office, "");
    allow(r?.office === office.uri && same(r.leaf, t.leaf), "its target is no statement or disavowal of this office");
    r.retracted ??= { index: e.index, at: e.at, reason: e.body.reason };
  }

  // ---- where a text stands (standing.md MUST-10 to MUST-20) ------------------------------------------------------

  clash(l) { return l.conflict || this.letters.some(x => x !== l && x.office === l.office && x.ref === l.ref); } // MUST-11
  async elsewhere(office, but, say) { // the first entry with which the office issued the words in another letter
    const others = this.letters.filter(l => l !== but && l.office === office).flatMap(official);
    return (await pick(others, x => says(x.fields, say)))[0]?.index ?? null;
  }
  async denied(office, say) {
    const own = [...this.records.values()].filter(r => r.kind === "disavowal" && r.office === office && !r.retracted);
    return (await pick(own, r => says(r.body.texts, say))).length > 0;
  }
  async inLetter(l, t, at) { // null, or a status: where it stands, in what, and which correction put other words in its place
    const [issued, opened] = await Promise.all([official(l), l.opened].map(list => pick(list, x => holds(x.fields, t))));
    if (issued.length + opened.length === 0) return null;
    const st = this.status(l, l.closed !== null ? "draft_closed" : "draft_open");
    if (issued.length > 0) outdate(st, issued.at(-1), standingOfIssued(l, at));
    else {
      const by = await this.elsewhere(l.office, l, t.text);
      if (by !== null || l.issues.length > 0) st.standing = by !== null && opened.at(-1).index > by ? "conflict" : "draft_replaced";
    }
    const again = issued.length > 0 ? l.opened.filter(o => o.index > issued[0].index) : [];
    const clash = (await pick(again, o => says(o.fields, t.text))).length > 0 || this.clash(l) || await this.denied(l.office, t.text);
    return clash ? { ...st, standing: "conflict" } : st;
  }
  status(l, standing) { return { standing, letter: l, laterRevoked: this.laterRevoked(l.office, [...l.entries]), correctedBy: null }; }
  ofLetter(l, at) {
    const drafted = l.closed !== null ? "draft_closed" : "draft_open";
    return this.status(l, this.clash(l) ? "conflict" : l.issues.length > 0 ? standingOfIssued(l, at) : drafted);
  }
  async ofRecord(r, t) { // a statement or a disavowal (MUST-15, MUST-16)
    const standing = r.retracted ? "retracted" : r.kind === "statement" ? "stated" : "disavowed";
    const letters = standing === "disavowed" && t ? this.letters.filter(l => l.office === r.office) : [];
    const clash = (await pick(letters.flatMap(l => [...official(l), ...l.opened]), x => says(x.fields, t.text))).length > 0;
    const entries = [r.index, ...r.retracted ? [r.retracted.index] : []];
    return { standing: clash ? "conflict" : standing, said: r, laterRevoked: this.laterRevoked(r.office, entries) };
  }
  async held(office, { link, fields: ds, embargo }, t, at) { // a sealed draft, by its opening (MUST-17)
    const o = link.opening, reference = latin(shownValue(ds, "reference") ?? EMPTY);
    await this.sealed(office, link, this.next);
    must(o.purpose === "draft" && isRef(reference), "what it opens is no draft, or its reference is not shown");
    await disclosesLetter(ds, reference, o.digest);
    must(await holds(ds, t), "it has no such text");
    if (embargo) await this.heldIssue(office, link, embargo);
    const l = this.letters.find(x => x.office === office && x.tag === hex(o.tag)), known = l && await this.inLetter(l, t, at);
    if (known) return { ...known, reference, standing: embargo && known.standing === "draft_open" ? "embargoed" : known.standing };
    const st = { standing: "draft_open", letter: null, laterRevoked: [], ...l ? this.status(l, "draft_open") : {}, reference };
    const revision = l && official(l).findLast(c => c.revision === o.revision);
    if (revision) outdate(st, revision, standingOfIssued(l, at));
    else if (l?.issues.length > 0) st.standing = "draft_replaced";
    if (st.standing === "draft_open" && embargo) st.standing = "embargoed";
    if (st.standing === "draft_open" && await this.elsewhere(office, null, t.text) !== null) st.standing = "draft_replaced";
    const closed = ["draft_open", "embargoed"].includes(st.standing) && this.closed.has(under(office, hex(await closeTag(o.tag))));
    return closed ? { ...st, standing: "draft_closed" } : st;
  }
  async heldIssue(uri, seal, { link, issue }) { // an issue to come, to which a commitment commits
    need(issue.length <= 65535, "size", "the issue under embargo is too large");
    const payload = decode(issue), body = SHAPES.issue(payload), e = { kind: "issue", payload, body, issuer: uri };
    const isSame = same(await commitmentOf(body.seal.opening), await commitmentOf(seal.opening)) && body.seal.index === seal.index;
    must(body.embargo === null && isSame, "it is of another revision");
    body.embargo = link;
    await VALID.issue(body, e);
    await this.sealed(uri, link, this.next);
    await this.approved(e, this.offices.get(uri), body.type, link.index);
  }
}
const says = async (ds, say) => (await pick(ds, d => langOf(d) !== null && matches(d, say))).length > 0; // in whatever language
export const holds = async (ds, t) => (await pick(ds, d => d.field === "text/" + t.language && matches(d, t.text))).length > 0;
function standingOfIssued(l, at) { // MUST-14, MUST-13, MUST-10
  const { notBefore, expires } = l.issues[0].body;
  if (l.withdrawn || l.replacedBy.some(from => from <= at)) return l.withdrawn ? "withdrawn" : "superseded";
  return notBefore > at ? "embargoed" : expires !== 0 && expires <= at ? "expired" : "in_force";
}
function outdate(st, last, standing) { // MUST-19: words that the latest correction does not hold
  const l = st.letter, next = l.corrected[l.corrected.indexOf(last) + 1];
  st.standing = next && standing !== "withdrawn" ? "superseded" : standing, st.correctedBy = next?.index ?? null;
}

// ---- the register's own map (lookup.md; proof.md MUST-32 to MUST-36) ---------------------------------------------

const T = (...x) => hashOf("chancery/index/v1/tree", cat(...x)), bitOf = (key, n) => key[n >> 3] >> 7 - (n & 7) & 1;
const mask = (key, n) => key.map((x, i) => i < n >> 3 ? x : i === n >> 3 ? x & 0xff00 >> (n & 7) : 0); // its first n bits
const node = async (value, n, key) => T(value, await T(be(n, 4), mask(key, n)));
const branch = async (key, n, left, right) => node(await T(left, right), n, key);
export const lookupKey = (kind, values) => hashOf("chancery/index/v1", kind, ...values);
export function checkName(kind, values) { // lookup.md MUST-3
  const anOffice = b => isOffice(latin(b)), aDigest = b => b.length === 32;
  const wants = { reference: [anOffice, b => isRef(latin(b))], office: [anOffice], file: [aDigest], text: [aDigest], leaf: [aDigest] };
  const parts = Object.hasOwn(wants, kind) ? wants[kind] : [];
  need(parts.length > 0 && parts.length === values.length && parts.every((ok, i) => ok(values[i])), "bad_form", "there is no such name");
}
export function parseLookup({ kind, values, entries, proof }) { // MUST-9, MUST-11, MUST-12, MUST-14: the way in the tree
  checkName(kind, values);
  const absent = entries.length === 0, form = ok => need(ok, "bad_form", "an answer of the map is not in its form");
  form(entries.length <= 4096 && entries.every((x, i) => i === 0 || entries[i - 1] < x));
  if (absent && (proof.length === 0 || proof.length === 32)) return { at: [], siblings: proof.length ? [proof] : [], empty: true };
  const tail = absent ? 64 : 0, steps = (proof.length - tail) / 33, other = absent ? proof.subarray(-64) : null;
  const at = [...proof.subarray(0, Math.max(steps, 0))];
  form(Number.isInteger(steps) && steps >= 1 && steps <= 256 && at.every((x, i) => i === 0 ? x === 0 : x > at[i - 1]));
  return { at, siblings: at.map((_, i) => proof.subarray(steps + 32 * i, steps + 32 * i + 32)), other, empty: false };
}
export async function verifyLookup(answer, root) { // MUST-10 to MUST-12
  const way = parseLookup(answer), key = await lookupKey(answer.kind, answer.values), [first] = way.siblings;
  const proved = ok => need(ok, "not_proved", "the map's root does not say so");
  if (way.empty) {
    const label = await T(be(0, 4), new Uint8Array(32).fill(1)), none = await T(await T(await T([0]), label), label);
    const pair = bitOf(key, 0) ? [first, none] : [none, first];
    return proved(same(root, first ? await branch(ZERO, 0, ...pair) : await node(await T([0]), 0, ZERO)));
  }
  const entries = cat(...answer.entries.map(x => be(x, 8))), leaf = way.other?.subarray(0, 32) ?? key;
  proved(!way.other || !same(leaf, key));
  let hash = await node(way.other?.subarray(32) ?? await hashOf("chancery/index/v1/entries", entries), 256, leaf);
  for (const [i, n] of [...way.at.entries()].reverse()) {
    proved(bitOf(key, n) === bitOf(leaf, n));
    hash = await branch(leaf, n, ...bitOf(leaf, n) ? [way.siblings[i], hash] : [hash, way.siblings[i]]);
  }
  proved(same(hash, root));
}

// ---- COSE receipts (receipt.md, proof.md MUST-40 to MUST-44) -----------------------------------------------------

const PATH = each(fixed(32)), AT = tuple(uint, uint, PATH);
const RECEIPT = tuple(blob, map({ "396 proofs": map({ "-1 inclusion": list(blob) }) }), x => x, blob);
const RECEIPT_HEADER = map({ "1 alg": int, "4 keyID": fixed(32), "15 claims": map({ "1 issuer": text, "2 subject": text }), "395 vds": int,
  "size size": uint });
const checkReceipt = (raw, v, leaf) => kept("bad_receipt", async () => {
  const good = (ok, why) => need(ok, "bad_receipt", why);
  good(raw[0] === 0xd2, "not a tagged COSE_Sign1");
  const [header, { proofs: { inclusion } }, payload, signature] = RECEIPT(decode(raw.subarray(1))), h = RECEIPT_HEADER(decode(header));
  good(payload === null && signature.length === 64 && h.vds === 1 && inclusion.length === 1, "not a receipt of inclusion");
  const [size, index, path] = AT(decode(inclusion[0])), key = v.state.roleKeys.get(hex(h.keyID));
  good(size === h.size && size === v.size && index === v.index && path.length > 0, "it is of another entry or tree");
  good(h.claims.issuer === v.state.operator && h.claims.subject === "urn:chancery:register:" + v.origin, "it is of another register");
  good(key?.role === "receipt" && !key.revoked && h.alg === -8, "it names no receipt key of the register");
  await included(index, leaf, path, v);
  good(await signed("ed25519", key.key.raw, signature, encode(["Signature1", header, EMPTY, v.root])), "it is not over this root");
});

// ---- the bundle (MUST-20 to MUST-31) -----------------------------------------------------------------------------

const ANSWER = v => {
  const [kind, values, entries, proof] = tuple(text, each(bytes), each(uint), bytes)(v);
  return { kind, values, entries, proof };
};
const DRAFT = map({ "1 link": LINK, "2 fields": fields, "3 embargo": opt(map({ "1 link": LINK, "2 issue": blob }), null) });
const BUNDLE = map({ "1 format": text, "2 proof": blob, "3 entry": blob, "4 support": opt(list(tuple(uint, blob, PATH)), []),
  "5 texts": opt(list(tuple(text, text)), []), "6 draft": opt(DRAFT, null),
  "7 lookups": opt(map({ "1 head": uint, "2 answers": list(ANSWER) }), null), "8 receipts": opt(list(blob), []) });

export async function parseBundle(raw) {
  const form = (ok, why) => need(ok, "bad_format", why);
  form(raw.length <= 16777216, "it is too large");
  const b = await kept("bad_format", () => BUNDLE(decode(raw))), { support, texts, draft, receipts, lookups } = b;
  form(b.format === "chancery-proof/v1", "it is of another format or version");
  form(support.every(([i], n) => n === 0 || support[n - 1][0] < i), "its entries are not in order of the log");
  form(texts.length <= 64 && texts.every(([l]) => isLang(l)) && rising(texts, ([l, s]) => cat(l, [0], s)), "its texts are not in order");
  b.tlog = parseTLogProof(b.proof);
  form(!support.some(([i]) => i === b.tlog.index), "it carries an entry twice");
  form(draft === null || draft.link.index === b.tlog.index && texts.length > 0, "it is about another commitment, or about no words");
  const fit = receipts.length <= 4 && receipts.every(r => r.length >= 1 && r.length <= 4096) && rising(receipts);
  form(fit, "its receipts are too many, or not in order");
  if (lookups) { // MUST-32, MUST-35
    const { head, answers } = lookups, keys = [];
    form(answers.length >= 1 && answers.length <= 128, "it looks up too few or too many names");
    for (const a of answers) await kept("bad_format", () => parseLookup(a)), keys.push(await lookupKey(a.kind, a.values));
    const absence = draft === null && answers.every(a => a.entries.length === 0), carried = support.some(([i]) => i === head);
    form(rising(keys) && (head === b.tlog.index ? absence : carried), "its look-ups are not in form");
  }
  for (const [, s] of texts) await kept("bad_text", () => parseText(utf8(s)));
  return b;
}

// later tells what look-ups show of entries that the proof does not carry (MUST-34); null: nothing was looked up.
export function later(v) {
  if (!v.lookups) return null;
  const { asOf, answers, lacking } = v.lookups, made = v.status?.said?.index, values = a => a.values.map(latin);
  const isLetters = a => a.kind === "reference" && values(a)[0] === v.office && values(a)[1] === v.reference;
  const isOwn = a => v.record === "letter" ? isLetters(a) : a.kind !== "reference" && a.entries.includes(made);
  const own = v.absence ? [] : answers.filter(isOwn), missing = [...new Set(own.flatMap(lacking))].sort(ascending);
  const office = v.absence ? null : answers.find(a => a.kind === "office" && values(a)[0] === v.office);
  return { asOf, none: own.length > 0 && missing.length === 0, missing, keys: office ? lacking(office).length === 0 : false,
    absent: v.absence ? answers.map(a => a.kind) : [] };
}

// verify verifies a proof file under a policy, at the reader's time (seconds), with the words in the reader's hand,
// [{language, text}]: it throws a Refusal, or returns what the file shows.
export async function verify(raw, policy, at, own = []) {
  const b = await parseBundle(raw), p = policy === null ? { keys: [], needed: 0 } : await parsePolicy(policy);
  const c = await openCheckpoint(b.tlog.checkpoint, p), all = [[b.tlog.index, b.entry, b.tlog.path], ...b.support];
  for (const [index, entry, path] of all) await included(index, await sha256([0], entry), path, c);
  const state = new State(), entries = [], carried = b.texts.map(([language, text]) => ({ language, text }));
  all.sort((x, y) => ascending(x[0], y[0]));
  for (const [index, entry] of all) entries.push([index, await kept("bad_entry", () => parseEntry(entry))]);
  for (const [index, e] of entries) {
    const problem = await state.add(index, e);
    need(!problem?.ignored, "bad_entry", `entry ${index} is ignored: ${problem?.why}`);
  }
  need(state.genesis?.origin === c.origin, "bad_entry", "the register's first entry is of another log");
  const [, main] = entries.find(([i]) => i === b.tlog.index);
  const v = { ...c, receipts: b.receipts.length, lookups: null, index: b.tlog.index, state, entries, texts: [] };
  if (b.lookups) v.lookups = await lookedUp(b.lookups, v);
  if (b.lookups?.head === v.index) { // MUST-35: a proof of absence
    const absent = b.lookups.answers.filter(a => a.kind === "text").map(a => hex(a.values[0]));
    const isAbsent = async t => absent.includes(hex(await sha256(t.text)));
    need((await pick(carried, isAbsent)).length === carried.length, "bad_text", "a text that it carries is not one whose absence it shows");
    need((await pick(own, isAbsent)).length === own.length, "text_differs", "your text is not one whose absence this proof shows");
    for (const r of b.receipts) await checkReceipt(r, v, main.leaf);
    return { ...v, receipts: 0, absence: true };
  }
  const of = x => official(x).concat(x.opened).some(y => y.index === v.index), l = state.letters.find(of), r = state.records.get(v.index);
  if (!b.draft) need(r || l, "bad_entry", `entry ${v.index} makes no letter, statement or disavowal known`);
  for (const r of b.receipts) await checkReceipt(r, v, main.leaf);
  const fresh = own.filter(t => !carried.some(x => x.language === t.language && x.text === t.text));
  const differs = "your text is not, letter for letter, one that this proof is about";
  if (b.draft) {
    for (const t of carried) v.texts.push({ ...t, ...await kept("bad_text", () => state.held(main.issuer, b.draft, t, at)) });
    const [st] = v.texts;
    Object.assign(v, { record: "letter", office: main.issuer, reference: st.reference, standing: st.standing, status: st });
    need(fresh.length === 0, "text_differs", differs);
    return v;
  }
  v.status = l ? state.ofLetter(l, at) : await state.ofRecord(r, null), v.standing = v.status.standing;
  Object.assign(v, l ? { record: "letter", office: l.office, reference: l.ref }
    : { record: r.kind, office: r.office, reference: r.body.regarding[0]?.reference ?? "" });
  const place = async (t, cls, why) => {
    let st = r && await holds(r.body.texts, t) ? await state.ofRecord(r, t) : null;
    for (const x of l ? state.letters : []) if (!st && x.office === l.office && x.ref === l.ref) st = await state.inLetter(x, t, at);
    need(st !== null, cls, why);
    v.texts.push({ ...t, ...st });
    if (st.standing === "conflict") v.standing = st.standing;
  };
  for (const t of carried) await place(t, "bad_text", `the ${t.language} text that it carries is not one that its entries stand for`);
  for (const t of fresh) await place(t, "text_differs", differs);
  return v;
}
async function lookedUp({ head, answers }, { state, entries }) { // MUST-33
  const at = state.heads.get(head), has = i => entries.some(([x]) => x === i);
  need(at && answers.every(a => a.entries.every(i => i < head)), "bad_lookup", "what it names is no index-head, or covers less");
  for (const a of answers) await kept("bad_lookup", () => verifyLookup(a, at.root));
  return { asOf: head, answers, lacking: a => a.entries.filter(i => !has(i)) };
}
