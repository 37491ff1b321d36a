package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// Draws that the sampler carried on are none of the model's density, and the check of a run
// says so before anything is drawn; without the sampler the same estimator is accepted.
func TestPathsAreNotOfTheModel(t *testing.T) {
	for method, want := range map[string]string{
		"annealed_importance": `transport_cost: it is about the density of the model, and the sampler carries the model's draws away from it (set evaluate.sampler = "direct"`,
		"direct":              "<nil>",
	} {
		f, err := plan.Parse("run.toml", []byte("[[estimator]]\nplugin = \"transport_cost\"\n"), append(strings.Fields(smallRuns["chains of annealed_importance"]), "ensemble.beta=1", "sampler.method="+method))
		if err != nil {
			t.Fatal(err)
		}
		s := &session{host: here(), builtins: parts}
		err = s.bind(f)
		s.release()
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: error %v, want %s", method, err, want)
		}
	}
}
