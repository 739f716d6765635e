package syntax_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"

	"chancery.example/internal/pdf/syntax"
)

// write puts objects, numbered from 1, into a file with a classical table.
func write(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return appended(&b, 1, "<</Root 1 0 R/Size %d>>", objects...)
}

// update appends a revision that has objects from a number on.
func update(base []byte, first int, objects ...string) []byte {
	b := bytes.NewBuffer(bytes.Clone(base))
	i := bytes.LastIndex(base, []byte("startxref\n"))
	var prev int
	if _, err := fmt.Sscanf(string(base[i+len("startxref\n"):]), "%d", &prev); err != nil {
		panic(err)
	}
	return appended(b, first, fmt.Sprintf("<</Root 1 0 R/Size %%d/Prev %d>>", prev), objects...)
}

func appended(b *bytes.Buffer, first int, trailer string, objects ...string) []byte {
	var table strings.Builder
	if first == 1 {
		fmt.Fprintf(&table, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	} else {
		fmt.Fprintf(&table, "xref\n%d %d\n", first, len(objects))
	}
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", first+i, o)
	}
	at := b.Len()
	b.WriteString(table.String())
	fmt.Fprintf(b, "trailer\n"+trailer+"\nstartxref\n%d\n%%%%EOF\n", first+len(objects), at)
	return b.Bytes()
}

const (
	catalog = "<</Type/Catalog/Pages 2 0 R>>"
	tree    = "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 200 300]>>"
	page    = "<</Type/Page/Parent 2 0 R/Contents 4 0 R/CropBox[190 10 10 290]/Rotate -90>>"
)

func stream(dict string, content []byte) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", dict, len(content), content)
}

func flate(content []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(content)
	_ = w.Close()
	return b.Bytes()
}

func letter() []byte {
	return write(catalog, tree, page, stream("/Filter/FlateDecode", flate([]byte("BT (of 1 July) Tj ET"))))
}

func open(t *testing.T, data []byte) *syntax.File {
	t.Helper()
	f, err := syntax.Open(data, syntax.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAFileIsRead(t *testing.T) {
	f := open(t, letter())
	pages, err := f.Pages()
	if err != nil || len(pages) != 1 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	p := pages[0]
	if p.MediaBox != (syntax.Rect{X1: 200, Y1: 300}) || p.CropBox != (syntax.Rect{X0: 10, Y0: 10, X1: 190, Y1: 290}) || p.Rotate != 270 {
		t.Errorf("the page is %+v", p)
	}
	o, err := f.Resolve(p.Dict["Contents"])
	s, ok := o.(*syntax.Stream)
	if err != nil || !ok {
		t.Fatalf("%T, %v", o, err)
	}
	data, err := f.Data(s)
	if err != nil || string(data) != "BT (of 1 July) Tj ET" {
		t.Errorf("%q, %v", data, err)
	}
	if stray, err := f.Stray(); err != nil || len(stray) != 0 || f.Tail().Len() != 0 {
		t.Errorf("stray %v, tail %v, %v", stray, f.Tail(), err)
	}
}

func TestRevisionsStandOneAfterTheOther(t *testing.T) {
	first := letter()
	second := update(first, 4, stream("", []byte("BT (of 2 July) Tj ET")), "<</Unused true>>")
	f := open(t, append(bytes.Clone(second), "more"...))
	r := f.Revisions()
	if len(r) != 2 || r[0].Span.End != len(first) || r[1].Span != (syntax.Span{Start: len(first), End: len(second)}) {
		t.Fatalf("revisions %+v", r)
	}
	if got := string(f.Bytes()[f.Tail().Start:]); got != "more" {
		t.Errorf("the tail is %q", got)
	}
	for n, want := range map[int]string{1: "of 1 July", 2: "of 2 July"} {
		v := f.At(n)
		o, err := v.Get(syntax.Ref{Number: 4})
		s, ok := o.(*syntax.Stream)
		if err != nil || !ok {
			t.Fatal(o, err)
		}
		if data, err := v.Data(s); err != nil || !strings.Contains(string(data), want) {
			t.Errorf("revision %d shows %q, %v", n, data, err)
		}
	}
	if stray, err := f.Stray(); err != nil || len(stray) != 1 {
		t.Errorf("stray %v, %v: want the tail", stray, err)
	}
}

// TestObjectStreams: cross-reference and object streams, with a PNG predictor.
func TestObjectStreams(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	packed := catalog + " " + tree + " " + page
	head := fmt.Sprintf("1 0 2 %d 3 %d ", len(catalog)+1, len(catalog)+len(tree)+2)
	at5 := b.Len()
	fmt.Fprintf(&b, "5 0 obj\n%s\nendobj\n", stream(fmt.Sprintf("/Type/ObjStm/N 3/First %d/Filter/FlateDecode", len(head)), flate([]byte(head+packed))))
	at6 := b.Len()
	rows := [][4]byte{{0, 0, 0, 0}, {2, 0, 5, 0}, {2, 0, 5, 1}, {2, 0, 5, 2}, {0, 0, 0, 0}, {1, byte(at5 >> 8), byte(at5), 0}, {1, byte(at6 >> 8), byte(at6), 0}}
	var content []byte
	var above [4]byte
	for _, r := range rows {
		content = append(content, 2)
		for i := range r {
			content = append(content, r[i]-above[i])
		}
		above = r
	}
	fmt.Fprintf(&b, "6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF", stream("/Type/XRef/Size 7/Root 1 0 R/W[1 2 1]/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>", flate(content)), at6)
	f := open(t, b.Bytes())
	if pages, err := f.Pages(); err != nil || len(pages) != 1 {
		t.Errorf("%v, %v", pages, err)
	}
	if stray, err := f.Stray(); err != nil || len(stray) != 0 {
		t.Errorf("stray %v, %v", stray, err)
	}
}

func TestStringsAndNames(t *testing.T) {
	f := open(t, write(catalog, tree, page, `<</A(a\(b\)\101\
(c)\r)/B<4a4 B5>/C#20D/E#41/G[1 0 R -.5 +3 true null 1 0]>>`))
	d, err := f.Dict(syntax.Ref{Number: 4})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := d["A"].(syntax.String)
	b, _ := d["B"].(syntax.String)
	g, _ := d["G"].(syntax.Array)
	if string(a.Value) != "a(b)A(c)\r" || string(b.Value) != "JKP" || !b.Hex || !d.Is("C D", "EA") {
		t.Errorf("%q %q %v", a.Value, b.Value, d)
	}
	if got := string(f.Bytes()[b.Span.Start:b.Span.End]); got != "<4a4 B5>" {
		t.Errorf("the string's place holds %q", got)
	}
	if want := (syntax.Array{syntax.Ref{Number: 1}, syntax.Real(-.5), syntax.Integer(3), syntax.Bool(true), syntax.Null{}, syntax.Integer(1), syntax.Integer(0)}); fmt.Sprint(g) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", g, want)
	}
}

// TestWhatReadersDifferInIsRefused: each file has one fault.
func TestWhatReadersDifferInIsRefused(t *testing.T) {
	swap := func(from, to string) []byte {
		out := bytes.Replace(letter(), []byte(from), []byte(to), 1)
		if bytes.Equal(out, letter()) {
			t.Fatalf("%q is not in the file", from)
		}
		return out
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"no header":              {letter()[1:], "does not begin"},
		"bytes before header":    {append([]byte("\n"), letter()...), "does not begin"},
		"no startxref":           {swap("startxref", "startxxxx"), "no startxref"},
		"wrong startxref":        {swap("startxref\n", "startxref\n1"), "points"},
		"key twice":              {write(strings.Replace(catalog, "/Type", "/Pages 3 0 R/Type", 1), tree, page, "null"), "twice"},
		"length is a lie":        {write(catalog, tree, page, "<</Length 3>>stream\nq Q Q\nendstream"), "does not end where"},
		"length beyond the file": {write(catalog, tree, page, "<</Length 999999>>stream\nq Q Q\nendstream"), "more than the file"},
		"entry points elsewhere": {swap("3 0 obj", "7 0 obj"), "it is not"},
		"entry of 19 bytes":      {swap(" 65535 f \n", " 65535 f\n"), "20 bytes"},
		"no endobj":              {swap("endobj", "endobx"), "endobj"},
		"page tree with a loop":  {write(catalog, strings.Replace(tree, "3 0 R", "2 0 R", 1), page, "null"), "met twice"},
		"page twice":             {write(catalog, strings.Replace(tree, "3 0 R", "3 0 R 3 0 R", 1), page, "null"), "met twice"},
		"nested too deep":        {write(strings.Repeat("[", 100)+strings.Repeat("]", 100), tree), "too deep"},
		"reference to itself":    {write("1 0 R"), "without end"},
		"hybrid without stream":  {swap("/Root", "/XRefStm 9/Root"), "no cross-reference stream"},
		"stream in itself":       {write("<</Length 1 0 R>>stream\n\nendstream"), "needed to read itself"},
		"loop of revisions":      {swap("/Root", fmt.Sprintf("/Prev %d/Root", bytes.Index(letter(), []byte("xref\n0 ")))), "loop"},
		"bomb":                   {write(catalog, tree, page, stream("/Filter/FlateDecode", flate(make([]byte, 3<<20)))), "unpacks to more"},
		"two bombs in one":       {write(catalog, tree, page, stream("/Filter[/FlateDecode/FlateDecode]", flate(flate(make([]byte, 3<<20))))), "unpacks to more"},
	} {
		t.Run(name, func(t *testing.T) {
			err := readAll(c.data)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if err := readAll(letter()); err != nil {
		t.Errorf("the file without fault: %v", err)
	}
}

// readAll reads all that there is to read in a file.
func readAll(data []byte) error {
	limits := syntax.DefaultLimits
	limits.Stream, limits.Inflated = 2<<20, 4<<20 // so that a small bomb is one
	f, err := syntax.Open(data, limits)
	if err != nil {
		return err
	}
	for i := range f.Revisions() {
		v := f.At(i + 1)
		for _, r := range v.Refs() {
			o, err := v.Get(r)
			if err != nil {
				return err
			}
			if _, err := v.Resolve(o); err != nil {
				return err
			}
			s, ok := o.(*syntax.Stream)
			if !ok {
				continue
			}
			content, err := v.Data(s)
			if err != nil {
				return err
			}
			_ = syntax.Content(content, func(syntax.Operation) error { return nil })
		}
	}
	if _, err := f.Stray(); err != nil {
		return err
	}
	_, err = f.Pages()
	return err
}

func TestContentStreams(t *testing.T) {
	var got []string
	err := syntax.Content([]byte("q 1 0 0 1 5 5 cm % words\nBT[(a)-3<62>]TJ ET BI /W 2/H 1 ID \x01EI EI Q"), func(o syntax.Operation) error {
		got = append(got, fmt.Sprintf("%s%d", o.Operator, len(o.Operands)))
		return nil
	})
	if want := "q0 cm6 BT0 TJ1 ET0 BI1 Q0"; err != nil || strings.Join(got, " ") != want {
		t.Errorf("%v, %v: want %s", got, err, want)
	}
	for _, bad := range []string{"1 2", "BI /W", "]", "<< /A", "BI /W 1 ID xx"} {
		if err := syntax.Content([]byte(bad), func(syntax.Operation) error { return nil }); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// FuzzFile: whatever the bytes, an answer and no panic.
func FuzzFile(f *testing.F) {
	f.Add(letter())
	f.Add(update(letter(), 4, "null"))
	f.Add(write(catalog, tree, page, stream("/Filter[/ASCIIHexDecode/ASCII85Decode]", []byte("3c7e7e3e>"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = readAll(data)
		_ = syntax.Content(data, func(syntax.Operation) error { return nil })
	})
}
