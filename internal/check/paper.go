package check

import (
	"context"

	"chancery.example/internal/pdf"
)

// A PDFReader finds out what PDFs show. Its errors are *pdf.Error when a PDF
// cannot be read, else those of ctx. PDFs are foreign and their reader is another
// program, so whoever runs a check brings it (internal/pdf/extract).
type PDFReader interface {
	// Read reads a PDF by its text layer and by where there is ink.
	Read(ctx context.Context, data []byte) (pdf.Reading, error)
	// Look has its pages read as pictures as well, and what they show goes before
	// what the text layer says.
	Look(ctx context.Context, data []byte) (pdf.Reading, error)
}
