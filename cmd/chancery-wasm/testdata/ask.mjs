// Runs the reader as a browser's worker does and asks it: node ask.mjs GO.JS READER.WASM
// FOLDER < QUESTIONS > ANSWERS. FOLDER has the public files under the names by which they
// are served. Each question is {text, file, name, as, lang, picture} and each answer what
// the reader gives, or {kind, message}.
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { runInThisContext } from "node:vm";

const [script, wasm, folder] = process.argv.slice(2);
runInThisContext(readFileSync(script, "utf8"));

const asked = [], tables = [];
globalThis.chanceryProgress = () => {};
globalThis.chanceryModel = "none";
globalThis.chanceryFile = async (name) => {
	asked.push(name);
	try {
		return new Uint8Array(readFileSync(join(folder, name)));
	} catch {
		return null;
	}
};
globalThis.chanceryTable = async (pgm, layout) => {
	tables.push({ bytes: pgm.length, layout, at: Math.round(performance.now()) });
	return "";
};

const go = new Go(), ready = new Promise((done) => { globalThis.chanceryReady = done; });
const { instance } = await WebAssembly.instantiate(readFileSync(wasm), go.importObject);
go.run(instance);
await ready;
const said = (e) => ({ kind: e.kind, message: e.message });
const early = await globalThis.chancery.check({ data: new Uint8Array(1) }).catch(said);
const opened = await globalThis.chancery.open({ where: "node" }).catch(said);
const downloaded = asked.length;
const answers = [];
for (const q of JSON.parse(readFileSync(0, "utf8"))) {
	const data = q.path ? new Uint8Array(readFileSync(q.path)) : new TextEncoder().encode(q.text);
	const began = performance.now();
	const got = await globalThis.chancery.check({ ...q, data, pictures: Boolean(q.path) }).catch(said);
	answers.push({ ...got, html: undefined, page: (got.html || "").length, ms: Math.round(performance.now() - began), tables: tables.splice(0).map((t) => ({ ...t, at: Math.round(t.at - began) })) });
}
writeSync(1, JSON.stringify({ early, opened, downloaded, after: asked.length - downloaded, answers }));
process.exit(0);
