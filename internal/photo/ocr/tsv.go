package ocr

import (
	"errors"
	"fmt"
	"image"
	"strconv"
	"strings"
	"unicode/utf8"

	"chancery.example/internal/photo"
)

// Limits of what tesseract may answer.
const (
	maxAnswer = 8 << 20 // bytes of TSV
	maxWords  = 20_000
)

// header is the first line of tesseract's tables ("tsv" output, since 3.05).
const header = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"

// wordLevel is the level of a row that is a word; rows above it are pages,
// blocks, paragraphs and lines.
const wordLevel = 5

// A row is one word of tesseract's answer.
type row struct {
	block, par, line int
	box              image.Rectangle
	confidence       float32
	text             string
}

// parseTSV reads tesseract's table for a picture of a size. It is strict: an
// answer that is not such a table is none.
func parseTSV(out string, size image.Point) ([]row, error) {
	if len(out) > maxAnswer {
		return nil, fmt.Errorf("tesseract's table has %d bytes: at most %d are read", len(out), maxAnswer)
	}
	if !utf8.ValidString(out) {
		return nil, errors.New("tesseract's table is not UTF-8")
	}
	first, rest, _ := strings.Cut(out, "\n")
	if strings.TrimSuffix(first, "\r") != header {
		return nil, fmt.Errorf("tesseract's table begins with %.80q, not with the names of its columns", first)
	}
	var rows []row
	n := 1
	for line := range strings.SplitSeq(rest, "\n") {
		n++
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			continue
		}
		r, isWord, err := parseRow(line, size)
		if err != nil {
			return nil, fmt.Errorf("line %d of tesseract's table: %w", n, err)
		}
		if !isWord {
			continue
		}
		if len(rows) == maxWords {
			return nil, fmt.Errorf("tesseract's table has more than %d words", maxWords)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// parseRow reads one line. Words that hold nothing legible are left out.
func parseRow(line string, size image.Point) (r row, isWord bool, err error) {
	cells := strings.SplitN(line, "\t", 12)
	if len(cells) != 12 && len(cells) != 11 { // rows without text may lack the last tab
		return r, false, fmt.Errorf("it has %d columns, not 12", len(cells))
	}
	var n [10]int
	for i := range n {
		v, err := strconv.Atoi(cells[i])
		if err != nil || v < 0 || v > photo.MaxSide*4 {
			return r, false, fmt.Errorf("column %d is %.20q, not a number of pixels or a place in the page", i+1, cells[i])
		}
		n[i] = v
	}
	conf, err := strconv.ParseFloat(cells[10], 64)
	if err != nil || !(conf >= -1 && conf <= 100) {
		return r, false, fmt.Errorf("the confidence is %.20q, not -1 to 100", cells[10])
	}
	if n[0] != wordLevel || len(cells) < 12 {
		return r, false, nil
	}
	r = row{
		block: n[2], par: n[3], line: n[4], box: image.Rect(n[6], n[7], n[6]+n[8], n[7]+n[9]),
		confidence: float32(max(0, conf) / 100), text: photo.Legible(cells[11]),
	}
	if !r.box.In(image.Rectangle{Max: size}) {
		return r, false, fmt.Errorf("the word stands at %v of a picture of %v", r.box, size)
	}
	return r, r.text != "" && !r.box.Empty(), nil
}

// reading puts the words of a candidate together. Lines end where tesseract's
// lines do; its paragraphs and blocks are set apart by an empty line.
func reading(rows []row, c photo.Candidate, size image.Point) photo.Reading {
	out := photo.Reading{Size: size, How: c.Name}
	var b strings.Builder
	lines := 1
	for i, r := range rows {
		if i > 0 {
			switch last := rows[i-1]; {
			case last.block != r.block || last.par != r.par:
				b.WriteString("\n\n")
				lines++
			case last.line != r.line:
				b.WriteByte('\n')
				lines++
			default:
				b.WriteByte(' ')
			}
		}
		from := b.Len()
		b.WriteString(r.text)
		out.Words = append(out.Words, photo.Word{From: from, To: b.Len(), Line: lines, Confidence: r.confidence, Box: c.Place(r.box)})
	}
	out.Text = b.String()
	return out
}
