package check

import (
	"strconv"

	"chancery.example/internal/photo"
)

// A ShapeView says that a picture was held, as a picture, against a page of a file
// on record, word by word, and whether what differs was read.
type ShapeView struct {
	File  string `json:"file"`  // SHA-256 of the issued file, in hexadecimal digits
	Page  int    `json:"page"`  // of the file, from 1
	Words int    `json:"words"` // of the page, whose place is in the picture
	Same  int    `json:"same"`  // of them, that look as they should
	Read  bool   `json:"read"`  // the others were read
	// Beside is how many words of the picture stand outside the page and were not
	// compared.
	Beside int   `json:"beside,omitempty"`
	Says   Words `json:"says"`
}

// shapeOf is what is said of a picture that shows a registered page; nil of others.
func shapeOf(p *picture) *ShapeView {
	if p == nil || p.shows == nil {
		return nil
	}
	s := p.shows
	return &ShapeView{File: s.File, Page: s.Page + 1, Words: s.Words, Same: s.Same, Read: s.Read, Beside: s.Beside, Says: saysShape(s)}
}

func saysShape(s *photo.Shown) Words {
	page, same, of := strconv.Itoa(s.Page+1), strconv.Itoa(s.Same), strconv.Itoa(s.Words)
	out := Words{
		"Compared by shape with page " + page + " of a PDF on record: " + same + " of its " + of + " words in the picture look as they should",
		"قورنت شكلاً بالصفحة " + page + " من ملف PDF مسجَّل: " + same + " من كلماتها الظاهرة في الصورة (" + of + ") تبدو كما ينبغي",
	}
	switch {
	case s.Read:
		out = Words{out.EN + "; the others were read", out.AR + "؛ وقُرئ ما عداها"}
	case s.Same == s.Words:
		out = Words{out.EN + "; nothing was read", out.AR + "؛ ولم يُقرأ منها شيء"}
	default:
		out = Words{out.EN + "; the others differ or cannot be told, and were not read", out.AR + "؛ وما عداها مختلف أو لا يُتبيَّن، ولم يُقرأ"}
	}
	return Words{out.EN + ". A change too fine for the picture to show is not seen", out.AR + ". ولا يُرى تغيير أدقّ مما تُظهره الصورة"}
}

// beside says that a picture shows writing outside the page that was compared.
func (p *picture) beside() bool { return p != nil && p.shows != nil && p.shows.Beside > 0 }
