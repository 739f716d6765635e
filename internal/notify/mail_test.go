package notify

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"net/smtp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
	"chancery.example/letter"
)

// A relay is just enough of an SMTP server to say no in every way. A real one is
// tried in module foreign.
type relay struct {
	net.Listener
	mu    sync.Mutex
	reply map[string]string // by command
	got   []string
}

func newRelay(t *testing.T) *relay {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: l, reply: map[string]string{}}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go r.serve(c)
		}
	}()
	return r
}

func (r *relay) set(command, reply string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reply[command] = reply
}

func (r *relay) mails() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func (r *relay) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	say := func(command, usual string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if s, ok := r.reply[command]; ok {
			usual = s
		}
		_, _ = fmt.Fprintf(c, "%s\r\n", usual)
	}
	say("", "220 relay")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch command := strings.ToUpper(strings.Fields(line + " x")[0]); command {
		case "DATA":
			r.mu.Lock()
			no, refused := r.reply["DATA"]
			r.mu.Unlock()
			if refused {
				_, _ = fmt.Fprintf(c, "%s\r\n", no)
				continue
			}
			_, _ = fmt.Fprint(c, "354 go on\r\n")
			var body strings.Builder
			for {
				l, err := in.ReadString('\n')
				if err != nil || l == ".\r\n" {
					break
				}
				body.WriteString(l)
			}
			r.mu.Lock()
			r.got = append(r.got, body.String())
			r.mu.Unlock()
			say(".", "250 taken")
		case "QUIT":
			say(command, "221 bye")
			return
		default:
			say(command, "250 ok")
		}
	}
}

func (r *relay) smtp(t *testing.T) *SMTP {
	t.Helper()
	s, err := ParseSMTP("smtp://"+r.Addr().String(), "", "Registry <registry@harbour.example>")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parcel(t *testing.T, ref letter.Ref) Parcel {
	t.Helper()
	return Parcel{Office: "harbour", OfficeName: "هيئة الميناء", Reference: ref,
		Texts: []letter.LangText{{Lang: "en", Text: officetest.Text(t, "Sir,\n\nthe lock opens.\n")}, {Lang: "ar", Text: officetest.Text(t, "سيدي،\n\nيفتح الهويس.\n")}}, Proof: []byte("a proof"), Form: []byte("%PDF-1.7 the letter")}
}

// TestDelivery sends a letter, reads it as its addressee does, and confirms the receipt
// (MUST-9).
func TestDelivery(t *testing.T) {
	h := officetest.New(t)
	r := newRelay(t)
	n := opened(t, h, Options{Address: "https://register.example", Mail: r.smtp(t)})
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC/1", "Sir,\n\nthe lock opens.\n"), office.Terms{})
	ds, err := n.Dispatch(t.Context(), "clerk", parcel(t, "HC/1"), []Addressee{{Name: "ربان الهويس الجنوبي", Address: "master@lock.example", Lang: "ar"}, {Name: "The Master", Address: "deputy@lock.example"}})
	if err != nil || len(ds) != 2 {
		t.Fatal(ds, err)
	}
	if ds, err = n.Send(t.Context(), ds); err != nil || ds[0].State != store.SendDone || ds[1].State != store.SendDone {
		t.Fatalf("%+v (%v)", ds, err)
	}
	got := r.mails()
	if len(got) != 2 {
		t.Fatalf("%d mails", len(got))
	}
	for line := range strings.SplitSeq(got[0], "\r\n") {
		if len(line) > 78 || strings.ContainsFunc(line, func(c rune) bool { return c >= 0x7f || c < ' ' && c != '\t' }) {
			t.Errorf("line %q", line)
		}
	}
	m, err := mail.ReadMessage(strings.NewReader(got[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "كتاب من هيئة الميناء: HC/1" {
		t.Errorf("subject %q (%v)", subject, err)
	}
	if d, err := m.Header.Date(); err != nil || !d.Equal(h.Now()) {
		t.Errorf("date %v (%v)", d, err)
	}
	if id := m.Header.Get("Message-ID"); !strings.HasSuffix(id, "@harbour.example>") {
		t.Errorf("message id %q", id)
	}
	parts := partsOf(t, m)
	if len(parts) != 5 || parts["HC-1.pdf"] != "%PDF-1.7 the letter" || parts["HC-1.en.txt"] != "Sir,\n\nthe lock opens.\n" || parts["HC-1.ar.txt"] != "سيدي،\n\nيفتح الهويس.\n" || parts["HC-1.chancery-proof"] != "a proof" {
		t.Errorf("parts %q", parts)
	}
	_, rest, ok := strings.Cut(parts[""], "https://register.example/receipt/")
	secret, _, _ := strings.Cut(rest, "\r\n")
	if !ok || !strings.Contains(parts[""], "https://register.example/l/harbour/HC/1") {
		t.Fatalf("words %q", parts[""])
	}
	receipt, err := n.Receipt(t.Context(), secret)
	if err != nil || receipt.Reference != "HC/1" || !receipt.ReceivedAt.IsZero() {
		t.Errorf("%+v (%v)", receipt, err)
	}
	h.Clock.Step(time.Hour)
	first, err := n.Confirm(t.Context(), secret)
	if err != nil || !first.ReceivedAt.Equal(h.Now()) {
		t.Errorf("%+v (%v)", first, err)
	}
	h.Clock.Step(time.Hour)
	if again, err := n.Confirm(t.Context(), secret); err != nil || !again.ReceivedAt.Equal(first.ReceivedAt) {
		t.Errorf("the first word does not stay: %+v (%v)", again, err)
	}
	all, err := n.Dispatches(t.Context(), "harbour", "HC/1")
	if err != nil || len(all) != 2 || all[0].ReceivedAt.IsZero() || !all[1].ReceivedAt.IsZero() {
		t.Errorf("%+v (%v)", all, err)
	}
	for _, s := range []string{"", "x", secret + "x", strings.Repeat("A", 22), secret[:21] + "_"} {
		if _, err := n.Receipt(t.Context(), s); kind.Of(err) != kind.NotFound || err.Error() != errNoReceipt.Error() {
			t.Errorf("secret %q: %v", s, err)
		}
	}
}

func partsOf(t *testing.T, m *mail.Message) map[string]string {
	t.Helper()
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
		if err != nil {
			t.Fatal(err)
		}
		out[p.FileName()] = string(raw)
	}
}

// TestOnlyIssuedLettersAreDelivered, and only to addresses that are some.
func TestOnlyIssuedLettersAreDelivered(t *testing.T) {
	h := officetest.New(t)
	n := opened(t, h, Options{Address: "https://register.example", Mail: newRelay(t).smtp(t)})
	if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-1", "A draft.\n")); err != nil {
		t.Fatal(err)
	}
	to := []Addressee{{Name: "N", Address: "a@b.example"}}
	if _, err := n.Dispatch(t.Context(), "clerk", parcel(t, "HC-1"), to); kind.Of(err) != kind.Conflict {
		t.Errorf("a draft: %v", err)
	}
	if _, err := n.Dispatch(t.Context(), "clerk", parcel(t, "HC-9"), to); kind.Of(err) != kind.NotFound {
		t.Errorf("nothing: %v", err)
	}
	if _, err := opened(t, h, Options{Mail: newRelay(t).smtp(t)}).Dispatch(t.Context(), "clerk", parcel(t, "HC-1"), to); kind.Of(err) != kind.Unavailable {
		t.Errorf("without an address: %v", err)
	}
	if _, err := opened(t, h, Options{Address: "https://register.example"}).Dispatch(t.Context(), "clerk", parcel(t, "HC-1"), to); kind.Of(err) != kind.Unavailable {
		t.Errorf("without a relay: %v", err)
	}
	for _, a := range []Addressee{{}, {Name: "N"}, {Name: "N", Address: "a@b\r\nBcc: c@d"}, {Name: "N\r\nBcc: c@d", Address: "a@b.example"}, {Name: "N", Address: "a@b.example, c@d.example"}, {Name: "N", Address: "ä@b.example"}, {Name: "N", Address: "\"a b\"@c.example"}} {
		if _, err := n.Dispatch(t.Context(), "clerk", parcel(t, "HC-1"), []Addressee{a}); kind.Of(err) != kind.Invalid {
			t.Errorf("%q: %v", a, err)
		}
	}
}

// TestRefusedMail (MUST-7): 4xx is tried again, 5xx about a mail is not, a relay in trouble is.
func TestRefusedMail(t *testing.T) {
	for _, c := range []struct {
		command, reply string
		state          store.SendState
	}{
		{"RCPT", "550 no such mailbox", store.SendFailed}, {"RCPT", "451 later", store.SendWaiting}, {"DATA", "552 too much", store.SendFailed},
		{".", "554 no", store.SendFailed}, {".", "421 closing", store.SendWaiting}, {"MAIL", "501 no", store.SendFailed}, {"", "554 go away", store.SendWaiting}, {"EHLO", "nonsense", store.SendWaiting},
	} {
		h := officetest.New(t)
		r := newRelay(t)
		r.set(c.command, c.reply)
		if c.command == "EHLO" {
			r.set("HELO", c.reply)
		}
		n := opened(t, h, Options{Mail: r.smtp(t)})
		if err := n.Mail(t.Context(), "a@b.example", "Subject", "Text"); err != nil {
			t.Fatal(err)
		}
		settle(t, n)
		var m store.Mail
		if err := n.db.View(t.Context(), func(tx *store.Tx) (err error) { m, err = tx.Mail(1); return err }); err != nil {
			t.Fatal(err)
		}
		if m.State != c.state || m.Attempts != 1 || m.Problem == "" || (len(m.Message) == 0) != (c.state == store.SendFailed) {
			t.Errorf("%s %q: %s after %d attempts, %q", c.command, c.reply, m.State, m.Attempts, m.Problem)
		}
	}
}

// TestNoMailInTheClear: a relay elsewhere that offers no TLS gets nothing.
func TestNoMailInTheClear(t *testing.T) {
	s := &SMTP{Host: "relay.example", Port: "25", From: "a@b.example"}
	if s.here() {
		t.Error("relay.example is here")
	}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		if !(&SMTP{Host: host}).here() {
			t.Errorf("%s is not here", host)
		}
	}
	r := newRelay(t)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	c, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.greet(c, nil); err == nil || !strings.Contains(err.Error(), "in the clear") {
		t.Errorf("%v", err)
	}
	if len(r.mails()) != 0 {
		t.Error("something was sent")
	}
}

// TestOfficersAreTold: who approves gets a mail, with no words of the letter.
func TestOfficersAreTold(t *testing.T) {
	h := officetest.New(t)
	r := newRelay(t)
	box := func(_ context.Context, officeID, officer string) (Mailbox, bool) {
		if officer == "legal" {
			return Mailbox{Name: "Legal", Address: "not an address"}, true
		}
		return Mailbox{Address: officer + "@" + officeID + ".example", Lang: "ar"}, officer == "commissioner"
	}
	n := opened(t, h, Options{Mail: r.smtp(t), Mailbox: box})
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "The words of the letter.\n"), office.Terms{})
	settle(t, n)
	settle(t, n)
	got := r.mails()
	if len(got) != 1 {
		t.Fatalf("%d mails", len(got))
	}
	m, err := mail.ReadMessage(strings.NewReader(got[0]))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	if err != nil || !strings.Contains(string(raw), "سُجّلت موافقة باسمك") || m.Header.Get("To") != "<commissioner@harbour.example>" || strings.Contains(string(raw), "words") {
		t.Errorf("%q %v (%v)", raw, m.Header, err)
	}
}

// TestThePressIsTold: press officers learn that a reader asks, and nothing of what.
func TestThePressIsTold(t *testing.T) {
	h := officetest.New(t)
	r := newRelay(t)
	box := func(_ context.Context, officeID, officer string) (Mailbox, bool) {
		return Mailbox{Address: officer + "@" + officeID + ".example"}, true
	}
	n := opened(t, h, Options{Mail: r.smtp(t), Mailbox: box})
	if _, err := h.Enquire(t.Context(), "harbour", office.Question{Words: "Is the lighthouse sold?", Contact: "reader@paper.example"}); err != nil {
		t.Fatal(err)
	}
	settle(t, n)
	settle(t, n)
	got := r.mails()
	if len(got) != 1 || !strings.Contains(got[0], "To: <press@harbour.example>") {
		t.Fatalf("%q", got)
	}
	m, err := mail.ReadMessage(strings.NewReader(got[0]))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	if err != nil || strings.Contains(string(raw), "lighthouse") || strings.Contains(string(raw), "reader@") || !strings.Contains(string(raw), "waits at the desk") {
		t.Errorf("%q (%v)", raw, err)
	}
}

func TestParseSMTP(t *testing.T) {
	for _, s := range []string{"", "relay", "http://relay", "smtp://", "smtp://u:p@relay", "smtp://relay/x", "smtp://relay?x"} {
		if _, err := ParseSMTP(s, "", "a@b.example"); kind.Of(err) != kind.Invalid {
			t.Errorf("%q: %v", s, err)
		}
	}
	if _, err := ParseSMTP("smtp://relay", "", "nobody"); kind.Of(err) != kind.Invalid {
		t.Errorf("no sender: %v", err)
	}
	s, err := ParseSMTP("smtps://u@relay.example", "p", "a@b.example")
	if err != nil || s.Port != "465" || !s.Implicit || s.User != "u" || s.Password != "p" {
		t.Errorf("%+v (%v)", s, err)
	}
}

// FuzzMessage (MUST-8): whatever is put into a mail, its headers stay those that we write.
func FuzzMessage(f *testing.F) {
	f.Add("a@b.example", "Subject", "Text")
	f.Add("a@b\r\nBcc: c@d", "S\r\nX: y", ".\r\n.\r\n")
	f.Add("\"x\" <a@b.example>", "كتاب \u2028 من", "\x00\xff")
	f.Fuzz(func(t *testing.T, to, subject, text string) {
		m := message{from: "r@h.example", to: to, subject: subject, text: text, attachments: []attachment{{"a.txt", "text/plain", []byte(text)}}}
		raw, err := m.bytes(time.Unix(0, 0), [16]byte{1})
		if err != nil {
			return
		}
		got, err := mail.ReadMessage(strings.NewReader(string(raw)))
		if err != nil {
			t.Fatalf("%v in %q", err, raw)
		}
		if len(got.Header) != 8 {
			t.Errorf("headers %v", got.Header)
		}
		if s, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject")); err != nil || s != subject {
			t.Errorf("subject %q, want %q (%v)", s, subject, err)
		}
		if all, err := got.Header.AddressList("To"); err != nil || len(all) != 1 {
			t.Errorf("to %v (%v)", all, err)
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") {
				t.Errorf("line %q", line)
			}
		}
	})
}
