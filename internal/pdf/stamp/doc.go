// Package stamp puts the paper code on the pages of a PDF that was made elsewhere,
// before it is sealed: the address as letters, with the office's domain in
// it, at the foot of every page, and as a QR code wherever a page has room for it.
//
// The file is foreign. It is read and written anew by pdfcpu, in a child process of
// the program itself that reaches nothing (internal/confine); where there is room is
// seen by drawing the pages, in another such child (internal/pdf/extract). Then the
// pages are drawn once more: what they show must be what they showed, but for the
// stamp. So neither what the file is made of nor a fault in what rewrites it changes
// a letter unseen.
//
//	s := stamp.New(stamp.Config{Pages: reader.Pages})
//	out, err := s.Stamp(ctx, pdf, stamp.Options{Code: code, Domain: "harbour.example"})
//
// An error about the file is an [*Error], which says what to do. A file that has a
// signature is refused, because the signature would be broken; one with form fields,
// because what it says is not settled.
//
// A program with a Stamper begins with
//
//	if stamp.IsChild(os.Args) {
//		os.Exit(stamp.Main(os.Args, os.Stdin, os.Stdout))
//	}
package stamp
