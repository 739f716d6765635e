package notify

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"chancery.example/internal/kind"
)

// A message is a mail before it has its bytes.
type message struct {
	from, to    string // mailboxes
	subject     string
	text        string
	attachments []attachment
}

type attachment struct {
	name, media string
	data        []byte
}

const (
	longestSubject = 250 // bytes
	longestAddress = 254
)

// ParseMailbox reads a mail address, with or without a name. What it takes can be
// put into a header and into SMTP as it is: one mailbox, ASCII, no control
// characters (MUST-8).
func ParseMailbox(s string) (*mail.Address, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || len(s) > 2*longestAddress || strings.ContainsFunc(s, unicode.IsControl) {
		return nil, kind.Invalid.Errorf("%q is no mail address; want one such as registry@example.org", s)
	}
	local, domain, _ := strings.Cut(a.Address, "@")
	plain := func(s string) bool {
		return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("()<>[]:;,\\\"@", r) })
	}
	if len(a.Address) > longestAddress || !plain(local) || !plain(domain) {
		return nil, kind.Invalid.Errorf("%q: mail goes to plain addresses of ASCII letters; write a domain of other letters in its xn-- form", s)
	}
	return a, nil
}

// oneLine refuses what would break out of a header.
func oneLine(s, what string) error {
	if s == "" || len(s) > longestSubject || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return kind.Invalid.Errorf("%s: want one line of at most %d bytes", what, longestSubject)
	}
	return nil
}

// bytes writes a message as RFC 5322 and MIME have it: ASCII alone, lines of at most
// 78 characters, ended by CR and LF.
func (m message) bytes(at time.Time, id [16]byte) ([]byte, error) {
	from, err := ParseMailbox(m.from)
	if err != nil {
		return nil, err
	}
	to, err := ParseMailbox(m.to)
	if err != nil {
		return nil, err
	}
	if err := oneLine(m.subject, "the subject of a mail"); err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	var b bytes.Buffer
	header := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	header("Date", at.UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	header("From", mailbox(from))
	header("To", mailbox(to))
	header("Subject", encoded(m.subject))
	header("Message-ID", "<"+hex.EncodeToString(id[:])+"@"+domain+">")
	header("Auto-Submitted", "auto-generated") // RFC 3834: nobody's absence answers it
	header("MIME-Version", "1.0")
	if len(m.attachments) == 0 {
		header("Content-Type", "text/plain; charset=utf-8")
		header("Content-Transfer-Encoding", "base64")
		b.WriteString("\r\n")
		wrap(&b, lines(m.text))
		return b.Bytes(), nil
	}
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary("chancery-" + hex.EncodeToString(id[:])); err != nil {
		return nil, fmt.Errorf("writing a mail: %w", err)
	}
	header("Content-Type", "multipart/mixed;\r\n boundary=\""+w.Boundary()+"\"")
	b.WriteString("\r\n")
	parts := append([]attachment{{media: "text/plain; charset=utf-8", data: lines(m.text)}}, m.attachments...)
	for _, p := range parts {
		h := textproto.MIMEHeader{"Content-Type": {p.media}, "Content-Transfer-Encoding": {"base64"}}
		if p.name != "" {
			h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": p.name}))
		}
		part, err := w.CreatePart(h)
		if err != nil {
			return nil, fmt.Errorf("writing a mail: %w", err)
		}
		var body bytes.Buffer
		wrap(&body, p.data)
		if _, err := part.Write(bytes.TrimSuffix(body.Bytes(), []byte("\r\n"))); err != nil {
			return nil, fmt.Errorf("writing a mail: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("writing a mail: %w", err)
	}
	return b.Bytes(), nil
}

// mailbox writes a mailbox for a header; a name is encoded when it is not ASCII.
func mailbox(a *mail.Address) string {
	if a.Name == "" {
		return "<" + a.Address + ">"
	}
	return encoded(a.Name) + "\r\n <" + a.Address + ">"
}

// encoded writes words for a header, as encoded words (RFC 2047) and folded. Plain
// short words are quoted instead.
func encoded(s string) string {
	if len(s) <= 60 && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f || strings.ContainsRune("=?()<>[]:;,\\\"@.", r) }) {
		return s
	}
	// EncodeWord leaves ASCII alone; longer or special words are forced by hand.
	var words []string
	for s != "" {
		n := min(len(s), 42) // 56 characters of base64, and the frame
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, "\r\n ")
}

// lines brings text to the line ends of mail.
func lines(s string) []byte {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return []byte(strings.ReplaceAll(strings.TrimSuffix(s, "\n")+"\n", "\n", "\r\n"))
}

// wrap writes base64 in lines of 76.
func wrap(b *bytes.Buffer, data []byte) {
	s := base64.StdEncoding.EncodeToString(data)
	for len(s) > 76 {
		b.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	b.WriteString(s + "\r\n")
}
