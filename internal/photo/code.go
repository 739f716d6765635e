package photo

import (
	"errors"
	"fmt"
	"image"
	"unicode/utf8"
)

// Limits of the codes of one picture.
const (
	MaxCodes    = 8
	maxCodeText = 4 << 10 // bytes; a QR code holds 2,953
)

// A Code is what a machine-readable code in a picture says, and where it stands.
// It is ink: anybody can print any code on any paper.
type Code struct {
	Text string
	Box  image.Rectangle // in the picture, upright, in its own pixels
}

// CheckCodes reports what codes of a picture must never be, wherever they came
// from.
func CheckCodes(codes []Code) error {
	if len(codes) > MaxCodes {
		return fmt.Errorf("%d codes in a picture", len(codes))
	}
	for _, c := range codes {
		switch {
		case c.Text == "" || len(c.Text) > maxCodeText:
			return fmt.Errorf("a code of %d bytes", len(c.Text))
		case !utf8.ValidString(c.Text):
			return errors.New("a code that is no text")
		case c.Box.Empty() || c.Box.Min.X < 0 || c.Box.Min.Y < 0 || c.Box.Max.X > MaxSide || c.Box.Max.Y > MaxSide:
			return fmt.Errorf("a code at %v", c.Box)
		}
	}
	return nil
}
