// Package extract finds out what a PDF really shows, far away from everything
// else.
//
// A PDF is foreign, and what looks at it may crash, hang or be taken over. So a
// [Reader] never looks itself: it starts the program again as a child that locks
// itself in (internal/confine), reads one file from its standard input with
// pdfium - which runs as WebAssembly, so that inside the child it has a memory of
// its own and nothing else: no file, no network, no clock -, prints what it found
// as JSON, and is gone. Its end without an answer is "could not be read", never an
// answer; its answer is checked as foreign bytes are.
//
// What a page shows is found by drawing it twice, with its text and without. A
// word whose place looks the same both times has no ink: it is hidden, whatever
// hides it (colour, size, cover, clip, layer, the edge of the page). What is drawn
// without any text is a picture, and perhaps one of text. Which letters the ink
// forms is the font's own word; so [Reader.Look] also has the page read as a
// picture, and where the picture and the text layer differ the picture wins.
//
//	r := extract.New(extract.Options{Pictures: ocr.New(ocr.Options{}).Read})
//	reading, err := r.Read(ctx, data)   // err is a *pdf.Error, or ctx's
//
// A program with a Reader begins with
//
//	if extract.IsChild(os.Args) {
//		os.Exit(extract.Main(os.Args, os.Stdin, os.Stdout, time.Now))
//	}
//
// pdfium has to be compiled for the machine once, which takes some seconds. The
// result is kept in a folder (Options.Cache); the child, which may write nothing,
// may read that folder.
package extract
