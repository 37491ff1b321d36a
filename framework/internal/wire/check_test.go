package wire

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// refused tests that an error has a text; "" wants none.
func refused(t *testing.T, what string, err error, text string) {
	t.Helper()
	switch {
	case text == "" && err != nil:
		t.Errorf("%s: %v", what, err)
	case text != "" && (err == nil || !strings.Contains(err.Error(), text)):
		t.Errorf("%s: error %v does not contain %q", what, err, text)
	}
}

// Mistakes of a description, in the words of the document.
func TestDescriptionIsChecked(t *testing.T) {
	const part = `{"kind": "energy", "name": "x", `
	key := func(key string) string { return part + `"params": [` + key + `]}` }
	long := func(n int) string { return strings.Repeat("x", n) }
	for parts, want := range map[string]string{
		part + `"version": "1", "summary": "E ≥ 0 in ħω", "spaces": ["field"], "powers": ["exact", "slope"]}`: "",
		part + `"summary": 7}`:                                                                            "not the JSON that was expected",
		`{"kind": "sampler", "name": "x"}`:                                                                `a part "x" of unknown kind "sampler"`,
		`{"kind": "energy", "name": ""}`:                                                                  "its name is empty",
		`{"kind": "energy", "name": "x y"}`:                                                               `its name "x y" has other characters than letters, digits, _ and -`,
		`{"kind": "energy", "name": "` + long(65) + `"}`:                                                  "its name has 65 bytes, more than 64",
		part + `"summary": "red \u001b[31m"}`:                                                             `energy "x", its summary "red \x1b[31m" has a control character`,
		part + `"summary": "two\nlines"}`:                                                                 "has a control character",
		part + `"reference": "\u202egnp"}`:                                                                "its reference \"\\u202egnp\" has a control character",
		part + `"summary": "` + long(2001) + `"}`:                                                         "its summary has 2001 bytes, more than 2000",
		part + `"version": "` + long(65) + `"}`:                                                           "its version has 65 bytes",
		part + `"powers": ["fly"]}`:                                                                       `the power "fly" is unknown; those of kind energy are [slope links rows transformed labels exact ground unknown clusters]`,
		part + `"powers": ["map"]}`:                                                                       `the power "map" is unknown`,
		part + `"powers": ["exact", "exact"]}`:                                                            `the power "exact" is there twice`,
		part + `"spaces": ["spin"]}`:                                                                      `the space "spin" is none of [spins levels field particles angles sphere mixed]`,
		`{"kind": "model", "name": "x", "precisions": ["float32"]}`:                                       "",
		`{"kind": "model", "name": "x", "precisions": ["float16"]}`:                                       `the precision "float16" is none of [float64 float32]`,
		`{"kind": "model", "name": "x", "precisions": ["float32", "float32"]}`:                            `the precision "float32" is there twice`,
		part + `"precisions": ["float32"]}`:                                                               "it has precisions and is an energy; only a model has them",
		part + `"params": []}, {"kind": "energy", "name": "x"}`:                                           "its description has energy x twice",
		key(`{"name": "a", "type": "float", "default": 1, "min": 0, "unit": "J"}`):                        "",
		key(`{"name": "a.b", "type": "int", "default": 1}`):                                               `the name of a key "a.b" has other characters`,
		key(`{"name": "path", "type": "string", "default": ""}`):                                          "the key path is taken: every part has it",
		key(`{"name": "a", "type": "real", "default": 1}`):                                                `the key a has the unknown type "real"`,
		key(`{"name": "a", "default": 1}`):                                                                `the key a has the unknown type ""`,
		key(`{"name": "a", "type": "int", "default": 1}, {"name": "a", "type": "bool", "default": true}`): "the key a is there twice",
		key(`{"name": "a", "type": "bool", "default": true}, {"name": "b", "type": "int", "default": 1, "only": {"key": "a", "values": ["true"]}}`): "",
		key(`{"name": "b", "type": "int", "default": 1, "only": {"key": "a", "values": ["true"]}}`):                                                 `the key b has an effect with "a", which is no other key`,
		key(`{"name": "b", "type": "int", "default": 1, "only": {"key": "b", "values": ["1"]}}`):                                                    `the key b has an effect with "b", which is no other key`,
		key(`{"name": "a", "type": "int"}`):                                           "the default of a must be an integer, got nothing",
		key(`{"name": "a", "type": "int", "default": "1"}`):                           `the default of a must be an integer, got the string "1"`,
		key(`{"name": "a", "type": "int", "default": 0, "min": 1}`):                   "the default of a must be at least 1, got 0",
		key(`{"name": "a", "type": "float", "default": 2, "below": 2}`):               "the default of a must be less than 2, got 2",
		key(`{"name": "a", "type": "floats", "default": [1, 3], "max": 2}`):           "the default of a has an element that must be at most 2",
		key(`{"name": "a", "type": "string", "default": "u", "choices": ["v"]}`):      `the default of a must be one of "v", got "u"`,
		key(`{"name": "a", "type": "string", "default": "\u0007"}`):                   `the default of a "\a" has a control character`,
		key(`{"name": "a", "type": "string", "default": "u", "choices": ["u", "u"]}`): `the key a has the choice "u" twice`,
		key(`{"name": "a", "type": "int", "default": 1, "choices": ["1"]}`):           "the key a has choices and is no string",
		key(`{"name": "a", "type": "int", "required": true, "min": 3, "max": 2}`):     "the key a has bounds that no number keeps",
		key(`{"name": "a", "type": "int", "required": true, "above": 2, "max": 2}`):   "bounds that no number keeps",
		key(`{"name": "a", "type": "bool", "default": true, "min": 0}`):               "the key a has bounds and is no number",
		key(`{"name": "a", "type": "int", "default": 1, "file": true}`):               "the key a names a file and is no string",
		key(`{"name": "a", "type": "int", "default": 1, "min": "0"}`):                 "not the JSON that was expected",
		key(`{"name": "a", "type": "float", "default": NaN}`):                         "not the JSON that was expected",
		key(`{"name": "a", "type": "int", "default": 1, "help": "a\u009bb"}`):         "the help of a",
		key(`{"name": "a", "type": "int", "default": 1, "unit": "` + long(65) + `"}`): "the unit of a has 65 bytes",
	} {
		_, err := ParseDescription([]byte(`{"name": "x", "version": "1", "protocols": [2], "parts": [` + parts + `]}`))
		refused(t, parts, err, want)
	}
	const objective = `{"name": "x", "parts": [{"kind": "objective", "name": "x", "source": "chains"}]}`
	_, err := ParseDescription([]byte(objective))
	refused(t, objective, err, `its source is "chains", and must be "model", "data" or absent`)
	_, err = ParseDescription([]byte(`{"name": "\u0000", "parts": [` + part + `"params": []}]}`))
	refused(t, "name", err, "the name in its description")
}

func TestEnergySpecIsChecked(t *testing.T) {
	const field, spins = `"space": {"kind": "field", "shape": [4], "periodic": true}, "units": "J"`, `"space": {"kind": "spins", "shape": [4]}, "units": "J"`
	mixed := func(fields string) string {
		return `"space": {"kind": "mixed", "fields": [` + fields + `]}, "units": "J"`
	}
	gas := func(more string) string {
		return `"space": {"kind": "particles", "shape": [3, 2]` + more + `}, "units": "J"`
	}
	for text, want := range map[string]string{
		field + `, "powers": ["slope"], "symmetries": ["z2", "translation", "reflection"], "precision": 1e-3`:                                               "",
		gas(`, "periodic": true, "box": [1, 2], "twist": [0.5, 0]`) + `, "kinetic": 0.5, "fermi_temperature": 4, "symmetries": ["permutation", "rotation"]`: "",
		gas("") + `, "scale": {"energy": 0.04, "energy_units": "Ry", "length": 5, "length_units": "Bohr"}`:                                                  "",
		gas("") + `, "scale": {"energy": 0.04, "energy_units": "Ry", "length": 0, "length_units": "Bohr"}`:                                                  "scale: its energy and length must be finite and above 0",
		gas("") + `, "scale": {"energy": 0.04, "energy_units": "Ry", "length": 5}`:                                                                          "scale: its energy and length need units",
		`"space": {"kind": "spins", "shape": [4]}`:                                                                                                          "it has no units",
		`"units": "J"`:                       `its space is of the kind "", which is none of [spins levels field particles angles sphere mixed]`,
		spins + `, "warnings": ["a\u0007b"]`: `a warning "a\ab" has a control character`,
		`"space": {"kind": "lattice", "shape": [4]}, "units": "J"`:                                                         `of the kind "lattice"`,
		`"space": {"kind": "spins"}, "units": "J"`:                                                                         "its space has no shape",
		`"space": {"kind": "spins", "shape": [4, 0]}, "units": "J"`:                                                        "it says spins [4 0], which is empty",
		`"space": {"kind": "spins", "shape": [-2, -2]}, "units": "J"`:                                                      "which is empty",
		`"space": {"kind": "spins", "shape": [4294967296, 4294967296]}, "units": "J"`:                                      "which is too large",
		`"space": {"kind": "spins", "shape": [1,1,1,1,1,1,1,1,1]}, "units": "J"`:                                           "its space has 9 axes",
		`"space": {"kind": "levels", "levels": 3, "shape": [6]}, "units": "J", "symbols": ["a", "b"]`:                      "it has 2 symbols for ",
		`"space": {"kind": "levels", "levels": 3, "shape": [6]}, "units": "J", "symbols": ["a", "b", "a"]`:                 `the symbol "a" is empty, or there twice`,
		`"space": {"kind": "particles", "shape": [6]}, "units": "J"`:                                                       "particles need the shape [particles, dimension], and have [6]",
		`"space": {"kind": "spins", "shape": [4], "lattice": "\n"}, "units": "J"`:                                          "the lattice",
		`"space": {"kind": "spins", "shape": [4]}, "units": "a\tb"`:                                                        `units "a\tb" has a control character`,
		`"space": {"kind": "levels", "shape": [4], "levels": 1}, "units": "J"`:                                             "it has 1 levels; the kind levels has two or more",
		`"space": {"kind": "spins", "shape": [4], "levels": 2}, "units": "J"`:                                              "it has 2 levels",
		`"space": {"kind": "sphere", "shape": [4]}, "units": "J"`:                                                          "unit vectors need the shape [..., components]",
		`"space": {"kind": "mixed"}, "units": "J"`:                                                                         "its space is mixed and has no fields",
		mixed(`{"name": "a", "kind": "spins", "shape": [2]}, {"name": "b", "kind": "sphere", "shape": [1, 3]}`):            "",
		mixed(`{"name": "a", "kind": "spins", "shape": [2]}, {"name": "a", "kind": "field", "shape": [1]}`):                `it has two fields "a"`,
		mixed(`{"name": "a b", "kind": "spins", "shape": [2]}`):                                                            `the field "a b" has a name`,
		mixed(`{"name": "a", "kind": "spins", "shape": [0]}`):                                                              `of the field "a": it says spins [0], which is empty`,
		mixed(`{"name": "a", "kind": "mixed"}`):                                                                            `the field "a" is mixed itself`,
		mixed(`{"name": "a", "kind": "field", "shape": [1], "lattice": "\n"}`):                                             "the lattice",
		mixed(`{"name": "a", "kind": "particles", "shape": [1, 1], "periodic": true, "box": [1], "twist": [0]}`):           `the field "a" has a twist`,
		`"space": {"kind": "mixed", "shape": [2], "fields": [{"name": "a", "kind": "spins", "shape": [2]}]}, "units": "J"`: "only the fields have a shape",
		gas(`, "box": [1, 2]`):                                       "the box [1 2] is not one positive edge for each dimension",
		gas(`, "periodic": true, "box": [1]`):                        "the box [1]",
		gas(`, "periodic": true, "box": [1, -2]`):                    "the box [1 -2]",
		gas(`, "periodic": true, "box": [1, 2], "twist": [-0.5, 0]`): "the twist [-0.5 0] is not one number in (-1/2, 1/2]",
		gas(`, "twist": [0, 0]`):                                     "the twist",
		gas("") + `, "kinetic": -0.5`:                                "kinetic is -0.5, and must be positive or absent",
		field + `, "kinetic": 0.5`:                                   "kinetic is 0.5 without particles",
		gas("") + `, "fermi_temperature": -1`:                        "fermi_temperature is -1",
		field + `, "precision": -1`:                                  "precision is -1, and must be between 0 and 1",
		field + `, "symmetries": ["gauge"]`:                          `unknown symmetry "gauge"`,
		field + `, "symmetries": ["z2", "z2"]`:                       `the symmetry "z2" is there twice`,
		spins + `, "symmetries": ["translation"]`:                    "translation in spins [4]: it does not close on itself",
		spins + `, "symmetries": ["permutation"]`:                    "permutation in spins [4]: there are no particles",
		gas("") + `, "symmetries": ["reflection"]`:                   "reflection in particles [3 2]: there is no lattice",
		field + `, "powers": ["rows"], "rows": [{"name": "train", "from": 0, "to": 3}, {"name": "test", "from": 3, "to": 4}]`: "",
		field + `, "powers": ["rows"]`:                                                                                        `it has 0 ranges of rows, and the power "rows" is declared: true`,
		field + `, "rows": [{"name": "train", "from": 0, "to": 3}]`:                                                           `it has 1 ranges of rows, and the power "rows" is declared: false`,
		field + `, "powers": ["rows"], "rows": [{"name": "train", "from": 3, "to": 3}]`:                                       "train has the rows 3:3",
		field + `, "powers": ["rows"], "rows": [{"name": "train", "from": 0, "to": 3000000000}]`:                              "train has the rows 0:3000000000",
		field + `, "powers": ["rows"], "rows": [{"name": "a b", "from": 0, "to": 3}]`:                                         `the name "a b" of rows`,
		field + `, "powers": ["rows"], "rows": [{"name": "train", "from": 0, "to": 3}, {"name": "test", "from": 2, "to": 4}]`: "train and test have one name, or rows in common",
		field + `, "powers": ["path"]`:                                                                                        `the power "path" is unknown; those of kind energy`,
	} {
		var spec core.EnergySpec
		if err := json.Unmarshal([]byte("{"+text+"}"), &spec); err != nil {
			t.Fatal(err)
		}
		refused(t, text, CheckEnergySpec(spec), want)
	}
}

func TestModelSpecIsChecked(t *testing.T) {
	const two = `"space": {"kind": "particles", "shape": [2, 1]}`
	for text, want := range map[string]string{
		two + `, "parameters": 6, "blocks": [{"name": "w", "shape": [2, 2]}, {"name": "b", "shape": [2]}], "latent_scale": [0, 1], "powers": ["map"]`: "",
		two + `, "powers": ["quantum", "states"], "orbitals": [[0], [1]]`:                                                                             "",
		`"space": {"kind": "particles", "shape": [1, 2]}`:                                                                                             "it says particles [1 2], it was opened on particles [2 1]",
		two + `, "parameters": -1`: "it says -1 parameters",
		two + `, "parameters": 6, "blocks": [{"name": "w", "shape": [5]}]`:                      "its blocks add up to 5 parameters, and it says 6",
		two + `, "parameters": 1, "blocks": [{"name": "w", "shape": [-1]}]`:                     `the block "w" has the shape [-1]`,
		two + `, "parameters": 0, "blocks": [{"name": "w", "shape": [4294967296, 4294967296]}]`: `the block "w" has the shape`,
		two + `, "parameters": 1, "blocks": [{"name": "\r", "shape": [1]}]`:                     "the name of a block",
		two + `, "latents": 3, "powers": ["bound"]`:                                             "",
		two + `, "scores": 3`:                                      `it has 3 scores, and the power "natural_shares" is declared: false`,
		two + `, "factor_damping": [0.1, 0]`:                       `it has the damping of 2 factors of 1`,
		two + `, "factor_damping": [-1]`:                           `it has a factor with the damping -1`,
		two + `, "powers": ["natural_shares"]`:                     `it has 0 scores, and the power "natural_shares" is declared: true`,
		two + `, "latents": 3`:                                     `it has 3 latent variables, and the power "bound" is declared: false`,
		two + `, "powers": ["bound"]`:                              `it has 0 latent variables, and the power "bound" is declared: true`,
		two + `, "latent_scale": [0]`:                              "it gives scales to 1 latent variables of 2",
		two + `, "latent_scale": [0, -1]`:                          "it has the latent scale -1",
		two + `, "powers": ["states"]`:                             `the power "states" needs the power "quantum"`,
		two + `, "powers": ["state_slope"]`:                        `the power "state_slope" needs the power "quantum"`,
		two + `, "factors": [0]`:                                   "it has a factor of 0 parameters",
		two + `, "parameters": 3, "factors": [1]`:                  "its factors have not the",
		two + `, "powers": ["state_draws"]`:                        `the power "state_draws" needs the power "quantum"`,
		two + `, "powers": ["state_span"]`:                         `the power "state_span" needs the power "quantum"`,
		two + `, "powers": ["quantum"], "orbitals": [[0]]`:         "it has 1 orbitals for 2 particles",
		two + `, "powers": ["quantum"], "orbitals": [[0], [0, 1]]`: "orbital 1 has 2 quantum numbers in 1 dimensions",
		two + `, "powers": ["exact"]`:                              `the power "exact" is unknown; those of kind model`,
		two + `, "symmetries": ["translation"]`:                    "there is no lattice",
		two + `, "precision": 1`:                                   "precision is 1",
	} {
		var spec core.ModelSpec
		if err := json.Unmarshal([]byte("{"+text+"}"), &spec); err != nil {
			t.Fatal(err)
		}
		refused(t, text, CheckModelSpec(spec, core.Space{Kind: core.Particles, Shape: []int{2, 1}}), want)
	}
	spins := core.Space{Kind: core.Spins, Shape: []int{2}}
	refused(t, "spins", CheckModelSpec(core.ModelSpec{Space: spins, Powers: []core.Power{core.PowerQuantum}}, spins), "needs particles")
}

func TestAnswersAreChecked(t *testing.T) {
	for text, want := range map[string]string{
		`{"values": {"log_z": 1.5}, "source": "a sum"}`: "",
		`{"values": {"log_z": null}}`:                   "the exact value of log_z is null; leave out what is not known",
		`{"values": {"log z": 1}}`:                      `the name of an exact value "log z" has other characters`,
		`{"values": {}, "source": "\u001b]0;"}`:         "the source of its exact values",
		`{"values": {"log_z": NaN}}`:                    "not the JSON that was expected",
	} {
		exact, err := DecodeExact([]byte(text))
		if refused(t, text, err, want); want == "" && exact.Values["log_z"] != 1.5 {
			t.Errorf("%s was read as %v", text, exact)
		}
	}
	for text, want := range map[string]string{
		`[{"text": "few digits", "count": 3}]`: "",
		`[{"text": "a\u0000b", "count": 3}]`:   "a notice",
		`[{"text": "a", "count": -3}]`:         `the notice "a" has the count -3`,
		`{}`:                                   "not the JSON that was expected",
	} {
		_, err := DecodeNotices([]byte(text))
		refused(t, text, err, want)
	}
}

// A part's error keeps its lines and loses what is for the terminal.
func TestErrorsAreFit(t *testing.T) {
	err := ErrorFromProto(&wirepb.Error{Op: "\x1b[2Jopen", Text: "first\n\tsecond\x07" + strings.Repeat("é", 2000)})
	want := "[2Jopen: first\n\tsecond"
	if got := err.Error(); !strings.HasPrefix(got, want+"é") || !strings.HasSuffix(got, "é ...") || len(got) > 2100 {
		t.Errorf("error %q of %d bytes, want one that begins with %q", got, len(got), want)
	}
}

func TestFilesOfADescriptionAreChecked(t *testing.T) {
	for files, want := range map[string]string{
		`{"lib/a.py": "/opt/lib/a.py", "b.py": "/b.py"}`: "",
		`{"../a.py": "/a.py"}`:                           `its description calls the file "/a.py" "../a.py"; a name is relative and stays in its folder`,
		`{"/a.py": "/a.py"}`:                             "a name is relative",
		`{"a.py": "a.py"}`:                               "a path is absolute",
		`{"a\u0007": "/a"}`:                              "the name of a file in its description",
		`["a.py"]`:                                       "not the JSON that was expected",
	} {
		_, err := ParseDescription([]byte(`{"protocols": [2], "parts": [{"kind": "energy", "name": "x"}], "files": ` + files + `}`))
		refused(t, files, err, want)
	}
}
