
// ---- the reader's own picture -----------------------------------------------

// What differs is marked on the picture that the reader chose, which the browser shows
// from this page's memory. The marks have the shapes of internal/drawn: no two are
// alike without their colours.

let shown; // the address of the picture in this page

const bare = (s) => !String(s || "").trim();
const signOf = (d) => bare(d.copy) ? "gap" : d.kind === "languages_disagree" ? "disagree" : d.check || d.kind === "within" ? "look" : d.kind === "moved" ? "moved" : "copy";

// spots are where a difference is marked: each line of its words, or the gap between two.
function spots(d) {
	const parts = d.parts?.length ? d.parts : [d.box];
	if (!bare(d.copy)) return parts;
	const a = parts[0], b = parts[1], right = /[\u0590-\u08ff]/.test(d.record);
	const narrow = (x) => ({ x: x - a.height / 5, y: a.y, width: a.height / 2.5, height: a.height });
	if (b && b.y < a.y + a.height && a.y < b.y + b.height) return [narrow(a.x < b.x ? (a.x + a.width + b.x) / 2 : (b.x + b.width + a.x) / 2)];
	const before = !b && d.offset === 0; // of all words
	return [narrow(right === before ? a.x + a.width : a.x)];
}

function shape(name, at) {
	const e = document.createElementNS("http://www.w3.org/2000/svg", name);
	for (const [k, v] of Object.entries(at)) e.setAttribute(k, v);
	return e;
}

// mark draws one place: its ground and its lines, one pixel of the page being k of the
// picture's.
function mark(sign, { x, y, width, height }, k) {
	const pad = Math.max(1.5 * k, height / 12), thick = Math.max(1.6 * k, Math.min(height / 9, 4 * k));
	const r = { x: x - pad, y: y - pad, width: width + 2 * pad, height: height + 2 * pad };
	const g = shape("g", { class: "on-" + sign });
	const line = (at, dash) => g.append(shape("line", { x1: r.x, x2: r.x + r.width, y1: at, y2: at, "stroke-width": thick, ...dash && { "stroke-dasharray": dash } }));
	const frame = (dash) => g.append(shape("rect", { ...r, "stroke-width": thick, ...dash && { "stroke-dasharray": dash } }));
	if (sign === "gap") {
		const mid = x + width / 2, high = Math.max(7 * k, height / 2), foot = y + height + high / 3;
		g.append(shape("path", { d: `M${mid} ${foot - high}L${mid + high * .7} ${foot}H${mid - high * .7}Z` }));
		return g;
	}
	g.append(shape("rect", { class: "ground", ...r }));
	if (sign === "copy") line(y + height / 2);
	if (sign === "disagree") line(r.y + r.height, 4 * thick);
	if (sign === "moved") frame();
	if (sign === "look") frame(2 * thick);
	return g;
}

// badge puts a number where no other is: above the first place, at its end or below it.
function badge(n, r, k, all, taken) {
	const high = 15 * k, wide = (String(n).length * 7.5 + 7) * k, gap = 2 * k;
	const fits = (x, y) => ({ x: Math.min(Math.max(0, x), all.width - wide), y: Math.min(Math.max(0, y), all.height - high) });
	const free = (p) => taken.every((q) => p.x >= q.x + q.wide || q.x >= p.x + wide || p.y >= q.y + high || q.y >= p.y + high);
	const above = r.y - high - gap, below = r.y + r.height + gap, tries = [];
	for (let row = 0; row < 8; row++) {
		for (const x of [r.x, r.x + r.width - wide, r.x - wide - gap, r.x + r.width + gap]) tries.push(fits(x, above - row * high), fits(x, below + row * high));
	}
	const at = tries.find(free) || tries[0];
	taken.push({ ...at, wide });
	const g = shape("g", { class: "number" });
	const text = shape("text", { x: at.x + wide / 2, y: at.y + high * .77, "font-size": 12 * k, "text-anchor": "middle" });
	text.textContent = n;
	g.append(shape("rect", { ...at, width: wide, height: high, rx: 2 * k, "stroke-width": k }), text);
	return g;
}

// overlay draws all marks anew for the size at which the page shows the picture.
function overlay(svg, picture, marks) {
	const all = { width: picture.naturalWidth, height: picture.naturalHeight };
	const k = all.width / (picture.clientWidth || all.width), taken = [], numbered = new Set();
	svg.setAttribute("viewBox", `0 0 ${all.width} ${all.height}`);
	svg.replaceChildren(...marks.map((m) => mark(m.sign, m.spot, k)));
	for (const m of marks) {
		if (numbered.has(m.number)) continue;
		numbered.add(m.number);
		const g = badge(m.number, m.spot, k, all, taken);
		g.classList.add("on-" + m.sign);
		svg.append(g);
	}
}

// drawn puts the picture with its marks behind the list of differences. Without a place
// that differs, and of a picture that the browser cannot show, there is none.
async function drawn(json, file) {
	forget();
	const of = file && json ? JSON.parse(json) : {}, list = main.querySelector("#compared");
	const marks = (of.exhibit_kind === "photo" && list && of.differences || []).flatMap((d, i) =>
		d.box ? spots(d).map((spot) => ({ number: i + 1, sign: signOf(d), spot })) : []);
	if (!marks.length) return;
	const section = document.importNode($("drawn").content, true).firstElementChild;
	const picture = section.querySelector("img"), svg = shape("svg", { class: "marks", "aria-hidden": "true", focusable: "false" });
	shown = picture.src = URL.createObjectURL(file);
	if (!await picture.decode().then(() => true, () => false)) return forget();
	picture.width = picture.naturalWidth;
	picture.height = picture.naturalHeight;
	for (const e of section.querySelectorAll("[data-sign]")) if (!marks.some((m) => m.sign === e.dataset.sign)) e.remove();
	const said = new Map([...list.querySelectorAll(".diffs > li")].map((li) => [li.value, li.textContent.replace(/\s+/g, " ").trim()]));
	const numbers = [...new Set(marks.map((m) => m.number))];
	picture.alt += numbers.slice(0, 12).map((n) => ` ${n}: ${said.get(n) || ""}`).join("") + (numbers.length > 12 ? " …" : "");
	picture.after(svg);
	list.after(section);
	const again = () => overlay(svg, picture, marks);
	new ResizeObserver(again).observe(picture);
	again();
}

function forget() {
	if (shown) URL.revokeObjectURL(shown);
	shown = undefined;
}
