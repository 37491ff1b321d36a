package ising

import (
	"fmt"
	"math"
	"testing"
)

// The numbers of this file were computed independently of this package in
// float64, by enumeration (L = 4), a transfer matrix (L = 8, triangular) and
// Kaufman's closed form (checked against both), and are rounded to the digits
// shown.

const tc = 2.269185314213022 // 2 / ln(1 + sqrt 2), Onsager 1944

func TestFerromagnetLogZ(t *testing.T) {
	for _, row := range []struct {
		temperature         float64
		l4, l8, l16, f, l32 float64
	}{
		{1.0, 32.69872140, 128.71543734, 512.78230781, -2.00305589, 2049.04978969},
		{1.5, 22.11701391, 86.38672482, 343.46745083, -2.01250459, 1371.79036176},
		{2.0, 17.10536712, 66.34458188, 263.29621043, -2.05700164, 1051.10498761},
		{2.1, 16.44851291, 63.74225511, 252.89527416, -2.07453155, 1009.49967847},
		{2.2, 15.87506661, 61.49945444, 243.97569799, -2.09666615, 973.84081867},
		{tc, 15.52191546, 60.14178079, 238.64225664, -2.11532619, 952.64807955},
		{2.3, 15.37515625, 59.58485012, 236.48116831, -2.12463550, 944.15461247},
		{2.4, 14.93987272, 57.96456135, 230.31095648, -2.15916522, 920.23132212},
		{2.5, 14.56109302, 56.59938876, 225.22884676, -2.19950046, 900.47830776},
		{3.0, 13.28103346, 52.26140966, 208.86732516, -2.44766397, 835.46391844},
		{5.0, 11.77147036, 47.01014742, 188.03988796, -3.67265406, 752.15955177},
	} {
		for size, want := range map[int]float64{4: row.l4, 8: row.l8, 16: row.l16, 32: row.l32} {
			l := lattice{lx: size, ly: size, periodic: true, j: 1}
			got := solve(t, l.kaufman, 1/row.temperature)
			near(t, fmt.Sprintf("L=%d T=%v ln Z", size, row.temperature), got["log_z"], want, 6e-9)
			if size == 16 {
				near(t, fmt.Sprintf("L=16 T=%v f", row.temperature), got["free_energy"]/256, row.f, 6e-9)
			}
			if size <= 8 {
				tm := solve(t, newTransfer(l).solve, 1/row.temperature)
				compare(t, "transfer matrix", tm, got, totals, 1e-11)
			}
		}
	}
	// The one value known to full precision, by enumeration.
	l := lattice{lx: 4, ly: 4, periodic: true, j: 1}
	near(t, "L=4 T=3", solve(t, l.kaufman, 1/3.)["log_z"], 13.281033455583676, 1e-13)
	near(t, "L=4 T=3", solve(t, l.enumerate, 1/3.)["log_z"], 13.281033455583676, 1e-13)
}

// f, u, s and C per site of the 16 x 16 ferromagnet: Kaufman's formula and
// its numerical derivatives evaluated with mpmath in 60 digits.
func TestFerromagnetL16(t *testing.T) {
	for _, row := range [][5]float64{
		{0.1, -7.03231242285832, -0.203377391097367, 0.682893503176096, 0.0210223157886745},
		{0.2, -3.6726540616403, -0.428228838711702, 0.648885044585719, 0.097652199902252},
		{0.3, -2.63519833675183, -0.704532670858768, 0.579199699767918, 0.286518996544051},
		{0.4, -2.19950045660035, -1.13131798441073, 0.427272988875848, 1.06497688285344},
		{0.44068679350977151, -2.11532618791835, -1.45306485281348, 0.291849824232869, 1.49870495940003},
		{0.5, -2.05700164401579, -1.74553066899092, 0.155735487512436, 0.725508767736564},
		{0.6, -2.02139999081943, -1.90908617485171, 0.0673882895806337, 0.313445457454737},
		{0.7, -2.00989875129028, -1.96377561233351, 0.0322861972697395, 0.15812586383344},
		{0.8, -2.00564824356561, -1.98485133071683, 0.0166375302790235, 0.0830007335280915},
		{0.9, -2.00388633243424, -1.99349351833983, 0.00935353268496845, 0.0440494644956374},
		{1.0, -2.00305588987477, -1.99716020411225, 0.00589568576252144, 0.0233795646865421},
	} {
		for _, j := range []float64{1, -1} { // the antiferromagnet by the sublattice flip
			got := solve(t, lattice{lx: 16, ly: 16, periodic: true, j: j}.kaufman, row[0])
			near(t, "f", got["free_energy"]/256, row[1], 1e-13)
			near(t, "u", got["energy"]/256, row[2], 1e-13)
			near(t, "s", got["entropy"]/256, row[3], 1e-13)
			near(t, "C", got["heat_capacity"]/256, row[4], 1e-12)
		}
	}
}

// Onsager 1944: at the critical point of the infinite lattice ln Z / N is
// ln 2 / 2 + 2 G / pi with Catalan's constant G, and u = -sqrt 2. On a torus
// ln Z differs by a constant and u by a term of order 1/L (Ferdinand and
// Fisher 1969).
func TestInfiniteLattice(t *testing.T) {
	const catalan = 0.915965594177219
	const size = 1000
	got := solve(t, lattice{lx: size, ly: size, periodic: true, j: 1}.kaufman, 1/tc)
	near(t, "ln Z/N", got["log_z"]/(size*size), math.Ln2/2+2*catalan/math.Pi, 1e-6)
	near(t, "u", got["energy"]/(size*size), -math.Sqrt2, 1e-3)
}

func TestTriangularAntiferromagnet(t *testing.T) {
	for _, row := range []struct {
		size          int
		beta, f, u, s float64
	}{
		{4, 1, -1.289664045, -0.843110573, 0.446553473},
		{4, 3, -1.077877673, -0.999885356, 0.233976950},
		{4, 5, -1.046720872, -0.999999962, 0.233604553},
		{6, 1, -1.357314840, -0.957297722, 0.400017118},
		{6, 3, -1.115578386, -0.999986016, 0.346777109},
		{6, 5, -1.069346333, -0.999999995, 0.346731686},
		{8, 1, -1.344678777, -0.928081539, 0.416597238},
		{8, 3, -1.107423600, -0.999959746, 0.322391562},
		{8, 5, -1.064452148, -0.999999986, 0.322260805},
	} {
		l := lattice{lx: row.size, ly: row.size, triangular: true, periodic: true, j: -1}
		n := float64(row.size * row.size)
		got := solve(t, l.solver(), row.beta)
		near(t, "f", got["free_energy"]/n, row.f, 6e-10)
		near(t, "u", got["energy"]/n, row.u, 6e-10)
		near(t, "s", got["entropy"]/n, row.s, 6e-10)
	}
	// Ground states, counted by enumeration and transfer matrix.
	for size, count := range map[int]float64{4: 42, 6: 263640, 8: 906124242} {
		l := lattice{lx: size, ly: size, triangular: true, periodic: true, j: -1}
		got := solve(t, l.solver(), 60)
		near(t, "ground-state entropy", got["entropy"], math.Log(count), 1e-10)
		near(t, "ground-state energy", got["energy"], -float64(size*size), 1e-10)
	}
}

func TestTriangularFerromagnet(t *testing.T) {
	for _, row := range []struct {
		size     int
		at2, at5 float64 // ln Z at beta 0.2 and 0.5
	}{
		{4, 12.5851919974, 24.7349963565},
		{6, 27.9935684453, 54.7872943551},
		{8, 49.6688439967, 96.8605198353},
	} {
		l := lattice{lx: row.size, ly: row.size, triangular: true, periodic: true, j: 1}
		near(t, "beta 0.2", solve(t, l.solver(), 0.2)["log_z"], row.at2, 6e-11)
		near(t, "beta 0.5", solve(t, l.solver(), 0.5)["log_z"], row.at5, 6e-11)
	}
}

// near compares to an absolute tolerance: half a unit of the last digit shown
// and a little for the table's own rounding.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.15g, want %.15g", what, got, want)
	}
}
