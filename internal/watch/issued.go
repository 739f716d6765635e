package watch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/remote"
)

// What a register gives out as its issued PDFs. Each has the digest that its entry names,
// so that whoever checks one is told; the monitor tells those who would download it. The
// mirror asks for each once and keeps what is right; here it is seen that the register
// still gives them, and what it does not give.

const (
	formsPerLook = 16             // of each sort: a look asks for no more
	formRound    = 24 * time.Hour // between two rounds through those that were right
)

// formAlerts are what may last of a PDF, by what the register gives.
var formAlerts = map[remote.FormState]AlertKind{
	remote.FormAbsent: AlertFormMissing, remote.FormAltered: AlertFormAltered, remote.FormErased: AlertFormErased,
}

// A round goes through all PDFs that were right, some with each look.
type round struct {
	Began time.Time `json:"began"`
	After string    `json:"after,omitempty"` // the digest of the last that was looked at; "": it is over
	// Again is the last of those that were not right and were looked at again.
	Again string `json:"again,omitempty"`
}

// issued asks for PDFs that are not known to be right, and for some that were, and tells
// what changed.
func (m *Monitor) issued(ctx context.Context) error {
	var right, fresh, told []remote.NamedForm
	for _, f := range m.mirror.Forms() {
		switch {
		case f.Earlier, !m.head.Time.IsZero() && f.NotBefore.Time().After(m.head.Time):
			// it was whatever it was then, or is not public yet
		case m.wrongSince(f) != time.Time{}:
			told = append(told, f)
		case f.State != remote.FormThere:
			fresh = append(fresh, f)
		default:
			right = append(right, f)
		}
	}
	slices.Reverse(fresh) // the newest first
	ask := fresh[:min(len(fresh), formsPerLook)]
	ask = append(slices.Clone(ask), after(told, &m.memory.Forms.Again)...)
	ask = append(ask, m.nextRound(right)...)
	for _, f := range ask {
		_, is, err := m.client.Form(ctx, f.Digest)
		if ctx.Err() != nil {
			return fmt.Errorf("monitoring %s: %w", m.client.Address(), ctx.Err())
		}
		if err != nil {
			m.once(AlertUnreachable, f.Name(), Alert{Level: Trouble, Entry: &f.Entry, Office: f.Record.Office, Reference: string(f.Record.Reference), Text: err.Error()})
			continue
		}
		delete(m.memory.Told, string(AlertUnreachable)+" "+f.Name())
		m.formIs(f, is)
	}
	return nil
}

// after takes some of a list, in order of their digests and around: those behind the last
// that was taken.
func after(all []remote.NamedForm, last *string) []remote.NamedForm {
	byDigest := func(a, b remote.NamedForm) int { return strings.Compare(a.Digest.String(), b.Digest.String()) }
	slices.SortFunc(all, byDigest)
	from := 0
	for from < len(all) && all[from].Digest.String() <= *last {
		from++
	}
	out := all[from:min(len(all), from+formsPerLook)]
	*last = ""
	if from+len(out) < len(all) && len(out) > 0 {
		*last = out[len(out)-1].Digest.String()
	}
	return out
}

// nextRound takes some of those that were right. A round begins a day after the one
// before; that of a monitor's first look is the mirror's.
func (m *Monitor) nextRound(right []remote.NamedForm) []remote.NamedForm {
	now, r := m.opts.Clock().UTC().Truncate(time.Second), &m.memory.Forms
	switch {
	case r.Began.IsZero():
		r.Began = now
		return nil
	case r.After == "" && now.Sub(r.Began) < formRound:
		return nil
	case r.After == "":
		r.Began = now
	}
	return after(right, &r.After)
}

// wrongSince is when it was told that the register does not give a PDF; zero when it was
// not.
func (m *Monitor) wrongSince(f remote.NamedForm) (since time.Time) {
	for _, k := range formAlerts {
		if at, is := m.memory.Told[string(k)+" "+f.Digest.String()]; is && (since.IsZero() || at.Before(since)) {
			since = at
		}
	}
	return since
}

// formIs tells what the register gives for a PDF, when that is another thing than was
// told last.
func (m *Monitor) formIs(f remote.NamedForm, is remote.FormState) {
	since, now := m.wrongSince(f), formAlerts[is]
	for _, k := range formAlerts {
		if k != now {
			delete(m.memory.Told, string(k)+" "+f.Digest.String())
		}
	}
	a := Alert{Level: Noteworthy, Entry: &f.Entry, Office: f.Record.Office, Reference: string(f.Record.Reference)}
	of := fmt.Sprintf("%s, as which %s was issued", f.Name(), describe(f.Record))
	if m.mirror.Folder().HasForm(f.Digest) {
		of += " (this monitor's mirror has it)"
	}
	switch is {
	case remote.FormThere:
		if !since.IsZero() {
			a.Text = fmt.Sprintf("%s, is there again as the log names it; it was not since %s", of, since.Format(time.RFC3339))
			m.tell(AlertFormBack, a)
		}
		return
	case remote.FormAbsent:
		a.Text = of + ", cannot be had: it is lost, or known by its digest only. Its entry still stands, and who has the file can check it"
	case remote.FormAltered:
		a.Text = of + ", is another file than the log names: who downloads it gets what no officer approved. A check of it says that it is not the issued one"
	case remote.FormErased:
		a.Text = of + ", was erased, as the register says; nobody can check why. Its entry still stands, and who has the file can check it"
	}
	m.once(now, f.Digest.String(), a)
}
