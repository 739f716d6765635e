package extract

import (
	"bytes"
	"context"
	"image"
	"image/png"

	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/looks"
)

// Look reads a PDF as Read does, has its pages read as pictures as well, and puts
// what they show before what the text layer says. Pages that could not be read as
// pictures are as Read has them. A word that looks like the same word in one of the
// files like, which show what they say - the letter's own PDF - is not misread, however
// it was read. The errors are those of Read, and pdf.NoReader where nothing is there to
// read pictures.
func (r *Reader) Look(ctx context.Context, data []byte, like ...[]byte) (pdf.Reading, error) {
	if r.opts.Pictures == nil {
		return pdf.Reading{}, problem(pdf.NoReader, "pictures are not read here")
	}
	a, err := r.ask(ctx, data, lookRead)
	if err != nil {
		return pdf.Reading{}, err
	}
	out := *a.Reading
	if len(a.Pictures) == 0 {
		return out, nil
	}
	var seen []looks.Page
	for _, p := range a.Pictures {
		var packed bytes.Buffer
		g := p.grey()
		if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&packed, g); err != nil {
			return out, nil //nolint:nilerr // then it is the reading without pictures
		}
		read, err := r.opts.Pictures(ctx, packed.Bytes())
		if ctx.Err() != nil {
			return pdf.Reading{}, ctx.Err()
		}
		if err == nil && read.Check() == nil {
			seen = append(seen, looks.Page{Number: p.Page, Picture: g, Read: read})
		}
	}
	known := looks.Known{}
	for _, file := range like {
		b, err := r.ask(ctx, file, lookRead)
		if ctx.Err() != nil {
			return pdf.Reading{}, ctx.Err()
		}
		if err != nil {
			continue
		}
		for _, p := range b.Pictures {
			known.Learn(*b.Reading, looks.Page{Number: p.Page, Picture: p.grey()})
		}
	}
	return looks.Over(out, seen, known), nil
}

// grey is a picture as one.
func (p picture) grey() *image.Gray {
	return &image.Gray{Pix: p.Pix, Stride: p.W, Rect: image.Rect(0, 0, p.W, p.H)}
}
