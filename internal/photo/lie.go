package photo

// A Lie says how a registered page lies in a picture: a plane seen from
// somewhere, and what paper that is not quite flat adds to it.
type Lie struct {
	Plane [9]float64   `json:"plane"`          // maps millimetres of the page to pixels
	Bend  [2][]float64 `json:"bend,omitempty"` // of x and y: polynomials of the third degree over the page, in pixels
	// The page's middle and half its longer side, in which Bend counts.
	Middle [2]float64 `json:"middle"`
	Half   float64    `json:"half"`
}

// A Shown names the registered page that a picture shows.
type Shown struct {
	File string `json:"file"` // SHA-256 of the issued file, in hexadecimal
	Page int    `json:"page"` // of the file, from 0
	Lies Lie    `json:"lies"`
	// Seen is how many of the page's words were seen to stand where they should,
	// of how many whose place is in the picture.
	Seen int `json:"seen"`
	Of   int `json:"of"`
	// Words are those of the page whose place is in the picture, Same those that look
	// as they should, Beside those in the picture that stand outside the page.
	Words  int `json:"words"`
	Same   int `json:"same"`
	Beside int `json:"beside,omitempty"`
	// Read: what does not look as it should was read; else nobody did, or there is none.
	Read bool `json:"read,omitempty"`
}

// At returns where in the picture a place of the page is, given in millimetres.
func (l Lie) At(x, y float64) (float64, float64) {
	h := l.Plane
	d := h[6]*x + h[7]*y + h[8]
	px, py := (h[0]*x+h[1]*y+h[2])/d, (h[3]*x+h[4]*y+h[5])/d
	const terms = 10
	if len(l.Bend[0]) == terms && len(l.Bend[1]) == terms && l.Half > 0 {
		for i, v := range Terms((x-l.Middle[0])/l.Half, (y-l.Middle[1])/l.Half) {
			px += l.Bend[0][i] * v
			py += l.Bend[1][i] * v
		}
	}
	return px, py
}

// Terms are the products of a polynomial of the third degree in two variables.
func Terms(x, y float64) [10]float64 {
	return [10]float64{1, x, y, x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y}
}
