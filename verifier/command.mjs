// The command of the second verifier, for people and scripts that have Node 20:
//
//     node verifier/command.mjs LETTER.chancery-proof --policy whom-i-trust.txt [--text [LANG=]letter.txt] [--at TIME]
//
// It exits with 0 for a letter in force, 10 superseded, 11 withdrawn or retracted, 12 expired, 13 embargoed, 14 a
// statement, 20 a draft, 30 other words, 40 disavowed, 42 a conflict, 50 nothing on record, and 2 when nothing was shown.

import { readFile } from "node:fs/promises";
import { Refusal } from "./forms.mjs";
import { later, verify } from "./verify.mjs";
import { canonicalize, GRAVITY } from "./words.mjs";

const EXIT = {
  conflict: 42, disavowed: 40, withdrawn: 11, superseded: 10, draft_closed: 20, draft_open: 20, draft_replaced: 20,
  embargoed: 13, expired: 12, in_force: 0, retracted: 11, stated: 14,
};
const USAGE = "usage: node command.mjs FILE --policy FILE [--text [LANG=]FILE] [--at TIME, as 2026-03-04T12:00:00Z]";

class Misuse extends Error {}
const misused = why => { throw new Misuse(why); };
const open = async path => {
  try { return new Uint8Array(await readFile(path)); } catch (e) { return misused(`cannot read ${path}: ${e.message}`); }
};

async function asked(args) {
  const q = { file: null, policy: null, at: Math.floor(Date.now() / 1000), texts: [] };
  for (let i = 0; i < args.length; i++) {
    const value = () => args[++i] ?? misused(`${args[i - 1]} wants a value\n${USAGE}`);
    if (args[i] === "--policy") q.policy = await open(value());
    else if (args[i] === "--at") q.at = timeOf(value());
    else if (args[i] === "--text") {
      const [, language = "en", path] = /^(?:([a-z]{2,3}(?:-[a-z]{4})?)=)?(.*)$/s.exec(value());
      q.texts.push({ language, text: canonicalize(await open(path)) });
    } else if (args[i].startsWith("--") || q.file) misused(`${args[i]} is not known here\n${USAGE}`);
    else q.file = await open(args[i]);
  }
  if (!q.file) misused(`name a proof file\n${USAGE}`);
  if (!q.policy) misused(`say whom you trust: --policy FILE, a policy that you had from the register before\n${USAGE}`);
  return q;
}
function timeOf(s) {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(s) ? Date.parse(s) / 1000 : NaN;
  return Number.isInteger(at) ? at : misused(`--at ${s} is no time: write it as 2026-03-04T12:00:00Z`);
}

const when = seconds => new Date(seconds * 1000).toISOString().slice(0, 16) + "Z";
function lines(v) { // what a proof shows, in lines
  const l = later(v), clock = v.time === null ? "" : ` (${when(v.time)} by the register's own clock)`;
  const head = `as of ${v.size} entries of ${v.origin}${clock}; ${v.witnesses} witnesses, ${v.needed} needed`;
  if (v.absence) return [`nothing is on record under ${v.lookups.answers.length} names, as of entry ${l.asOf}`, head];
  const lacking = l?.missing.length > 0 ? `later entries that it lacks: ${l.missing.join(", ")}` : null;
  const unknown = "what came later, or was left out of it, it cannot show", none = l?.none ? `no later entry, as of entry ${l.asOf}` : null;
  const record = `${v.standing}  the ${[v.record, v.reference].filter(x => x).join(" ")} of ${v.office}, entry ${v.index}`;
  return [record, ...v.texts.map(t => `${t.standing}  its ${t.language} text`), head, none ?? lacking ?? unknown];
}
function exitOf(v, texts) { // of the reader's own words, if there are any; else of the record
  const own = v.texts.filter(t => texts.some(x => x.language === t.language && x.text === t.text)).map(t => t.standing);
  const [worst] = own.sort((a, b) => GRAVITY.indexOf(a) - GRAVITY.indexOf(b));
  return v.absence ? 50 : EXIT[worst ?? v.standing];
}

try {
  const { file, policy, at, texts } = await asked(process.argv.slice(2)), v = await verify(file, policy, at, texts);
  console.log(lines(v).join("\n"));
  process.exitCode = exitOf(v, texts);
} catch (e) {
  if (!(e instanceof Refusal || e instanceof Misuse)) throw e;
  console.error(e instanceof Refusal ? `refused (${e.class}): ${e.message}` : e.message);
  process.exitCode = e.class === "text_differs" ? 30 : 2;
}
