// The worker in which a register is read and exhibits are examined: it loads the
// reader (cmd/chancery-wasm) and brings it the register's public files. Nothing
// else goes over the network, and nothing at all while an exhibit is examined.
"use strict";

let base, tables = 0;
const waiting = new Map();

self.chanceryModel = "tesseract.js eng+ara";
self.chanceryProgress = (what, done, all) => postMessage({ progress: { what, done, all } });
self.chanceryTable = (pgm, layout) => new Promise((resolve, reject) => {
	waiting.set(++tables, { resolve, reject });
	postMessage({ table: tables, pgm, layout }, [pgm.buffer]);
});

const kept = () => self.caches ? caches.open("chancery").catch(() => null) : Promise.resolve(null);
const bytes = async (r) => r.status === 404 || r.status === 410 ? null : new Uint8Array(await r.arrayBuffer());
const day = 24 * 3600 * 1000;

// Tiles never change. Texts may be erased, by a court's order: what is kept of them
// is asked for again after a day. All else is asked for every time, and taken from
// what is kept when the network is away.
self.chanceryFile = async (name) => {
	const url = new URL(name, base).href, cache = await kept();
	const hit = cache && await cache.match(url);
	const age = hit ? Date.now() - Date.parse(hit.headers.get("date")) : Infinity;
	if (hit && (name.startsWith("tile/") && hit.ok || name.startsWith("texts/") && age < day)) return bytes(hit);
	let answer, trouble;
	for (let attempt = 0; attempt < 3 && !answer; attempt++) {
		if (attempt) await new Promise((go) => setTimeout(go, 400 * attempt));
		try {
			const r = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", cache: /^(tile|texts)\//.test(name) ? "default" : "no-cache" });
			if (r.ok || r.status === 404 || r.status === 410) answer = r;
			else trouble = new Error("the server answers " + r.status);
		} catch (e) {
			trouble = e;
		}
	}
	if (!answer) {
		if (hit) return bytes(hit);
		throw trouble;
	}
	if (cache) await cache.put(url, answer.clone()).catch(() => {}); // no room: next time it comes over the network
	return bytes(answer);
};

// A packed reader says so by its name, for hosts that know of no Content-Encoding.
async function reader(address) {
	const r = await fetch(address);
	if (!r.ok) throw new Error("the server answers " + r.status);
	const body = address.endsWith("-gz") ? r.body.pipeThrough(new DecompressionStream("gzip")) : r.body;
	return new Response(body, { headers: { "Content-Type": "application/wasm" } });
}

async function start(m) {
	base = m.base;
	importScripts(m.go);
	const go = new self.Go(), ready = new Promise((done) => { self.chanceryReady = done; });
	const { instance } = await WebAssembly.instantiateStreaming(reader(m.wasm), go.importObject);
	go.run(instance);
	await ready;
}

// The head that this device saw last is kept: a register must go on from it.
async function open(q) {
	const cache = await kept(), place = new URL("head-seen-on-this-device", base).href;
	const seen = cache && await cache.match(place);
	const got = await self.chancery.open({ ...q, where: base, before: seen && await seen.text() });
	if (cache) await cache.put(place, new Response(got.head)).catch(() => {});
	return got;
}

onmessage = async ({ data: m }) => {
	if (m.table) {
		const w = waiting.get(m.table);
		waiting.delete(m.table);
		return m.error ? w.reject(m.error) : w.resolve(m.tsv);
	}
	try {
		const got = m.start ? await start(m.start) : m.open ? await open(m.open) : await self.chancery.check(m.check);
		postMessage({ id: m.id, got });
	} catch (e) {
		postMessage({ id: m.id, error: { kind: e.kind || "failed", message: String(e.message || e) } });
	}
};
