// Package ocr reads pictures with tesseract, far away from everything else.
//
// Pictures are foreign: what looks at them may crash, hang, or be taken over. So
// a [Reader] never looks itself. It starts the program again as a child that
// reads one picture from its standard input, decodes and straightens it
// (internal/photo), has tesseract read it, prints the words with their places as
// JSON, and is gone. Before the child sees the first byte it gives up what it
// does not need ([Main]):
//
//   - its memory (512 MiB beyond what the program itself takes), its processor
//     time (10 s), open files (64) and files to write (none) are limited; so are
//     those of tesseract, which inherits it all;
//   - Landlock (Linux 5.13 and later) leaves it the system's programs and data to
//     read, and nothing to write; from Linux 6.7 no plain TCP either;
//   - it runs in a network of its own, without any interface, and among no other
//     processes, where the system lets users make such namespaces.
//
// What a system does not offer is left out, and the rest holds. From outside the
// child has so much time, may print so much, and is killed with all that it
// started when it goes over. Its end without an answer is "could not be read",
// never an answer; its answer is checked as foreign bytes are.
//
//	r := ocr.New(ocr.Options{})
//	reading, err := r.Read(ctx, data)   // err is a *photo.Error, or ctx's
//
// A program with a Reader begins with
//
//	if ocr.IsChild(os.Args) {
//		os.Exit(ocr.Main(os.Args, os.Stdin, os.Stdout, time.Now))
//	}
package ocr
