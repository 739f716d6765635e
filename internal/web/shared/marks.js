
// ---- the reader's own picture -----------------------------------------------

// The answer has the marks (shared.OwnPicture); the picture that the reader chose comes
// from this page's memory.

let shown; // the address of the picture in this page

// drawn puts the picture below its marks. One that the browser cannot show, or shows in
// another shape than it was read in, is left out with its marks.
async function drawn(file) {
	forget();
	const picture = main.querySelector("img[data-own]");
	if (!picture) return;
	let there = false;
	if (file) {
		shown = picture.src = URL.createObjectURL(file);
		there = await picture.decode().then(() => true, () => false);
	}
	const across = picture.naturalWidth * picture.getAttribute("height"), down = picture.naturalHeight * picture.getAttribute("width");
	if (there && Math.abs(across - down) < .02 * across) return;
	forget();
	for (const e of main.querySelectorAll("#drawn, .see")) e.remove();
}

function forget() {
	if (shown) URL.revokeObjectURL(shown);
	shown = undefined;
}
