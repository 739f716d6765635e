package match

import "testing"

// Numbers, negations and names are told from other words, in both scripts.
func TestGrave(t *testing.T) {
	for text, want := range map[string]weight{
		"1771": number, "(24": number, "١٢": number, "12th": number,
		"not": grave, "Not,": grave, "don't": grave, "isn’t": grave, "لا": grave, "«ليس»": grave,
		"Ahmed": grave, "(Cairo)": grave,
		"paid": plain, "دفع": plain, "notable": plain, "-": plain, "": plain,
	} {
		if got := weightOf(text); got != want || Grave(text) != (want != plain) {
			t.Errorf("%q weighs %d: want %d", text, got, want)
		}
	}
}

// Each script's digits have their own zero.
func TestZeroOf(t *testing.T) {
	for _, digits := range []string{"0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"} {
		zero := []rune(digits)[0]
		for _, r := range digits {
			if got := zeroOf(r); got != zero {
				t.Errorf("the zero of %q is %q: want %q", r, got, zero)
			}
		}
	}
}
