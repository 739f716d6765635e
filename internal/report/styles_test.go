package report

import (
	"strings"
	"testing"
)

// MUST-1 to MUST-5. Each case is a fragment as reporters write them, and exactly the quotations
// that must come out of it. "+" in front says that one goes on with the one
// before, "<" that it stands inside another, "=" that layout sets it apart.
var styles = []struct{ text, want string }{
	// English, double marks.
	{`"The basin stays open," the minister said.`, `The basin stays open`},
	{`“The basin stays open.”`, `The basin stays open.`},
	{`“The basin stays open”, she said, “and so do the locks”.`, `The basin stays open|+and so do the locks`},
	{`"The basin stays open," the minister said, "until the spring."`, `The basin stays open|+until the spring.`},
	{`"The basin stays open," the minister said. "Nobody is leaving."`, `The basin stays open|+Nobody is leaving.`},
	{`"Is it open?" he asked. "We were told so."`, `Is it open?|+We were told so.`},
	{`"The basin is open." The minister said nothing. "It is shut."`, `The basin is open.|It is shut.`},
	{`"The basin is open," said Orabi. Castellane said, "It is shut."`, `The basin is open|It is shut.`},
	{`Both the "basin" and the "lock" were named.`, `basin|lock`},
	{`Its "movement out" and, as it acknowledged Iraq's, "decision" stand.`, `movement out|decision`},
	{`He called it a "slip", she a “lapse” and they a „Versehen“.`, `slip|lapse|Versehen`},
	{"``The basin stays open,'' the minister said.", `The basin stays open`},
	{`''The basin stays open,'' the minister said.`, `The basin stays open`},
	{`â€œThe basin stays open,â€ the minister said; it isnâ€™t news.`, `The basin stays open`},
	{"â€œThe basinâ€™s openâ€\u009d, he said â€“ twice.", `The basinâ€™s open`},
	{`&ldquo;The basin stays open,&rdquo; he said, &quot;for now&quot;.`, `The basin stays open|+for now`},
	{`Â«Le bassin reste ouvertÂ», dit-il.`, `Le bassin reste ouvert`},
	{`"BASIN STAYS OPEN," SAYS MINISTER`, `BASIN STAYS OPEN`},
	{`“Basin To Stay Open Until Spring”: Minister`, `Basin To Stay Open Until Spring`},
	{`The pipe is 5" wide and 6'2" long.`, ``},
	{`"The pipe is 5" wide," he said.`, `The pipe is 5" wide`},
	{`"Berth 66" and "Berth 67" are closed.`, `Berth 66|Berth 67`},
	{`An opening "mark that nobody closed.`, ``},
	{`("The basin stays open"), he added`, `The basin stays open`},
	{`The note—“The basin stays open”—was short.`, `The basin stays open`},
	{`“ The basin stays open ” it says.`, `The basin stays open`},

	// English, single marks and apostrophes.
	{`‘The basin stays open,’ the minister said.`, `The basin stays open`},
	{`'The basin stays open,' the minister said.`, `The basin stays open`},
	{`The pilots' union isn't happy; it's the '90s again, 'tis said.`, ``},
	{`‘The pilots’ boats won’t move’, she said.`, `The pilots’ boats won’t move`},
	{`'The pilots' boats won't move', she said.`, `The pilots' boats won't move`},
	{`rock 'n' roll at the fishermen's ball`, ``},
	{`‘The skipper called it “a slip” of the pen,’ she said.`, `The skipper called it “a slip” of the pen|<a slip`},
	{`"The skipper called it 'a slip' of the pen," she said.`, `The skipper called it 'a slip' of the pen|<a slip`},
	{`“He told me ‘the basin is shut’ and left,” said the skipper.`, `He told me ‘the basin is shut’ and left|<the basin is shut`},

	// Several paragraphs.
	{"“The basin stays open.\n\n“The locks do, too,” she said.", `The basin stays open.|+The locks do, too`},
	{"“The basin stays open.\n\n“The locks do, too.\n\n“And so does the quay,” she said.", `The basin stays open.|+The locks do, too.|+And so does the quay`},
	{"\"The basin stays open.\n\n\"The locks do, too,\" she said.", `The basin stays open.|+The locks do, too`},
	{"“The basin stays open.\n\nThe locks do, too,” she said.", `The basin stays open.|+The locks do, too`},
	{"« Le bassin reste ouvert.\n\n» Les écluses aussi », dit-elle.", `Le bassin reste ouvert.|+Les écluses aussi`},
	{"He opened a “mark and forgot it.\n\nThe next paragraph has none.", ``},
	{"“The basin stays open.”\n\n“The locks do, too.”", `The basin stays open.|The locks do, too.`},
	{"«سيبقى الحوض مفتوحاً.\n\n«وكذلك الأهوسة»، قالت الوزيرة.", `سيبقى الحوض مفتوحاً.|+وكذلك الأهوسة`},

	// Set apart by layout.
	{"The page says:\n\n> The basin stays open\n> until the spring.\n\nNobody signed it.", "=The basin stays open\n> until the spring."},
	{"The page says\n> The basin stays open.\nand no more.", `=The basin stays open.`},
	{"The page says:\n\n    The basin stays open\n    until the spring.\n\nNobody signed it.", "=The basin stays open\n    until the spring."},
	{"The page says:\n\n\tThe basin stays open.\n\n\tThe locks do, too.\n\nNobody signed it.", "=The basin stays open.\n\n\tThe locks do, too."},
	{"The page says:\n\n    “The basin stays open.”\n\nNobody signed it.", `The basin stays open.`},
	{"The page lists:\n\n  - the basin\n  - the lock\n\nand no more.", ``},
	{"The page lists:\n\n  1. the basin\n  2. the lock", ``},
	{"No colon here.\n\n    An indented line is no quotation.", ``},

	// French, German and others.
	{`« Le bassin reste ouvert », a déclaré la ministre.`, `Le bassin reste ouvert`},
	{`«Le bassin reste ouvert», dit-elle, «jusqu'au printemps».`, `Le bassin reste ouvert|+jusqu'au printemps`},
	{"«\u00a0Le bassin, «\u00a0ouvert\u00a0», reste\u00a0», dit-elle.", "Le bassin, «\u00a0ouvert\u00a0», reste|<ouvert"},
	{"«\u202fLe bassin reste “ouvert”\u202f».", "Le bassin reste “ouvert”|<ouvert"},
	{`„Das Becken bleibt offen“, sagte sie, „bis zum Frühling.“`, `Das Becken bleibt offen|+bis zum Frühling.`},
	{`,,Das Becken bleibt offen", sagte sie.`, `Das Becken bleibt offen`},
	{`»Das Becken bleibt ›offen‹«, sagte sie. »Und die Schleuse.«`, `Das Becken bleibt ›offen‹|<offen|+Und die Schleuse.`},
	{`‚Das Becken bleibt offen‘, sagte sie.`, `Das Becken bleibt offen`},
	{`”Bassängen är öppen”, sade hon.`, `Bassängen är öppen`},

	// Arabic.
	{`قالت الوزيرة: «سيبقى الحوض مفتوحاً».`, `سيبقى الحوض مفتوحاً`},
	{`قالت الوزيرة إن «الحوض سيبقى مفتوحاً».`, `الحوض سيبقى مفتوحاً`},
	{`وأكدت أن "الحوض سيبقى مفتوحاً" حتى الربيع.`, `الحوض سيبقى مفتوحاً`},
	{`وأكدت الوزيرة: “سيبقى الحوض مفتوحاً”.`, `سيبقى الحوض مفتوحاً`},
	{`قالت: ”سيبقى الحوض مفتوحاً“ ثم خرجت.`, `سيبقى الحوض مفتوحاً`},
	{`قالت: »سيبقى الحوض مفتوحاً« ثم خرجت.`, `سيبقى الحوض مفتوحاً`},
	{`قالت: » سيبقى الحوض مفتوحاً «.`, `سيبقى الحوض مفتوحاً`},
	{`قالت: « سيبقى الحوض مفتوحاً » وخرجت.`, `سيبقى الحوض مفتوحاً`},
	{`قالت: <<سيبقى الحوض مفتوحاً>> وخرجت.`, `سيبقى الحوض مفتوحاً`},
	{`«سيبقى الحوض مفتوحاً»، قالت الوزيرة، «حتى الربيع».`, `سيبقى الحوض مفتوحاً|+حتى الربيع`},
	{`قالت: «سمعتُ “الحوض مغلق” ولم أصدق».`, `سمعتُ “الحوض مغلق” ولم أصدق|<الحوض مغلق`},
	{`وتلا الآية ﴿وقل اعملوا﴾ ثم قال: «الحوض مفتوح».`, `الحوض مفتوح`},
	{`«الحوض مفتوح»؛ «والأهوسة مفتوحة».`, `الحوض مفتوح|والأهوسة مفتوحة`},
	{"جاء في الورقة:\n\n> سيبقى الحوض مفتوحاً\n\nولم يوقعها أحد.", `=سيبقى الحوض مفتوحاً`},

	// What the report marks as its own stays inside the quotation.
	{`“The basin … stays [the office says] open [sic].”`, `The basin … stays [the office says] open [sic].`},
	{`"[T]he basin [...] stays open," she said.`, `[T]he basin [...] stays open`},
}

func TestStyles(t *testing.T) {
	if len(styles) < 60 {
		t.Fatalf("%d fragments", len(styles))
	}
	for _, c := range styles {
		var got []string
		for _, q := range Read(c.text, nil) {
			s := c.text[q.From:q.To]
			switch {
			case q.Continues:
				s = "+" + s
			case q.Nested:
				s = "<" + s
			case q.Block:
				s = "=" + s
			}
			got = append(got, s)
		}
		if g := strings.Join(got, "|"); g != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, g, c.want)
		}
	}
}
