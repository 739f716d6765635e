// What the page does. It is put into index.html after the modules that verify (page_test.go) and uses their names; there is no network
// in it: the page's content policy allows none.

const WORDS = {
  en: {
    title: "Check a proof file", lead: "A proof file (.chancery-proof) shows where an official letter stood, without asking anybody. It is checked here, on this device; nothing is sent.",
    proof: "The proof file", drop: "Choose the file, or drop it here", policy: "Whom you trust",
    policyHint: "A policy that you had from the register, or from somebody you trust, before: lines such as “log NAME+ID+KEY” and “quorum none”. A proof without it shows nothing.",
    text: "The words in your hand (optional)", textHint: "Paste the whole text of one language. It must agree letter for letter.", language: "Its language",
    at: "The time to answer for (optional)", atHint: "For letters with an hour or a period. Without it: now.", check: "Check", other: "العربية",
    holds: "The proof holds: {noun}", refused: "The proof does not hold", differs: "Your words are not the ones on record",
    differsSays: "The proof itself holds, but the text in your hand is not, letter for letter, one that it is about.", absentTitle: "The proof holds: nothing is on record",
    absentSays: "The register’s own map holds nothing under what was looked up, as of entry {n}. It is these words or this name, not a paraphrase.",
    office: "Office", reference: "Reference", kind: "What it is about", officers: "Officers who approved", reason: "Reason given", checkpoint: "As of", entries: "entry {n} of the log {origin}, which had {size} entries",
    clock: "{time}, by the register’s own clock", noClock: "the head carries no time", witnesses: "Witnesses", witnessed: "{n} of those you trust saw the same log ({needed} needed)",
    unwitnessed: "none: only the register’s own word stands behind this head", texts: "Texts", later: "Later entries", laterNone: "none about this record up to entry {n}",
    laterMissing: "the proof leaves out entry {list}: ask the register what it says", laterUnknown: "this proof cannot show what came later, or what was left out of it: ask the register, or a mirror", not: "What this does not mean",
    exercise: "An exercise, on a simulated clock: nothing here is real.", corrected: "Correction", correctedSays: "these words were replaced by the correction in entry {n}",
    unratified: "Withdrawn in an emergency, and not ratified within its time", ratified: "Withdrawn in an emergency, and ratified", revoked: "Key", revokedSays: "the key that signed entry {list} was revoked later; what officers approved stays valid",
    exact: "Your text is, letter for letter, one of them.", old: "This browser cannot check the signatures. Use a newer one, and open the page from a file or over https.", broken: "This page failed. Please tell who runs it: {why}",
    kinds: { letter: "a letter", statement: "a statement", disavowal: "a disavowal" }, needProof: "Choose a proof file first.", needPolicy: "Say whom you trust: without a policy nothing is shown.",
    classes: {
      bad_format: "The file is not a proof file, or it is damaged. Ask for it again.", bad_policy: "What you gave as a policy is not one.", no_policy: "The policy names no log to trust.",
      bad_checkpoint: "The signed head in the file is malformed.", bad_checkpoint_signature: "The log’s signature is false: somebody made this head who does not have the log’s key.",
      bad_cosignature: "A witness’s signature is false.", unknown_log: "No log that you trust signed this head. It may be another register’s.", quorum_not_met: "Too few of the witnesses that you trust have seen this head.",
      bad_inclusion: "An entry in the file is not in the log at the place that is claimed.", bad_entry: "An entry is malformed, not signed by its office, or not approved as the office’s own rules ask.",
      bad_text: "Words in the file are not the ones that its entries stand for.", bad_lookup: "What the file says about the register’s map is not so.", bad_receipt: "A receipt in the file is false.",
    },
    standing: {
      conflict: ["a text on which the record contradicts itself", "It does not mean that one of the versions may be picked."], disavowed: ["a text that the office says is not theirs", "It does not mean that someone was found guilty."],
      withdrawn: ["a letter that was issued, then withdrawn", "It does not mean that it was not sent."], superseded: ["a letter that was issued, then replaced", "It does not mean that it was false when issued."],
      draft_closed: ["a draft that was closed without being issued", "It does not mean that nobody outside received it."], draft_open: ["a draft that was not issued", "It does not mean that it is fake, or that it will not be issued later."],
      draft_replaced: ["an earlier draft of a letter issued in other words", "It does not mean that the issued letter is void."], embargoed: ["a letter that was issued, but not public before its hour", "It does not mean that you may not hold it."],
      expired: ["a letter that was issued; its period is over", "It does not mean that it was withdrawn."], in_force: ["a letter that was issued", "It does not mean that what it says is true."],
      retracted: ["a statement that was taken back", "It does not mean that it was not said, or that it was false."], stated: ["a statement on record", "It does not mean that what it says is true, or that it is a letter."],
    },
  },
  ar: {
    title: "تحقَّق من ملف إثبات", lead: "يبيّن ملف الإثبات (\u2066.chancery-proof\u2069) وضع رسالة رسمية دون سؤال أحد. يجري التحقق هنا على جهازك، ولا يُرسَل شيء.",
    proof: "ملف الإثبات", drop: "اختر الملف أو أفلته هنا", policy: "بمن تثق",
    policyHint: "سياسة حصلت عليها من السجل، أو ممن تثق به، من قبل: أسطر مثل \u2066«log NAME+ID+KEY»\u2069 و\u2066«quorum none»\u2069. من دونها لا يبيّن الإثبات شيئاً.",
    text: "الكلمات التي بيدك (اختياري)", textHint: "ألصق النص كاملاً بلغة واحدة. يجب أن يتطابق حرفاً بحرف.", language: "لغته",
    at: "الوقت المطلوب الجواب عنه (اختياري)", atHint: "للرسائل ذات الساعة أو المدة. من دونه: الآن.", check: "تحقَّق", other: "English",
    holds: "الإثبات سليم: {noun}", refused: "الإثبات غير سليم", differs: "كلماتك ليست الكلمات المسجَّلة",
    differsSays: "الإثبات نفسه سليم، لكن النص الذي بيدك ليس، حرفاً بحرف، من النصوص التي يتناولها.", absentTitle: "الإثبات سليم: لا شيء في السجل",
    absentSays: "لا تحوي خريطة السجل شيئاً تحت ما بُحث عنه، حتى القيد {n}. والمقصود هذه الكلمات أو هذا الاسم، لا صياغة أخرى.",
    office: "الجهة", reference: "المرجع", kind: "ما يتناوله", officers: "من وافق من المسؤولين", reason: "السبب المعلن", checkpoint: "حتى", entries: "القيد {n} من السجل {origin}، وفيه {size} قيداً",
    clock: "{time}، بساعة السجل نفسه", noClock: "لا وقت في رأس السجل", witnesses: "الشهود", witnessed: "رأى {n} ممن تثق بهم السجل نفسه (المطلوب {needed})",
    unwitnessed: "لا أحد: ليس وراء هذا الرأس إلا كلمة السجل نفسه", texts: "النصوص", later: "قيود لاحقة", laterNone: "لا قيد عن هذا حتى القيد {n}",
    laterMissing: "لا يحمل الإثبات القيد {list}: اسأل السجل عمّا فيه", laterUnknown: "لا يبيّن هذا الإثبات ما جاء لاحقاً ولا ما أُسقط منه: اسأل السجل أو نسخة منه", not: "ما لا يعنيه هذا",
    exercise: "تمرين بساعة مصطنعة: لا شيء هنا حقيقي.", corrected: "تصحيح", correctedSays: "حلّ محل هذه الكلمات التصحيح في القيد {n}",
    unratified: "سُحبت في حالة طارئة ولم يُصدَّق سحبها في مدته", ratified: "سُحبت في حالة طارئة وصُدِّق سحبها", revoked: "المفتاح", revokedSays: "أُلغي لاحقاً المفتاح الذي وقّع القيد {list}؛ وما وافق عليه المسؤولون يبقى صحيحاً",
    exact: "نصك، حرفاً بحرف، واحد منها.", old: "لا يستطيع هذا المتصفح التحقق من التواقيع. استعمل متصفحاً أحدث، وافتح الصفحة من ملف أو عبر https.", broken: "تعطلت هذه الصفحة. أخبر من يديرها: {why}",
    kinds: { letter: "رسالة", statement: "بيان", disavowal: "نفي" }, needProof: "اختر ملف إثبات أولاً.", needPolicy: "حدّد بمن تثق: من دون سياسة لا يُبيَّن شيء.",
    classes: {
      bad_format: "ليس الملف ملف إثبات، أو أنه تالف. اطلبه من جديد.", bad_policy: "ما أعطيته ليس سياسة.", no_policy: "لا تسمّي السياسة سجلاً يوثق به.",
      bad_checkpoint: "رأس السجل الموقَّع في الملف غير سليم الشكل.", bad_checkpoint_signature: "توقيع السجل مزوّر: صنع هذا الرأسَ من لا يملك مفتاح السجل.",
      bad_cosignature: "توقيع أحد الشهود مزوّر.", unknown_log: "لم يوقّع هذا الرأسَ سجلٌ تثق به. قد يكون من سجل آخر.", quorum_not_met: "رأى هذا الرأسَ من شهودك عدد أقل من المطلوب.",
      bad_inclusion: "قيد في الملف ليس في السجل حيث يُزعم.", bad_entry: "قيد غير سليم الشكل، أو لم توقّعه جهته، أو لم يوافَق عليه بحسب قواعد الجهة نفسها.",
      bad_text: "كلمات في الملف ليست التي تمثّلها قيوده.", bad_lookup: "ما يقوله الملف عن خريطة السجل غير صحيح.", bad_receipt: "إيصال في الملف مزوّر.",
    },
    standing: {
      conflict: ["نص تتناقض قيود السجل بشأنه", "لا يعني أنه يجوز اختيار إحدى الروايتين."], disavowed: ["نص تنفي الجهة صدوره عنها", "لا يعني أن أحداً أُدين."],
      withdrawn: ["رسالة صدرت ثم سُحبت", "لا يعني أنها لم تُرسل."], superseded: ["رسالة صدرت ثم حلّت محلها أخرى", "لا يعني أنها كانت غير صحيحة حين صدرت."],
      draft_closed: ["مسودة أُغلقت دون أن تصدر", "لا يعني أن أحداً في الخارج لم يتسلمها."], draft_open: ["مسودة لم تصدر", "لا يعني أنها مزوّرة، ولا أنها لن تصدر لاحقاً."],
      draft_replaced: ["مسودة سابقة لرسالة صدرت بكلمات أخرى", "لا يعني أن الرسالة الصادرة باطلة."], embargoed: ["رسالة صدرت ولا تُعلَن قبل ساعتها", "لا يعني أنه لا يجوز لك حيازتها."],
      expired: ["رسالة صدرت وانتهت مدتها", "لا يعني أنها سُحبت."], in_force: ["رسالة صدرت", "لا يعني أن ما تقوله صحيح."],
      retracted: ["بيان سُحب", "لا يعني أنه لم يُقل، ولا أنه كان غير صحيح."], stated: ["بيان مسجَّل", "لا يعني أن ما يقوله صحيح، ولا أنه رسالة."],
    },
  },
};

const $ = id => document.getElementById(id), fill = (s, values) => s.replace(/\{(\w+)\}/g, (_, k) => values[k]);
const element = (name, words, attributes = {}) => { // words of a file go in as text, never as markup
  const e = document.createElement(name);
  for (const [k, x] of Object.entries(attributes)) e.setAttribute(k, x);
  e.append(...[words].flat());
  return e;
};
const own = words => element("bdi", words); // a word of the file in its own direction
let lang = navigator.language?.startsWith("ar") ? "ar" : "en", shown = null, dropped = null;
const inOneOf = names => names.get(lang) ?? names.get("en") ?? [...names.values()][0];

function say() { // all words of the page in the language that is chosen
  const w = WORDS[lang];
  document.documentElement.lang = lang, document.documentElement.dir = lang === "ar" ? "rtl" : "ltr", document.title = w.title;
  for (const e of document.querySelectorAll("[data-say]")) e.textContent = w[e.dataset.say];
  $("other").lang = lang === "ar" ? "en" : "ar";
  if (dropped) $("name").textContent = dropped.name;
  show();
}

function show() {
  if (!shown) return;
  const w = WORDS[lang], { v, error, at, matched } = shown, out = $("result"), rows = [];
  const row = (name, ...words) => rows.push(element("dt", name), element("dd", words));
  out.hidden = false;
  if (error) {
    const differs = error.class === "text_differs", why = element("p", differs ? w.differsSays : w.classes[error.class] ?? fill(w.broken, { why: error.message }));
    out.className = "bad";
    return out.replaceChildren(element("h2", differs ? w.differs : w.refused), why, ...error.class ? [element("p", error.class, { class: "code", dir: "ltr" })] : []);
  }
  const l = later(v), standing = v.texts.length === 1 ? v.texts[0].standing : v.standing, time = s => new Date(s * 1000).toLocaleString(lang, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }) + " UTC";
  const good = ["in_force", "stated"].includes(standing);
  out.className = v.absence ? "plain" : good ? "good" : "other";
  const head = [element("h2", v.absence ? w.absentTitle : fill(w.holds, { noun: w.standing[standing][0] }))];
  if (v.state.genesis.exercise) head.push(element("p", w.exercise, { class: "chip" }));
  if (v.absence) head.push(element("p", fill(w.absentSays, { n: l.asOf })));
  else {
    const office = v.state.offices.get(v.office), approved = v.entries.find(([i]) => i === (v.status.letter?.issues[0]?.index ?? v.index))[1].body.approvals, wd = v.status.letter?.withdrawn;
    const policy = office.policies.find(p => p.index === approved?.policy)?.policy, names = (approved?.signatures ?? []).map(s => policy?.officers.find(o => o.id === s.officer)?.name).filter(n => n);
    row(w.office, own(inOneOf(office.name)), " ", element("span", v.office, { class: "code", dir: "ltr" }));
    row(w.kind, w.kinds[v.record]);
    if (v.reference) row(w.reference, own(v.reference));
    if (names.length > 0) row(w.officers, ...names.flatMap((n, i) => i > 0 ? [lang === "ar" ? "، " : ", ", own(n)] : [own(n)]));
    const reason = wd?.reason ?? v.status.said?.retracted?.reason ?? v.status.said?.body.reason;
    if (reason) row(w.reason, own(inOneOf(reason)));
    if (wd?.ratifyBy) row(w.reason, wd.ratified ? w.ratified : at > wd.ratifyBy ? w.unratified : "…");
    if (v.texts.length > 0) row(w.texts, ...v.texts.flatMap(t => [element("div", [own(t.language), " – ", w.standing[t.standing][0]])]), ...matched ? [element("div", w.exact)] : []);
    const by = v.texts.find(t => t.correctedBy)?.correctedBy;
    if (by) row(w.corrected, fill(w.correctedSays, { n: by }));
    if (v.status.laterRevoked?.length > 0) row(w.revoked, fill(w.revokedSays, { list: v.status.laterRevoked.join(", ") }));
    row(w.later, l?.none ? fill(w.laterNone, { n: l.asOf }) : l?.missing.length > 0 ? fill(w.laterMissing, { list: l.missing.join(", ") }) : w.laterUnknown);
  }
  row(w.checkpoint, fill(w.entries, { n: v.index, origin: "\u2066" + v.origin + "\u2069", size: v.size }), element("div", v.time === null ? w.noClock : fill(w.clock, { time: time(v.time) })));
  row(w.witnesses, v.witnesses > 0 ? fill(w.witnessed, { n: v.witnesses, needed: v.needed }) : w.unwitnessed);
  const not = v.absence ? [] : [element("h3", w.not), element("p", w.standing[standing][1])];
  out.replaceChildren(...head, element("dl", rows), ...not);
}

async function check(event) {
  event.preventDefault();
  const w = WORDS[lang], policy = $("policy").value, words = $("text").value, file = dropped ?? $("proof").files[0];
  $("problem").textContent = !file ? w.needProof : policy.trim() === "" ? w.needPolicy : "";
  if ($("problem").textContent !== "") return;
  const at = $("at").value ? Date.parse($("at").value + "Z") / 1000 : Math.floor(Date.now() / 1000);
  try {
    const texts = words.trim() === "" ? [] : [{ language: $("language").value, text: canonicalize(utf8(words)) }];
    shown = { v: await verify(new Uint8Array(await file.arrayBuffer()), utf8(policy.replaceAll("\r\n", "\n").replace(/\n?$/, "\n")), at, texts), at, matched: texts.length > 0 };
  } catch (error) {
    shown = { error: error instanceof Refusal && !(error.class in WORDS.en.classes) && error.class !== "text_differs" ? new Refusal("text_differs", error.message) : error };
  }
  show();
  $("result").focus();
}

$("other").addEventListener("click", () => { lang = lang === "ar" ? "en" : "ar", say(); });
$("form").addEventListener("submit", check);
$("proof").addEventListener("change", () => { dropped = $("proof").files[0] ?? null, say(); });
$("policyFile").addEventListener("change", async () => { $("policy").value = await $("policyFile").files[0].text(); });
for (const name of ["dragover", "drop"]) document.addEventListener(name, e => e.preventDefault());
document.addEventListener("drop", e => { dropped = e.dataTransfer.files[0] ?? dropped, say(); });
say();
const probe = await subtle?.importKey("raw", new Uint8Array(32).fill(1, 0, 1), { name: "Ed25519" }, false, ["verify"]).then(() => true, () => false);
if (!probe) $("problem").textContent = WORDS[lang].old;
