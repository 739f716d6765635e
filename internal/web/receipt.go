package web

import (
	"context"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/web/pages/receipt"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

// A Receipt is a letter that was sent to an addressee by mail.
type Receipt struct {
	Office     string
	Reference  letter.Ref
	Addressee  string
	SentAt     time.Time
	ReceivedAt time.Time // zero: the addressee has not said so
}

// Receipts are what addressees confirm. Both methods answer a secret that opens
// nothing with an error of kind NotFound.
type Receipts interface {
	Receipt(ctx context.Context, secret string) (Receipt, error)
	Confirm(ctx context.Context, secret string) (Receipt, error)
}

// receipt shows what was sent (api.md MUST-9).
func (s *site) receipt(c *call) answer {
	got, err := s.opts.Receipts.Receipt(c.Context(), c.PathValue("secret"))
	return s.receiptPage(c, got, err)
}

// confirm records that it arrived, and shows it.
func (s *site) confirm(c *call) answer {
	got, err := s.opts.Receipts.Confirm(c.Context(), c.PathValue("secret"))
	return s.receiptPage(c, got, err)
}

func (s *site) receiptPage(c *call, got Receipt, err error) answer {
	if err != nil {
		if kind.Of(err) == kind.NotFound {
			return s.problem(c, "not_found", 0)
		}
		s.opts.Log.ErrorContext(c.Context(), "reading a receipt", "error", err)
		return s.problem(c, "unavailable", 0)
	}
	o, ok := c.records.State().OfficeByID(got.Office)
	if !ok {
		return s.problem(c, "not_found", 0)
	}
	v := receipt.View{Office: o, Reference: got.Reference, Addressee: got.Addressee, SentAt: got.SentAt, ReceivedAt: got.ReceivedAt}
	title := c.printer.T("receipt.title")
	return view(receipt.Page, v, nil, shared.Frame{Title: title, Path: "/receipt/" + c.PathValue("secret"), Nav: "registers", NoIndex: true})
}
