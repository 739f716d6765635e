package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The page of the second verifier, from a disc, as a newsroom may give it to its
// readers.

// A checked is what the page is given and what it must say.
type checked struct {
	name, file   string
	text, policy string // instead of the vector's
	class        string // of the answer
	en, ar       string // that must stand in it
}

var verifierSights = []checked{
	{name: "issued", file: "issued.json", class: "good", en: "The proof holds: a letter that was issued", ar: "الإثبات سليم: رسالة صدرت"},
	{name: "readers-words", file: "issued_readers_words.json", class: "good", en: "Your text is, letter for letter", ar: "حرفاً بحرف"},
	{name: "withdrawn", file: "withdrawn.json", class: "other", en: "Sent by mistake.", ar: "رسالة صدرت ثم سُحبت"},
	{name: "draft", file: "sealed_draft.json", class: "other", en: "a draft that was not issued", ar: "مسودة لم تصدر"},
	{name: "other-words", file: "issued.json", text: "Sir,\n\nthe ship leaves on 4 March.\n", class: "bad", en: "Your words are not the ones on record", ar: "كلماتك ليست الكلمات المسجَّلة"},
	{name: "forged", file: "forged_cosignature_fail.json", class: "bad", en: "witness’s signature is false", ar: "توقيع أحد الشهود مزوّر"},
	{name: "damaged", file: "cut_fail.json", class: "bad", en: "not a proof file, or it is damaged", ar: "تالف"},
	{name: "no-policy", file: "issued.json", policy: "quorum none\n", class: "bad", en: "names no log to trust", ar: "لا تسمّي السياسة سجلاً"},
}

func TestVerifierPage(t *testing.T) {
	t.Parallel()
	ctx, source := browser(t), axeSource(t)
	path, err := filepath.Abs("../verifier/index.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{390, 1280} {
		page, w := tab(ctx, t, "", width)
		if err := chromedp.Do(page, scripts(true)); err != nil {
			t.Fatal(err)
		}
		for _, s := range verifierSights {
			for _, lang := range []string{"en", "ar"} {
				t.Run(fmt.Sprintf("%s/%s/%d", s.name, lang, width), func(t *testing.T) {
					look, cancel := soon(page)
					defer cancel()
					said, err := askVerifier(look, "file://"+filepath.ToSlash(path), lang, s)
					if err != nil {
						t.Fatal(err)
					}
					want := s.en
					if lang == "ar" {
						want = s.ar
					}
					if !strings.Contains(said.Text, want) || said.Class != s.class || said.Problem != "" {
						t.Errorf("it says %q (%s, %q), want %q", said.Text, said.Class, said.Problem, want)
					}
					keep(look, t, fmt.Sprintf("verifier-%s-%s-%d", s.name, lang, width))
					if o, err := overflow(look); err != nil || o != "" {
						t.Errorf("it is too wide: %s (%v)", o, err)
					}
					found, err := axe(look, source, allRules)
					if err != nil {
						t.Fatal(err)
					}
					for _, v := range found {
						t.Error(v)
					}
					requests, errors := w.take()
					for _, r := range requests {
						if !strings.HasPrefix(r, "file://") {
							t.Errorf("it asked for %s", r)
						}
					}
					for _, e := range errors {
						t.Errorf("the browser complains: %s", e)
					}
					if err := chromedp.Do(look, scripts(true)); err != nil {
						t.Fatal(err)
					}
				})
			}
		}
	}
}

type verifierSays struct{ Text, Class, Problem string }

// askVerifier drops a vector's proof on the page and waits for its answer.
func askVerifier(ctx context.Context, address, lang string, s checked) (verifierSays, error) {
	raw, err := os.ReadFile(filepath.Join("..", "testdata", "vectors", "proof", "bundle", s.file))
	if err != nil {
		return verifierSays{}, err
	}
	var v struct {
		Input struct {
			Proof, Policy, At string
			Texts             []struct{ Language, Text string }
		}
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return verifierSays{}, err
	}
	in := map[string]string{"proof": v.Input.Proof, "policy": v.Input.Policy, "at": strings.TrimSuffix(v.Input.At, ":00Z"), "text": s.text, "lang": lang}
	if len(v.Input.Texts) > 0 {
		in["text"] = v.Input.Texts[0].Text
	}
	if s.policy != "" {
		in["policy"] = s.policy
	}
	arguments, err := json.Marshal(in)
	if err != nil {
		return verifierSays{}, err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		return verifierSays{}, err
	}
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`(async in_ => {
		const $ = id => document.getElementById(id), bytes = Uint8Array.from(atob(in_.proof), c => c.charCodeAt(0)), t = new DataTransfer();
		if (document.documentElement.lang !== in_.lang) $("other").click();
		t.items.add(new File([bytes], "letter.chancery-proof"));
		document.dispatchEvent(new DragEvent("drop", { dataTransfer: t, bubbles: true, cancelable: true }));
		$("policy").value = in_.policy, $("text").value = in_.text, $("at").value = in_.at;
		$("form").requestSubmit();
		for (let i = 0; i < 100 && $("result").hidden && $("problem").textContent === ""; i++) await new Promise(done => setTimeout(done, 50));
		return JSON.stringify({ Text: $("result").innerText, Class: $("result").className, Problem: $("problem").textContent });
	})(%s)`, arguments), chromedp.EvalAwaitPromise))
	if err != nil {
		return verifierSays{}, err
	}
	var said verifierSays
	return said, json.Unmarshal([]byte(out), &said)
}
