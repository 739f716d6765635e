// Package lint refuses, before a PDF is sealed and issued, whatever an issued letter
// must not have: words that programs read and people do not see, or the other way
// round; anything that may show something else later; anything that is more than
// pages. It interprets the pages by itself, as far as words go.
//
//	for _, r := range lint.Check(data, lint.Allowed{}) {
//		fmt.Println(r) // page 2: white text on white ... ; print it in black
//	}
//
// It is strict where a careful office loses little: what it does not understand, it
// refuses. It does not say whether letters look like what they are said to be; that
// needs a picture of the page (internal/pdf/extract).
package lint

import (
	"fmt"
	"strings"

	"chancery.example/internal/pdf/syntax"
)

// A Refusal is one thing that an issued letter must not have.
type Refusal struct {
	Rule Rule
	Page int // from 1; 0: the file as a whole
	What string
	Do   string
}

// String returns the refusal as one line.
func (r Refusal) String() string {
	where := ""
	if r.Page > 0 {
		where = fmt.Sprintf("page %d: ", r.Page)
	}
	return where + r.What + "; " + r.Do
}

// A Rule names what is refused.
type Rule string

// The rules about the file.
const (
	Unreadable Rule = "unreadable"    // not read without doubt
	Encrypted  Rule = "encrypted"     //
	Revisions  Rule = "revisions"     // more than one, or two kinds of table
	Unused     Rule = "unused"        // objects that nothing needs
	Stray      Rule = "stray"         // bytes that belong to nothing
	Duplicate  Rule = "duplicate"     // one object in two places, or two in one
	Annotated  Rule = "annotation"    // what lies over a page
	Active     Rule = "action"        // what happens when somebody opens or clicks
	Script     Rule = "script"        //
	Layered    Rule = "layer"         // what is shown or not as a program pleases
	Form       Rule = "form"          // fields other than the seal's
	XFA        Rule = "xfa"           //
	Attached   Rule = "attachment"    // files other than the proof
	External   Rule = "external"      // what is fetched from elsewhere
	Catalogue  Rule = "catalogue"     // entries of the document that are not known
	PageEntry  Rule = "page-entry"    // entries of a page that are not known
	OddFont    Rule = "font"          // Type 3, or an encoding that is not known
	OddMapping Rule = "mapping"       // letters that are said to be others
	Replaced   Rule = "replaced-text" // words that programs are told instead
)

// The rules about what pages show.
const (
	Invisible  Rule = "invisible"   // drawn without ink
	SameColour Rule = "same-colour" // hardly other than what is behind it
	Covered    Rule = "covered"     // something is drawn over it
	OverPrint  Rule = "over-print"  // words over words
	OffPage    Rule = "off-page"    //
	Clipped    Rule = "clipped"     //
	Tiny       Rule = "tiny"        //
	Blended    Rule = "transparent" // ink that mixes with what is behind it
	Drawing    Rule = "drawing"     // operators that are not understood
	Complex    Rule = "complex"     // more than is looked at
)

// Allowed is what the file may have beside its pages.
type Allowed struct {
	Seal        bool     // the one signature field that internal/pdf/pades puts in
	Attachments []string // the names of the files in it
}

// maxRefusals are listed at most: whoever mends these finds the rest.
const maxRefusals = 50

// again is what to do with most files of other programs.
const again = `print the document to PDF anew from the program that wrote it, without forms, comments or layers ("print", not "save as")`

// Check returns why a file is not fit to be sealed; nothing, when it is.
func Check(data []byte, a Allowed) []Refusal {
	c := &checker{allowed: a, looksLeft: maxLooks}
	f, err := syntax.Open(data, syntax.DefaultLimits)
	if err != nil {
		c.refuse(Unreadable, err.Error(), again)
		return c.refusals
	}
	if c.file = f; f.Encrypted() {
		c.refuse(Encrypted, "the file is encrypted", "save it without a password")
		return c.refusals
	}
	c.document()
	pages, err := f.Pages()
	if err != nil {
		c.refuse(Unreadable, err.Error(), again)
	}
	if err == nil && len(pages) == 0 {
		c.refuse(Unreadable, "the file has no pages", again)
	}
	for i, p := range pages {
		c.page = i + 1
		c.onePage(p)
	}
	return c.refusals
}

// Error makes one error of refusals, nil of none.
func Error(refusals []Refusal) error {
	if len(refusals) == 0 {
		return nil
	}
	var lines []string
	for _, r := range refusals {
		lines = append(lines, r.String())
	}
	return fmt.Errorf("the PDF is not fit to be issued:\n%s", strings.Join(lines, "\n"))
}

// A checker goes through one file.
type checker struct {
	allowed  Allowed
	file     *syntax.File
	page     int
	refusals []Refusal
	fonts    map[syntax.Ref]*font
	drawn    int // operations so far, on all pages
	// looksLeft is how many drawings of embedded typefaces may still be looked at.
	looksLeft int
}

// refuse notes a refusal, once for each rule, page and wording.
func (c *checker) refuse(rule Rule, what, do string) {
	r := Refusal{rule, c.page, what, do}
	for _, have := range c.refusals {
		if have == r {
			return
		}
	}
	if len(c.refusals) < maxRefusals {
		c.refusals = append(c.refusals, r)
	}
}
