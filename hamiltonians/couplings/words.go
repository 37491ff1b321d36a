package couplings

// readRudy reads a graph as the generator rudy writes them, and as Gset has
// them: n m, then m edges i j w with sites from 1. Without w it is 1.
func readRudy(path string, _ int) (*system, error) {
	r, f, err := openWords(path, "#")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r.base = 1
	edges := r.sizes(2, "edges", "n m")
	s := r.pairs(layout{columns: "i j w", least: 2, most: 3, loops: "a graph has no such edges"})
	r.counted(len(s.edges), edges, "edges")
	return s, r.err
}

// readCOO reads the entries of one triangle of J: n m or n n m, then m entries
// i j J. An entry of the diagonal is a field.
func readCOO(path string, base int) (*system, error) {
	r, f, err := openWords(path, "#%")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r.base = base
	entries := r.sizes(3, "entries", "n m or n n m")
	s := r.pairs(layout{columns: "i j J", least: 3, most: 3})
	s.free = true
	r.counted(len(s.edges)+s.loops, entries, "entries")
	return s, r.err
}

// sizes reads the header: n and how many lines follow, or n twice if there are
// at most 3 columns.
func (r *rows) sizes(columns int, what, shape string) int {
	if !r.next() {
		r.fail("has no lines; the first must be %s", shape)
		return 0
	}
	last := len(r.row) - 1
	if last < 1 || last >= columns {
		r.failHere("has %d columns instead of the header %s", len(r.row), shape)
		return 0
	}
	r.n = r.count(0, 1, "sites")
	if last == 2 && r.count(1, 1, "sites") != r.n {
		r.failHere("the matrix has %s rows and %s columns", r.row[0], r.row[1])
	}
	return r.count(last, 0, what)
}
