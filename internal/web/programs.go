package web

import (
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/web/pages/entry"
	"chancery.example/internal/web/pages/log"
	"chancery.example/internal/web/pages/office"
	"chancery.example/internal/web/pages/offices"
	"chancery.example/internal/web/pages/record"
	"chancery.example/internal/web/reply"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

// What programs get at the addresses of the pages. The answer to a check is
// [check.Finding] itself.

type headView = reply.Head

func headOf(h shared.Head) headView { return reply.HeadOf(h) }

type letterView struct {
	Office     string            `json:"office"`
	OfficeURI  register.Office   `json:"office_uri"`
	OfficeName register.Words    `json:"office_name"`
	Reference  letter.Ref        `json:"reference"`
	Type       letter.Type       `json:"type,omitempty"`
	Standing   register.Standing `json:"standing"`
	Written    register.Day      `json:"written,omitempty"` // of a letter that was recorded later
	Revisions  int               `json:"revisions"`
	Sealed     int               `json:"sealed_revisions"`
	Approvals  int               `json:"approvals"`
	Needed     int               `json:"approvals_needed"`
	Statements []register.Index  `json:"statements"`
	Entries    []register.Index  `json:"entries"`
	Proof      string            `json:"proof"`
	Files      []fileView        `json:"files,omitempty"` // that it was issued as, the newest first
	At         time.Time         `json:"checked_at"`
	Checkpoint headView          `json:"checkpoint"`

	Elsewhere []check.Elsewhere `json:"elsewhere,omitempty"` // what other registers say of it
}

// A fileView is a PDF that a letter was issued as, or corrected to.
type fileView struct {
	Address   string         `json:"address"`
	SHA256    letter.Hash    `json:"sha256"`
	MediaType string         `json:"media_type"`
	Entry     register.Index `json:"entry"`
}

func letterJSON(v record.View) letterView {
	out := letterView{
		Office: v.Office.ID, OfficeURI: v.Office.Office, OfficeName: v.Office.Name, Reference: v.Reference, Type: v.Type,
		Standing: v.Standing, Written: v.Status.Written, Revisions: v.Status.Revisions, Sealed: v.Status.Sealed, Approvals: len(v.Approvals),
		Needed: v.Status.Needed, Statements: []register.Index{}, Entries: v.Status.Entries, Proof: v.Proof, At: v.At,
		Checkpoint: headOf(v.Head),
	}
	for _, f := range v.Forms {
		out.Files = append(out.Files, fileView{f.Path, f.Digest, "application/pdf", f.Entry})
	}
	for _, s := range v.Said {
		out.Statements = append(out.Statements, s.Entry)
	}
	return out
}

type officeRow struct {
	Office     string          `json:"office"`
	URI        register.Office `json:"office_uri"`
	Name       register.Words  `json:"office_name"`
	Domain     string          `json:"domain"`
	Letters    int             `json:"letters"`
	Statements int             `json:"statements"`
	Disavowals int             `json:"disavowals"`
	Sealed     int             `json:"sealed"`
	Opened     int             `json:"opened"`
}

func rowOf(o register.OfficeView, letters int) officeRow {
	return officeRow{o.ID, o.Office, o.Name, o.Domain, letters, o.Statements, o.Disavowals, o.Sealed, o.Opened}
}

type officesView struct {
	Offices    []officeRow `json:"offices"`
	Checkpoint headView    `json:"checkpoint"`
}

func officesJSON(v offices.View) officesView {
	out := officesView{[]officeRow{}, headOf(v.Head)}
	for _, r := range v.Rows {
		out.Offices = append(out.Offices, rowOf(r.Office, r.Letters))
	}
	return out
}

type letterRow struct {
	Reference letter.Ref        `json:"reference"`
	Type      letter.Type       `json:"type,omitempty"`
	Standing  register.Standing `json:"standing"`
	Languages []letter.Lang     `json:"languages"`
	At        time.Time         `json:"at"`
	Entry     register.Index    `json:"entry"`
}

type revokedRow struct {
	Key   letter.Hash    `json:"key"`
	Entry register.Index `json:"entry"`
	After register.Index `json:"not_trusted_after"`
}

type officeView struct {
	officeRow
	Keys       []letter.Hash  `json:"keys"` // all that it has or had
	Revoked    []revokedRow   `json:"revoked_keys,omitempty"`
	Domain     *office.Domain `json:"domain_asked,omitempty"`
	List       []letterRow    `json:"list"`
	Next       int            `json:"next_page,omitempty"`
	Checkpoint headView       `json:"checkpoint"`
}

func officeJSON(v office.View) officeView {
	out := officeView{officeRow: rowOf(v.Office, v.Total), Keys: []letter.Hash{}, List: []letterRow{}, Next: v.Next, Domain: v.Domain, Checkpoint: headOf(v.Head)}
	for _, k := range v.Office.Keys {
		out.Keys = append(out.Keys, k.Thumbprint)
		if k.Revoked != nil {
			out.Revoked = append(out.Revoked, revokedRow{k.Thumbprint, k.Revoked.Index, k.Revoked.After})
		}
	}
	for _, r := range v.Rows {
		out.List = append(out.List, letterRow{r.Reference, r.Type, r.Standing, r.Languages, r.At, r.Entry})
	}
	return out
}

type entryRow struct {
	Entry  register.Index  `json:"entry"`
	Kind   register.Kind   `json:"kind"`
	Office register.Office `json:"office_uri"`
	At     time.Time       `json:"at"`
	Flag   string          `json:"flag,omitempty"`
}

type logView struct {
	Entries    []entryRow `json:"entries"`
	Before     uint64     `json:"next_before,omitempty"`
	Checkpoint headView   `json:"checkpoint"`
}

func logJSON(v log.View) logView {
	out := logView{[]entryRow{}, v.Older, headOf(v.Head)}
	for _, r := range v.Rows {
		out.Entries = append(out.Entries, entryRow{r.Index, r.Kind, r.Office.Office, r.At, r.Flag})
	}
	return out
}

type entryView struct {
	entryRow
	Ignored    bool        `json:"ignored,omitempty"`
	Leaf       letter.Hash `json:"leaf_hash"`
	Key        letter.Hash `json:"key"`
	Subject    string      `json:"subject"`
	Bytes      int         `json:"bytes"`
	Approvals  []string    `json:"approvals"`
	Needed     int         `json:"approvals_needed"`
	Raw        string      `json:"raw"`
	Checkpoint headView    `json:"checkpoint"`
}

func entryJSON(v entry.View) entryView {
	out := entryView{
		entryRow: entryRow{v.Index, v.Kind, v.Office.Office, v.At, v.Flag}, Ignored: v.Ignored, Leaf: v.Digest, Key: v.Key,
		Subject: v.Subject, Bytes: v.Bytes, Approvals: []string{}, Needed: v.Needed, Raw: shared.EntryPath(v.Index) + "/raw",
		Checkpoint: headOf(v.Head),
	}
	for _, a := range v.Approvals {
		out.Approvals = append(out.Approvals, a.Officer)
	}
	return out
}
