package typeset

import (
	"fmt"
	"strings"

	"chancery.example/letter"
)

// An element is a node of the structure tree: what the letter says, in its order,
// for programs that read it aloud.
type element struct {
	kind     string
	language letter.Lang
	block    int
	// alternative says what a drawing is.
	alternative string
	kids        []kid
}

// A kid is a child element or marked content of a page.
type kid struct {
	element    *element
	page, mark int
}

// child returns the child for a block, which may go on from the page before.
func (e *element) child(kind string, block int) *element {
	for i := len(e.kids) - 1; i >= 0; i-- {
		if k := e.kids[i].element; k.block == block {
			return k
		}
	}
	c := &element{kind: kind, block: block}
	e.kids = append(e.kids, kid{element: c})
	return c
}

// tree writes the structure tree under the document's root and returns the root's
// number. parents gets, for each page, the elements of its marked contents.
func (f *file) tree(document *element, pages []int) int {
	root := f.reserve()
	parents := make([][]string, len(pages))
	top := f.element(document, root, pages, parents)
	var nums strings.Builder
	for i, p := range parents {
		fmt.Fprintf(&nums, "%d %s ", i, ref(f.add("["+strings.Join(p, " ")+"]")))
	}
	parent := f.add("<</Nums [" + nums.String() + "]>>")
	f.put(root, fmt.Sprintf("<</Type /StructTreeRoot /K [%s] /ParentTree %s /ParentTreeNextKey %d>>", ref(top), ref(parent), len(pages)))
	return root
}

func (f *file) element(e *element, parent int, pages []int, parents [][]string) int {
	n := f.reserve()
	var kids []string
	for _, k := range e.kids {
		if k.element != nil {
			kids = append(kids, ref(f.element(k.element, n, pages, parents)))
			continue
		}
		kids = append(kids, fmt.Sprintf("<</Type /MCR /Pg %s /MCID %d>>", ref(pages[k.page]), k.mark))
		parents[k.page] = append(parents[k.page], ref(n)) // marks of a page are drawn, and hung here, in order
	}
	lang := ""
	if e.language != "" {
		lang = " /Lang " + text(string(e.language))
	}
	if e.alternative != "" {
		lang += " /Alt " + text(e.alternative)
	}
	f.put(n, fmt.Sprintf("<</Type /StructElem /S /%s /P %s%s /K [%s]>>", e.kind, ref(parent), lang, strings.Join(kids, " ")))
	return n
}
