// Package pades puts an electronic seal on a PDF (PAdES: ETSI.CAdES.detached,
// certified so that no change is allowed, with a timestamp where a timestamp
// server is asked) and tells what the seal of a file shows.
//
// A seal is a courtesy for programs that show PDFs. Nothing in Chancery follows
// from one: the register is the proof, and what a verified seal shows is a remark
// beside the answer, without names ([Inspect]).
//
//	sealed, err := pades.Seal(ctx, letter, pades.Options{Signer: key, Chain: chain, At: now})
//	pades.Inspect(sealed).Seal // SealWhole
//
// What is sealed is one revision: the file is written anew with the signature field
// in it, everything that no page needs left out, and the certificates for the long
// term inside the signed bytes (docs/decisions/0052). Requests to a timestamp
// server go through a [Stamper]; internal/pdf/tsa has the one that asks over HTTP.
package pades
