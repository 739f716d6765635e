package page

import "testing"

func TestRead(t *testing.T) {
	p := Read(`<html><head><title>A title</title></head><body><h1>Head</h1><p>One <b>two</b><br>three&nbsp;four</p>
		<blockquote><p>A long <q>inner</q> word.</p></blockquote>after</body></html>`)
	const want = "Head\n\nOne two\nthree\u00a0four\n\nA long “inner” word.\n\nafter\n"
	if p.Text != want || p.Unread {
		t.Errorf("text %q, unread %v", p.Text, p.Unread)
	}
	if len(p.Quoted) != 1 || p.Text[p.Quoted[0].From:p.Quoted[0].To] != "A long “inner” word." {
		t.Errorf("quoted %v", p.Quoted)
	}
}

func TestHiddenStyle(t *testing.T) {
	for style, want := range map[string]bool{
		"display: none": true, "color:red; DISPLAY:NONE !important": true, "visibility:hidden": true, "visibility: collapse": true,
		"font-size:0": true, "font-size: 0.0em": true, "font-size:0px": true,
		"font-size:0.9em": false, "font-size:0.95rem": false, "x-display:none": false, "--display:none": false,
		"background:url(display:none)": false, "display:block": false, "font-size:large": false, "font-size:": false, "": false,
	} {
		if got := hiddenStyle(style); got != want {
			t.Errorf("%q hides: %v, want %v", style, got, want)
		}
	}
}

// FuzzRead: whatever the page, stretches lie in the text and nothing is hidden
// without its being said.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"<p>a<q>b", "<blockquote>x<blockquote>y</blockquote>", "<p hidden>a<p>b", "<svg><title>x</svg>", "<textarea>", "<!-- a --><plaintext>b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := Read(s)
		for _, q := range p.Quoted {
			if q.From < 0 || q.To > len(p.Text)+1 || q.From > q.To {
				t.Fatalf("%v in %d bytes", q, len(p.Text))
			}
		}
		if again := Read("<p hidden>word</p>" + s); !again.Unread {
			t.Fatal("hidden words pass for nothing")
		}
	})
}
