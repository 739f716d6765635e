package report

import "testing"

func TestSpeakers(t *testing.T) {
	var s Speakers
	s.Add("Salma Orabi", "transport")
	s.Add("Orabi", "transport")
	for text, want := range map[string]string{
		`"X y z", Salma Orabi said.`:                                        "Salma Orabi",
		`"X y z," said Salma Orabi on Monday.`:                              "Salma Orabi",
		`"X y z", Transport Minister Orabi told reporters.`:                 "Orabi",
		`"X y z", said the skipper Tomas Verrin.`:                           "Tomas Verrin",
		`"X y z," Gen. Tomas Verrin said.`:                                  "Tomas Verrin",
		`"X y z," Tomas Verrin, the oldest skipper, said.`:                  "Tomas Verrin",
		`Tomas Verrin said: "X y z"`:                                        "Tomas Verrin",
		`On Monday Tomas Verrin told reporters that "X y z" was true.`:      "Tomas Verrin",
		`According to Tomas Verrin, "X y z".`:                               "Tomas Verrin",
		`"X y z", according to Tomas Verrin.`:                               "Tomas Verrin",
		`Tomas Verrin: "X y z"`:                                             "Tomas Verrin",
		`"X y z". Salma Orabi was seen leaving.`:                            "",
		`"X y z". Salma Orabi said nothing.`:                                "",
		`"X y z", he said.`:                                                 "",
		`"X y z", said a spokesman for Salma Orabi.`:                        "",
		`"X y z", said an aide to the Minister.`:                            "",
		`Salma Orabi left early. The page says "X y z".`:                    "",
		`The letter told Iraq that troops were preparing to depart "X y z"`: "",
		`"X y z", a source said.`:                                           "",
		`"X y z," The Courier's Tomas Verrin said.`:                         "Tomas Verrin",
		`„X y z“, sagte Tomas Verrin.`:                                      "Tomas Verrin",
		`« X y z », a déclaré Tomas Verrin.`:                                "Tomas Verrin",
		`قال إدريس بن حميدة: «س ص ع»`:                                       "إدريس بن حميدة",
		`وقال المتحدث باسم الوزارة: «س ص ع»`:                                "",
	} {
		qs := Read(text, nil)
		if len(qs) != 1 {
			t.Errorf("%s: %d quotations", text, len(qs))
			continue
		}
		if got := s.Of(text, Span{0, len(text)}, qs[0]).Name; got != want {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}
