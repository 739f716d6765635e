package shared_test

import (
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/check"
	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/internal/fold"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

func TestShowSpellsOutWhatDeceives(t *testing.T) {
	for text, want := range map[string]string{
		"plain, عربي":           "plain, عربي",
		"<b>&\"":                "&lt;b&gt;&amp;&#34;",
		"a\u202eb":              `a<span class="ctl" dir="ltr">U+202E</span>b`,
		"zero\u200bwidth":       `zero<span class="ctl" dir="ltr">U+200B</span>width`,
		"soft\u00adhyphen":      `soft<span class="ctl" dir="ltr">U+00AD</span>hyphen`,
		"\x1b[31m":              `<span class="ctl" dir="ltr">U+001B</span>[31m`,
		"line\nand\ttab":        "line\nand\ttab",
		"می\u200cخواهم":         "می\u200cخواهم",
		"\U000e0041 tag":        `<span class="ctl" dir="ltr">U+E0041</span> tag`,
		"isolate \u2066x\u2069": `isolate <span class="ctl" dir="ltr">U+2066</span>x<span class="ctl" dir="ltr">U+2069</span>`,
	} {
		if got := string(shared.Show(text)); got != want {
			t.Errorf("%q: %q; want %q", text, got, want)
		}
	}
}

// Whatever the words are, no element comes out but the span of a hidden
// character.
func TestShowEscapesEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		out := strings.NewReplacer(`<span class="ctl" dir="ltr">`, "", "</span>", "").Replace(string(shared.Show(text)))
		if strings.ContainsAny(out, `<>"'`) {
			t.Fatalf("%q became %q", text, out)
		}
	})
}

// Both sides of a comparison hold all their words, in order, however they are
// marked.
func TestCompareKeepsBothTexts(t *testing.T) {
	kinds := []check.DifferenceKind{"", check.OnlyInCopy, check.OnlyOnRecord, check.Replaced, check.Moved, check.Disagree}
	rapid.Check(t, func(t *rapid.T) {
		var pieces []check.Piece
		var copied, recorded string
		for range rapid.IntRange(0, 8).Draw(t, "pieces") {
			p := check.Piece{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Text: rapid.StringMatching(`[a-z<& ]{1,8}`).Draw(t, "text")}
			switch p.Kind {
			case check.OnlyInCopy:
				copied += p.Text
			case check.OnlyOnRecord:
				recorded += p.Text
			case check.Replaced, check.Disagree:
				p.With = rapid.StringMatching(`[a-z<& ]{1,8}`).Draw(t, "with")
				copied, recorded = copied+p.Text, recorded+p.With
			default:
				copied, recorded = copied+p.Text, recorded+p.Text
			}
			pieces = append(pieces, p)
		}
		got := shared.Compare(pieces)
		strip := strings.NewReplacer("<del>", "", "</del>", "", "<ins>", "", "</ins>", "", "<mark>", "", "</mark>", "", `<mark class="moved">`, "")
		if left := html.UnescapeString(strip.Replace(string(got.Copy))); left != copied {
			t.Fatalf("the copy is %q; want %q", left, copied)
		}
		if right := html.UnescapeString(strip.Replace(string(got.Record))); right != recorded {
			t.Fatalf("the record is %q; want %q", right, recorded)
		}
	})
}

// The two pages of a comparison hold all words of their texts, in order and once,
// whatever is done to the copy; and nothing in either text becomes markup.
func TestLayOutKeepsBothTexts(t *testing.T) {
	const record = "To all masters.\n\nThe quay <b>is</b> closed & watched from Monday. Nobody may pass without leave of the office.\n\n" +
		"Boats of more than 40 metres wait outside the mole. Pilots board at noon.\n\nThe office answers letters on working days, and on no others, until the work on the quay has come to its end.\n"
	p, err := i18n.Load(i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`<details class="beyond">|</details>`) // stands in lines of its own
	marks := regexp.MustCompile(`<(/?(del|ins|mark)|span class="(around|slip|cut|gap)"|/span|(del|ins|mark|span)( class="(moved|look|yours|slip|cut|gap)")?( data-n="\d+")?)>`)
	summary := regexp.MustCompile(`<summary lang="en" dir="ltr">[\w ]+</summary>`)
	rapid.Check(t, func(t *rapid.T) {
		ps := strings.Split(record, "\n\n")
		copied := strings.Join(rapid.Permutation(ps).Draw(t, "order")[:rapid.IntRange(1, len(ps)).Draw(t, "kept")], "\n\n")
		at := rapid.IntRange(0, len(copied)).Draw(t, "at")
		copied = copied[:at] + rapid.SampledFrom([]string{"", " not ", "<script>", "\"&amp;", " ... "}).Draw(t, "put") + copied[at:]
		words := fold.Copy(copied)
		if rapid.Bool().Draw(t, "picture") {
			words = fold.Scan(copied, []fold.Seen{{From: 0, To: len(copied), Confidence: rapid.Float32Range(0, 1).Draw(t, "sure")}})
		}
		got := shared.LayOut(p, facing.Lay(compare.Align(words, fold.Record(record))), true)
		for want, page := range map[string]string{copied: string(got.Copy), record: string(got.Record)} {
			text := marks.ReplaceAllString(block.ReplaceAllString(summary.ReplaceAllString(page, ""), "\n"), "")
			if strings.ContainsAny(text, "<>") {
				t.Fatalf("%q is no mark of ours", text)
			}
			if !slices.Equal(strings.Fields(html.UnescapeString(text)), strings.Fields(want)) {
				t.Fatalf("the page holds %q\nwant %q", text, want)
			}
		}
	})
}

func TestOnlyInForceIsGreen(t *testing.T) {
	for _, s := range register.Standings() {
		if green := shared.IntentOf(s) == check.IntentInForce; green != (s == register.InForce) {
			t.Errorf("%s: green is %v", s, green)
		}
	}
}

func TestLetterPath(t *testing.T) {
	for ref, want := range map[string]string{"HC-1": "/l/x/HC-1", "A/2/3": "/l/x/A/2/3"} {
		if got := shared.LetterPath("x", letter.Ref(ref)); got != want {
			t.Errorf("%s: %q; want %q", ref, got, want)
		}
	}
}

func TestNamesOfTheOtherDirectionAreIsolated(t *testing.T) {
	for _, c := range []struct {
		lang     letter.Lang
		sentence string
		names    []string
		want     string
	}{
		{"ar", "حلّت محلها HC-7.", []string{"HC-7"}, "حلّت محلها <bdi>HC-7</bdi>."},
		{"en", "Replaced by HC-7.", []string{"HC-7"}, "Replaced by HC-7."},
		{"en", "Issued by هيئة (Port).", []string{"هيئة (Port)"}, "Issued by <bdi>هيئة (Port)</bdi>."},
		{"ar", "من <b>x</b> ثم <b>x</b>", []string{"<b>x</b>", ""}, "من <bdi>&lt;b&gt;x&lt;/b&gt;</bdi> ثم <bdi>&lt;b&gt;x&lt;/b&gt;</bdi>"},
	} {
		if got := string(shared.Isolated(c.lang, c.sentence, c.names...)); got != c.want {
			t.Errorf("%q: %q; want %q", c.sentence, got, c.want)
		}
	}
}

// TestPagesAreParsedWhenAskedFor: a command that shows no page does not wait for the
// templates of all of them.
func TestPagesAreParsedWhenAskedFor(t *testing.T) {
	broken := shared.MustPage[struct{}]("broken", `{{define "body"}}{{if}}{{end}}`)
	defer func() {
		if recover() == nil {
			t.Error("a page whose source does not parse was shown")
		}
	}()
	_ = broken.Render(io.Discard, shared.Frame{Lang: i18n.English}, struct{}{})
}
