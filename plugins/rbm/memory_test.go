package rbm

import (
	"testing"
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// What the workspaces hold after a draw of three chunks, which is counted here, is not more than
// the spec says, and half of it at least: the rest is for ln Z and weights.
func TestWorkspacesAreInTheSpec(t *testing.T) {
	for _, chains := range []string{langevinDefaults.Chains, gibbsLangevin, langevin} {
		c, l := defaults, langevinDefaults
		c.Hidden, c.Replicas, c.BurnIn, l.Chains, l.Steps = 30, 7, 1, chains, 1
		m, err := (&keys{c, l}).model("grbm", core.Space{Kind: core.Field, Shape: []int{20}})
		if err != nil {
			t.Fatal(err)
		}
		open := m.pool.Open
		opened := make(chan *workspace, 64)
		m.pool.Open = func(n int) *workspace {
			w := open(n)
			opened <- w
			return w
		}
		if err := m.Sample(new(core.Batch), 1, 3*chunk); err != nil {
			t.Fatal(err)
		}
		close(opened)
		held, n := 0.0, float64(len(opened))
		for w := range opened {
			held += float64(len(w.random))*float64(unsafe.Sizeof(w.random[0])) + float64(len(w.moves))*float64(unsafe.Sizeof(w.moves[0]))
			numbers := [][]float64{w.y, w.h, w.work, w.gain, w.free, w.drift, w.nextDrift, w.nextV, w.nextU}
			for _, r := range w.replicas {
				numbers = append(numbers, r.v, r.u)
			}
			for _, x := range numbers {
				held += 8 * float64(cap(x))
			}
		}
		each := (&keys{c, l}).workspaceBytes(20, 30)
		if said := each * n; held > said || held < said/2 {
			t.Errorf("%s: %v workspaces hold %v bytes, and are said to hold %v", chains, n, held, said)
		}
		if fixed := m.Spec().Memory.Fixed; fixed < held {
			t.Errorf("%s: the spec says %v bytes, workspaces alone hold %v", chains, fixed, held)
		}
	}
}
