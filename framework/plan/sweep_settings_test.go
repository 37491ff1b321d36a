package plan

import (
	"strings"
	"testing"
)

func TestSweepDifferences(t *testing.T) {
	const base = `{"model": {"plugin": "van", "depth": 2}, "energy": {"plugin": "ising", "L": 4, "J": 1, "path": "a"},
		"train": {"optimizer": "adam", "learning_rate": 0.001, "steps": 100, "schedule": "cosine", "start": "x"}, "evaluate": {"samples": 10}, "ensemble": {"beta": 1},
		"term": [{"path": "c", "weight": 1}]}`
	for _, c := range []struct{ axes, from, to, want string }{
		{"energy.L = [4, 8]", `"L": 4`, `"L": 8`, ""},
		{"energy.L = [4, 8]", `"J": 1`, `"J": 2`, "energy.J: 1 -> 2"},
		{"'energy.J, energy.L' = [1, 2]", `"J": 1`, `"J": 2`, ""},
		{"energy.L = [4, 8]", `"steps": 100`, `"steps": 200`, ""},
		{"energy.L = [4, 8]", `"start": "x"`, `"start": "y"`, ""},
		{"energy.L = [4, 8]", `"samples": 10`, `"samples": 20`, ""},
		{"energy.L = [4, 8]", `"path": "a"`, `"path": "b"`, ""},
		{"energy.L = [4, 8]", `"path": "c"`, `"path": "d"`, ""},
		{"energy.L = [4, 8]", `"weight": 1`, `"weight": 2`, "term.0.weight: 1 -> 2"},
		{"energy.L = [4, 8]", `"depth": 2`, `"width": 2`, ""}, // of another choice
		{"energy.L = [4, 8]", `"learning_rate": 0.001`, `"learning_rate": 0.002`, "train.learning_rate: 0.001 -> 0.002"},
		{"energy.L = [4, 8]", `"beta": 1`, `"beta": 2`, "ensemble.beta: 1 -> 2"},
		{"ensemble.temperature = [1, 0.5]", `"beta": 1`, `"beta": 2`, ""},
		{"train.optimizer = ['adam', 'sgd']", `"learning_rate": 0.001`, `"learning_rate": 0.002`, ""}, // a default of sgd
		{"train.optimizer = ['adam', 'sgd']", `"depth": 2`, `"depth": 3`, "model.depth: 2 -> 3"},
	} {
		f, err := Parse("run.toml", []byte("[sweep]\n"+c.axes), nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.Sweep()
		if err != nil {
			t.Fatal(err)
		}
		other := strings.Replace(base, c.from, c.to, 1)
		if other == base {
			t.Fatalf("%s does not occur", c.from)
		}
		if got := strings.Join(s.Differences([]byte(base), []byte(other)), "; "); got != c.want {
			t.Errorf("%s, %s -> %s: %q, want %q", c.axes, c.from, c.to, got, c.want)
		}
		if got := s.Differences([]byte(base), []byte(base)); got != nil {
			t.Errorf("a plan differs from itself: %q", got)
		}
	}
}
