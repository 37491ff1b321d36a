package host

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
)

// Descriptions are kept in the user's cache: an interpreter takes up to seconds to tell what it
// told before. One is used again while the hash of the file that is started, and size and time
// of all files that the plugin is made of, are what they were, and so are the variables by which
// programs and modules are found.
//
// What a script that is no Python starts is not known, so its description is not kept, nor is that
// of a program in Python that does not name its files. Where a plugin is not as it once said all the
// same, since a library changed, what fails is tried again without the cache (Host.Recalled). A file
// of the cache that is damaged or missing is no description.

// kept is a file of the cache.
type kept struct {
	SHA256      string           `json:"sha256"` // of the file that is started
	Stamps      map[string]stamp `json:"stamps"` // of all files, by path
	Description json.RawMessage  `json:"description"`
}

type stamp struct {
	Size  int64 `json:"size"`
	Mtime int64 `json:"mtime"` // nanoseconds
}

func stampOf(path string) (s stamp, ok bool) {
	info, err := os.Stat(path)
	if err != nil {
		return s, false
	}
	return stamp{info.Size(), info.ModTime().UnixNano()}, true
}

// decisive are the variables that decide what a name in a plugin means, besides those that the
// run file names.
var decisive = []string{pythonKey, "PATH", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH"}

// cacheFile is where the description of a plugin is kept, one for each environment.
func (h *Host) cacheFile(from source) string {
	hash := sha256.New()
	python, _ := h.interpreter()
	for _, text := range append([]string{from.file, from.entry, python}, slices.Concat(decisive, h.opts.Env)...) {
		hash.Write([]byte(text + "\x00" + os.Getenv(text) + "\x00"))
	}
	return filepath.Join(h.opts.Cache, "descriptions", hex.EncodeToString(hash.Sum(nil))+".json")
}

// recall is the description that is kept of a plugin with this hash, nil if there is none.
func (h *Host) recall(from source, sum string) *wire.Description {
	if h.opts.Cache == "" || h.opts.Fresh {
		return nil
	}
	text, err := os.ReadFile(h.cacheFile(from))
	if err != nil || len(text) > 2*longestDescription {
		return nil
	}
	var k kept
	if json.Unmarshal(text, &k) != nil || k.SHA256 != sum || len(k.Stamps) == 0 {
		return nil
	}
	for path, was := range k.Stamps {
		if is, ok := stampOf(path); !ok || is != was {
			return nil
		}
	}
	d, err := wire.ParseDescription(k.Description)
	if err != nil {
		return nil
	}
	h.recalled.Store(true)
	return d
}

// remember keeps a description, if it may be kept. A cache that cannot be written is none.
func (h *Host) remember(from source, sum string, text []byte, d *wire.Description) {
	if h.opts.Cache == "" || !lasting(from, d) {
		return
	}
	k := kept{SHA256: sum, Stamps: map[string]stamp{}, Description: text}
	for _, path := range append(slices.Collect(maps.Values(d.Files)), from.file) {
		s, ok := stampOf(path)
		if !ok {
			return
		}
		k.Stamps[path] = s
	}
	content, err := json.Marshal(k)
	if err != nil {
		return
	}
	name := h.cacheFile(from)
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	partial, err := os.CreateTemp(filepath.Dir(name), ".partial-*")
	if err != nil {
		return
	}
	_, err = partial.Write(content)
	if partial.Close() != nil || err != nil || os.Rename(partial.Name(), name) != nil {
		os.Remove(partial.Name())
	}
}

// lasting tells whether a plugin says the same as long as its files are the same.
func lasting(from source, d *wire.Description) bool {
	line := firstLine(from.file)
	script := strings.HasPrefix(line, "#!")
	if from.entry != "" || filepath.Ext(from.file) == ".py" || script && strings.Contains(line, "python") {
		return d.Files != nil
	}
	return !script
}

// Recalled tells whether a plugin was found by a description that was kept: what failed may
// succeed with Options.Fresh.
func (h *Host) Recalled() bool { return h.recalled.Load() }
