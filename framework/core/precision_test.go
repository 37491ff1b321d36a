package core

import "testing"

// A model that knows float32 has the host's key, float64 unless it is given; others
// refuse it like any key that is not theirs.
func TestPrecisionKey(t *testing.T) {
	plain := Manifest{Kind: KindModel, Params: SchemaOf(struct {
		Depth int `key:"depth" help:"layers"`
	}{3})}
	both := plain
	both.Precisions = []Precision{Float32}
	for _, c := range []struct {
		m     Manifest
		given Settings
		want  Precision
		bad   bool
	}{
		{plain, Settings{}, Float64, false},
		{plain, Settings{"precision": "float32"}, "", true},
		{both, Settings{}, Float64, false},
		{both, Settings{"precision": "float32"}, Float32, false},
		{both, Settings{"precision": "float16"}, "", true},
	} {
		full, problems := Complete(c.m.Keys(), c.given)
		if bad := len(problems) > 0; bad != c.bad || !bad && full.Precision() != c.want {
			t.Errorf("%v with %v: %v, %v", c.m.Precisions, c.given, full, problems)
		}
	}
	if len(plain.Params) != 1 || len(both.Params) != 1 {
		t.Error("Keys has changed Params")
	}
}
