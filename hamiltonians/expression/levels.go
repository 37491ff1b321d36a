package expression

import (
	"maps"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/bytecode"
)

// Levels are counted on, s -> s + 1 modulo q, where E depends on differences of them modulo q: as Potts and clock models,
//
//	E = -J sum_<ij> delta(s_i, s_j),    E = -J sum_<ij> cos(2 pi (s_i - s_j)/q).

// linear is a number sum_l c_l l + more of leaves l that move; nil is a number that is not seen to be one.
type linear struct {
	of   map[leaf]float64
	more bool // whether there is something else, which does not change as levels are counted on
}

// plus is a + c b.
func (a *linear) plus(c float64, b *linear) *linear {
	if a == nil || b == nil {
		return nil
	}
	sum := &linear{map[leaf]float64{}, a.more || b.more}
	maps.Copy(sum.of, a.of)
	for l, v := range b.of {
		if sum.of[l] += c * v; sum.of[l] == 0 {
			delete(sum.of, l)
		}
	}
	return sum
}

// countsRound tells whether a number stays as it is where all levels are counted on by one, modulo q. Leaves that move may
// stand in comparisons s_i = s_j, and in sin and cos of sum_l c_l l with whole c_l q/2 pi, of which the sum is a multiple of q.
func countsRound(root *node, q int) bool {
	of, still := map[*node]*linear{}, &linear{more: true}
	for _, n := range below(root) {
		fixed := true
		for o := range n.operands {
			fixed = fixed && of[o] != nil && len(of[o].of) == 0
		}
		switch {
		case n.op == opLeaf && n.leaf.moves():
			of[n] = &linear{of: map[leaf]float64{n.leaf: 1}}
		case n.is(0):
			of[n] = &linear{}
		case fixed:
			of[n] = still
		case n.op == bytecode.Add:
			of[n] = of[n.a].plus(1, of[n.b])
		case n.op == bytecode.Sub:
			of[n] = of[n.a].plus(-1, of[n.b])
		case n.op == bytecode.Neg:
			of[n] = (&linear{}).plus(-1, of[n.a])
		case n.op == bytecode.Mul && n.a.op == opConstant:
			of[n] = (&linear{}).plus(n.a.value, of[n.b])
		case n.op == bytecode.Div && n.b.op == opConstant:
			of[n] = (&linear{}).plus(1/n.b.value, of[n.a])
		case n.op == bytecode.Equal && alike(of[n.a].plus(-1, of[n.b])), (n.op == bytecode.Sin || n.op == bytecode.Cos) && turnsRound(of[n.a], q):
			of[n] = still
		}
	}
	return of[root] != nil && len(of[root].of) == 0
}

// alike tells whether a number that is to be 0 is c (s_i - s_j).
func alike(difference *linear) bool {
	if difference == nil || difference.more || len(difference.of) != 2 {
		return false
	}
	sum := 0.0
	for _, c := range difference.of {
		sum += c
	}
	return sum == 0
}

// turnsRound tells whether an angle of sine and cosine comes round as levels are counted on.
func turnsRound(angle *linear, q int) bool {
	if angle == nil {
		return false
	}
	const rounding = 1e-9
	whole := func(v float64) bool { return math.Abs(v-math.Round(v)) < rounding }
	turns := 0.0
	for _, c := range angle.of {
		turns += c / (2 * math.Pi)
		if !whole(c * float64(q) / (2 * math.Pi)) {
			return false
		}
	}
	return whole(turns)
}
