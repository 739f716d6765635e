// Reading on the reader's own device: a form whose answers are made here. The form
// works without this module, by sending what is in it; see the check page.

const form = document.querySelector("form[data-device]");
const main = document.getElementById("main");
const $ = (what, root = form) => root.querySelector(`[data-${what}]`);
const say = (key, detail = "") => {
	const words = form.querySelector(`template[data-say="${key}"]`);
	const out = $("status");
	out.replaceChildren(words ? words.content.cloneNode(true) : key);
	if (detail) out.append(" ", Object.assign(document.createElement("bdi"), { lang: "en", dir: "ltr", textContent: detail }));
};

// ---- the worker -------------------------------------------------------------

const address = (s) => new URL(s, document.baseURI).href;
const kit = form ? { ...form.dataset } : {};
let worker, opened, asked = 0, reading; // opened: {pictures, ready}
const waiting = new Map();

function ask(message) {
	return new Promise((resolve, reject) => {
		waiting.set(++asked, { resolve, reject });
		worker.postMessage({ id: asked, ...message });
	});
}

function hear({ data: m }) {
	if (m.progress) return progress(m.progress);
	if (m.table) return table(m);
	const w = waiting.get(m.id);
	waiting.delete(m.id);
	m.error ? w.reject(m.error) : w.resolve(m.got);
}

function progress({ what, done, all }) {
	const bar = $("progress");
	bar.hidden = done >= all;
	bar.max = all || 1;
	bar.value = done;
	if (done < all) say(what === "text" ? "texts" : "entries");
}

const wanted = () => Boolean(kit.ocr && form.elements.pictures?.checked);

// start loads the reader and the register, once; anew when pictures are wanted of a
// reader that has none. It depends on nothing that the reader of this page holds.
function start() {
	if (opened && (opened.pictures || !wanted())) return opened.ready;
	worker?.terminate();
	const mine = { pictures: wanted() };
	mine.ready = load(mine.pictures).catch((e) => {
		if (opened === mine) opened = undefined;
		throw e;
	});
	opened = mine;
	return mine.ready;
}

async function load(withPictures) {
	const own = worker = new Worker(address(kit.worker));
	own.onmessage = hear;
	own.onerror = (e) => {
		for (const w of waiting.values()) w.reject({ kind: "failed", message: e.message });
		waiting.clear();
	};
	say("loading");
	// All letters that an answer may be set in, for which of them it needs tells of it.
	await Promise.all([...document.fonts].map((face) => face.load().catch(() => {})));
	if (worker !== own) return opened?.ready; // pictures were wanted meanwhile: another worker was begun for them
	await ask({ start: { go: address(kit.go), wasm: address(withPictures ? kit.pictureReader : kit.reader), base: address(kit.register) } });
	const got = await ask({ open: { policy: kit.policy || "" } });
	say("ready");
	return got;
}

// ---- pictures ---------------------------------------------------------------

// The text reader for pictures is loaded when its box is ticked, never because of
// what was chosen.
function pictures() {
	reading ??= (async () => {
		say("pictures");
		const { default: t } = await import(address(kit.ocr + "tesseract.esm.min.js"));
		const w = await t.createWorker(["eng", "ara"], 1, {
			workerPath: address(kit.ocr + "worker.min.js"), corePath: address(kit.ocr + "tesseract-core-simd-lstm.wasm.js"),
			langPath: address(kit.ocr).replace(/\/$/, ""), workerBlobURL: false, cacheMethod: "none", gzip: true,
		});
		say("ready");
		return w;
	})().catch((e) => {
		reading = undefined;
		throw e;
	});
	return reading;
}

async function table({ table: id, pgm, layout }) {
	try {
		const w = await pictures();
		await w.setParameters({ tessedit_pageseg_mode: layout, user_defined_dpi: "300" });
		const { data } = await w.recognize(new Blob([pgm]), {}, { text: false, tsv: true });
		worker.postMessage({ table: id, tsv: data.tsv });
	} catch (e) {
		worker.postMessage({ table: id, error: String(e.message || e) });
	}
}

// ---- the answer -------------------------------------------------------------

let before; // the page with the form, to come back to

function show(answer) {
	const page = new DOMParser().parseFromString(answer.html, "text/html"), body = page.getElementById("main");
	const note = document.importNode($(answer.verdict ? "note" : "plain-note").content, true);
	if (!before) before = { title: document.title, nodes: [...main.childNodes] };
	for (const a of body.querySelectorAll("a[href^='/']")) elsewhere(a);
	for (const f of body.querySelectorAll("form")) f.remove();
	main.replaceChildren(...document.importNode(body, true).childNodes);
	const band = main.querySelector(".band");
	band ? band.after(note) : main.append(note);
	main.querySelector("[data-ask-server]")?.addEventListener("click", () => send("file"));
	main.querySelector("[data-back]")?.addEventListener("click", () => history.back());
	document.title = page.title;
	history.pushState({ answer: true }, "", "#answer");
	scrollTo(0, 0);
	main.focus();
}

// elsewhere leads links to the register's own host, where there is one.
function elsewhere(a) {
	if (!kit.site) return;
	if (kit.host) {
		a.href = new URL(a.getAttribute("href"), kit.host).href;
		a.rel = "noreferrer";
	} else {
		a.replaceWith(...a.childNodes);
	}
}

addEventListener("popstate", () => {
	// Places within the answer are no way out of it.
	if (!before || location.hash === "#answer" || location.hash && document.getElementById(location.hash.slice(1))) return;
	main.replaceChildren(...before.nodes);
	document.title = before.title;
	before = undefined;
	forget();
	say("ready");
});

// ---- the form ---------------------------------------------------------------

const by = () => form.querySelector("input[name=by]:checked")?.value || "device";

async function exhibit() {
	const file = form.elements.file.files[0], typed = form.elements.text?.value || "";
	const as = form.querySelector("input[name=as]:checked")?.value || "";
	if (file) return { file: true, name: file.name, type: file.type, as, data: new Uint8Array(await file.arrayBuffer()) };
	return { file: false, name: "", type: "", as, data: new TextEncoder().encode(typed) };
}

async function examine() {
	const button = form.querySelector("button[type=submit]");
	button.disabled = true;
	try {
		const e = await exhibit();
		if (!e.data.length) return say("nothing");
		await start();
		if (wanted()) await pictures();
		if (e.file && /^image\//.test(e.type) && !wanted()) return say(kit.ocr ? "tick" : "nopictures");
		say("examining");
		const answer = await ask({ check: { ...e, lang: document.documentElement.lang, style: kit.style, pictures: wanted() } });
		say("ready");
		self.chanceryAnswer = answer.json; // for who wants to look at it, and for tests
		show(answer);
		await drawn(e.file && form.elements.file.files[0]);
	} catch (e) {
		trouble(e);
	} finally {
		button.disabled = false;
	}
}

const trouble = (e) => say(["unreachable", "conflict", "unavailable", "not_found"].includes(e.kind) ? e.kind : "failed", String(e.message || e));

// send gives the exhibit to the server, as the reader chose: the words alone, or
// the file.
async function send(how) {
	const file = form.elements.file, text = form.elements.text;
	if (how === "words" && text && !text.value && file.files[0]) {
		const words = await file.files[0].text();
		if (file.files[0].size > 2e6 || words.includes("\0") || words.includes("\ufffd")) return say("nowords");
		text.value = words;
	}
	if (how === "words") file.disabled = true;
	if (!form.isConnected) {
		form.hidden = true;
		main.append(form);
	}
	form.submit();
}

function enhance() {
	for (const e of form.querySelectorAll("[data-enhanced]")) {
		e.hidden = false;
		e.disabled = false;
	}
	form.querySelector("[data-nojs]")?.remove();
	form.addEventListener("submit", (e) => {
		e.preventDefault();
		by() === "device" ? examine() : send(by());
	});
	const begin = () => { if (by() === "device") start().catch(trouble); };
	for (const event of ["focusin", "pointerdown", "dragenter"]) form.addEventListener(event, begin, { once: true });
	form.elements.pictures?.addEventListener("change", () => { if (wanted()) start().then(pictures).catch(trouble); });
	dropAndPaste(form.elements.file);
	$("camera")?.addEventListener("click", () => {
		const f = form.elements.file;
		f.accept = "image/*";
		f.setAttribute("capture", "environment");
		f.click();
		f.removeAttribute("capture");
		f.removeAttribute("accept");
	});
}

function dropAndPaste(input) {
	form.addEventListener("dragover", (e) => e.preventDefault());
	form.addEventListener("drop", (e) => {
		if (!e.dataTransfer.files.length) return;
		e.preventDefault();
		input.files = e.dataTransfer.files;
	});
	addEventListener("paste", (e) => {
		if (e.clipboardData?.files.length) input.files = e.clipboardData.files;
	});
}

if (form) enhance();
