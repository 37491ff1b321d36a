package pairwise

import "github.com/helmholtz-physics/helmholtz/framework/core"

// fields follows a configuration by the local fields f_i = sum_j J_ij s_j + h_i: a change of s_i
// costs -(to - s_i) f_i, one product, and what is accepted N of them,
//
//	f_j += J_ij (to - s_i).
type fields struct {
	of *dense
	x  []float64
	f  []float64
}

func (d *dense) follow() core.Follower { return &fields{of: d, f: make([]float64, d.n)} }

// Start implements core.Follower.
func (f *fields) Start(x []float64) {
	f.x = x
	clear(f.f)
	copy(f.f, f.of.field)
	for i, s := range x {
		f.add(i, s)
	}
}

// Change implements core.Follower.
func (f *fields) Change(i int, to float64) float64 { return (f.x[i] - to) * f.f[i] }

// Set implements core.Follower.
func (f *fields) Set(i int, to float64) {
	f.add(i, to-f.x[i])
	f.x[i] = to
}

// add adds J_ij by to the fields of all j.
func (f *fields) add(i int, by float64) {
	n, upper := f.of.n, f.of.upper
	for j := range i {
		f.f[j] += by * upper[j*n+i]
	}
	row := upper[i*n : (i+1)*n]
	for j := i + 1; j < n; j++ {
		f.f[j] += by * row[j]
	}
}
