package wire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Version is the newest protocol version this module speaks. It is raised
// only when a change would make an older peer misunderstand.
const Version = 2

// Versions are all protocol versions this module speaks, oldest first.
var Versions = []int{Version}

// Common returns the highest version in both lists, 0 if there is none.
func Common(a, b []int) int {
	best := 0
	for _, v := range a {
		if slices.Contains(b, v) {
			best = max(best, v)
		}
	}
	return best
}

// Description is what the describe sub-command of a plugin prints: all that a
// host needs to know before it starts anything.
type Description struct {
	// Name of the executable, without the helmholtz-plugin- prefix.
	Name string `json:"name"`
	// Version of the executable.
	Version string `json:"version"`
	// Protocols it speaks.
	Protocols []int `json:"protocols"`
	// Parts it serves.
	Parts []core.Manifest `json:"parts"`
	// Files that the plugin is made of besides the one that is started, absolute paths by names
	// that are the same wherever it is installed: modules of its own in an interpreted language.
	Files map[string]string `json:"files,omitempty"`
}

// ParseDescription decodes and checks a plugin's description. Defaults come
// back in the Go types that their Param.Type names.
func ParseDescription(data []byte) (*Description, error) {
	var d Description
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&d); err != nil {
		return nil, fmt.Errorf("its description is not the JSON that was expected: %w", err)
	}
	if err := checkDescription(&d); err != nil {
		return nil, err
	}
	return &d, nil
}

func checkDescription(d *Description) error {
	if len(d.Parts) == 0 {
		return fmt.Errorf("its description names no parts")
	}
	err := cmp.Or(checkText("the name in its description", d.Name, longestText), checkText("the version in its description", d.Version, longestText))
	if err != nil {
		return err
	}
	if err := checkFiles(d.Files); err != nil {
		return err
	}
	var parts []string
	for i := range d.Parts {
		m := &d.Parts[i]
		switch m.Kind {
		case core.KindModel, core.KindEnergy, core.KindEstimator, core.KindObjective:
		default:
			return fmt.Errorf("its description has a part %.*q of unknown kind %.*q", longestName, m.Name, longestName, m.Kind)
		}
		if err := checkManifest(m); err != nil {
			return fmt.Errorf("in its description of %s %.*q, %w", m.Kind, longestName, m.Name, err)
		}
		parts = append(parts, string(m.Kind)+" "+m.Name)
	}
	if part, twice := repeated(parts); twice {
		return fmt.Errorf("its description has %s twice", part)
	}
	return nil
}

// mostFiles of a plugin are more than any package has, and are hashed within a second.
const mostFiles = 10_000

func checkFiles(files map[string]string) error {
	if len(files) > mostFiles {
		return fmt.Errorf("its description names %d files, more than %d", len(files), mostFiles)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := cmp.Or(checkText("the name of a file in its description", name, longestText), checkText("a path in its description", files[name], longestText)); err != nil {
			return err
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) || !filepath.IsAbs(files[name]) {
			return fmt.Errorf("its description calls the file %q %q; a name is relative and stays in its folder, a path is absolute", files[name], name)
		}
	}
	return nil
}

// ExecutablePrefix begins the file name of every plugin; the rest is the name
// of the part.
const ExecutablePrefix = "helmholtz-plugin-"
