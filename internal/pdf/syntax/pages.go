package syntax

// A Page is one page, with what it inherits.
type Page struct {
	Ref       Ref
	Dict      Dict // the page's own entries
	Resources Dict
	MediaBox  Rect
	CropBox   Rect // the MediaBox where there is none
	Rotate    int
}

// A Rect is a rectangle in points, its lower left corner first.
type Rect struct{ X0, Y0, X1, Y1 float64 }

// Pages returns the pages in order. A page tree that is no tree - a node met
// twice, a loop - is refused, and so is one with more pages than the limit.
func (f *File) Pages() ([]Page, error) {
	root, err := f.Root()
	if err != nil {
		return nil, err
	}
	w := walker{file: f, met: map[Ref]bool{}}
	if err := w.walk(root["Pages"], Dict{}, 0); err != nil {
		return nil, err
	}
	return w.pages, nil
}

type walker struct {
	file  *File
	met   map[Ref]bool
	pages []Page
}

// inheritable are the entries that a page has from the nodes above it.
var inheritable = []Name{"Resources", "MediaBox", "CropBox", "Rotate"}

func (w *walker) walk(o Object, above Dict, depth int) error {
	ref, ok := o.(Ref)
	if !ok || w.met[ref] || depth > w.file.limits.Depth || len(w.met) > w.file.limits.Objects {
		return fault(-1, "the tree of pages is no tree: a node of it is met twice, or is no object by itself")
	}
	w.met[ref] = true
	d, err := w.file.Dict(ref)
	if err != nil {
		return err
	}
	merged := Dict{}
	for _, k := range inheritable {
		if v, ok := d[k]; ok {
			merged[k] = v
		} else if v, ok := above[k]; ok {
			merged[k] = v
		}
	}
	if d.Is("Type", "Page") {
		return w.page(ref, d, merged)
	}
	if !d.Is("Type", "Pages") {
		return fault(-1, "object %d in the tree of pages is neither a page nor a node", ref.Number)
	}
	kids, err := w.file.Array(d["Kids"])
	if err != nil {
		return err
	}
	before := len(w.pages)
	for _, k := range kids {
		if err := w.walk(k, merged, depth+1); err != nil {
			return err
		}
	}
	count, err := w.file.Resolve(d["Count"])
	if err != nil {
		return err
	}
	if count != Integer(len(w.pages)-before) {
		return fault(-1, "a node of the tree of pages says that it has another number of pages than it has")
	}
	return nil
}

func (w *walker) page(ref Ref, d, merged Dict) error {
	if len(w.pages) >= w.file.limits.Pages {
		return fault(-1, "more than %d pages", w.file.limits.Pages)
	}
	p := Page{Ref: ref, Dict: d}
	var err error
	if p.Resources, err = w.file.Dict(merged["Resources"]); err != nil {
		return err
	}
	if p.MediaBox, err = w.file.Rect(merged["MediaBox"]); err != nil {
		return err
	}
	p.CropBox = p.MediaBox
	if crop, ok := merged["CropBox"]; ok {
		if p.CropBox, err = w.file.Rect(crop); err != nil {
			return err
		}
	}
	turn, err := w.file.Resolve(merged["Rotate"])
	if err != nil {
		return err
	}
	if n, ok := turn.(Integer); ok {
		p.Rotate = int(((n % 360) + 360) % 360)
	}
	w.pages = append(w.pages, p)
	return nil
}

// Rect reads a rectangle; its corners may come in any order.
func (f *File) Rect(o Object) (Rect, error) {
	a, err := f.Array(o)
	if err != nil {
		return Rect{}, err
	}
	var v [4]float64
	if len(a) != 4 {
		return Rect{}, fault(-1, "a rectangle of %d numbers", len(a))
	}
	for i := range v {
		n, err := f.Resolve(a[i])
		if err != nil {
			return Rect{}, err
		}
		x, ok := Number(n)
		if !ok || x < -1e6 || x > 1e6 {
			return Rect{}, fault(-1, "a rectangle with a corner that is no number, or out of all bounds")
		}
		v[i] = x
	}
	return Rect{min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3])}, nil
}
