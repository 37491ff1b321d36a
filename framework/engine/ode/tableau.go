package ode

// Tableau is an explicit Runge-Kutta method (Butcher's tableau).
type Tableau struct {
	Name  string
	Order int
	A     [][]float64 // row i has the coefficients of the stages before i
	B, C  []float64
	// E is B minus the weights of the embedded method of order Order-1, nil
	// where there is none. It has one stage more than B, which is the first of
	// the next step.
	E []float64
}

// RK4 is the classical method of fourth order (Kutta 1901).
var RK4 = Tableau{
	Name: "rk4", Order: 4,
	A: [][]float64{{}, {1. / 2}, {0, 1. / 2}, {0, 0, 1}},
	B: []float64{1. / 6, 1. / 3, 1. / 3, 1. / 6},
	C: []float64{0, 1. / 2, 1. / 2, 1},
}

// DormandPrince is the method of fifth order with an error of fourth (Dormand
// and Prince, J. Comput. Appl. Math. 6, 19 (1980), table 2).
var DormandPrince = Tableau{
	Name: "dopri5", Order: 5,
	A: [][]float64{
		{},
		{1. / 5},
		{3. / 40, 9. / 40},
		{44. / 45, -56. / 15, 32. / 9},
		{19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
		{9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
	},
	B: []float64{35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
	C: []float64{0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1},
	E: []float64{
		35./384 - 5179./57600, 0, 500./1113 - 7571./16695, 125./192 - 393./640,
		-2187./6784 + 92097./339200, 11./84 - 187./2100, -1. / 40,
	},
}
