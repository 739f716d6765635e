package manuscript

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// A docxStyle is what a style of a DOCX file says of words.
type docxStyle struct {
	basedOn    string
	hidden     *bool
	num, depth string // of the list that its paragraphs are items of
}

// docxStyles are the styles of a file; "" is what holds for all.
type docxStyles map[string]*docxStyle

// readDocxStyles reads word/styles.xml.
func readDocxStyles(part []byte) (docxStyles, error) {
	out := docxStyles{"": {}}
	at := out[""]
	err := elements(part, func(e xml.StartElement) {
		switch e.Name.Local {
		case "style":
			at = &docxStyle{}
			out[attribute(e, "styleId")] = at
		case "basedOn":
			at.basedOn = attribute(e, "val")
		case "numId":
			at.num = attribute(e, "val")
		case "ilvl":
			at.depth = attribute(e, "val")
		default:
			if h, says := hides(e); says {
				at.hidden = &h
			}
		}
	}, func(string) {}, func(string) {})
	return out, err
}

// hides reports whether a property of characters hides words, or shows them: hidden
// outright, white, or too small to be read.
func hides(e xml.StartElement) (hidden, says bool) {
	v := attribute(e, "val")
	switch e.Name.Local {
	case "vanish", "webHidden", "specVanish":
		return isOn(v), true
	case "color":
		return strings.EqualFold(v, "FFFFFF"), strings.EqualFold(v, "FFFFFF")
	case "sz":
		n, err := strconv.Atoi(v)
		return true, err == nil && n < 8 // half points
	}
	return false, false
}

func isOn(v string) bool { return v != "0" && v != "false" && v != "off" }

// find walks from a style to those that it is based on.
func (s docxStyles) find(name string, says func(*docxStyle) bool) *docxStyle {
	for range 30 { // styles that are based on each other in a ring say nothing
		st := s[name]
		if st == nil {
			return nil
		}
		if says(st) {
			return st
		}
		if st.basedOn == "" {
			return nil
		}
		name = st.basedOn
	}
	return nil
}

func (s docxStyles) hides(name string) (hidden, says bool) {
	if st := s.find(name, func(st *docxStyle) bool { return st.hidden != nil }); st != nil && name != "" {
		return *st.hidden, true
	}
	return false, false
}

// docxLists are the lists of a DOCX file.
type docxLists struct {
	kinds  map[string]*[levels]level // by abstractNumId
	links  map[string]string         // a kind that has its levels from a style
	styled map[string]string         // the kind that a style's name stands for
	nums   map[string]*docxNum
	counts map[string]*count // by kind: lists of one kind count on
}

type docxNum struct {
	kind  string
	own   map[int]level // levels that it has otherwise
	start map[int]int   // where it begins anew
	begun bool
}

// readDocxLists reads word/numbering.xml.
func readDocxLists(part []byte) (*docxLists, error) {
	l := &docxLists{kinds: map[string]*[levels]level{}, links: map[string]string{}, styled: map[string]string{}, nums: map[string]*docxNum{}, counts: map[string]*count{}}
	var kind, num string
	var at, over int
	var lvl *level
	err := elements(part, func(e xml.StartElement) {
		v := attribute(e, "val")
		switch e.Name.Local {
		case "abstractNum":
			kind, num = attribute(e, "abstractNumId"), ""
			l.kinds[kind] = &[levels]level{}
		case "num":
			num = attribute(e, "numId")
			l.nums[num] = &docxNum{own: map[int]level{}, start: map[int]int{}}
		case "abstractNumId":
			if n := l.nums[num]; n != nil {
				n.kind = v
			}
		case "numStyleLink":
			l.links[kind] = v
		case "styleLink":
			l.styled[v] = kind
		case "lvlOverride":
			over = depthOf(attribute(e, "ilvl"))
		case "startOverride":
			if n, err := strconv.Atoi(v); err == nil && l.nums[num] != nil {
				l.nums[num].start[over] = n
			}
		case "lvl":
			at, lvl = depthOf(attribute(e, "ilvl")), &level{known: true, restart: -1}
		}
		if lvl != nil {
			lvl.docx(e.Name.Local, v)
		}
	}, func(name string) {
		if name != "lvl" || lvl == nil {
			return
		}
		if n := l.nums[num]; n != nil {
			n.own[at] = *lvl
		} else if k := l.kinds[kind]; k != nil {
			k[at] = *lvl
		}
		lvl = nil
	}, func(string) {})
	return l, err
}

// docx takes one property of a level.
func (l *level) docx(name, v string) {
	n, _ := strconv.Atoi(v)
	switch name {
	case "start":
		l.start = n
	case "numFmt":
		l.format, l.bullet = v, v == "bullet"
	case "lvlText":
		l.text = v
	case "lvlRestart":
		l.restart = n
	case "isLgl":
		l.legal = isOn(v)
	}
}

func depthOf(s string) int {
	n, _ := strconv.Atoi(s)
	return max(0, min(n, levels-1))
}

// label counts an item of a list; "" for a list that is not there, of which office
// programs show nothing.
func (l *docxLists) label(num string, depth int) (string, bool) {
	n := l.nums[num]
	if n == nil {
		return "", true
	}
	kind := n.kind
	if other, ok := l.styled[l.links[kind]]; ok {
		kind = other
	}
	base := l.kinds[kind]
	if base == nil {
		return "", true
	}
	all := *base
	for i, own := range n.own {
		all[i] = own
	}
	c := l.counts[kind]
	if c == nil {
		c = &count{}
		l.counts[kind] = c
	}
	if !n.begun {
		n.begun = true
		for i, start := range n.start {
			all[i].start, c.used[i] = start, false
		}
	}
	return c.next(&all, depth)
}
