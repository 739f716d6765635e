package fold

import (
	_ "embed" // for the tables, which are text so that a reader can hold them against their sources
	"strconv"
	"strings"
	"sync"
	"unicode"
)

var (
	//go:embed tables/look_alikes.txt
	lookAlikeText string
	//go:embed tables/latin_variants.txt
	latinVariantText string
	//go:embed tables/plain.txt
	plainText string
	//go:embed tables/arabic.txt
	arabicText string
	//go:embed tables/digits.txt
	digitText string
	//go:embed tables/names.txt
	nameText string
)

// A likeness is a letter of another script that prints like a Latin one.
type likeness struct {
	latin  rune
	strong bool // nobody can tell them apart
}

// An arabicForm is what an Arabic letter adds to a word's key, to its full
// spelling and to the stream.
type arabicForm struct{ key, full, folded string }

// A decade is a run of ten digits.
type decade struct {
	zero   rune
	script *unicode.RangeTable // of the letters it is at home with; nil for forms of the ordinary digits
	name   string
}

// tables are the tables of the folder tables, read.
type tables struct {
	alike    map[rune]likeness
	latin    map[rune]rune   // the Latin letters of alike
	variants map[rune]string // letters of script Latin that print like a plain one
	plain    map[rune]string
	arabic   map[rune]arabicForm
	decades  []decade // in order of their zeros
	names    map[rune]string
}

// data reads the tables once.
var data = sync.OnceValue(func() *tables {
	t := &tables{
		alike: map[rune]likeness{}, latin: map[rune]rune{}, variants: map[rune]string{}, plain: map[rune]string{},
		arabic: map[rune]arabicForm{}, names: map[rune]string{},
	}
	rows(lookAlikeText, 3, func(r rune, f []string, name string) {
		t.latin[r] = []rune(f[0])[0]
		t.alike[r] = likeness{t.latin[r], f[1] == "strong"}
		t.names[r] = name
	})
	rows(latinVariantText, 2, func(r rune, f []string, name string) { t.variants[r], t.names[r] = f[0], name })
	rows(plainText, 2, func(r rune, f []string, name string) { t.plain[r], t.names[r] = f[0], name })
	rows(arabicText, 4, func(r rune, f []string, name string) {
		if f[2] == "-" {
			f[2] = ""
		}
		t.arabic[r], t.names[r] = arabicForm{f[0], f[1], f[2]}, name
	})
	rows(digitText, 2, func(r rune, f []string, name string) {
		t.decades = append(t.decades, decade{r, unicode.Scripts[f[0]], name})
	})
	rows(nameText, 1, func(r rune, _ []string, name string) { t.names[r] = name })
	return t
})

// rows calls each for every row of a table: the code point, the fields between
// it and the name, and the name, which is the rest of the line.
func rows(text string, fields int, each func(r rune, f []string, name string)) {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.SplitN(line, " ", fields+1)
		r, err := strconv.ParseUint(f[0], 16, 21)
		if err != nil || len(f) != fields+1 {
			continue // TestTablesAreRead: there is none
		}
		each(rune(r), f[1:fields], f[fields])
	}
}

// decadeOf returns the run of ten digits that holds r.
func decadeOf(r rune) (decade, bool) {
	ds := data().decades
	lo, hi := 0, len(ds)
	for lo < hi {
		if mid := (lo + hi) / 2; ds[mid].zero <= r {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 || r > ds[lo-1].zero+9 {
		return decade{}, false
	}
	return ds[lo-1], true
}
