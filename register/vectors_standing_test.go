package register_test

import (
	"encoding/json"

	"chancery.example/letter"
	"chancery.example/register"
)

type standingInput struct {
	Chain    string   `json:"chain"`   // how the tests draw it
	Entries  [][]byte `json:"entries"` // base64, from position 0
	Text     string   `json:"text"`
	Language string   `json:"language"`
	At       int64    `json:"at"`
}

type standingExpect struct {
	Standings []register.Standing `json:"standings"`
	Ignored   []register.Index    `json:"ignored,omitempty"`
	Flagged   []register.Index    `json:"flagged,omitempty"`
	// Of the most serious standing.
	CorrectedBy  register.Index   `json:"corrected_by,omitempty"`
	LaterRevoked []register.Index `json:"later_revoked,omitempty"`
	RatifyBy     register.Stamp   `json:"ratify_by,omitempty"`
	RatifiedBy   register.Index   `json:"ratified_by,omitempty"`
}

func runStanding(input []byte) (any, error) {
	var in standingInput
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, err
	}
	s := register.NewState()
	for i, raw := range in.Entries {
		e, err := register.Parse(raw)
		if err != nil {
			return nil, err
		}
		s.Add(register.Logged{Index: register.Index(i), Entry: e})
	}
	text, err := letter.Parse([]byte(in.Text))
	if err != nil {
		return nil, err
	}
	out := standingExpect{Standings: []register.Standing{}}
	for _, st := range s.StandingsOf(letter.LangText{Lang: letter.Lang(in.Language), Text: text}, register.Stamp(in.At).Time()) {
		out.Standings = append(out.Standings, st.Standing)
		if len(out.Standings) > 1 {
			continue
		}
		out.CorrectedBy, out.LaterRevoked = st.CorrectedBy, st.LaterRevoked
		if e := st.Emergency; e != nil {
			out.RatifyBy = e.RatifyBy
			if e.Ratified != nil {
				out.RatifiedBy = e.Ratified.Index
			}
		}
	}
	for _, p := range s.Problems() {
		if p.Ignored {
			out.Ignored = append(out.Ignored, p.Index)
		} else {
			out.Flagged = append(out.Flagged, p.Index)
		}
	}
	return out, nil
}
