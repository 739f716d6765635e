// What a reader pasted, or an author wrote: the usual mistakes have names, and the text is brought into its one form
// (letter.md). No part of a proof is read with it.

import { allowed, crowded, parseText, sized, speaks, tidy } from "./verify.mjs";
import { decoder, hex, latin, need, refuse, utf8 } from "./forms.mjs";

function plain(b) { // MUST-1, MUST-2: the usual mistakes have names
  need(b.length > 0, "empty", "the text is empty");
  const zeros = [0, 1].map(odd => b.filter((x, i) => i < 512 && x === 0 && i % 2 === odd).length), half = Math.min(b.length, 512) / 2;
  const wide = b.length >= 4 && b.length % 2 === 0 && Math.min(...zeros) === 0 && Math.max(...zeros) * 10 >= half * 7;
  need(!wide && !(b[0] + b[1] === 0x1fd && b[0] >= 0xfe), "utf-16", "this is UTF-16 text: save it as UTF-8");
  need(latin(b.subarray(0, 5)) !== "%PDF-", "pdf", "this is a PDF file, not a text");
  need(!b.includes(0), "binary", "this is binary data, not a text");
  try { return decoder.decode(b); } catch { return refuse("not-utf-8", "the text is not UTF-8"); }
}
export const readText = b => parseText(utf8(plain(b))); // a text on record
export function canonicalize(b) { // what an author wrote, or a reader pasted (MUST-3 to MUST-6)
  let s = plain(b.length > 2 && hex(b.subarray(0, 3)) === "efbbbf" ? b.subarray(3) : b);
  s = s.replace(/\r\n|[\r\u2028\u0085]/g, "\n").replaceAll("\u2029", "\n\n").replace(/\t|\p{Zs}/gu, " ");
  allowed(s);
  need(!crowded(s), "marks", "more than 30 marks stand on one character");
  speaks(s = tidy(s)), sized(s);
  return s;
}

// GRAVITY: the standings, the most serious first.
export const GRAVITY = ["conflict", "lookalike", "disavowed", "withdrawn", "superseded", "draft_closed", "draft_open", "draft_replaced",
  "embargoed", "cannot_check", "expired", "in_force", "retracted", "stated", "not_on_record", "no_register"];
