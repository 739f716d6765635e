package office_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/idna"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/register"
)

// TestLookAlikeOfficesAreRefused is attack A11: nobody is enrolled who could be
// taken for another, no key is made for it, and nothing is logged.
func TestLookAlikeOfficesAreRefused(t *testing.T) {
	h := officetest.New(t)
	size := readLog(t, h).Size()
	cyrillic, err := idna.ToASCII("hаrbour.example")
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range map[string]office.NewOffice{
		"a name":         {ID: "second", Office: "https://second.example", Domain: "second.example", Name: register.Words{"fr": "Оffice Нarbоur"}},
		"a name, plain":  {ID: "second", Office: "https://second.example", Domain: "second.example", Name: register.Words{"en": "The Office of Harbour"}},
		"a short name":   {ID: "harb0ur", Office: "https://second.example", Domain: "second.example", Name: register.Words{"en": "Second"}},
		"a domain":       {ID: "second", Office: "https://har-bour.example", Domain: "har-bour.example", Name: register.Words{"en": "Second"}},
		"a mixed domain": {ID: "second", Office: register.Office("https://" + cyrillic), Domain: cyrillic, Name: register.Words{"en": "Second"}},
	} {
		n.Policy = register.Policy{}
		_, err := h.Register.Enrol(t.Context(), n)
		if k := kind.Of(err); k != kind.Conflict && k != kind.Invalid || !strings.Contains(err.Error(), "harbour") && !strings.Contains(err.Error(), "mixes") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(h.Folder().KeyFile("office-" + n.ID)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: a key was made", name)
		}
	}
	if got := readLog(t, h).Size(); got != size {
		t.Errorf("%d entries were written", got-size)
	}
	h.Enrol(t, "pilots", 2, 2) // one that is told apart
}
