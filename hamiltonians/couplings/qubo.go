package couplings

// readQUBO reads a quadratic form of x_i = 0 or 1 as qbsolv has them:
//
//	p qubo TOPOLOGY MAXNODES NNODES NCOUPLERS
//
// then NNODES lines i i Q and NCOUPLERS lines i j Q. With x = (1 + s)/2,
//
//	sum_i Q_ii x_i + sum_{i<j} Q_ij x_i x_j
//
// has J_ij = -Q_ij/4, h_i = -Q_ii/2 - sum_j Q_ij/4 and the constant
// sum_i Q_ii/2 + sum_{i<j} Q_ij/4.
func readQUBO(path string, _ int) (*system, error) {
	r, f, err := openWords(path, "c")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if !r.next() {
		r.fail("has no line p qubo")
		return nil, r.err
	}
	if len(r.row) != 6 || r.row[0] != "p" || r.row[1] != "qubo" {
		r.failHere("is not p qubo TOPOLOGY MAXNODES NNODES NCOUPLERS")
		return nil, r.err
	}
	r.n = r.count(3, 1, "sites")
	nodes, couplers := r.count(4, 0, "nodes"), r.count(5, 0, "couplers")
	s := r.pairs(layout{columns: "i j Q", least: 3, most: 3})
	r.counted(s.loops, nodes, "nodes (lines i i Q)")
	r.counted(len(s.edges), couplers, "couplers (lines i j Q)")
	if r.err != nil {
		return nil, r.err
	}
	s.fromBits()
	return s, nil
}

// fromBits turns a quadratic form of x = (1 + s)/2 into couplings.
func (s *system) fromBits() {
	h := make([]float64, s.n)
	for i, q := range s.field {
		s.offset += q / 2
		h[i] -= q / 2
	}
	for k, e := range s.edges {
		q := e.coupling / 4
		s.offset += q
		h[e.i] -= q
		h[e.j] -= q
		s.edges[k].coupling = -q
	}
	s.field = h
}
