package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// effectiveMass is the mass m* of the quasi-particles of a homogeneous Fermi
// liquid, in units of the bare mass, from its entropy. At low temperature that is
// proportional to the mass, in two dimensions S/N = pi^2/3 k_B (m*/m) T/T_F, so
// that
//
//	m*/m = S / S_0
//
// (Eich, Holzmann and Vignale 2017). S_0 is the exact entropy of as many free
// particles at the same temperature, density and twist, which takes most of the
// effect of the finite size away. In a trap it is a ratio of entropies and no
// more.
func effectiveMass() core.Part {
	const name = "effective_mass"
	return core.Part{
		Manifest: manifest(name, "effective mass m*/m as the entropy over that of free particles",
			"Eich, Holzmann and Vignale 2017, Phys. Rev. B 96, 035132 (arXiv:1704.04076); Xie, Zhang and Wang 2023, SciPost Phys. 14, 154 (arXiv:2201.03156)", core.Particles),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needTemperature(name, s); err != nil {
				return nil, err
			}
			ideal := s.Exact["ideal_entropy"]
			if !(ideal > 0) {
				return nil, core.Errorf(core.Mismatch, "open estimator", name, "it needs an energy that knows the entropy of its free particles (the exact value ideal_entropy), and that it is not zero")
			}
			d := description{estimate: core.Estimate{Name: name, Long: "effective mass in units of the bare mass", Units: "1"}, needs: ofDensityMatrix}
			if entropy, known := s.Exact["entropy"]; known {
				d.reference = &core.Reference{Value: entropy / ideal, Source: "entropy over that of free particles"}
			}
			return newEntropy(d, s, ideal), nil
		},
	}
}
