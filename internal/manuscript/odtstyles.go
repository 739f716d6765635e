package manuscript

import (
	"encoding/xml"
	"strconv"
	"strings"
	"unicode"
)

// An odtStyle is what a style of an ODT file says of words.
type odtStyle struct {
	parent, list string
	hidden       *bool
}

// odtStyles are the styles and lists of an ODT file. Those of its content go before
// those of the same name in its styles.
type odtStyles struct {
	styles map[string]*odtStyle
	lists  map[string]*[levels]level
	// Where the reader of styles is.
	at   *odtStyle
	list *[levels]level
}

// outline is the name under which the numbers of headings are kept.
const outline = "\x00outline"

// begin takes what stands before the words: styles, and lists with their levels.
func (s *odtStyles) begin(e xml.StartElement) {
	name := e.Name.Local
	switch name {
	case "style":
		s.at = &odtStyle{parent: attribute(e, "parent-style-name"), list: attribute(e, "list-style-name")}
		s.styles[attribute(e, "family")+"/"+attribute(e, "name")] = s.at
	case "section-properties", "table-row-properties":
		s.note(attribute(e, "display") == "none", "display", e)
	case "text-properties":
		s.note(attribute(e, "display") == "none", "display", e)
		if strings.EqualFold(attribute(e, "color"), "#ffffff") || tiny(attribute(e, "font-size")) {
			s.note(true, "", e)
		}
	case "list-style", "outline-style":
		s.list = &[levels]level{}
		key := attribute(e, "name")
		if name == "outline-style" {
			key = outline
		}
		s.lists[key] = s.list
	case "list-level-style-number", "list-level-style-bullet", "list-level-style-image", "outline-level-style":
		if n := depthOf(attribute(e, "level")) - 1; s.list != nil && n >= 0 {
			s.list[n] = odtLevel(e, n)
		}
	}
}

func (s *odtStyles) note(hidden bool, by string, e xml.StartElement) {
	if s.at != nil && (by == "" || attribute(e, by) != "") {
		s.at.hidden = &hidden
	}
}

// tiny reports whether letters of a size cannot be read.
func tiny(size string) bool {
	points, err := strconv.ParseFloat(strings.TrimSuffix(size, "pt"), 64)
	return err == nil && strings.HasSuffix(size, "pt") && points < 4
}

// odtLevel reads how the items of one level are numbered: prefix, the numbers of so
// many levels with dots between, suffix.
func odtLevel(e xml.StartElement, n int) level {
	l := level{known: true, restart: -1, start: 1, format: attribute(e, "num-format"), bullet: strings.HasSuffix(e.Name.Local, "bullet") || strings.HasSuffix(e.Name.Local, "image")}
	if from, err := strconv.Atoi(attribute(e, "start-value")); err == nil {
		l.start = from
	}
	shown, err := strconv.Atoi(attribute(e, "display-levels"))
	if err != nil {
		shown = 1
	}
	if l.format == "" && !l.bullet {
		return l
	}
	var numbers []string
	for i := max(0, n+1-shown); i <= n && i < levels-1; i++ {
		numbers = append(numbers, "%"+strconv.Itoa(i+1))
	}
	l.text = attribute(e, "num-prefix") + strings.Join(numbers, ".") + attribute(e, "num-suffix")
	return l
}

// find walks from a style to its parents.
func (s *odtStyles) find(family, name string, says func(*odtStyle) bool) *odtStyle {
	for range 30 { // styles that are each other's parents say nothing
		st := s.styles[family+"/"+name]
		if st == nil || says(st) {
			return st
		}
		name = st.parent
	}
	return nil
}

func (s *odtStyles) hides(family, name string) bool {
	st := s.find(family, name, func(st *odtStyle) bool { return st.hidden != nil })
	return st != nil && *st.hidden
}

// margins reads styles.xml, and reports whether headers or footers say something.
func (s *odtStyles) margins(part []byte) (found bool, err error) {
	margin := 0
	err = elements(part, func(e xml.StartElement) {
		if isOdtMargin(e.Name.Local) {
			margin++
		}
		s.begin(e)
	}, func(name string) {
		if isOdtMargin(name) {
			margin--
		}
	}, func(t string) { found = found || margin > 0 && strings.ContainsFunc(t, unicode.IsLetter) })
	return found, err
}

func isOdtMargin(name string) bool {
	return strings.HasPrefix(name, "header") || strings.HasPrefix(name, "footer")
}
