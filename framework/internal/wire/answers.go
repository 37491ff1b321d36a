package wire

import (
	"encoding/json"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// DecodeExact reads the exact values of a plugin's energy.
func DecodeExact(data []byte) (core.Exact, error) {
	var answer struct {
		Values map[string]*float64 `json:"values"` // null would be read as 0
		Source string              `json:"source"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return core.Exact{}, fmt.Errorf("its answer is not the JSON that was expected: %w", err)
	}
	exact := core.Exact{Values: map[string]float64{}, Source: answer.Source}
	for name, value := range answer.Values {
		if err := checkName("the name of an exact value", name); err != nil {
			return core.Exact{}, err
		}
		if value == nil {
			return core.Exact{}, fmt.Errorf("the exact value of %s is null; leave out what is not known", name)
		}
		exact.Values[name] = *value
	}
	return exact, checkText("the source of its exact values", answer.Source, longestText)
}

// DecodeNotices reads what a plugin's model has noticed.
func DecodeNotices(data []byte) ([]core.Notice, error) {
	var notices []core.Notice
	if err := json.Unmarshal(data, &notices); err != nil {
		return nil, fmt.Errorf("its answer is not the JSON that was expected: %w", err)
	}
	for _, n := range notices {
		if err := checkText("a notice", n.Text, longestText); err != nil {
			return nil, err
		}
		if n.Text == "" || n.Count < 0 {
			return nil, fmt.Errorf("the notice %q has the count %d", n.Text, n.Count)
		}
	}
	return notices, nil
}
