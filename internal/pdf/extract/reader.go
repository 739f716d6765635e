package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"sync"
	"time"

	"chancery.example/internal/confine"
	"chancery.example/internal/pdf"
	"chancery.example/internal/photo"
)

// Options of a Reader. The zero Options are good.
type Options struct {
	Program string        // that is the child (see Main); this program when empty
	Time    time.Duration // for one file, from start to answer; 10 s when 0
	AtOnce  int           // files read at the same time; others wait; half the processors when 0
	// Cache is the folder in which pdfium's compiled form is kept; a folder of the
	// user's own when empty. It must be writable by nobody else: what is in it is
	// run.
	Cache string
	// Pictures reads pages as pictures; nil where nothing is there to read them.
	Pictures func(ctx context.Context, data []byte) (photo.Reading, error)
	// Note hears what the operator should know, such as that something takes longer
	// this once; may be nil.
	Note func(what string)
	// Ahead keeps a child ready for the next file once one was read, or [Reader.Expect]
	// told of one: for programs that read many. Such a Reader is closed.
	Ahead bool
	// Rest is how long a child waits for a file before it is ended; 10 min when 0.
	Rest time.Duration
	// Used hears what each reading took; may be nil.
	Used func(confine.Usage)
}

// A Reader reads PDFs, each in a child process of its own. Its methods may run
// beside each other.
type Reader struct {
	opts     Options
	children *confine.Children
	once     sync.Once
	cache    string // "" when there is none
}

// New returns a Reader. Nothing is begun yet; see [Reader.Prepare].
func New(o Options) *Reader {
	if o.Note == nil {
		o.Note = func(string) {}
	}
	r := &Reader{opts: o}
	r.children = confine.NewChildren(confine.Options{Child: r.child, Time: o.Time, AtOnce: o.AtOnce, Ahead: o.Ahead, Rest: o.Rest})
	return r
}

// Expect says that a PDF is going to be read: a child is started for it beside what
// else there is to do, unless one waits already. It does not wait for it.
func (r *Reader) Expect() { r.children.Expect() }

// Close ends the child that waits, if there is one; files can be read all the same.
func (r *Reader) Close() error { return r.children.Close() } //nolint:wrapcheck // nothing to say beside

const (
	// insideEnv is set in the child.
	insideEnv = "CHANCERY_READING_PDF"
	// maxPrinted is how much the child may print.
	maxPrinted = 96 << 20
	// compiling is how long pdfium may take to be compiled on a machine that is busy.
	compiling = 5 * time.Minute
)

// Prepare has pdfium compiled for this machine, unless that was done: it takes
// some seconds, once for each version of the program. Reading does it by itself.
func (r *Reader) Prepare(ctx context.Context) {
	r.once.Do(func() {
		dir, err := r.folder()
		if err == nil && !ready(dir) {
			r.opts.Note("PDFs are read for the first time by this version of the program: their reader is made ready, which takes some seconds")
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), compiling)
			defer cancel()
			_, err = confine.Run(ctx, confine.Child{Program: r.opts.Program, Args: []string{work.Command, stageCompile, dir}, Mark: insideEnv, Most: 1 << 10})
			if err == nil && !ready(dir) {
				err = fmt.Errorf("%s is empty", dir)
			}
		}
		if err != nil {
			r.opts.Note(fmt.Sprintf("the compiled reader of PDFs cannot be kept, so each PDF takes seconds longer (%v): name a folder that this user can write and nobody else, with --pdf-cache (check and serve) or XDG_CACHE_HOME", err))
			return
		}
		r.cache = dir
	})
}

// folder is where the compiled form of pdfium belongs that this program needs.
func (r *Reader) folder() (string, error) {
	dir := r.opts.Cache
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding a folder of this user's: %w", err)
		}
		dir = filepath.Join(user, "chancery")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("finding %s: %w", dir, err)
	}
	return filepath.Join(dir, "pdfium-"+versions()), nil
}

// Read reads a PDF by its text layer and by where there is ink. The error is a
// *pdf.Error when it cannot be read, else that of ctx.
func (r *Reader) Read(ctx context.Context, data []byte) (pdf.Reading, error) {
	a, err := r.ask(ctx, data, lookNot)
	if err != nil {
		return pdf.Reading{}, err
	}
	return *a.Reading, nil
}

// Pages reads a PDF as Read does, and returns a picture of each page at PagesDPI, in
// grey, to find out where there is ink. A file with more than MaxPages is refused.
func (r *Reader) Pages(ctx context.Context, data []byte) (pdf.Reading, []*image.Gray, error) {
	a, err := r.ask(ctx, data, lookRoom)
	if err != nil {
		return pdf.Reading{}, nil, err
	}
	if n := len(a.Reading.Pages); n > MaxPages {
		return pdf.Reading{}, nil, problem(pdf.TooLarge, "it has %d pages; at most %d are drawn", n, MaxPages)
	}
	if len(a.Pictures) != len(a.Reading.Pages) {
		return pdf.Reading{}, nil, problem(pdf.TooSlow, "only %d of its %d pages could be drawn in the time that one gets", len(a.Pictures), len(a.Reading.Pages))
	}
	var out []*image.Gray
	for _, p := range a.Pictures {
		out = append(out, &image.Gray{Pix: p.Pix, Stride: p.W, Rect: image.Rect(0, 0, p.W, p.H)})
	}
	return *a.Reading, out, nil
}

// ask has a child read a file.
func (r *Reader) ask(ctx context.Context, data []byte, look looking) (answer, error) {
	raw, err := r.send(ctx, data, order{look: look})
	if err != nil {
		return answer{}, err
	}
	return parseAnswer(raw)
}

// send has a child do one thing with a file and returns what it printed.
func (r *Reader) send(ctx context.Context, data []byte, o order) ([]byte, error) {
	switch {
	case len(data) > pdf.MaxBytes:
		return nil, problem(pdf.TooLarge, "it has %d bytes; at most %d are read", len(data), pdf.MaxBytes)
	case !bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")):
		return nil, problem(pdf.NotPDF, "it is no PDF: it does not begin like one")
	}
	o.within = min(r.children.Budget(), maxWithin)
	raw, err := r.children.Do(ctx, confine.Input(o.line(), data))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, confine.ErrTime):
		return nil, problem(pdf.TooSlow, "it could not be read in the time that one gets: give the pages in question, or a picture of them")
	case err != nil:
		return nil, gaveUp(err)
	}
	return raw, nil
}

// child is a child as it is started.
func (r *Reader) child(ctx context.Context) confine.Child {
	r.Prepare(ctx)
	return confine.Child{Program: r.opts.Program, Args: work.Args(r.cache), Mark: insideEnv, Most: maxPrinted, Used: r.opts.Used}
}

// gaveUp says that the child is to blame, or what it was given.
func gaveUp(why error) error {
	return problem(pdf.Failed, "it could not be read (%s): save or print it into a new PDF, or give a picture of the page", pdf.Quoted(why.Error()))
}

// parseAnswer reads what the child printed: one reading
// and nothing else.
func parseAnswer(raw []byte) (answer, error) {
	a, err := decodeAnswer(raw)
	if err != nil {
		return answer{}, err
	}
	if a.Reading == nil {
		return answer{}, gaveUp(errors.New("the answer holds no reading"))
	}
	if a.Reading.Seen.Sure() {
		return answer{}, gaveUp(errors.New("the answer says what it cannot know"))
	}
	if err := a.Reading.Check(); err != nil {
		return answer{}, gaveUp(err)
	}
	for i, p := range a.Pictures {
		if p.Page < 1 || p.Page > len(a.Reading.Pages) || i > 0 && p.Page <= a.Pictures[i-1].Page ||
			p.W <= 0 || p.H <= 0 || p.W > photo.MaxSide || p.H > photo.MaxSide || len(p.Pix) != p.W*p.H || i >= MaxPages {
			return answer{}, gaveUp(fmt.Errorf("a picture of page %d has %d x %d pixels in %d bytes", p.Page, p.W, p.H, len(p.Pix)))
		}
	}
	return a, nil
}

// decodeAnswer reads what the child printed: one JSON value and nothing else, and no
// problem.
func decodeAnswer(raw []byte) (answer, error) {
	var a answer
	if err := confine.Decode(raw, maxPrinted, &a); err != nil {
		return answer{}, gaveUp(err)
	}
	if a.Problem != "" {
		if !pdf.KnownProblem(a.Problem) || len(a.Advice) > 1000 {
			return answer{}, gaveUp(errors.New("the answer names a problem that is none"))
		}
		return answer{}, problem(a.Problem, "%s", photo.LegibleLine(a.Advice))
	}
	return a, nil
}
