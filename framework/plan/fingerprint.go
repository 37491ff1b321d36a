package plan

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Fingerprint is the SHA-256 (hex) of what must not change between a run and
// its continuation: seed, parts, ensemble and training, the content of the
// files they name, plugins among them, rather than its place. Everything else may change: the run's
// name, evaluation, estimators, checkpoints and expectations, what is done
// about numbers that are not finite, and the number of training steps unless
// the schedule depends on it.
func (p *Plan) Fingerprint() string {
	return p.sum(func(text []byte) any { return fixed(text) })
}

// EvaluationFingerprint is the SHA-256 (hex) of all that decides the draws and
// the estimates after training: Fingerprint, the number of training steps, and
// the tables about the evaluation with the files that they name.
func (p *Plan) EvaluationFingerprint() string {
	return p.sum(func(text []byte) any {
		tree := placeless(text)
		return []any{p.Fingerprint(), p.Train.Steps, tree["evaluate"], tree["sampler"], tree["estimator"]}
	})
}

// EvaluationJSON are the tables that decide the draws after training, as JSON.
func (p *Plan) EvaluationJSON() (string, error) {
	tree := p.tree()
	text, err := json.Marshal(map[string]any{"evaluate": tree["evaluate"], "sampler": tree["sampler"], "estimator": tree["estimator"]})
	if err != nil {
		return "", core.Errorf(core.Internal, "write plan", p.Name, "%w", err)
	}
	return string(text), nil
}

// sum is the SHA-256 (hex) of what is picked from the plan's JSON.
func (p *Plan) sum(pick func(text []byte) any) string {
	text, err := json.Marshal(pick(p.compactJSON()))
	if err != nil {
		panic("plan: what identifies a plan has no JSON: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// compactJSON is JSON of a plan that was checked, and so has one.
func (p *Plan) compactJSON() []byte {
	text, err := json.Marshal(p.tree())
	if err != nil {
		panic("plan: a checked plan has no JSON: " + err.Error())
	}
	return text
}

// fixed picks from a plan's JSON what Fingerprint is about, by dotted key.
func fixed(text []byte) map[string]string {
	tree := placeless(text)
	if tree == nil {
		return nil
	}
	flat := map[string]string{}
	for _, name := range []string{"run", "model", "energy", "ensemble", "train", "objective", "optimizer"} {
		t, _ := tree[name].(map[string]any)
		for key, value := range t {
			flat[join(name, key)] = compact(value)
		}
	}
	chains := flat["train.source"] == `"chains"`
	terms, _ := tree["term"].([]any)
	for i, term := range terms {
		t, _ := term.(map[string]any)
		for key, value := range t {
			flat[join(termTable(i), key)] = compact(value)
		}
		chains = chains || t["source"] == "chains"
	}
	if chains { // then they decide what is learned
		sampler, _ := tree["sampler"].(map[string]any)
		for key, value := range sampler {
			flat[join("sampler", key)] = compact(value)
		}
		evaluate, _ := tree["evaluate"].(map[string]any)
		flat["evaluate.sampler"] = compact(evaluate["sampler"])
	}
	delete(flat, "run.name")
	delete(flat, "run.memory")
	delete(flat, "run.env")
	delete(flat, "train.nan") // it decides nothing about the steps that went well
	for key, idle := range laterKeys {
		if flat[key] == idle {
			delete(flat, key)
		}
	}
	// An optimizer without one of these schedules may depend on the number of steps.
	switch cmp.Or(flat["train.schedule"], flat["optimizer.schedule"]) {
	case `"constant"`, `"exponential"`, `"step"`:
		delete(flat, "train.steps")
	}
	parts := []string{"model", "energy", "objective"}
	for i := range terms {
		parts = append(parts, termTable(i))
	}
	for _, part := range parts {
		delete(flat, part+".version")
		if flat[part+".path"] != "" { // what the file holds counts already
			delete(flat, part+".sha256")
		}
	}
	return flat
}

// laterKeys came with later versions, and change nothing at these values: runs that were begun before are continued.
var laterKeys = map[string]string{
	"train.max_norm_states": "0", "optimizer.max_norm_states": "0", "model.states_damping": "0",
	"train.solver": `"factorisation"`, "optimizer.solver": `"factorisation"`,
}

// placeless reads a plan's JSON, and has the content of files where it has their
// names; nil if it cannot be read.
func placeless(text []byte) map[string]any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var tree map[string]any
	if d.Decode(&tree) != nil {
		return nil
	}
	files, _ := tree["files"].(map[string]any)
	for dotted, digest := range files {
		words := strings.Split(dotted, ".")
		table, key := tree[words[0]], words[len(words)-1]
		if list, ok := table.([]any); ok { // estimator.0.file
			if i, err := strconv.Atoi(words[1]); err == nil && i < len(list) {
				table = list[i]
			}
		}
		if t, ok := table.(map[string]any); ok {
			t[key] = content(fmt.Sprint("the file with SHA-256 ", digest))
		}
	}
	return tree
}

// content stands for a file.
type content string

func compact(v any) string {
	if c, ok := v.(content); ok {
		return string(c)
	}
	text, _ := json.Marshal(v) // it came from JSON
	return string(text)
}

// Is tells whether an earlier plan, given as its JSON, is this one, wherever the
// files that it names lay.
func (p *Plan) Is(otherJSON []byte) bool {
	mine, err := p.JSON()
	other := placeless(otherJSON)
	return err == nil && other != nil && reflect.DeepEqual(placeless(mine), other)
}

// Diff lists what differs from an earlier plan, given as its JSON, among that
// which must not change when p continues its run:
// "train.learning_rate: 0.001 -> 0.002". It is empty where the fingerprints
// are equal.
func (p *Plan) Diff(otherJSON []byte) []string {
	return changed(fixed(otherJSON), fixed(p.compactJSON()))
}

// DiffTraining is Diff with the number of training steps in any case: it is empty where
// both plans end training at the same parameters.
func (p *Plan) DiffTraining(otherJSON []byte) []string {
	trained := func(text []byte) map[string]string {
		flat := fixed(text)
		if train, ok := placeless(text)["train"].(map[string]any); ok && flat != nil {
			flat["train.steps"] = compact(train["steps"])
		}
		return flat
	}
	return changed(trained(otherJSON), trained(p.compactJSON()))
}

// changed lists what differs between two plans, by dotted key; before is nil where it
// cannot be read.
func changed(before, after map[string]string) (changes []string) {
	keys := maps.Clone(before)
	if keys == nil {
		return []string{"the earlier plan cannot be read"}
	}
	maps.Copy(keys, after)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if before[key] != after[key] {
			changes = append(changes, fmt.Sprintf("%s: %s -> %s", key, orNone(before[key]), orNone(after[key])))
		}
	}
	return changes
}

func orNone(text string) string {
	if text == "" {
		return "(none)"
	}
	return text
}
