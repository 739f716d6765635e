package archive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

func folder(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// TestBothListsSayTheSame.
func TestBothListsSayTheSame(t *testing.T) {
	files := map[string]string{
		"a.txt": "Sir,\n\nthe ship leaves.\n", "a.html": "<p>سيدي،</p><p>تغادر السفينة.</p>", "a.pdf": "%PDF-1.7",
		"letters.csv": "\ufeffReference,written,text:en,text:ar,addressees,prevailing,files,sha256\r\nHC-1,1962-10,a.txt,a.html,The Mayor; The Port,en,a.pdf,a.pdf=" + "DIGEST" + "\r\n",
	}
	files["letters.csv"] = strings.Replace(files["letters.csv"], "DIGEST", "58c1c6c6a8b0b4a6b6e0f7a8c6a8c6a8c6a8c6a8c6a8c6a8c6a8c6a8c6a8c6a8", 1)
	if _, problems, err := Read(folder(files)); err != nil || len(problems) != 1 || !strings.Contains(problems[0].What, "not the file that the list names") {
		t.Fatal(problems, err)
	}
	files["letters.csv"] = strings.Replace(files["letters.csv"], ",a.pdf=58c1c6c6a8b0b4a6b6e0f7a8c6a8c6a8c6a8c6a8c6a8c6a8c6a8c6a8c6a8c6a8", ",", 1)
	one, problems, err := Read(folder(files))
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	files["letters.toml"] = "[[letter]]\nreference = \"HC-1\"\nwritten = \"1962-10\"\ntexts = { en = \"a.txt\", ar = \"a.html\" }\naddressees = [\"The Mayor\", \"The Port\"]\nprevailing = \"en\"\nfiles = [\"a.pdf\"]\n"
	two, problems, err := Read(folder(files))
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	if !same(one[0].Content, two[0].Content) || one[0].Written != two[0].Written || !slices.Equal(one[0].Files, two[0].Files) || one[0].Files[0].MediaType != "application/pdf" {
		t.Errorf("%+v\n%+v", one, two)
	}
}

// TestProblems: each fault is named with its place, and the folder's own end it.
func TestProblems(t *testing.T) {
	base := map[string]string{"a.txt": "Sir, the ship leaves.", "s.html": "<p>words</p><script>document.write('other')</script><p hidden>more words</p>", "x.docx": "PK"}
	for cells, want := range map[string]string{
		"HC 1,1962,a.txt,,":                                 "reference",
		"HC-1,,a.txt,,":                                     "want a year",
		"HC-1,1962,,,":                                      "has no text",
		"HC-1,1962,/etc/passwd,,":                           "is no name of a file within",
		"HC-1,1962,../a.txt,,":                              "is no name of a file within",
		"HC-1,1962,s.html,,":                                "other words than can be read",
		"HC-1,1962,x.docx,,":                                "want a text as",
		"HC-1,1962,a.txt,gone.pdf,":                         "no such file",
		"HC-1,1962,a.txt,,other=00":                         "no file of this letter",
		"HC-1,1962,a.txt,,\nHC-1,1963,a.txt,,":              "is that of line 2",
		"HC-1,1962,a.txt,,a.txt=" + strings.Repeat("0", 64): "not the file that the list names",
	} {
		files := map[string]string{"letters.csv": "reference,written,text:en,files,sha256\n" + cells + "\n"}
		for n, x := range base {
			files[n] = x
		}
		_, problems, err := Read(folder(files))
		if err != nil || len(problems) == 0 || !strings.Contains(problems[len(problems)-1].What, want) || !strings.Contains(problems[0].Where, "of letters.csv") {
			t.Errorf("%q: %v, %v; want %q", cells, problems, err, want)
		}
	}
	for list, want := range map[string]string{
		"":                                  "its first line names",
		"reference,written\n":               "names no letter",
		"reference;written\n":               "semicolons",
		"reference,reference\n":             "twice",
		"reference,colour\nHC-1,red\n":      "is not known",
		"reference,sha256\nHC-1,x\n":        "want FILE=DIGEST",
		"reference,written\nHC-1\n":         "letters.csv",
		"reference,written\nHC-\xff,1962\n": "not UTF-8",
	} {
		if _, _, err := Read(folder(map[string]string{"letters.csv": list})); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", list, err, want)
		}
	}
	if _, _, err := Read(folder(nil)); err == nil || !strings.Contains(err.Error(), "neither letters.csv nor") {
		t.Error(err)
	}
	if _, _, err := Read(folder(map[string]string{"letters.toml": "[[letter]]\ncolour = 1\n"})); err == nil || !strings.Contains(err.Error(), "colour") {
		t.Error(err)
	}
}

// TestUnmarked: marks go, words stay, and what only looks like a mark stays, too.
func TestUnmarked(t *testing.T) {
	for in, want := range map[string]string{
		"# Notice to *all* masters #":                "Notice to all masters",
		"The **northern** quay __is__ closed.":       "The northern quay is closed.",
		"> quoted\n***\n- one\n2. two":               "quoted\n\n- one\n2. two",
		"[the list](https://x.example/a) of `ships`": "the list of ships",
		"file_name_here, 2 * 3 * 4, 5*6, \\*no\\*":   "file_name_here, 2 * 3 * 4, 5*6, *no*",
		"#1 of 3": "#1 of 3",
	} {
		if got := unmarked(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// made is an archive of n letters.
func made(n int) fstest.MapFS {
	files := map[string]string{}
	var list strings.Builder
	list.WriteString("reference,written,text:en\n")
	for i := range n {
		fmt.Fprintf(&list, "HC-%d,19%02d,%d.txt\n", i, i%100, i)
		files[fmt.Sprintf("%d.txt", i)] = fmt.Sprintf("Sir,\n\nship number %d leaves the harbour on day %d of the month with its whole cargo.\n", i, i%28+1)
	}
	files["letters.csv"] = list.String()
	return folder(files)
}

func signers(h *officetest.House) []office.Signer {
	return []office.Signer{h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")}
}

// TestStoppedAndBegunAgain: an import that ends at any letter, with the program or
// without, goes on to the same end: each letter once, in the log and in the
// database, dated today.
func TestStoppedAndBegunAgain(t *testing.T) {
	h := officetest.New(t)
	const n = 40
	letters, problems, err := Read(made(n))
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	o := Options{Office: "harbour", By: "clerk", Signers: signers(h)[:1], AtOnce: 8}
	if sum, err := Record(t.Context(), h.Register, letters[:10], o); err != nil || sum.Waiting != 10 {
		t.Fatal(sum, err)
	}
	o.Signers = signers(h)
	ctx, cancel := context.WithCancel(t.Context())
	var once sync.Once
	o.Progress = func(done, _ int) {
		if done >= 15 {
			once.Do(cancel)
		}
	}
	if _, err := Record(ctx, h.Register, letters, o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if h.Register, err = office.Open(t.Context(), h.Dir, h.Options()); err != nil {
		t.Fatal(err)
	}
	o.Progress = nil
	sum, err := Record(t.Context(), h.Register, letters, o)
	if err != nil || len(sum.Failed) > 0 || sum.Recorded+sum.Before != n || sum.Before < 5 {
		t.Fatalf("%+v, %v", sum, err)
	}
	again, err := Record(t.Context(), h.Register, letters, o)
	if err != nil || again.Before != n || again.Recorded != 0 {
		t.Fatalf("%+v, %v", again, err)
	}
	issued := map[letter.Ref]int{}
	read, err := h.Folder().Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range read.State.Letters() {
		for _, i := range l.Issues {
			issued[l.Reference]++
			if i.Issue.Written == "" || i.At.Time().Before(h.Now().Add(-time.Hour)) {
				t.Errorf("%s: written %q, dated %s", l.Reference, i.Issue.Written, i.At.Time())
			}
		}
	}
	for i := range n {
		if issued[letter.Ref(fmt.Sprintf("HC-%d", i))] != 1 {
			t.Errorf("HC-%d has %d issues", i, issued[letter.Ref(fmt.Sprintf("HC-%d", i))])
		}
	}
}

// TestAnotherPolicyMeanwhile: requests of an older policy are made anew.
func TestAnotherPolicyMeanwhile(t *testing.T) {
	h := officetest.New(t)
	letters, _, err := Read(made(2))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Office: "harbour", By: "clerk", Signers: signers(h)[:1]}
	if sum, err := Record(t.Context(), h.Register, letters, o); err != nil || sum.Waiting != 2 {
		t.Fatal(sum, err)
	}
	var officers []register.Officer
	for _, x := range officetest.Officers {
		officers = append(officers, register.Officer{ID: x.ID, Person: x.ID, Name: "Officer " + x.ID, Roles: []register.Role{x.Role}, Keys: []string{h.Keys["harbour/"+x.ID].Public().Line()}})
	}
	q, err := h.ProposePolicy(t.Context(), "harbour", "clerk", office.Policy(officers, []string{"A new speaker"}, 2, 2))
	if err == nil {
		_, err = h.Carry(t.Context(), q, "clerk", signers(h)...)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.Signers = signers(h)
	if sum, err := Record(t.Context(), h.Register, letters, o); err != nil || sum.Recorded != 2 {
		t.Fatalf("%+v, %v", sum, err)
	}
}

// TestMeasure prints how fast an archive is recorded, when asked.
func TestMeasure(t *testing.T) {
	if os.Getenv("CHANCERY_MEASURE") == "" {
		t.Skip("CHANCERY_MEASURE is not set")
	}
	h := officetest.New(t)
	const n = 2000
	letters, problems, err := Read(made(n))
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	for _, atOnce := range []int{64, 256} {
		half := letters[:n/2]
		if atOnce == 256 {
			half = letters[n/2:]
		}
		began := time.Now()
		sum, err := Record(t.Context(), h.Register, half, Options{Office: "harbour", By: "clerk", Signers: signers(h), AtOnce: atOnce})
		if err != nil || sum.Recorded != len(half) {
			t.Fatalf("%+v, %v", sum, err)
		}
		took := time.Since(began)
		t.Logf("%d letters, %d at once: %s, %.0f letters/s, %.0f entries/s", len(half), atOnce, took.Round(time.Millisecond), float64(len(half))/took.Seconds(), 2*float64(len(half))/took.Seconds())
	}
}

// FuzzList: a list is read or refused; nothing outside the folder is opened.
func FuzzList(f *testing.F) {
	f.Add("reference,written,text:en\nHC-1,1962,a.txt\n", "[[letter]]\nreference = \"HC-1\"\n")
	f.Fuzz(func(t *testing.T, csv, toml string) {
		files := map[string]string{"letters.csv": csv, "a.txt": "words"}
		if letters, problems, err := Read(folder(files)); err == nil && len(problems) == 0 {
			for _, l := range letters {
				if _, err := register.ParseDay(string(l.Written)); err != nil || len(l.Content.Texts) == 0 {
					t.Errorf("%+v", l)
				}
			}
		}
		files["letters.toml"] = toml
		_, _, _ = Read(folder(files))
	})
}

// TestOutsideOfTheFolder: a link that leads out is not followed.
func TestOutsideOfTheFolder(t *testing.T) {
	dir, secret := t.TempDir(), filepath.Join(t.TempDir(), "secret.txt")
	if err := errors.Join(os.WriteFile(secret, []byte("secret words"), 0o600), os.Symlink(secret, filepath.Join(dir, "a.txt")),
		os.WriteFile(filepath.Join(dir, "letters.csv"), []byte("reference,written,text:en\nHC-1,1962,a.txt\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	if _, problems, err := Read(root.FS()); err != nil || len(problems) != 1 {
		t.Error(problems, err)
	}
}
