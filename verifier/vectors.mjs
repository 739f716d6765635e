// Runs the vectors of testdata/vectors, or proofs from the standard input, through verify.mjs. Only tests use it
// (verifier_test.go); what the verifier itself does not need - lists of copies, statements taken apart - is written here.
//
//     node verifier/vectors.mjs vectors FOLDER     one line of JSON for each file: {"file", "got"}
//     node verifier/vectors.mjs proofs             reads lines {"proof", "policy", "at"}, or of another area;
//                                              writes {"class"} or the answer

import { readFile, readdir } from "node:fs/promises";
import { createInterface } from "node:readline";
import * as forms from "./forms.mjs";
import * as verifier from "./verify.mjs";
import * as webauthn from "./webauthn.mjs";
import * as pasted from "./words.mjs";

const v = { ...forms, ...webauthn, ...verifier, ...pasted };
const unhex = s => Uint8Array.from(s.match(/../g) ?? [], x => parseInt(x, 16));

const plain = x => x === null || x === undefined || x.length === 0 ? undefined : v.hex(x);
const field = f => ({ field: f.field, leaf: unhex(f.leaf), salt: f.salt ? unhex(f.salt) : null, value: unhex(f.value ?? "") });
const opening = o => ({ ...o, ...Object.fromEntries(["nonce", "tag", "previous", "digest"].map(k => [k, unhex(o[k])])) });
const listValue = items => v.cat(v.be(items.length, 8), v.prefixed(...items));
const refusedUnless = (ok, cls, why) => { if (!ok) v.refuse(cls, why); };

async function revision(in_) {
  if (in_.do === "root") return { digest: v.hex(await v.rootOf(in_.fields.map(field))) };
  const enclosures = Object.keys(in_.enclosures ?? {}).sort().flatMap(t => [t, in_.enclosures[t]]);
  const values = { reference: in_.reference, type: in_.type, prevailing: in_.prevailing ?? "", addressees: listValue(in_.addressees ?? []),
    distribution: listValue([]), enclosures: listValue(enclosures), signature: listValue(in_.signature ?? ["typed"]) };
  for (const l of Object.keys(in_.texts).sort()) values["text/" + l] = v.parseText(v.utf8(in_.texts[l]));
  const fields = [];
  for (const [name, value] of Object.entries(values)) {
    const salt = unhex(in_.salts[name]), shown = name.startsWith("text/") ? "" : value;
    fields.push({ field: name, leaf: await v.fieldLeaf(salt, name, value), salt, value: typeof shown === "string" ? v.utf8(shown) : shown });
  }
  return { digest: v.hex(await v.rootOf(fields)), fields: fields.map(f => ({ field: f.field, leaf: v.hex(f.leaf), salt: v.hex(f.salt), value: plain(f.value) })) };
}

async function commitment(in_) {
  if (in_.do === "commit") return { commitment: v.hex(await v.commitmentOf(opening(in_.opening))) };
  if (in_.do === "open") {
    refusedUnless(v.hex(await v.commitmentOf(opening(in_.opening))) === in_.commitment, "does-not-open", "the opening does not open the commitment");
    return { opens: true };
  }
  if (in_.do === "chain") {
    const chain = (in_.chain ?? []).map(opening);
    await v.checkChain(chain);
    return { revisions: chain.length };
  }
  if (in_.do === "close") return { close_tag: v.hex(await v.closeTag(unhex(in_.tag))) };
  const copies = in_.copies ?? [], parts = ["chancery/v1/copies", unhex(in_.digest), v.be(copies.length, 8)]; // commitment.md MUST-6
  for (const c of copies) parts.push(v.be(c.Number, 4), c.Holder, c.Purpose, Uint8Array.of(c.Outside ? 1 : 0), v.be(c.Langs.length, 8), ...c.Langs);
  return { digest: v.hex(await v.sha256(v.prefixed(...parts))) };
}

// parseStatement takes a statement apart (approval.md MUST-1 to MUST-3).
function parseStatement(text) {
  const names = ["register", "office", "reference", "act", "subject", "parameters", "policy", "nonce"], lines = text.split("\n");
  refusedUnless(lines.length === 10 && lines[0] === "chancery-approval/v1", "statement-form", "not an approval statement");
  const s = Object.fromEntries(names.map((name, i) => {
    refusedUnless(lines[i + 1].startsWith(name + ": "), "statement-line", `line ${i + 2} is not ${name}`);
    return [name, lines[i + 1].slice(name.length + 2)];
  }));
  for (const name of ["subject", "parameters"]) refusedUnless(/^[0-9a-f]{64}$/.test(s[name]), "digest", name);
  refusedUnless(/^[0-9]+$/.test(s.policy) && BigInt(s.policy) < 2n ** 64n, "policy", "the policy's number");
  refusedUnless(/^[0-9a-fA-F]{32}$/.test(s.nonce), "nonce", "the nonce");
  const again = v.statementText({ ...s, subject: unhex(s.subject), parameters: unhex(s.parameters), policy: BigInt(s.policy), nonce: unhex(s.nonce) });
  refusedUnless(again === text, "canonical-statement", "not in its one form");
  return { ...s, policy: Number(s.policy) };
}

function sixWords(digest) { // approval.md MUST-8
  const c = "bdfghjklmnprstvz", w = "aiou", word = n => c[n >> 12] + w[n >> 10 & 3] + c[n >> 6 & 15] + w[n >> 4 & 3] + c[n & 15];
  return Array.from({ length: 6 }, (_, i) => word(digest[2 * i] << 8 | digest[2 * i + 1])).join(" ");
}

// keyOf reads a line of an OpenSSH .pub file, with its comment.
async function keyOf(line) {
  const f = line.trim().split(/[ \t]+/);
  refusedUnless(!/[\r\n]/.test(line.trim()), "key-form", "more than one line");
  refusedUnless(!f[0].includes("="), "key-options", "options are not taken");
  return v.parseKeyLine(f.slice(0, 2).join(" "));
}

async function approval(in_) {
  if (in_.do === "statement") return parseStatement(in_.statement);
  if (in_.do === "words") return { words: sixWords(unhex(in_.digest)) };
  const key = await keyOf(in_.key);
  if (in_.do === "key") return { line: key.type + " " + v.base64(key.wire), fingerprint: "SHA256:" + v.base64(await v.sha256(key.wire)).replaceAll("=", "") };
  const armored = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n$/.exec(in_.armored ?? "");
  await v.verifyApproval(in_.statement, key, armored ? v.unbase64(armored[1].replaceAll("\n", "")) : unhex(in_.signature));
  return { good: true };
}

async function entry(in_) {
  const e = await v.parseEntry(unhex(in_.entry));
  if (in_.key) await v.verifyEntry(e, await v.publicKey(v.decode(unhex(in_.key))));
  const out = { kind: e.kind, issuer: e.issuer, subject: e.subject, issued_at: e.at, key_id: e.keyID, leaf_hash: v.hex(e.leaf) };
  if (v.takesApprovals(e.kind)) out.statement = (await v.statementOf("letters.harbour.example/main/2026", e)).message;
  return out;
}

async function standingsOf(s, t, at) { // in every record, the most serious first; a proof is about one record
  const out = [];
  for (const l of s.letters) {
    const st = await s.inLetter(l, t, at);
    if (st !== null && !(st.standing === "draft_replaced" && await s.elsewhere(l.office, l, t.text) !== null)) out.push(st);
  }
  for (const kind of ["disavowal", "statement"]) {
    for (const r of s.records.values()) if (r.kind === kind && await v.holds(r.body.texts, t)) out.push(await s.ofRecord(r, t));
  }
  return out.sort((a, b) => v.GRAVITY.indexOf(a.standing) - v.GRAVITY.indexOf(b.standing));
}

async function standing(in_) {
  const s = new v.State();
  for (const [i, b64] of in_.entries.entries()) await s.add(i, await v.parseEntry(v.unbase64(b64)));
  const found = await standingsOf(s, { language: in_.language, text: v.parseText(v.utf8(in_.text)) }, in_.at), [first] = found, w = first?.letter?.withdrawn;
  const out = { standings: found.map(st => st.standing), ...first?.correctedBy && { corrected_by: first.correctedBy }, ...w?.ratifyBy && { ratify_by: w.ratifyBy },
    ...w?.ratified && { ratified_by: w.ratified }, ...first?.laterRevoked.length > 0 && { later_revoked: first.laterRevoked } };
  const at = ignored => s.problems.filter(p => p.ignored === ignored).map(p => p.index).sort((x, y) => x - y);
  return { ...out, ...at(true).length > 0 && { ignored: at(true) }, ...at(false).length > 0 && { flagged: at(false) } };
}

const rfc3339 = seconds => seconds === null ? undefined : new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
const headOf = c => ({ origin: c.origin, size: c.size, root: v.hex(c.root), time: rfc3339(c.time), witnesses: c.witnesses, needed: c.needed });
async function proof(in_) {
  if (in_.do === "policy") {
    const p = await v.parsePolicy(v.utf8(in_.policy));
    return { witnesses: p.keys.filter(k => k.role === "witness").length, needed: p.needed };
  }
  if (in_.do === "checkpoint") return headOf(await v.openCheckpoint(v.utf8(in_.checkpoint), await v.parsePolicy(v.utf8(in_.policy))));
  const r = await v.verify(v.unbase64(in_.proof ?? ""), in_.policy === "" ? null : v.utf8(in_.policy), Date.parse(in_.at) / 1000, in_.texts ?? []);
  const texts = r.texts.map(t => ({ language: t.language, standing: t.standing }));
  return { ...headOf(r), index: r.index, record: r.record, office: r.office, reference: r.reference || undefined, standing: r.standing, texts: texts.length > 0 ? texts : undefined, receipts: r.receipts || undefined, lookups: lookedUp(r) };
}
function lookedUp(r) {
  const l = v.later(r);
  return l ? { as_of: l.asOf, absent: l.absent.length > 0 ? l.absent : undefined, nothing_later: l.none, missing: l.missing.length > 0 ? l.missing : undefined, keys_shown: l.keys } : undefined;
}

async function lookup(in_) { // what a reader of proofs needs of it: keys, and proofs
  const answer = { kind: in_.kind, values: in_.values.map(unhex), entries: in_.entries ?? [], proof: unhex(in_.proof ?? "") };
  if (in_.do === "key") { v.checkName(answer.kind, answer.values); return { key: v.hex(await v.lookupKey(answer.kind, answer.values)) }; }
  await v.verifyLookup(answer, unhex(in_.root));
  return { absent: answer.entries.length === 0 };
}

const letter = in_ => ({ text: (in_.do === "parse" ? v.readText : v.canonicalize)(in_.hex ? unhex(in_.hex) : v.utf8(in_.text)) });
const areas = { letter, revision, commitment, approval, entry, standing, proof, lookup }, others = ["lookup/map", "lookup/root"];
const answer = async (area, input) => {
  try { return await areas[area](input); } catch (e) { return e instanceof v.Refusal ? { class: e.class, ...area === "proof" && { witnesses: 0, needed: 0 } } : { crashed: String(e.stack) }; }
};

if (process.argv[2] === "proofs") {
  for await (const line of createInterface({ input: process.stdin })) {
    const in_ = JSON.parse(line);
    console.log(JSON.stringify(await answer(in_.area ?? "proof", { do: "verify", ...in_ })));
  }
} else {
  const root = process.argv[3];
  for (const file of (await readdir(root, { recursive: true })).filter(f => f.endsWith(".json")).sort()) {
    const area = file.split("/")[0];
    if (area in areas && !others.some(o => file.startsWith(o))) console.log(JSON.stringify({ file, got: await answer(area, JSON.parse(await readFile(`${root}/${file}`, "utf8")).input) }));
  }
}
